"""What the bot tells the record of changes by hand, and how their messages follow what is decided."""

from collections.abc import Sequence

from raidbot.bot.backend import Backend
from raidbot.bot.hands import ByHand, Deed, Prune, readings, watches_hands
from raidbot.bot.hearing import Ears, hears
from raidbot.bot.painter import Need
from raidbot.bot.panels import Subject
from raidbot.core.ids import GuildId, Snowflake
from raidbot.features.hands import api
from raidbot.features.hands.model import CROWD, HAND, HandsChanged


@watches_hands
async def note(backend: Backend, deed: Deed) -> None:
    """Tell what somebody changed about a member, or that they put many out at once."""
    if isinstance(deed, Prune):
        await backend.call(api.note_prune, _pruned(deed))
    else:
        await backend.call(api.note_hand, _told(deed))


class RecordedReading:
    """How far the audit log was read, behind the backend."""

    async def place(self, backend: Backend, guild_id: GuildId) -> Snowflake | None:
        """Return the last entry that was read."""
        return (await backend.call(api.find_place, api.FindPlace(guild_id))).entry_id

    async def missed(self, backend: Backend, guild_id: GuildId, deeds: Sequence[Deed], place: Snowflake) -> None:
        """Tell what was changed while nobody listened."""
        ask = api.NoteMissed(
            guild_id=guild_id,
            changes=[_told(one) for one in deeds if isinstance(one, ByHand)],
            prunes=[_pruned(one) for one in deeds if isinstance(one, Prune)],
            place=place,
        )
        await backend.call(api.note_missed, ask)


readings.append(RecordedReading())


@hears(HandsChanged)
async def draw_anew(happened: HandsChanged, ears: Ears) -> None:
    """Draw the messages as the record says now. They are many when much is changed, and wait like counts do."""
    shown = [(HAND, one) for one in happened.hands] + [(CROWD, one) for one in happened.crowds]
    for kind, number in shown:
        ears.painter.mark(Subject(happened.guild_id, kind, number), Need.COUNT)


def _told(change: ByHand) -> api.NoteHand:
    old, new = change.nickname or ("", None)
    was_until, until_at = change.timeout or (None, None)
    return api.NoteHand(
        guild_id=change.guild_id,
        entry_id=change.entry_id,
        user_id=change.user_id,
        by=change.by,
        by_bot=change.by_bot,
        automod_rule=change.rule,
        gained=list(change.gained),
        lost=list(change.lost),
        old_nickname=old,
        new_nickname=new,
        timeout=change.timeout is not None,
        until_at=until_at,
        was_until=was_until,
        out=change.out,
        reason=change.reason,
        at=change.at,
    )


def _pruned(deed: Prune) -> api.NotePrune:
    return api.NotePrune(
        guild_id=deed.guild_id,
        entry_id=deed.entry_id,
        by=deed.by,
        by_bot=deed.by_bot,
        members=deed.members,
        inactive_days=deed.inactive_days,
        reason=deed.reason,
        at=deed.at,
    )
