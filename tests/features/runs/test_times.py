"""When runs end by themselves: settings, warnings, outages."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from tests.features.runs.steps import live, opened, put, shown
from tests.support.backend import ADMIN, GUILD, ORGANIZER, SECOND_ORGANIZER, Served, serving

from raidbot.core.clock import Clock
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import life as api
from raidbot.features.runs.api import places as places_api
from raidbot.features.runs.model.life import Run, RunStatus

MINUTE = timedelta(minutes=1)
BLINK = timedelta(seconds=30)


class Warned(msgspec.Struct, frozen=True):
    run_id: int
    user_ids: list[int]
    ends_at: datetime


async def warnings(database: Database) -> list[Warned]:
    async with database.transaction() as tx:
        return await tx.many(
            Warned,
            """
            SELECT subject_id AS run_id, user_ids, (body ->> 'ends_at')::timestamptz AS ends_at
              FROM notice WHERE kind = 'run_ending' ORDER BY id
            """,
        )


async def until(right: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await right():
            await asyncio.sleep(0.05)


async def jobs_had_their_turn(served: Served) -> None:
    """Wait until another run, due at once, was ended: what was due before it has been looked at."""
    await put(served, "open_minutes", "1")
    mark = await opened(served, SECOND_ORGANIZER)
    served.pass_time(61)

    async def over() -> bool:
        return (await shown(served, mark)).status.over

    await until(over)
    await put(served, "open_minutes", "60")


def about(moment: datetime, expected: datetime) -> bool:
    return abs(moment - expected) < BLINK


async def test_a_guild_sets_how_long_its_runs_go_on(served: Served) -> None:
    await put(served, "open_minutes", "30")
    await put(served, "auto_end_minutes", "45")

    before = await opened(served, party="p", location="l")
    started = await served.ask(api.start_run, api.StartRun(GUILD, before.id), ORGANIZER)

    assert before.auto_end_at - before.opened_at == 30 * MINUTE
    assert started.started_at is not None
    assert started.auto_end_at - started.started_at == 45 * MINUTE


async def test_raids_auto_end_counts_from_the_last_act_of_the_leader(served: Served) -> None:
    run = await live(served)
    served.pass_time(100 * 60)

    locked = await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=True), ORGANIZER)
    served.pass_time(30 * 60)
    moved = await served.ask(
        places_api.place_run, places_api.PlaceRun(GUILD, run.id, party="p", location="EUWest"), ORGANIZER
    )

    assert about(locked.auto_end_at, run.auto_end_at + 100 * MINUTE)
    assert about(moved.auto_end_at, run.auto_end_at + 130 * MINUTE)
    assert (await shown(served, run)).status is RunStatus.LIVE


async def test_an_act_never_brings_the_end_nearer(served: Served) -> None:
    run = await live(served)
    await put(served, "auto_end_minutes", "1")

    locked = await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=True), ORGANIZER)

    assert locked.auto_end_at == run.auto_end_at


async def test_the_organizer_is_warned_once_ten_minutes_before_the_end(served: Served, database: Database) -> None:
    run = await live(served)
    served.pass_time(111 * 60)

    async def warned() -> bool:
        return bool(await warnings(database))

    await until(warned)
    await jobs_had_their_turn(served)

    [warning] = [one for one in await warnings(database) if one.run_id == run.id]
    assert (warning.user_ids, warning.ends_at) == ([ORGANIZER], run.auto_end_at)


async def test_who_extends_is_warned_again_before_the_new_end(served: Served, database: Database) -> None:
    run = await opened(served)
    served.pass_time(51 * 60)

    async def warned(times: int) -> bool:
        return len(await warnings(database)) == times

    await until(lambda: warned(1))
    extended: Run = await served.ask(api.extend_run, api.ExtendRun(GUILD, run.id), ORGANIZER)
    served.pass_time(51 * 60)
    await until(lambda: warned(2))

    assert [one.ends_at for one in await warnings(database)] == [run.auto_end_at, extended.auto_end_at]


async def test_a_run_that_is_over_warns_nobody(served: Served, database: Database) -> None:
    run = await live(served)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)
    served.pass_time(115 * 60)

    await jobs_had_their_turn(served)

    assert [one for one in await warnings(database) if one.run_id == run.id] == []


async def after_absence(database: Database, folder: Path, absent: timedelta) -> Run:
    """Return a run that fell due a minute ago, as the next backend leaves it after its first turn."""
    async with serving(database, folder / "clock") as first:
        await first.mirror(MirroredMember(ADMIN, [], administrator=True))
        run = await opened(first, ADMIN)

    later_clock = folder / "later"
    later_clock.write_text(str(61 * 60))
    async with database.transaction() as tx:
        await tx.run(
            """
            INSERT INTO heartbeat (part, beat_at, process) VALUES ('backend', $1, 'another')
                ON CONFLICT (part) DO UPDATE SET beat_at = excluded.beat_at, process = excluded.process
            """,
            Clock(later_clock).now() - absent,
        )
    async with serving(database, later_clock) as second:

        async def looked() -> bool:
            now = await shown(second, run)
            return now.status.over or now.auto_end_at != run.auto_end_at

        await until(looked)
        return await shown(second, run)


async def test_after_an_outage_everything_due_waits_15_more_minutes(database: Database, tmp_path: Path) -> None:
    found = await after_absence(database, tmp_path, timedelta(minutes=6))

    assert found.status is RunStatus.OPEN
    assert about(found.auto_end_at, found.opened_at + timedelta(minutes=61 + 15))


async def test_after_a_short_restart_nothing_waits(database: Database, tmp_path: Path) -> None:
    found = await after_absence(database, tmp_path, timedelta(minutes=4))

    assert (found.status, found.reason) == (RunStatus.CANCELLED, "auto_end")
