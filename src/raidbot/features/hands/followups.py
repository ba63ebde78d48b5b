"""What the bot tells the record of changes by hand."""

from collections.abc import Sequence

from raidbot.bot.backend import Backend
from raidbot.bot.hands import ByHand, readings, watches_hands
from raidbot.core.ids import GuildId, Snowflake
from raidbot.features.hands import api


@watches_hands
async def note(backend: Backend, change: ByHand) -> None:
    """Tell what somebody changed about a member."""
    await backend.call(api.note_hand, _told(change))


class RecordedReading:
    """How far the audit log was read, behind the backend."""

    async def place(self, backend: Backend, guild_id: GuildId) -> Snowflake | None:
        """Return the last entry that was read."""
        return (await backend.call(api.find_place, api.FindPlace(guild_id))).entry_id

    async def missed(self, backend: Backend, guild_id: GuildId, changes: Sequence[ByHand], place: Snowflake) -> None:
        """Tell what was changed while nobody listened."""
        ask = api.NoteMissed(guild_id=guild_id, changes=[_told(one) for one in changes], place=place)
        await backend.call(api.note_missed, ask)


readings.append(RecordedReading())


def _told(change: ByHand) -> api.NoteHand:
    old, new = change.nickname or ("", None)
    return api.NoteHand(
        guild_id=change.guild_id,
        entry_id=change.entry_id,
        user_id=change.user_id,
        by=change.by,
        gained=list(change.gained),
        lost=list(change.lost),
        old_nickname=old,
        new_nickname=new,
    )
