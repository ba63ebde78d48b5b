"""Whose each key was that was really used: asked after a run, paid once, open until somebody has said so."""
