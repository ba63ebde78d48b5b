"""Audit: who used which command, and what came of it."""
