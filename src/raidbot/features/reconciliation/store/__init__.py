"""Reconciliations in PostgreSQL."""
