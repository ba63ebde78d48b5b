"""What the bot tells the record of changes by hand."""

from raidbot.bot.backend import Backend
from raidbot.bot.hands import ByHand, watches_hands
from raidbot.features.hands import api


@watches_hands
async def note(backend: Backend, change: ByHand) -> None:
    """Tell what somebody changed about a member."""
    old, new = change.nickname or ("", None)
    ask = api.NoteHand(
        guild_id=change.guild_id,
        entry_id=change.entry_id,
        user_id=change.user_id,
        by=change.by,
        gained=list(change.gained),
        lost=list(change.lost),
        old_nickname=old,
        new_nickname=new,
    )
    await backend.call(api.note_hand, ask)
