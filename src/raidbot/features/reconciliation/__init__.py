"""Bringing Discord back to the record without surprise: what touches many members waits for an administrator."""
