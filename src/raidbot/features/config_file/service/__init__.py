"""What the backend does about configuration files."""
