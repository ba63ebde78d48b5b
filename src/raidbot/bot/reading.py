"""What members write in threads: who in the bot reads it, and how they are answered there."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from raidbot.bot import look
from raidbot.bot.panels import Notice, only
from raidbot.bot.presses import Press

Reads: TypeAlias = Callable[[Press], Awaitable[None]]

readers: list[Reads] = []
"""Filled as the features are loaded."""


def reads_files(reader: Reads) -> Reads:
    """Call the decorated function for each message of a member in a thread that has files with it."""
    readers.append(reader)
    return reader


async def reply(press: Press, sentence: str) -> None:
    """Tell a member, where they posted a file, what became of it."""
    told = look.sheet(look.text(f"<@{press.user_id}> {sentence}"))
    await press.painter.tell(Notice(press.channel_id, told, f"pasted-{press.key}", only(press.user_id)))
