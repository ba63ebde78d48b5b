"""What is known about the dungeons of the game, as data: one file a dungeon in `catalogue/`."""
