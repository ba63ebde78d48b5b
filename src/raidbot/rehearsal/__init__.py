"""Trying on a real test server what our loopback takes for true, and what members would meet."""
