"""Taking over names over HTTP, on the real database."""

import asyncio
from typing import Any

import pytest
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, ROLES, STRANGER, Served
from tests.support.chores import show_due

from raidbot.backend.jobs import Tick
from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed
from raidbot.core.ids import UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.name_import import api, jobs
from raidbot.features.name_import.model import (
    Import,
    ImportGoesOn,
    ImportId,
    ImportState,
    LineState,
    NotNow,
    Said,
    UnknownNameImport,
)
from raidbot.features.raiders import api as raiders
from raidbot.features.watch_list import api as watch_list
from raidbot.features.watch_list.model import Effect, Suspect


async def judged(served: Served, *said: tuple[UserId, str]) -> Import:
    begun = await served.ask(api.begin_import, api.BeginImport(GUILD), ADMIN)
    return await served.ask(api.add_lines, api.AddLines(GUILD, begun.id, [Said(*one) for one in said]), ADMIN)


async def move(served: Served, one: Import, to: ImportState) -> Import:
    return await served.ask(api.move_import, api.MoveImport(GUILD, one.id, to), ADMIN)


async def work(database: Database) -> int:
    async with database.transaction() as tx:
        return await jobs.take_over(Tick(Clock().now(), tx))


async def counts(served: Served) -> tuple[ImportState, dict[LineState, int]]:
    latest = await served.ask(api.latest_import, api.LatestImport(GUILD), ADMIN)
    return latest.state, latest.counts


async def names(database: Database) -> list[tuple[int, str]]:
    async with database.transaction() as tx:
        found = await tx.value(list[Any], "SELECT array_agg(user_id || ' ' || ign ORDER BY user_id) FROM raider")
    return [(int(str(one).split()[0]), str(one).split()[1]) for one in found or []]


async def taken_over(served: Served, database: Database) -> None:
    """Take over all lines. The job of the backend may be at some of them already."""
    async with asyncio.timeout(60):
        while LineState.NEW in (await counts(served))[1]:
            await work(database)


async def finished(served: Served, database: Database) -> None:
    async with asyncio.timeout(60):
        while (await counts(served))[0] is ImportState.RUNNING:
            await work(database)
            await show_due(served)


async def test_nothing_is_written_before_somebody_starts_it_and_conflicts_are_named_community_w5(
    served: Served, database: Database
) -> None:
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, RAIDER, "Rook"), ADMIN)
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, ORGANIZER, "Castle"), ADMIN)

    one = await judged(
        served,
        (RAIDER, "!rook | Alt"),  # known
        (ORGANIZER, "Bishop"),  # has another name
        (STRANGER, "ROOK"),  # somebody else's
        (UserId(901), "Twin"),
        (UserId(902), "twin"),
        (UserId(903), "best player 1"),
        (UserId(904), "[Lead] Queen"),
    )

    assert one.counts == {LineState.KNOWN: 1, LineState.CONFLICT: 4, LineState.UNREADABLE: 1, LineState.NEW: 1}
    assert await names(database) == [(int(ORGANIZER), "Castle"), (int(RAIDER), "Rook")]
    left = await served.ask(api.read_lines, api.ReadLines(GUILD, one.id), ADMIN)
    assert {(int(line.user_id), line.why) for line in left} == {
        (int(ORGANIZER), "is on record as Castle"),
        (int(STRANGER), f"belongs to {int(RAIDER)}"),
        (901, "claimed by several members"),
        (902, "claimed by several members"),
        (903, "says no IGN"),
    }


async def test_what_is_started_is_taken_over_in_the_background_and_told_in_no_log(
    served: Served, database: Database
) -> None:
    channels = guild_config.SetChannels(GUILD, {ChannelKey.VERI_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, channels, ADMIN)
    one = await judged(served, *((UserId(9000 + n), f"Pawn{chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(60)))

    await move(served, one, ImportState.RUNNING)
    await finished(served, database)

    assert await counts(served) == (ImportState.DONE, {LineState.DONE: 60})
    assert len(await names(database)) == 60
    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT count(*) FROM notice WHERE channel = 'veri_log'") == 0
        assert await tx.value(bool, "SELECT bool_and(bulk) FROM chore")


async def test_it_can_be_stopped_and_resumed_and_what_changed_meanwhile_is_no_longer_stamped_over(
    served: Served, database: Database
) -> None:
    one = await judged(served, (RAIDER, "Rook"), (STRANGER, "Pawn"))
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, RAIDER, "Castle"), ADMIN)
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, ORGANIZER, "pawn"), ADMIN)

    await move(served, one, ImportState.RUNNING)
    await finished(served, database)

    assert await counts(served) == (ImportState.DONE, {LineState.CONFLICT: 2})
    assert await names(database) == [(int(ORGANIZER), "pawn"), (int(RAIDER), "Castle")]


