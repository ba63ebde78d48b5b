"""What runs look like, and what their buttons do."""
