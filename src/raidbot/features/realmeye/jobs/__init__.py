"""What happens by itself: pages are read in their turn, and forgotten."""
