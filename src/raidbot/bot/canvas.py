"""What the painter does in Discord: post, find, edit and delete one message."""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from raidbot.bot.pace import Turns
from raidbot.bot.panels import Drawing, Evidence, Notice, Spot
from raidbot.core.clock import Clock
from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId

SILENT = discord.AllowedMentions.none()

NO_CHANNEL = 10003
PERMANENT = {50001, 50013, NO_CHANNEL}
"""Missing access, missing permission, no such channel: trying again changes nothing."""

GONE = 10008
"""No such message."""

A_DAY_MIN = 1440
"""After so many minutes without a message a log is put away; a new one brings it back."""

HAS_THREAD = 160004
"""A thread was started from that message already."""

LONGEST_NONCE = 25
"""Characters of a nonce. docs: Message Resource, Create Message"""

SEARCHED = 100
"""So many messages after the attempt are looked through."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A message of a log."""

    foot: str
    """What it says below, by which it is known which entries it tells."""
    message_id: MessageId


class Canvas:
    """Messages of ours in Discord's channels.

    Args:
        client: The connected client.
        clock: Waits for a channel's turn.
    """

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self.away: set[int] = set()
        """Guilds that the bot was taken out of or an outage hid, until all is compared again."""
        self.turns = Turns(clock)

    def is_here(self, guild_id: GuildId) -> bool:
        """Tell whether anything can be done in a guild: the bot is in it, no outage hides it, and members are known."""
        guild = self._client.get_guild(guild_id)
        return guild is not None and not guild.unavailable and guild_id not in self.away

    async def post(self, nonce: str, drawing: Drawing, spot: Spot) -> MessageId:
        """Post a message. One that was posted under the same nonce minutes ago is returned instead.

        Raises:
            discord.HTTPException: it did not work.
        """
        return await self.tell(Notice(spot.channel_id, drawing.view, nonce, spot.mentions))

    async def edit(self, channel_id: ChannelId, message_id: MessageId, drawing: Drawing) -> None:
        """Draw a message anew, and ping nobody.

        Raises:
            discord.HTTPException: it did not work.
        """
        drawing.view.stop()
        await self._message(channel_id, message_id).edit(view=drawing.view, allowed_mentions=SILENT)

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message; one that is gone already is no fault.

        Raises:
            discord.HTTPException: it did not work.
        """
        try:
            await self._message(channel_id, message_id).delete()
        except discord.NotFound as missing:
            if missing.code not in {GONE, NO_CHANNEL}:
                raise

    async def tell(self, notice: Notice) -> MessageId:
        """Say something once, and ping exactly those that it is for.

        What was said under the same nonce minutes ago is not said again.

        Raises:
            discord.HTTPException: it did not work.
        """
        notice.view.stop()
        await self.turns.take(notice.channel_id)
        channel = self._client.get_partial_messageable(notice.channel_id)
        message = await channel.send(
            view=notice.view, allowed_mentions=notice.mentions, nonce=notice.nonce[:LONGEST_NONCE]
        )
        return MessageId(message.id)

    def holders(self, guild_id: GuildId, role_ids: Sequence[RoleId]) -> set[int]:
        """Return who holds one of these roles, as far as Discord has told."""
        guild = self._client.get_guild(guild_id)
        roles = [guild.get_role(one) for one in role_ids] if guild else []
        return {member.id for role in roles if role for member in role.members}

    async def start_thread(self, channel_id: ChannelId, message_id: MessageId, name: str) -> None:
        """Start the thread of a message, which has the message's number; one that is there is left alone.

        Raises:
            discord.HTTPException: it did not work.
        """
        try:
            await self._client.http.start_thread_with_message(
                channel_id, message_id, name=name, auto_archive_duration=A_DAY_MIN
            )
        except discord.HTTPException as refused:
            if refused.code != HAS_THREAD:
                raise

    async def delete_thread(self, thread_id: ChannelId) -> None:
        """Delete a thread; one that is gone already is no fault.

        Raises:
            discord.HTTPException: it did not work.
        """
        try:
            await self._client.http.delete_channel(thread_id)
        except discord.NotFound:
            return

    async def note(self, channel_id: ChannelId, entry: discord.Embed, nonce: str) -> Noted:
        """Write an entry of a log, ping nobody, and return the one that stands there under that nonce.

        Raises:
            discord.HTTPException: it did not work.
        """
        await self.turns.take(channel_id)
        channel = self._client.get_partial_messageable(channel_id)
        message = await channel.send(embed=entry, allowed_mentions=SILENT, nonce=nonce[:LONGEST_NONCE])
        return Noted(_foot(message), MessageId(message.id))

    async def last_noted(self, channel_id: ChannelId) -> Noted | None:
        """Return the newest entry of a log, or None.

        Raises:
            discord.HTTPException: the channel cannot be read.
        """
        channel = self._client.get_partial_messageable(channel_id)
        async for message in channel.history(limit=SEARCHED):
            if self._is_ours(message) and (foot := _foot(message)):
                return Noted(foot, MessageId(message.id))
        return None

    async def find_marked(self, channel_id: ChannelId, mark: int, after: datetime) -> MessageId | None:
        """Return the message of ours whose box has that number, or None.

        Raises:
            discord.HTTPException: the channel cannot be read.
        """
        async for message in self._ours(channel_id, since(after)):
            if any(getattr(one, "id", None) == mark for one in message.components):
                return MessageId(message.id)
        return None

    async def keep(self, evidence: Evidence) -> MessageId:
        """Post a picture as a file of ours, and ping nobody.

        Raises:
            discord.HTTPException: it did not work.
        """
        evidence.view.stop()
        await self.turns.take(evidence.channel_id)
        channel = self._client.get_partial_messageable(evidence.channel_id)
        file = discord.File(io.BytesIO(evidence.data), evidence.filename)
        nonce = evidence.nonce[:LONGEST_NONCE]
        message = await channel.send(view=evidence.view, file=file, allowed_mentions=SILENT, nonce=nonce)
        return MessageId(message.id)

    async def picture_of(self, channel_id: ChannelId, message_id: MessageId) -> str | None:
        """Return the address, good for now, of the picture that a message of ours shows; None: it is gone.

        Raises:
            discord.HTTPException: the channel cannot be read.
        """
        try:
            message = await self._message(channel_id, message_id).fetch()
        except discord.NotFound:
            return None
        return next(iter(_pictures(message)), None)

    async def find(self, channel_id: ChannelId, mark: str, after: discord.abc.Snowflake) -> MessageId | None:
        """Return the message of ours with that custom id, or None.

        Raises:
            discord.HTTPException: the channel cannot be read.
        """
        async for message in self._ours(channel_id, after):
            if mark in _custom_ids(message):
                return MessageId(message.id)
        return None

    async def find_begun(
        self, channel_id: ChannelId, beginning: str, after: discord.abc.Snowflake
    ) -> tuple[MessageId, str] | None:
        """Return the message of ours with a custom id that begins so, and that custom id, or None.

        Raises:
            discord.HTTPException: the channel cannot be read.
        """
        async for message in self._ours(channel_id, after):
            for custom_id in sorted(_custom_ids(message)):
                if custom_id.startswith(beginning):
                    return MessageId(message.id), custom_id
        return None

    async def _ours(self, channel_id: ChannelId, after: discord.abc.Snowflake) -> AsyncIterator[discord.Message]:
        channel = self._client.get_partial_messageable(channel_id)
        async for message in channel.history(limit=SEARCHED, after=after, oldest_first=True):
            if self._is_ours(message):
                yield message

    def _is_ours(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    def _message(self, channel_id: ChannelId, message_id: MessageId) -> discord.PartialMessage:
        return self._client.get_partial_messageable(channel_id).get_partial_message(message_id)


def _foot(message: discord.Message) -> str:
    return next((one.footer.text for one in message.embeds if one.footer.text), "")


def since(moment: datetime) -> discord.Object:
    """Return where to look in a channel from a moment on, a little before it: clocks differ."""
    return discord.Object(discord.utils.time_snowflake(moment) - (5000 << 22))


def _pictures(message: discord.Message) -> list[str]:
    """Return the addresses of the pictures that a message shows, however deep they are."""
    found = [one.url for one in message.attachments]
    waiting: list[object] = list(message.components)
    while waiting:
        one = waiting.pop()
        found += [item.media.url for item in one.items] if isinstance(one, discord.MediaGalleryComponent) else []
        waiting.extend(getattr(one, "children", ()))
    return found


def _custom_ids(message: discord.Message) -> set[str]:
    """Return the custom ids of all components of a message, however deep they are."""
    found: set[str] = set()
    waiting: list[object] = list(message.components)
    while waiting:
        one = waiting.pop()
        custom_id = getattr(one, "custom_id", None)
        if custom_id:
            found.add(custom_id)
        waiting.extend(getattr(one, "children", ()))
    return found
