"""What falls due by itself: runs whose time is up or nearly up, and the sign of life that an outage is known by.

What fell due where no bot had reached the guild for long is left alone until one does: nobody could press a button.
"""

import secrets
from datetime import datetime, timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.core.ids import UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.guild_config import service as guild_config
from raidbot.features.runs.model.contact import OUTAGE
from raidbot.features.runs.model.life import AUTO_END, RunStatus
from raidbot.features.runs.rules import life as rules
from raidbot.features.runs.rules.claims import DECIDED_WITHIN
from raidbot.features.runs.service import notices
from raidbot.features.runs.service.joins import fill_places
from raidbot.features.runs.service.pops import close_due, close_run
from raidbot.features.runs.store import claims, follows, joins, pops
from raidbot.features.runs.store import life as store

BATCH = 10

NOBODY = UserId(0)
"""Who acts when time does."""

PROCESS = secrets.token_hex(8)
"""This process: a long silence of its own is a clock that was moved, not an outage."""

BEAT = timedelta(minutes=1)


@job("heartbeat", every=BEAT)
async def heartbeat(tick: Tick) -> int:
    """Leave a sign of life."""
    await note_outage(tick)
    return 0


@job("auto-end", every=timedelta(minutes=2), next_due=store.next_due)
async def auto_end(tick: Tick) -> int:
    """End live runs whose time is up, and cancel those that never went live.

    What was to follow one does not open: nobody who leads has done anything for hours, so that its raiders would be
    called to a run that nobody leads. Those who can open it are told.
    """
    await note_outage(tick)
    due = await store.hold_due(tick.tx, tick.now, BATCH)
    for one in due:
        run = await store.find_run(tick.tx, one.guild_id, one.id)
        if run is None:
            continue
        is_over = rules.ended if run.status is RunStatus.LIVE else rules.cancelled
        over = is_over(run, tick.now, AUTO_END)
        at = pops.Moment(guild_id=run.guild_id, run_id=run.id, by=NOBODY, at=tick.now)
        over = await close_run(tick.tx, over, at)
        act = store.Act(
            by=NOBODY, kind="auto_ended", detail={"unopened": over.left_unopened}, at=tick.now, warn_at=None
        )
        await store.save_run(tick.tx, over, act)
        if over.status is RunStatus.CANCELLED:
            settings = await guild_config.settings_of(tick.tx, one.guild_id)
            await notices.tell_cancelled(tick.tx, over, settings, tick.now)
        elif wish := notices.not_followed(over):
            await discord_state.tell(tick.tx, one.guild_id, [wish], tick.now)
    return len(due)


@job("key-windows", every=timedelta(minutes=2), next_due=pops.next_window)
async def close_windows(tick: Tick) -> int:
    """Close the windows of keys that popped, and pay who was in. Who was in is known even if this comes late."""
    return await close_due(tick.tx, tick.now, BATCH)


@job("auto-end-warning", every=timedelta(minutes=2), next_due=store.next_warning)
async def warn(tick: Tick) -> int:
    """Tell those who lead which runs end soon, once for each moment at which one would."""
    await note_outage(tick)
    due = await store.take_warnings(tick.tx, tick.now, BATCH)
    for one in due:
        run = await store.find_run(tick.tx, one.guild_id, one.id)
        if run is not None and run.auto_end_at > tick.now:  # else it is too late to warn: it ends in this moment
            await discord_state.tell(tick.tx, one.guild_id, [notices.ending_soon(run)], tick.now)
    return len(due)


@job("lapsed-calls", every=timedelta(minutes=2), next_due=joins.next_lapse)
async def pass_over(tick: Tick) -> int:
    """Put those who did not say that they are here at the end of the line, and call the next ones."""
    await note_outage(tick)
    lapsed = await joins.lapsed_calls(tick.tx, tick.now, BATCH)
    for one in lapsed:
        await joins.pass_over(tick.tx, one.run_id, tick.now)
        run = await store.find_run(tick.tx, one.guild_id, one.run_id)
        if run is not None and not run.join_locked:
            settings = await guild_config.settings_of(tick.tx, one.guild_id)
            await fill_places(tick.tx, run, settings, tick.now)
    return len(lapsed)


@job("first-come", every=timedelta(minutes=2), next_due=follows.next_opening)
async def open_to_all(tick: Tick) -> int:
    """Let everybody get places where the minute of the raiders of the run before is over; who waits moves up."""
    await note_outage(tick)
    opened = await follows.open_to_all(tick.tx, tick.now, BATCH)
    for one in opened:
        run = await store.find_run(tick.tx, one.guild_id, one.id)
        if run is not None and not run.join_locked:
            await fill_places(tick.tx, run, await guild_config.settings_of(tick.tx, one.guild_id), tick.now)
    return len(opened)


@job("claims-close", every=timedelta(minutes=2), next_due=claims.next_closing)
async def close_claims(tick: Tick) -> int:
    """Take no more claims where their 15 minutes are over. Nobody reopens the run any more, so its pings go as well."""
    await note_outage(tick)
    closed = await claims.close(tick.tx, tick.now, BATCH)
    for one in closed:
        await notices.clear_calls(tick.tx, one.guild_id, one.run_id, tick.now)
    return len(closed)


async def next_claim_lapses(tx: Transaction) -> datetime | None:
    """Return when the next claim lapses."""
    oldest = await claims.oldest(tx)
    return None if oldest is None else oldest + DECIDED_WITHIN


@job("claims-lapse", every=timedelta(minutes=2), next_due=next_claim_lapses)
async def lapse_claims(tick: Tick) -> int:
    """Let claims lapse that nobody has decided within a day."""
    return await claims.lapse(tick.tx, tick.now - DECIDED_WITHIN, tick.now, BATCH)


async def note_outage(tick: Tick) -> None:
    """Leave a sign of life, and give everything due more time if the last one of another process is old.

    Each job asks before it works, so that none acts on what fell due while nobody could press a button.
    """
    last = await store.hold_heartbeat(tick.tx)
    if last and last.process == PROCESS and tick.now - last.beat_at < BEAT:
        return
    await store.save_heartbeat(tick.tx, PROCESS, tick.now)
    if last and last.process != PROCESS and tick.now - last.beat_at > OUTAGE:
        until = tick.now + rules.GRACE
        await store.postpone(tick.tx, until, rules.warn_at(until, tick.now), tick.now)
