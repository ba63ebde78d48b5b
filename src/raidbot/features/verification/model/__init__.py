"""The nouns of verification: what a guild has set, where a member is, what staff decide."""
