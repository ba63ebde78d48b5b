"""Verification in PostgreSQL."""
