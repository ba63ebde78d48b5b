"""What the painter does in Discord: post, find, edit and delete one message."""

import io
from collections.abc import AsyncIterator

import discord

from raidbot.bot.panels import Drawing, Evidence, Notice, Spot
from raidbot.core.ids import ChannelId, MessageId

SILENT = discord.AllowedMentions.none()

PERMANENT = {50001, 50013, 10003}
"""Missing access, missing permission, no such channel: trying again changes nothing."""

GONE = 10008
"""No such message."""

LONGEST_NONCE = 25
"""Characters of a nonce. docs: Message Resource, Create Message"""

SEARCHED = 100
"""So many messages after the attempt are looked through."""


class Canvas:
    """Messages of ours in Discord's channels.

    Args:
        client: The connected client.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(self, nonce: str, drawing: Drawing, spot: Spot) -> MessageId:
        """Post a message. One that was posted under the same nonce minutes ago is returned instead.

        Raises:
            discord.HTTPException: it did not work.
        """
        drawing.view.stop()
        channel = self._client.get_partial_messageable(spot.channel_id)
        message = await channel.send(view=drawing.view, allowed_mentions=spot.mentions, nonce=nonce[:LONGEST_NONCE])
        return MessageId(message.id)

    async def edit(self, channel_id: ChannelId, message_id: MessageId, drawing: Drawing) -> None:
        """Draw a message anew, and ping nobody.

        Raises:
            discord.HTTPException: it did not work.
        """
        drawing.view.stop()
        await self._message(channel_id, message_id).edit(view=drawing.view, allowed_mentions=SILENT)

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message that another process has posted too."""
        await self._message(channel_id, message_id).delete()

    async def tell(self, notice: Notice) -> None:
        """Say something once, and ping exactly those that it is for.

        Raises:
            discord.HTTPException: it did not work.
        """
        notice.view.stop()
        channel = self._client.get_partial_messageable(notice.channel_id)
        await channel.send(view=notice.view, allowed_mentions=notice.mentions, nonce=notice.nonce[:LONGEST_NONCE])

    async def keep(self, evidence: Evidence) -> MessageId:
        """Post a picture as a file of ours, and ping nobody.

        Raises:
            discord.HTTPException: it did not work.
        """
        evidence.view.stop()
        channel = self._client.get_partial_messageable(evidence.channel_id)
        file = discord.File(io.BytesIO(evidence.data), evidence.filename)
        nonce = evidence.nonce[:LONGEST_NONCE]
        message = await channel.send(view=evidence.view, file=file, allowed_mentions=SILENT, nonce=nonce)
        return MessageId(message.id)

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
