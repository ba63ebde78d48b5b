"""What is drawn of verification, and what its buttons do."""
