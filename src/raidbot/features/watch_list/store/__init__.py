"""The watch list in PostgreSQL."""
