"""The endpoints of runs."""
