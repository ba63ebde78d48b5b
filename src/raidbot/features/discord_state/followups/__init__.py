"""What the bot does in Discord because the record wants it, and what it tells the record of Discord."""
