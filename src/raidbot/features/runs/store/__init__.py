"""Runs in PostgreSQL. One function a query; each takes the transaction it runs in."""
