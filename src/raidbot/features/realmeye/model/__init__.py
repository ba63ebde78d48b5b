"""The nouns of RealmEye: what a page says, who waits for one, what a guild asks of a player."""
