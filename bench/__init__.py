"""Measurements: real processes, real sockets, and a crowd under Discord's limits."""
