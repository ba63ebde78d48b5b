"""The nouns of runs."""
