"""What falls due by itself about used keys: their leader is reminded once, and after a week nobody asks any more."""

from datetime import datetime, timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.database.transaction import Transaction
from raidbot.dungeons import catalogue
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.inbox import service as inbox
from raidbot.features.keys import rules, store
from raidbot.features.keys.service import give_up
from raidbot.features.points.model import Hand

BATCH = 10

A_DAY_S = 24 * 60 * 60


async def _next_reminder(tx: Transaction) -> datetime | None:
    closed_at = await store.next_reminder(tx)
    return closed_at + rules.REMIND_AFTER if closed_at else None


@job("keys-reminder", every=timedelta(minutes=10), next_due=_next_reminder)
async def remind(tick: Tick) -> int:
    """Ask the leaders of runs that were over 12 hours ago whose the keys were, once: by a letter and in the log thread.

    One of both pings them: the call to their inbox where the guild has a channel for these, else the thread.
    """
    due = await store.to_remind(tick.tx, tick.now - rules.REMIND_AFTER, BATCH)
    for one in due:
        wish = NoticeWish(
            name=f"keys-unlogged-{one.run_id}",
            kind="keys_unlogged",
            subject_id=one.run_id,
            channel="thread",
            body={"keys": one.keys},
            user_ids=[] if one.calls_to_inbox else [one.leader_id],
            lapses_s=A_DAY_S,
        )
        await discord_state.tell(tick.tx, one.guild_id, [wish], tick.now)
        title, body = rules.reminder(catalogue.known(one.dungeon), one.run_id, one.keys, one.closed_at)
        await inbox.leave(tick.tx, one.guild_id, one.leader_id, title, body, tick.now)
    return len(due)


async def _next_stale(tx: Transaction) -> datetime | None:
    closed_at = await store.next_stale(tx)
    return closed_at + rules.ASK_FOR if closed_at else None


@job("keys-given-up", every=timedelta(minutes=10), next_due=_next_stale)
async def close_unnamed(tick: Tick) -> int:
    """Let keys that nobody named for a week stay without a name."""
    stale = await store.hold_stale(tick.tx, tick.now - rules.ASK_FOR, BATCH)
    for one in stale:
        await give_up(tick.tx, one.guild_id, one.run_id, Hand(0, tick.now))
    return len(stale)
