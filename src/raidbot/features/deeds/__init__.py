"""Which deeds of the bot's account were ours, so that those of a thief are found."""
