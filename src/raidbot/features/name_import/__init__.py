"""Taking over who is who from nicknames or a file: tried first, then done in the background."""
