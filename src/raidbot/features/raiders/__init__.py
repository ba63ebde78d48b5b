"""Who is who in the game."""
