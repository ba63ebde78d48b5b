"""The ledger in PostgreSQL, and what waits to be written into it."""
