"""The decisions of verification. Pure."""
