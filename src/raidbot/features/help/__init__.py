"""What a member may do here, and whether all parts answer: `/help` and `/ping`."""
