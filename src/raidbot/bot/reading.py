"""What members write in threads: who in the bot reads it."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from raidbot.bot.presses import Press

Reads: TypeAlias = Callable[[Press], Awaitable[None]]

readers: list[Reads] = []
"""Filled as the features are loaded."""


def reads_files(reader: Reads) -> Reads:
    """Call the decorated function for each message of a member in a thread that has files with it."""
    readers.append(reader)
    return reader
