"""One line for the whole system: asking, waiting, one page at a time, and what the site's moods do to it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from prometheus_client import generate_latest
from tests.features.realmeye.pages import a_player
from tests.support.backend import GUILD, RAIDER, STRANGER, Served, serving
from tests.support.house import until
from tests.support.realmeye import AGENT, PAUSE, a_realmeye, manners, reading

from raidbot.backend import events
from raidbot.backend.app import Backend
from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, UserId
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction
from raidbot.features.realmeye import api, service
from raidbot.features.realmeye.jobs.reader import reading_with
from raidbot.features.realmeye.model.facts import Kind, Standing, known
from raidbot.features.realmeye.model.queue import (
    Away,
    Lookup,
    NotAName,
    PageFailed,
    PageRead,
    Read,
    Reason,
    Waiting,
    Wanted,
)
from realmeye_loopback.client import RealmEye
from realmeye_loopback.troubles import Mode

UNTIL_TOLD = 60
"""So many seconds is the site slow unless it is told to be well again."""


class Heard(msgspec.Struct, frozen=True):
    kind: str
    body: dict[str, Any]


class Desk:
    """Somebody who asks, at a backend whose reader asks the local site."""

    def __init__(self, served: Served, database: Database, realmeye: RealmEye) -> None:
        self.served = served
        self.database = database
        self.realmeye = realmeye
        self.clock = Clock(served.clock_file)

    async def ask(self, ign: str, by: UserId = RAIDER, guild: GuildId = GUILD, **more: Any) -> Lookup:
        async with self.database.transaction() as tx:
            found = await service.ask(tx, Wanted(guild_id=guild, user_id=by, ign=ign, **more), self.clock.now())
        await self.served.mirror()  # any request that writes lets the reader look
        return found

    async def read(self, ign: str, by: UserId = RAIDER, **more: Any) -> Read:
        """Ask until there is an answer."""

        async def answered() -> Read | None:
            found = await self.ask(ign, by, **more)
            return found if isinstance(found, Read) else None

        return await until(answered, f"the page of {ign}")

    async def away(self, ign: str, by: UserId = RAIDER) -> Away:
        """Ask until the site counts as away."""

        async def found() -> Away | None:
            told = await self.ask(ign, by)
            return told if isinstance(told, Away) else None

        return await until(found, "the site to be away")

    async def site(self) -> api.Site:
        return await self.served.client.call(api.show_site, api.ShowSite())

    async def visited(self, number: int) -> list[str]:
        """Wait until so many pages were asked for, and return their paths."""

        async def so_many() -> list[str] | None:
            paths = [visit.path for visit in (await self.realmeye.stats()).visits]
            return paths if len(paths) >= number else None

        return await until(so_many, f"{number} visits")

    async def nobody_waits(self) -> None:
        async def empty() -> bool:
            return (await self.site()).waiting == 0

        await until(empty, "the line to be empty")

    async def under_way(self) -> None:
        """Wait until a page is asked for."""

        async def taken() -> bool:
            async with self.database.transaction() as tx:
                return bool(await tx.value(bool, "SELECT busy_until > '2000-01-01Z' FROM realmeye_site"))

        await until(taken, "a page to be asked for")

    async def heard(self) -> list[Heard]:
        async with self.database.transaction() as tx:
            return await tx.many(
                Heard,
                "SELECT kind, body FROM outbox WHERE kind IN ('PageRead', 'PageFailed', 'SiteReturned') ORDER BY id",
            )


@asynccontextmanager
async def a_desk(database: Database, clock_file: Path, realmeye: RealmEye) -> AsyncGenerator[Desk]:
    async with reading(database, clock_file, realmeye) as served:
        yield Desk(served, database, realmeye)


@pytest_asyncio.fixture
async def desk(database: Database, tmp_path: Path, realmeye: RealmEye) -> AsyncIterator[Desk]:
    await realmeye.put(a_player())
    async with a_desk(database, tmp_path / "clock", realmeye) as one:
        yield one


async def test_who_asks_waits_first_and_is_answered_when_the_page_was_read(desk: Desk) -> None:
    asked = await desk.ask("rook")
    told = await desk.read("rook")

    assert isinstance(asked, Waiting)
    assert (asked.place, asked.seconds >= 1) == (1, True)
    assert (told.standing, told.facts.ign, told.facts.stars) == (Standing.SHOWN, "Rook", known(62))


async def test_a_page_that_was_just_read_is_not_asked_for_again_community_w16(desk: Desk) -> None:
    await desk.read("Rook")
    again = await desk.ask("ROOK", STRANGER, guild=GuildId(701))

    assert isinstance(again, Read)
    assert await desk.visited(1) == ["/player/rook"]


async def test_many_who_want_one_page_cost_one_visit(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.SLOW, seconds=0.3)
    asked = {number: await desk.ask("Rook", UserId(number)) for number in range(1000, 1020)}
    await desk.read("Rook")
    await desk.nobody_waits()

    assert await desk.visited(1) == ["/player/rook"]
    told = [one.body["user_id"] for one in await desk.heard() if one.body["user_id"] != str(int(RAIDER))]
    # Who asks on a busy machine when the page is there already has the answer at once.
    assert told == [str(number) for number, found in asked.items() if isinstance(found, Waiting)] != []


async def test_several_pages_of_a_player_are_told_together(desk: Desk) -> None:
    told = await desk.read("Rook", kinds=tuple(Kind))

    assert (told.facts.deaths, told.facts.stars) == (known(14), known(62))
    assert [one.name for one in told.facts.former_names.value or []] == ["Castle"]
    assert sorted(await desk.visited(4)) == [
        "/exaltations-of/rook",
        "/graveyard-summary-of-player/rook",
        "/name-history-of-player/rook",
        "/player/rook",
    ]


async def test_a_check_reads_a_page_that_is_younger_than_its_press(desk: Desk) -> None:
    await desk.read("Rook")
    await desk.realmeye.describe("Rook", "K7QM-4XRD-9TWE")
    pressed = desk.clock.now()

    asked = await desk.ask("Rook", not_older_than=pressed)
    desk.served.pass_time(15)
    told = await desk.read("Rook", not_older_than=pressed)

    assert isinstance(asked, Waiting)
    assert told.facts.description == known(["K7QM-4XRD-9TWE", "", ""])
    assert told.read_at >= pressed


async def test_pressing_check_again_and_again_does_not_hurry_the_site_community_w16(desk: Desk) -> None:
    await desk.read("Rook")
    for _ in range(5):
        asked = await desk.ask("Rook", not_older_than=desk.clock.now())
        assert isinstance(asked, Waiting)
        assert 10 <= asked.seconds <= 20

    desk.served.pass_time(15)
    await desk.nobody_waits()

    assert await desk.visited(2) == ["/player/rook"] * 2


async def test_a_member_holds_one_place_and_a_new_name_gives_up_the_old_one(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.STATUS, status=403)
    await desk.away("Castle", STRANGER)
    await desk.ask("Rook", kinds=(Kind.PROFILE, Kind.GRAVEYARD))
    await desk.ask("Pike")

    assert (await desk.site()).waiting == 2


async def test_who_gave_up_is_not_read_for(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.STATUS, status=403)
    await desk.away("Rook")

    async with desk.database.transaction() as tx:
        await service.withdraw(tx, GUILD, RAIDER)

    assert (await desk.site()).waiting == 0


@pytest.mark.parametrize(
    "name", ["", "a/b", "../x", "Rook?x=1", "Ro ok", "R\u00f6\u00f6k", "R" * 17, "1337", "Rook%2f", "a\nb"]
)
async def test_what_is_no_name_never_becomes_an_address(desk: Desk, name: str) -> None:
    with pytest.raises(NotAName, match="1 to 16 letters"):
        await desk.ask(name)

    assert (await desk.realmeye.stats()).visits == []


async def test_nobody_is_told_apart_from_somebody_without_guessing_community_w16(desk: Desk) -> None:
    told = await desk.read("Nobody")

    assert told.standing is Standing.NOT_SHOWN


async def test_blanks_around_a_name_are_no_part_of_it(desk: Desk) -> None:
    await desk.read(" Rook ")

    assert await desk.visited(1) == ["/player/rook"]


async def test_what_players_write_about_themselves_is_in_no_log_community_w8(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    await desk.realmeye.put(a_player(description=["K7QM-4XRD-9TWE"]))
    await desk.realmeye.trouble(Mode.HALF, times=1)
    await desk.ask("Rook")
    await desk.visited(1)
    desk.served.pass_time(16)
    told = await desk.read("Rook")

    said = "".join(capfd.readouterr())
    assert told.facts.description == known(["K7QM-4XRD-9TWE", "", ""])
    assert "makes no sense" in said
    assert "K7QM" not in said


async def test_we_say_who_we_are(desk: Desk) -> None:
    await desk.read("Rook")

    assert {visit.agent for visit in (await desk.realmeye.stats()).visits} == {AGENT}


async def test_two_backends_ask_for_one_page_at_a_time_with_a_pause_community_w16(
    database: Database, tmp_path: Path, realmeye: RealmEye
) -> None:
    await realmeye.trouble(Mode.SLOW, seconds=0.05)
    clock = tmp_path / "clock"
    names = [f"Raider{letter}" for letter in "abcdefghijkl"]
    for name in names:
        await realmeye.put(a_player(name))

    async with a_desk(database, clock, realmeye) as one, a_desk(database, clock, realmeye) as two:
        asked = [desk.ask(name, UserId(n)) for n, name in enumerate(names, 100) for desk in (one, two)]
        await asyncio.gather(*asked)
        await one.nobody_waits()
        stats = await realmeye.stats()

    assert stats.most_at_once == 1
    assert len(stats.visits) == len(names)
    gaps = [later.began - sooner.ended for sooner, later in zip(stats.visits, stats.visits[1:], strict=False)]
    assert min(gaps) > PAUSE.total_seconds() * 0.9


async def test_the_line_is_served_in_its_order(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.STATUS, status=503, retry_after="60")
    names = [f"Raider{letter}" for letter in "dbca"]
    await desk.away(names[0], UserId(100))
    places = [
        told.place
        for number, name in enumerate(names[1:], 101)
        if isinstance(told := await desk.ask(name, UserId(number)), Away)
    ]
    await desk.realmeye.no_trouble()
    await desk.realmeye.forget_stats()
    desk.served.pass_time(90)

    assert places == [2, 3, 4]
    assert await desk.visited(4) == [f"/player/{name.lower()}" for name in names]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"mode": Mode.STATUS, "status": 429}, Reason.TOO_MANY),
        ({"mode": Mode.STATUS, "status": 403}, Reason.FORBIDDEN),
        ({"mode": Mode.STATUS, "status": 503, "retry_after": "30"}, Reason.BROKEN),
    ],
)
async def test_a_site_that_says_no_is_away_at_once_community_w16(
    desk: Desk, trouble: dict[str, Any], reason: Reason
) -> None:
    await desk.realmeye.trouble(**trouble)

    away = await desk.away("Rook")

    site = await desk.site()
    assert (site.away_reason, site.away_since, site.waiting) == (reason, away.since, 1)
    assert len(await desk.visited(1)) == 1
    assert away.next_try_at > away.since + timedelta(seconds=29)


async def test_it_is_left_alone_for_as_long_as_it_asks(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.STATUS, status=429, retry_after="1800")
    away = await desk.away("Rook")
    await desk.realmeye.no_trouble()
    desk.served.pass_time(1500)
    still = await desk.ask("Rook")
    desk.served.pass_time(400)
    await desk.read("Rook")

    assert timedelta(minutes=29) < away.next_try_at - away.since < timedelta(minutes=31)
    assert isinstance(still, Away)
    assert len(await desk.visited(2)) == 2


async def test_it_may_also_name_a_date(desk: Desk) -> None:
    later = desk.clock.now() + timedelta(hours=2)
    await desk.realmeye.trouble(Mode.STATUS, status=429, retry_after=f"{later:%a, %d %b %Y %H:%M:%S} GMT")

    away = await desk.away("Rook")

    assert abs(away.next_try_at - later) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"mode": Mode.STATUS, "status": 500}, Reason.BROKEN),
        ({"mode": Mode.TORN}, Reason.BROKEN),
        ({"mode": Mode.ELSEWHERE}, Reason.ELSEWHERE),
        ({"mode": Mode.ENDLESS}, Reason.TOO_LARGE),
    ],
)
async def test_three_failures_in_a_row_open_the_circuit_and_one_answer_closes_it_community_w16(
    desk: Desk, trouble: dict[str, Any], reason: Reason
) -> None:
    await desk.realmeye.trouble(**trouble, times=3)
    await desk.ask("Rook")
    for number in (1, 2):
        await desk.visited(number)
        assert isinstance(await desk.ask("Rook"), Waiting)
        desk.served.pass_time(15)
    await desk.away("Rook")
    since = (await desk.site()).away_reason
    desk.served.pass_time(60)
    told = await desk.read("Rook")
    await desk.nobody_waits()

    assert (since, told.standing, (await desk.site()).away_since) == (reason, Standing.SHOWN, None)
    kinds = [(one.kind, one.body.get("reason")) for one in await desk.heard()]
    assert kinds == [("PageFailed", reason), ("SiteReturned", None), ("PageRead", None)]


async def test_a_site_that_is_gone_is_away(database: Database, tmp_path: Path) -> None:
    async with a_realmeye() as gone:
        pass
    async with a_desk(database, tmp_path / "clock", gone) as desk:
        await desk.ask("Rook")

        async def away() -> bool:
            desk.served.pass_time(15)
            return (await desk.site()).away_reason is Reason.UNREACHABLE

        await until(away, "the site to count as away")

        assert isinstance(await desk.ask("Rook"), Away)


async def test_those_who_waited_through_an_outage_are_answered_in_their_order(desk: Desk) -> None:
    names = [f"Raider{letter}" for letter in "cab"]
    for name in names:
        await desk.realmeye.put(a_player(name))
    await desk.realmeye.trouble(Mode.STATUS, status=403, times=2)
    first = await desk.away(names[0], UserId(100))
    for number, name in enumerate(names[1:], 101):
        await desk.ask(name, UserId(number))
    desk.served.pass_time(120)

    async def away_for_longer() -> bool:  # the refusal is on record a moment after the visit
        again = (await desk.site()).next_try_at
        return again is not None and again > first.next_try_at

    await until(away_for_longer, "the second refusal")
    desk.served.pass_time(300)
    await desk.nobody_waits()

    read = [one.body["user_id"] for one in await desk.heard() if one.kind == "PageRead"]
    assert read == ["100", "101", "102"]


async def test_what_is_known_is_still_told_while_the_site_is_away(desk: Desk) -> None:
    await desk.read("Rook")
    await desk.realmeye.trouble(Mode.STATUS, status=403)
    await desk.away("Castle", STRANGER)

    assert isinstance(await desk.ask("Rook"), Read)


@pytest.mark.parametrize("mode", [Mode.HALF, Mode.REBUILT])
async def test_a_page_that_makes_no_sense_is_read_anew_and_then_told_as_such(desk: Desk, mode: Mode) -> None:
    await desk.realmeye.trouble(mode)
    await desk.ask("Rook")
    for number in (1, 2):
        await desk.visited(number)
        desk.served.pass_time(16)
    told = await desk.read("Rook")

    assert (told.standing, told.facts.stars.value) == (Standing.UNREADABLE, None)
    assert len(await desk.visited(3)) == 3
    heard = await until(desk.heard, "it to be told")  # a moment after the site was asked
    assert [one.body["standing"] for one in heard] == ["unreadable"]


async def test_half_a_page_once_is_mended_by_reading_it_again(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.HALF, times=1)
    await desk.ask("Rook")
    await desk.visited(1)
    desk.served.pass_time(16)

    assert (await desk.read("Rook")).standing is Standing.SHOWN


@pytest_asyncio.fixture
async def noted(database: Database) -> AsyncIterator[None]:
    """A feature that writes down what it hears, in the same transaction, with what it then finds."""
    async with database.transaction() as tx:
        await tx.run("CREATE TABLE noted (user_id bigint, stars bigint)")

    async def note(tx: Transaction, read: PageRead) -> None:
        wanted = Wanted(guild_id=read.guild_id, user_id=read.user_id, ign=read.ign)
        found = await service.ask(tx, wanted, read.at)
        stars = found.facts.stars.value if isinstance(found, Read) else None
        await tx.run("INSERT INTO noted (user_id, stars) VALUES ($1, $2)", read.user_id, stars)

    events.on(PageRead)(note)
    yield
    events.reactions[PageRead].remove(note)


@pytest.mark.usefixtures("noted")
async def test_other_features_react_in_the_transaction_that_ends_the_wish(desk: Desk) -> None:
    await desk.read("Rook")
    await desk.nobody_waits()  # the page is on record a moment before

    async with desk.database.transaction() as tx:
        assert await tx.value(int, "SELECT stars FROM noted WHERE user_id = $1", RAIDER) == 62


async def test_a_page_that_was_asked_for_before_the_press_is_no_answer_to_it(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.SLOW, seconds=UNTIL_TOLD, times=1)
    await desk.ask("Rook")
    await desk.under_way()
    pressed = desk.clock.now()
    await desk.ask("Rook", STRANGER, not_older_than=pressed)
    await desk.realmeye.no_trouble()
    await desk.read("Rook")
    desk.served.pass_time(16)
    told = await desk.read("Rook", STRANGER, not_older_than=pressed)

    assert told.read_at >= pressed
    assert len(await desk.visited(2)) == 2


async def test_pages_are_forgotten_after_a_day(desk: Desk) -> None:
    await desk.read("Rook")
    desk.served.pass_time(25 * 3600)

    async def forgotten() -> bool:
        async with desk.database.transaction() as tx:
            return await tx.value(int, "SELECT count(*) FROM realmeye_page") == 0

    await until(forgotten, "the page to be forgotten")


async def test_the_answer_to_how_the_site_does_names_the_oldest_wish(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.STATUS, status=429)
    before = datetime.now(UTC)
    await desk.away("Rook")

    site = await desk.site()

    assert site.oldest_wanted_at is not None
    assert abs(site.oldest_wanted_at - before) < timedelta(seconds=30)
    assert site.next_try_at is not None


@pytest_asyncio.fixture
async def faulty() -> AsyncIterator[None]:
    """A feature that breaks on what it hears of one member."""

    async def breaks(_: Transaction, read: PageRead) -> None:
        if read.user_id == RAIDER:
            raise RuntimeError("this feature has a fault")

    async def breaks_too(_: Transaction, __: PageFailed) -> None:
        raise RuntimeError("this feature has a fault")

    events.on(PageRead)(breaks)
    events.on(PageFailed)(breaks_too)
    yield
    events.reactions[PageRead].remove(breaks)
    events.reactions[PageFailed].remove(breaks_too)


@pytest.mark.usefixtures("faulty")
async def test_a_fault_in_what_follows_for_one_member_keeps_the_page_from_nobody_else(desk: Desk) -> None:
    await desk.realmeye.trouble(Mode.STATUS, status=403, times=1)
    await desk.away("Rook", RAIDER)
    await desk.ask("Rook", STRANGER)
    await desk.realmeye.put(a_player("Castle"))
    desk.served.pass_time(90)
    told = await desk.read("Castle", UserId(77))

    async def both_read() -> list[str] | None:
        read = [one.body["user_id"] for one in await desk.heard() if one.kind == "PageRead"]
        return read if len(read) > 1 else None

    assert told.standing is Standing.SHOWN
    assert await until(both_read, "both to be told") == [str(int(STRANGER)), "77"]

    async def given_up() -> bool:
        desk.served.pass_time(61)
        await desk.served.mirror()
        return (await desk.site()).waiting == 0

    await until(given_up, "it to be given up")
    assert await desk.visited(3) == ["/player/rook", "/player/rook", "/player/castle"]


async def test_a_backend_that_is_stopped_in_the_middle_gives_the_turn_to_the_other_at_once(
    database: Database, tmp_path: Path, realmeye: RealmEye
) -> None:
    await realmeye.put(a_player())
    await realmeye.trouble(Mode.SLOW, seconds=8, times=1)
    clock = tmp_path / "clock"
    async with a_desk(database, clock, realmeye) as other:
        async with a_desk(database, clock, realmeye) as first:
            await first.ask("Rook")
            await first.under_way()
        told = await other.read("Rook")

    assert told.standing is Standing.SHOWN


async def test_figures_tell_pages_by_outcome_and_how_long_the_line_is(
    database: Database, tmp_path: Path, realmeye: RealmEye
) -> None:
    await realmeye.put(a_player())
    backends: list[Backend] = []

    async def keep(backend: Backend) -> None:
        backends.append(backend)

    async with serving(database, tmp_path / "clock", (reading_with(manners(realmeye)), keep)) as served:
        desk = Desk(served, database, realmeye)
        await desk.read("Rook")
        await realmeye.trouble(Mode.STATUS, status=403)
        await desk.away("Castle")
        desk.served.pass_time(20)

        async def told() -> str | None:
            text = generate_latest(backends[0].metrics.registry).decode()
            return text if "raidbot_realmeye_waiting 1.0" in text else None

        text = await until(told, "the figures")

    assert 'raidbot_realmeye_reads_total{outcome="shown"} 1.0' in text
    assert 'raidbot_realmeye_reads_total{outcome="forbidden"} 1.0' in text
    assert "raidbot_realmeye_away 1.0" in text


@pytest_asyncio.fixture
async def locking(database: Database) -> AsyncIterator[None]:
    """A feature with a row of its own, which it locks before it asks, and when it hears of a page."""
    async with database.transaction() as tx:
        await tx.run("CREATE TABLE step (user_id bigint, heard bigint)")
        await tx.run("INSERT INTO step VALUES ($1, 0)", RAIDER)

    async def step(tx: Transaction, read: PageRead) -> None:
        await tx.run("UPDATE step SET heard = heard + 1 WHERE user_id = $1", read.user_id)

    events.on(PageRead)(step)
    yield
    events.reactions[PageRead].remove(step)


@pytest.mark.usefixtures("locking")
async def test_a_press_while_the_page_arrives_never_waits_in_a_circle(desk: Desk, database: Database) -> None:
    await desk.realmeye.trouble(Mode.SLOW, seconds=UNTIL_TOLD, times=1)
    await desk.ask("Rook")

    async def blocked() -> bool:
        async with database.transaction() as tx:
            return bool(await tx.value(bool, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"))

    async with database.transaction() as tx:
        await tx.run("SELECT FROM step WHERE user_id = $1 FOR UPDATE", RAIDER)
        await desk.realmeye.no_trouble()
        await until(blocked, "the reaction to wait for the row")
        pressed = desk.clock.now()
        again = Wanted(guild_id=GUILD, user_id=RAIDER, ign="Rook", not_older_than=pressed)
        assert isinstance(await service.ask(tx, again, pressed), Waiting)
    desk.served.pass_time(16)
    await desk.nobody_waits()

    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT heard FROM step") == 2
