"""What the backend does about runs: read, decide, write, tell."""
