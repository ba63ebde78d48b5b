"""The record of posted messages, as the painter uses it."""

from collections.abc import Sequence

from raidbot.bot.backend import Backend
from raidbot.bot.panels import Subject
from raidbot.core.ids import ChannelId, GuildId, MessageId
from raidbot.features.deeds import api as deeds
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import Posting, UnknownPosting


class RecordedPostings:
    """Postings in PostgreSQL, behind the backend.

    Args:
        backend: The way there.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def unfinished(self, guild_id: GuildId, kind: str) -> Sequence[Posting]:
        """Return the messages that may still have to be drawn."""
        return await self._backend.call(api.unfinished_postings, api.UnfinishedPostings(guild_id, kind))

    async def find(self, subject: Subject) -> Posting | None:
        """Return one message, or None."""
        try:
            return await self._backend.call(
                api.find_posting, api.FindPosting(subject.guild_id, subject.kind, subject.id)
            )
        except UnknownPosting:
            return None

    async def begin(self, subject: Subject, channel_id: ChannelId) -> Posting:
        """Write down that a message is about to be posted."""
        ask = api.BeginPosting(subject.guild_id, subject.kind, subject.id, channel_id)
        return await self._backend.call(api.begin_posting, ask)

    async def settle(self, subject: Subject, message_id: MessageId) -> Posting:
        """Write down which message it became; the answer holds the one that counts."""
        ask = api.SettlePosting(subject.guild_id, subject.kind, subject.id, message_id)
        return await self._backend.call(api.settle_posting, ask)

    async def drew(self, subject: Subject, version: int, *, final: bool) -> Posting:
        """Write down what a message shows."""
        ask = api.DrewPosting(subject.guild_id, subject.kind, subject.id, version, final)
        return await self._backend.call(api.drew_posting, ask)

    async def lost(self, subject: Subject, message_id: MessageId) -> Posting:
        """Write down that a message is gone."""
        ask = api.LostPosting(subject.guild_id, subject.kind, subject.id, message_id)
        return await self._backend.call(api.lost_posting, ask)

    async def said(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Write down that a message is ours which is not drawn again."""
        await self._backend.call(deeds.note_message, deeds.NoteMessage(channel_id, message_id))
