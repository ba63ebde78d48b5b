"""The endpoints of verification."""
