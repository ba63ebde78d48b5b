"""What falls due in verification by itself."""

from datetime import datetime, timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.verification.model.tickets import STALE, STALE_TICKETS
from raidbot.features.verification.store import sessions, tickets

BATCH = 200


@job("verification-expiry", every=timedelta(minutes=5), next_due=sessions.next_expiry)
async def expire(tick: Tick) -> int:
    """Let attempts end whose code is no longer good."""
    return await sessions.expire(tick.tx, tick.now, BATCH)


HOUR_S = 60 * 60


async def _next_stale(tx: Transaction) -> datetime | None:
    oldest = await tickets.oldest_unreminded(tx)
    return None if oldest is None else oldest + STALE


@job("verification-stale", every=timedelta(minutes=5), next_due=_next_stale)
async def remind(tick: Tick) -> int:
    """Remind staff once of each screenshot that waits too long, all of a guild together."""
    found = await tickets.remind(tick.tx, tick.now - STALE, tick.now, BATCH)
    for one in found:
        told = NoticeWish(
            name=f"verification-stale-{one.first}",
            kind=STALE_TICKETS,
            subject_id=one.first,
            channel=ChannelKey.MANUAL_VERIFICATION,
            lapses_s=HOUR_S,
        )
        await discord_state.tell(tick.tx, one.guild_id, [told], tick.now)
    return len(found)
