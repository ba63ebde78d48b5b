"""The decisions of setting a server up. Pure: the guild as it is seen, and what is mapped, in."""
