"""Pictures that members gave, kept as messages of ours: none is lost, whenever a process is killed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import discord
import structlog

from raidbot.bot.canvas import Canvas, since
from raidbot.bot.panels import Evidence, Posted, Postings, Subject
from raidbot.core.ids import ChannelId, GuildId, MessageId

log: structlog.stdlib.BoundLogger = structlog.get_logger()

Written = TypeVar("Written")


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a picture stands."""

    channel_id: ChannelId
    message_id: MessageId


WritesDown = Callable[[Stands], Awaitable[Written]]
"""Lets the record know of a picture that stands. Called twice, it writes one thing down."""

WritesDownFound = Callable[[str, Stands], Awaitable[object]]
"""The same where all that is known of a picture is the custom id of its button."""


class Pictures:
    """Posts pictures, and finds those that were posted and not written down.

    Args:
        canvas: Posts, and looks through channels.
        postings: Where it is written down that a picture is about to be posted.
    """

    def __init__(self, canvas: Canvas, postings: Postings) -> None:
        self._canvas = canvas
        self._postings = postings
        self._under_way: set[Subject] = set()
        """What this process is posting now: nobody has to look for it."""

    async def keep(self, subject: Subject, evidence: Evidence, write_down: WritesDown[Written]) -> Written:
        """Post a picture as a file of ours, and let it be written down.

        That it is about to be posted is on record before: who comes after a crash looks for it.

        Args:
            subject: What the picture is on record as: its kind, and the press or message by which it was given.
            evidence: The message.
            write_down: Lets the record know of it.

        Raises:
            discord.HTTPException: Discord did not take it.
        """
        self._under_way.add(subject)
        try:
            await self._postings.begin(subject, evidence.channel_id)
            message_id = await self._canvas.keep(evidence)
            written = await write_down(Stands(evidence.channel_id, message_id))
            await self._finish(subject)
            return written
        finally:
            self._under_way.discard(subject)

    async def find_lost(self, guild_id: GuildId, kind: str, button: str, write_down: WritesDownFound) -> None:
        """Let pictures be written down that a process posted before it was killed.

        Args:
            guild_id: Where.
            kind: What they are on record as.
            button: How the custom id of the button below each begins; the press by which it was given follows.
            write_down: Lets the record know of one.

        Raises:
            discord.HTTPException: a channel cannot be read now.
        """
        for posting in await self._postings.unfinished(guild_id, kind):
            subject = Subject(guild_id, kind, posting.subject_id)
            if subject in self._under_way:
                continue
            found = await self._found(posting, f"{button}:{posting.subject_id}:")
            if found is not None:
                message_id, custom_id = found
                await write_down(custom_id, Stands(posting.channel_id, message_id))
            # else it never came so far, and its giver was not told that it had
            await self._finish(subject)

    async def address_of(self, channel_id: ChannelId, message_id: MessageId) -> str | None:
        """Return the address, good for now, of the picture that a message of ours shows; None: it is gone."""
        try:
            return await self._canvas.picture_of(channel_id, message_id)
        except discord.HTTPException as fault:
            log.warning("A picture cannot be shown", message=str(message_id), reason=str(fault))
            return None

    async def _found(self, posting: Posted, beginning: str) -> tuple[MessageId, str] | None:
        try:
            return await self._canvas.find_begun(posting.channel_id, beginning, since(posting.attempted_at))
        except (discord.NotFound, discord.Forbidden):  # its channel is gone
            return None

    async def _finish(self, subject: Subject) -> None:
        await self._postings.drew(subject, 1, final=True)
