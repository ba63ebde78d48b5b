"""Raiders in PostgreSQL."""