async def test_a_stopped_import_takes_nothing_over(served: Served, database: Database) -> None:
    one = await judged(served, *((UserId(9000 + n), f"Pawn{chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(60)))
    async with database.transaction() as tx:  # as if the job had not come yet
        await tx.value(bool, "SELECT pg_advisory_xact_lock(hashtextextended('job name-import', 7)) IS NULL")
        await move(served, one, ImportState.RUNNING)
        await move(served, one, ImportState.PAUSED)

    assert await work(database) == 0
    assert await names(database) == []

    await move(served, one, ImportState.RUNNING)
    await finished(served, database)
    assert len(await names(database)) == 60


async def test_one_goes_on_at_a_time_and_an_unstarted_one_gives_way(served: Served, database: Database) -> None:
    first = await judged(served, (RAIDER, "Rook"))
    second = await judged(served, (RAIDER, "Rook"))
    with pytest.raises(NotNow):
        await move(served, first, ImportState.RUNNING)
    await move(served, second, ImportState.DROPPED)

    third = await judged(served, (UserId(9000), "Bishop"))
    async with database.transaction() as tx:  # the job waits for its turn
        await tx.value(bool, "SELECT pg_advisory_xact_lock(hashtextextended('job name-import', 7)) IS NULL")
        await move(served, third, ImportState.RUNNING)
        with pytest.raises(ImportGoesOn, match="/forcesync"):
            await served.ask(api.begin_import, api.BeginImport(GUILD), ADMIN)


async def test_imports_are_for_administrators_of_the_guild(served: Served) -> None:
    with pytest.raises(UnknownNameImport, match="/forcesync"):
        await served.ask(api.latest_import, api.LatestImport(GUILD), ADMIN)
    with pytest.raises(UnknownNameImport):
        await served.ask(api.read_lines, api.ReadLines(GUILD, ImportId(9)), ADMIN)
    with pytest.raises(NotAllowed):
        await served.ask(api.begin_import, api.BeginImport(GUILD), ORGANIZER)


def pawns(many: int) -> list[tuple[UserId, str]]:
    """So many members with names of their own."""
    return [(UserId(9000 + n), f"Pawn{chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(many)]


async def test_many_cost_as_many_statements_as_one(served: Served, database: Database) -> None:
    one = await judged(served, *pawns(150))
    async with database.transaction() as tx:  # the job of the backend waits for its turn
        await tx.value(bool, "SELECT pg_advisory_xact_lock(hashtextextended('job name-import', 7)) IS NULL")
        await move(served, one, ImportState.RUNNING)
        async with database.transaction() as ours:
            lines = await jobs.take_over(Tick(Clock().now(), ours))

    assert (lines, ours.statements) == (150, 15)


async def test_whoever_holds_the_role_already_is_not_given_it_again(served: Served, database: Database) -> None:
    role = ROLES[RoleKey.VERIFIED_RAIDER]
    await served.mirror(MirroredMember(UserId(9000), [role]), MirroredMember(UserId(9001), []))
    one = await judged(served, *pawns(2))

    await move(served, one, ImportState.RUNNING)
    await taken_over(served, database)

    async with database.transaction() as tx:
        wished = await tx.value(list[int], "SELECT array_agg(user_id) FROM chore WHERE kind = 'give_role'")
    assert wished == [9001]


async def test_an_import_goes_on_until_discord_shows_it_and_stands_still_while_it_is_stopped(
    served: Served, database: Database
) -> None:
    one = await judged(served, *pawns(60))
    await move(served, one, ImportState.RUNNING)
    await taken_over(served, database)
    assert (await counts(served))[0] is ImportState.RUNNING

    await move(served, one, ImportState.PAUSED)
    assert await show_due(served) == 0
    latest = await served.ask(api.latest_import, api.LatestImport(GUILD), ADMIN)
    assert latest.to_show == 120

    await move(served, one, ImportState.RUNNING)
    await finished(served, database)
    latest = await served.ask(api.latest_import, api.LatestImport(GUILD), ADMIN)
    assert (latest.state, latest.to_show) == (ImportState.DONE, 0)


@pytest.mark.parametrize("effect", [Effect.REFUSE, Effect.REVIEW])
async def test_what_is_watched_or_claimed_meanwhile_is_decided_one_by_one(
    served: Served, database: Database, effect: Effect
) -> None:
    suspect = Suspect(ign="Pawnab", reason="sells accounts", effect=effect)
    await served.ask(watch_list.add_watch, watch_list.AddWatch(GUILD, suspect), ADMIN)
    one = await judged(served, *pawns(4))
    async with database.transaction() as tx:  # the job of the backend waits for its turn
        await tx.value(bool, "SELECT pg_advisory_xact_lock(hashtextextended('job name-import', 7)) IS NULL")
        await move(served, one, ImportState.RUNNING)
        await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, STRANGER, "pawnac"), ADMIN)
    await finished(served, database)

    assert (await counts(served))[1] == {LineState.DONE: 2, LineState.CONFLICT: 2}
    left = await served.ask(api.read_lines, api.ReadLines(GUILD, one.id), ADMIN)
    assert [int(line.user_id) for line in left] == [9001, 9002]
    assert "watch list" in (left[0].why or "")
