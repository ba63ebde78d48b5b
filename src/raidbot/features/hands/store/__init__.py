"""Changes by hand in PostgreSQL."""
