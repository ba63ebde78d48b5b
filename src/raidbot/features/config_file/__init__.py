"""The whole configuration of a server as one file: given out, checked, compared, and applied at once."""
