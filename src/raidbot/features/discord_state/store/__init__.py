"""What Discord shows, in PostgreSQL."""
