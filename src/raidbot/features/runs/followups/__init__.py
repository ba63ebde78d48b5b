"""What the bot does when it hears of runs."""
