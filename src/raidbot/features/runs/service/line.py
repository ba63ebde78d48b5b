"""What the backend does when a key holder's place in the line became free."""

from datetime import datetime

from raidbot.backend.events import emit
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import NO_POP_MARKS, Settings
from raidbot.features.runs.model.offers import HoldersAccepted, OfferState
from raidbot.features.runs.rules import offers as rules
from raidbot.features.runs.service.holding import dungeon_of
from raidbot.features.runs.store import offers as store

BY_ITSELF = UserId(0)
"""Who accepts where nobody does."""


async def close_up(
    tx: Transaction, guild_id: GuildId, run_id: RunId, run_of: tuple[str, Settings], now: datetime
) -> None:
    """Accept those who stand next, up to the cap, where the line accepts by itself; tell them. `run_of` is its dungeon.

    Without it who comes later would be accepted before who waits. The run's row must be held.
    """
    dungeon, settings = dungeon_of(run_of[0]), run_of[1]
    if not rules.accepts_itself(settings, dungeon):
        return
    caps = {key.key: rules.cap(settings, dungeon, key) for key in dungeon.keys}
    waiting = await store.waiting(tx, run_id, settings.get(NO_POP_MARKS), now - rules.MARKS_COUNT_FOR)
    following = [one for one in waiting if one.accepted + one.nth <= caps.get(one.key, 0)]
    for one in following:
        settled = store.Settled(
            guild_id=guild_id, run_id=run_id, offer_id=one.id, state=OfferState.ACCEPTED, by=BY_ITSELF
        )
        await store.settle(tx, settled, now)
    if following:
        user_ids = sorted({one.user_id for one in following})
        await emit(tx, HoldersAccepted(guild_id=guild_id, run_id=run_id, user_ids=user_ids, at=now), now)
