"""What setting a server up looks like, and what is done in Discord for it."""
