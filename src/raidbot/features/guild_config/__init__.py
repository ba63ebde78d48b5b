"""Which of a guild's roles and channels are which, and who changed that."""
