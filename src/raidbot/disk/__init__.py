"""The disk: how full it is, what grows on it, what pauses before it is full, and a reserve for the worst day."""
