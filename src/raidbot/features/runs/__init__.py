"""Runs: a raid from its opening to its end."""
