"""Pops over HTTP, on the real database: counted once, windows that close by themselves, and who is paid."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from tests.features.runs.steps import (
    cancel,
    completions,
    end,
    join,
    leave,
    led,
    live,
    opened,
    pop,
    put,
    reopen,
    shown,
    statements,
    sums,
    tell,
    undo,
    verified,
    window_closed,
)
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, Served, serving

from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import life as api
from raidbot.features.runs.api import offers as offers_api
from raidbot.features.runs.api import pops as pops_api
from raidbot.features.runs.model.life import NotYourRun, Run
from raidbot.features.runs.model.offers import OfferId, OfferSettled, UnknownKey
from raidbot.features.runs.model.pops import NothingToUndo, Outcome, PopCounted, PopRefused, UnknownPop


class Told(msgspec.Struct, frozen=True):
    """A notice as its table holds it."""

    kind: str
    channel: str
    state: str
    user_ids: list[int]
    keep_s: int | None
    body: dict[str, str | int]


async def notices(database: Database) -> list[Told]:
    async with database.transaction() as tx:
        return await tx.many(
            Told,
            "SELECT kind, channel, state, user_ids, keep_s, body FROM notice WHERE kind = 'run_popped' ORDER BY id",
        )


async def offered(served: Served, run: Run, who: UserId, key: str = "shatters_key") -> int:
    told = await served.ask(offers_api.offer_key, offers_api.OfferKey(GUILD, run.id, key), who)
    return told.offer.id


async def holder_popped(served: Served, run: Run, offer_id: int) -> Run:
    ask = pops_api.HolderPopped(GUILD, run.id, OfferId(offer_id))
    return await served.ask(pops_api.holder_popped, ask, ORGANIZER)


async def test_a_pop_opens_a_window_that_closes_by_itself_and_pays_who_was_in(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await join(served, run, RAIDER)

    popped = await pop(served, run, 1)
    as_shown = await shown(served, run)
    closed = await window_closed(served, run)

    assert popped == as_shown
    assert popped.pop is not None
    assert (popped.pop.number, (popped.pop.window_ends_at - popped.pop.popped_at).total_seconds()) == (1, 25)
    assert closed.pop is not None
    assert closed.pop.closed_at == popped.pop.window_ends_at
    assert await completions(database) == {ORGANIZER: 1, RAIDER: 1}
    assert await led(database) == {ORGANIZER: 1}


async def test_raids_18_of_many_presses_for_one_pop_one_counts_and_the_others_are_told_kindly(served: Served) -> None:
    run = await live(served)

    presses = [pop(served, run, 1, who) for who in (ORGANIZER, SECOND_ORGANIZER) * 10]
    told = await asyncio.gather(*presses, return_exceptions=True)

    refused = [one for one in told if isinstance(one, PopCounted)]
    assert (sum(isinstance(one, Run) for one in told), len(refused)) == (1, 19)
    assert all("nothing was done twice" in one.sentence and "Refresh" in one.sentence for one in refused)
    assert (await shown(served, run)).pops == 1


async def test_raids_20_a_pop_with_sixty_raiders_takes_six_statements_and_so_does_the_end(
    served: Served, database: Database
) -> None:
    run = await live(served)
    raiders = await verified(served, 60)
    await asyncio.gather(*(join(served, run, one) for one in raiders))
    path = f"/runs/{run.id}"

    first = await statements(served, f"{path}/pops", ORGANIZER, {"number": 1})
    second = await statements(served, f"{path}/pops", ORGANIZER, {"number": 2})
    await tell(served, run, 2, popper_id=raiders[0])
    last = await statements(served, f"{path}/end", ORGANIZER)

    assert max(first, second, last) <= 6
    assert await completions(database) == dict.fromkeys([*raiders, ORGANIZER], 2)
    assert await led(database) == {ORGANIZER: 2}


async def test_raids_1_who_leads_is_paid_for_each_pop_whoever_presses(served: Served, database: Database) -> None:
    run = await live(served)

    await pop(served, run, 1, SECOND_ORGANIZER)
    await pop(served, run, 2)
    await end(served, run, SECOND_ORGANIZER)

    assert await led(database) == {ORGANIZER: 2}


async def test_who_joins_inside_the_window_is_in_and_who_leaves_inside_is_out(
    served: Served, database: Database
) -> None:
    run = await live(served)
    first, second, third = await verified(served, 3)
    await join(served, run, first)
    await pop(served, run, 1)

    [inside] = await join(served, run, second)
    await leave(served, run, first)
    await window_closed(served, run)
    [late] = await join(served, run, third)

    assert (inside.counts_from, late.counts_from) == (None, 2)
    assert await completions(database) == {ORGANIZER: 1, second: 1}


async def test_a_window_that_closes_late_counts_who_was_in_when_it_should_have_closed(
    database: Database, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    async with serving(database, clock) as served:
        await ready(served)
        run = await live(served)
        stays, goes, comes = await verified(served, 3)
        await join(served, run, stays, goes)
        popped = await pop(served, run, 1)
    assert popped.pop is not None
    async with database.transaction() as tx:  # nobody closes it while members go on
        moved = "UPDATE run_pop SET window_ends_at = $1 WHERE run_id = $2"
        await tx.run(moved, popped.pop.popped_at + 2 * (popped.pop.window_ends_at - popped.pop.popped_at), run.id)
    async with serving(database, tmp_path / "later") as served:
        served.pass_time(40)
        async with database.transaction() as tx:
            await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('job key-windows', 7))")
            served.pass_time(20)
            await leave(served, run, goes)
            [late] = await join(served, run, comes)
            [again] = await join(served, run, stays)
        await window_closed(served, run)

    assert (late.counts_from, again.counts_from) == (2, None)
    assert await completions(database) == {ORGANIZER: 1, stays: 1, goes: 1}


async def ready(served: Served) -> None:
    await served.mirror(MirroredMember(ADMIN, [], administrator=True))
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, dict(ROLES)), ADMIN)
    await served.mirror(MirroredMember(ORGANIZER, list(ROLES.values())[:2]))


async def test_the_next_pop_closes_the_window_before(served: Served, database: Database) -> None:
    run = await live(served)
    await pop(served, run, 1)

    second = await pop(served, run, 2)
    await join(served, run, RAIDER)
    await end(served, run)

    assert second.version == run.version + 3
    assert await completions(database) == {ORGANIZER: 2, RAIDER: 1}


async def test_a_pop_calls_the_raiders_in_as_few_messages_as_fit_and_not_who_pressed(
    served: Served, database: Database
) -> None:
    run = await live(served)
    raiders = await verified(served, 100)
    await asyncio.gather(*(join(served, run, one) for one in raiders))

    popped = await pop(served, run, 1)

    told = await notices(database)
    assert popped.pop is not None
    assert [(one.kind, one.channel, one.keep_s, len(one.user_ids)) for one in told] == [
        ("run_popped", "raid", 30, 80),
        ("run_popped", "raid", 30, 20),
    ]
    assert sorted(who for one in told for who in one.user_ids) == sorted(map(int, raiders))
    assert told[0].body == {"number": 1, "window_ends_at": popped.pop.window_ends_at.isoformat()}


async def test_where_everybody_may_read_the_roster_the_call_stays(served: Served, database: Database) -> None:
    await put(served, "roster", "all")
    run = await live(served)
    await join(served, run, RAIDER)

    await pop(served, run, 1)

    assert [one.keep_s for one in await notices(database)] == [None]


async def test_a_key_cannot_pop_before_the_start_nor_in_oryx_3_nor_out_of_order(served: Served) -> None:
    run = await opened(served, party="p", location="l")
    with pytest.raises(PopRefused, match="Press Start first"):
        await pop(served, run, 1)
    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)
    with pytest.raises(PopRefused, match="Press Refresh"):
        await pop(served, run, 2)
    with pytest.raises(NotYourRun):
        await pop(served, run, 1, RAIDER)

    ask = api.OpenRun(guild_id=GUILD, dungeon="oryx_3", party="p", location="l")
    await put(served, "o3_screenshot", "off")
    oryx = await served.ask(api.open_run, ask, SECOND_ORGANIZER)
    with pytest.raises(PopRefused, match="not key by key"):
        await pop(served, oryx, 1, SECOND_ORGANIZER)


async def test_undo_takes_back_count_window_points_and_call(served: Served, database: Database) -> None:
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await window_closed(served, run)

    undone = await undo(served, run, 1)

    assert (undone.pops, undone.pop) == (0, None)
    assert await sums(database) == {}
    assert [one.state for one in await notices(database)] == ["lapsed"]
    with pytest.raises(NothingToUndo, match="nothing to take back"):
        await undo(served, run, 1)
    again = await pop(served, run, 1)
    await end(served, run)
    assert again.pops == 1
    assert await completions(database) == {ORGANIZER: 1, RAIDER: 1}


async def test_only_the_last_pop_can_be_taken_back(served: Served) -> None:
    run = await live(served)
    await pop(served, run, 1)
    await pop(served, run, 2)

    with pytest.raises(NothingToUndo, match="that is key 2"):
        await undo(served, run, 1)


async def test_a_window_that_a_pop_by_mistake_cut_short_is_open_again_after_undo(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await pop(served, run, 1)
    await pop(served, run, 2)

    undone = await undo(served, run, 2)
    [inside] = await join(served, run, RAIDER)
    await window_closed(served, run)

    assert undone.pop is not None
    assert (undone.pop.number, undone.pop.closed_at, inside.counts_from) == (1, None, None)
    assert await completions(database) == {ORGANIZER: 1, RAIDER: 1}


async def test_after_undo_a_window_whose_time_is_over_counts_who_was_in_at_its_end(
    served: Served, database: Database
) -> None:
    run = await live(served)
    early, late = await verified(served, 2)
    await pop(served, run, 1)
    await pop(served, run, 2)
    await join(served, run, early)
    await window_closed(served, run)
    await join(served, run, late)

    await undo(served, run, 2)

    assert await completions(database) == {ORGANIZER: 1, early: 1}


async def test_a_failed_pop_pays_the_shares_of_the_guild_also_when_told_later(
    served: Served, database: Database
) -> None:
    await put(served, "failed_raiders_percent", "25")
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await window_closed(served, run)

    await tell(served, run, 1, outcome=Outcome.FAILED)
    failed = await sums(database)
    await tell(served, run, 1, outcome=Outcome.NOBODY)
    nobody = await sums(database)
    await tell(served, run, 1, outcome=Outcome.COMPLETED)

    assert {key: (quantity, str(points)) for key, (quantity, points) in failed.items()} == {
        (ORGANIZER, "completion"): (0, "0.25"),
        (RAIDER, "completion"): (0, "0.25"),
        (ORGANIZER, "lead"): (1, "0.50"),
    }
    assert nobody == {}
    assert await completions(database) == {ORGANIZER: 1, RAIDER: 1}


async def test_a_pop_of_another_dungeon_in_a_mixed_chain_is_paid_there(served: Served, database: Database) -> None:
    run = await live(served)
    await pop(served, run, 1)
    await window_closed(served, run)

    told = await tell(served, run, 1, dungeon="lost_halls", key="void_key")

    async with database.transaction() as tx:
        sql = "SELECT dungeon FROM award GROUP BY dungeon HAVING sum(points) > 0"
        dungeon = await tx.value(str, sql)
    assert told.pop is not None
    assert (dungeon, told.pop.dungeon, told.pop.key) == ("lost_halls", "lost_halls", "void_key")
    with pytest.raises(UnknownKey):
        await tell(served, run, 1, key="shatters_key")
    with pytest.raises(UnknownPop, match="no key 7"):
        await tell(served, run, 7, key="void_key")


async def test_popped_beside_a_holder_names_the_newest_pop_else_counts_one(served: Served) -> None:
    run = await live(served)
    first, second = await verified(served, 2)
    await join(served, run, first, second)
    offers = [await offered(served, run, one) for one in (first, second)]
    await pop(served, run, 1)

    named = await holder_popped(served, run, offers[0])
    counted = await holder_popped(served, run, offers[1])

    assert named.pop is not None
    assert counted.pop is not None
    assert (named.pops, named.pop.popper_id, named.unnamed_keys) == (1, first, 0)
    assert (counted.pops, counted.pop.popper_id, counted.pop.key) == (2, second, "shatters_key")
    assert counted.offers == []
    with pytest.raises(OfferSettled):
        await holder_popped(served, run, offers[1])

    back = await undo(served, run, 2)
    assert [(one.user_id, one.state) for one in back.offers] == [(second, "accepted")]


async def test_naming_a_holder_marks_their_key_and_naming_another_gives_it_back(served: Served) -> None:
    run = await live(served)
    first, second = await verified(served, 2)
    await join(served, run, first, second)
    await offered(served, run, first)
    await pop(served, run, 1)

    by_mistake = await tell(served, run, 1, popper_id=first)
    right = await tell(served, run, 1, popper_id=second)

    assert by_mistake.offers == []
    assert [one.user_id for one in right.offers] == [first]
    assert right.pop is not None
    assert right.pop.popper_id == second


async def test_raids_4_a_run_that_never_went_live_pays_nothing(served: Served, database: Database) -> None:
    run = await opened(served)
    await join(served, run, RAIDER)

    await cancel(served, run)

    assert await sums(database) == {}


async def test_a_reopened_run_pays_once_when_it_ends_again(served: Served, database: Database) -> None:
    run = await live(served)
    await join(served, run, RAIDER)

    await end(served, run)
    after_end = await completions(database)
    await reopen(served, run)
    after_reopening = await sums(database)
    await end(served, run)

    assert after_end == await completions(database) == {ORGANIZER: 1, RAIDER: 1}
    assert after_reopening == {}


async def test_pops_stay_paid_when_a_run_is_reopened(served: Served, database: Database) -> None:
    run = await live(served)
    await pop(served, run, 1)

    await end(served, run)
    await reopen(served, run)
    await pop(served, run, 2)
    await end(served, run)

    assert await completions(database) == {ORGANIZER: 2}
