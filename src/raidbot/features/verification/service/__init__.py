"""What the backend does about verification."""
