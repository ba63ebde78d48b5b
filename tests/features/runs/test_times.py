"""When runs end by themselves: settings, warnings, outages."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.features.runs.steps import join, leave, live, opened, pop, put, shown, tell, undo, verified
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, Served, serving

from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, UserId
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import busy as busy_api
from raidbot.features.runs.api import contact as contact_api
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as api
from raidbot.features.runs.api import offers as offers_api
from raidbot.features.runs.api import places as places_api
from raidbot.features.runs.model.joins import JoinState
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.offers import OfferId
from raidbot.features.runs.model.pops import Outcome

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


async def _accepts(served: Served, run: Run, offer: OfferId, _: UserId) -> None:
    await served.ask(offers_api.accept_offer, offers_api.AcceptOffer(GUILD, run.id, offer), ORGANIZER)


async def _marks(served: Served, run: Run, offer: OfferId, _: UserId) -> None:
    await served.ask(offers_api.did_not_pop, offers_api.DidNotPop(GUILD, run.id, offer), ORGANIZER)


async def _takes_out(served: Served, run: Run, _: OfferId, raider: UserId) -> None:
    await served.ask(joins_api.remove_raiders, joins_api.RemoveRaiders(GUILD, run.id, [raider], "late"), ORGANIZER)


async def _takes_in(served: Served, run: Run, *_: object) -> None:
    await served.ask(joins_api.add_raider, joins_api.AddRaider(GUILD, run.id, RAIDER), ORGANIZER)


async def _tells(served: Served, run: Run, *_: object) -> None:
    await tell(served, run, 1, outcome=Outcome.FAILED)


async def _undoes(served: Served, run: Run, *_: object) -> None:
    await undo(served, run, 1)


@pytest.mark.parametrize("acts", [_accepts, _marks, _takes_out, _takes_in, _tells, _undoes])
async def test_whatever_a_leader_does_the_automatic_end_counts_from_it(
    served: Served, acts: Callable[[Served, Run, OfferId, UserId], Awaitable[None]]
) -> None:
    run = await live(served)
    [raider] = await verified(served, 1)
    await join(served, run, raider)
    await pop(served, run, 1)
    ask = offers_api.OfferKey(GUILD, run.id, "shatters_key")
    lined_up = await served.ask(offers_api.offer_key, ask, raider)
    served.pass_time(100 * 60)

    await acts(served, run, lined_up.offer.id, raider)

    assert about((await shown(served, run)).auto_end_at, run.auto_end_at + 100 * MINUTE)


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


async def reach(served: Served, process: str = "first", away_s: float = 0) -> None:
    """Say that the guild is reached, as the bot does every minute."""
    ask = contact_api.KeepContact(guild_id=GUILD, process=process, away_s=away_s)
    await served.client.call(contact_api.keep_contact, ask)


async def other_guilds_run_ended(served: Served) -> None:
    """Wait until a run that fell due in a guild of which no bot says anything was ended by its time."""
    async with asyncio.timeout(60):
        while (await served.client.call(busy_api.busy, busy_api.AskBusy())).runs > 1:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("process", "away_s"), [("second", 0), ("first", 61 * 60)])
async def test_while_a_guild_cannot_be_reached_nothing_falls_due_there_and_then_it_waits_15_more_minutes(
    served: Served, process: str, away_s: float
) -> None:
    elsewhere = GuildId(701)
    await served.client.call(
        discord_state.mirror_members,
        discord_state.MirrorMembers(elsewhere, [MirroredMember(ADMIN, [], administrator=True)]),
    )
    await served.ask(api.open_run, api.OpenRun(guild_id=elsewhere, dungeon="shatters"), ADMIN)
    await reach(served)
    run = await opened(served)
    served.pass_time(61 * 60)
    await other_guilds_run_ended(served)

    left_alone = await shown(served, run)
    await reach(served, process, away_s)
    afterwards = await shown(served, run)

    assert (left_alone.status, left_alone.auto_end_at) == (RunStatus.OPEN, run.auto_end_at)
    assert about(afterwards.auto_end_at, run.opened_at + timedelta(minutes=61 + 15))


async def test_a_guild_that_is_reached_ends_its_runs_in_time(served: Served) -> None:
    await reach(served)
    run = await opened(served)
    served.pass_time(61 * 60)

    await reach(served)

    async def over() -> bool:
        return (await shown(served, run)).reason == "auto_end"

    await until(over)


async def test_after_a_day_without_contact_runs_end_all_the_same(served: Served) -> None:
    await reach(served)
    run = await opened(served)
    served.pass_time(25 * 60 * 60)

    async def over() -> bool:
        return (await shown(served, run)).reason == "auto_end"

    await until(over)


async def test_who_was_called_or_says_that_they_were_there_has_15_more_minutes_after_an_outage(served: Served) -> None:
    over, run = await live(served, SECOND_ORGANIZER), await live(served)
    await served.ask(api.end_run, api.EndRun(GUILD, over.id), SECOND_ORGANIZER)
    await served.ask(api.cap_run, api.CapRun(GUILD, run.id, 1), ORGANIZER)
    first, called = await verified(served, 2)
    await join(served, run, first, called)
    await reach(served)
    await leave(served, run, first)
    served.pass_time(16 * 60)

    await reach(served, "second")

    card = await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, run.id), called)
    now = (await shown(served, over)).claims_until
    assert (card.state, card.called_until) == (JoinState.CALLED, now)
    assert now is not None
    assert over.started_at is not None
    assert about(now, over.started_at + timedelta(minutes=16 + 15))
