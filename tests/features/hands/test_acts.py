"""Timeouts, kicks and bans by hand over HTTP, on the real database."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.features.hands.test_service import by_hand, decide, map_log, messages, missed, wanted
from tests.support import chores
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, STRANGER, Served

from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed
from raidbot.core.ids import Snowflake
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import ChoreKind, ChoreState, MirroredMember
from raidbot.features.hands import api
from raidbot.features.hands.model import (
    Act,
    CannotRecord,
    HandDecided,
    HandId,
    HandKind,
    HandShown,
    HandState,
    TimeIsUp,
)

NOW = Clock().now().replace(microsecond=0)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=5)


async def shown(served: Served, hand: HandId) -> HandShown:
    return await served.client.call(api.show_hand, api.ShowHand(GUILD, hand))


async def acts(served: Served) -> list[Act]:
    return await served.ask(api.read_acts, api.ReadActs(GUILD, STRANGER), ADMIN)


async def timed_out(
    served: Served, entry: int, until: datetime | None, before: datetime | None = None, **more: Any
) -> list[HandId]:
    told: dict[str, Any] = {"timeout": True, "until_at": until, "was_until": before, "at": NOW} | more
    return await by_hand(served, entry, STRANGER, **told)


async def test_kicks_and_bans_are_facts_on_record_with_who_whom_why_and_when(served: Served) -> None:
    [kick] = await by_hand(served, 5, STRANGER, out="kick", reason="alt account", at=NOW)
    [ban] = await by_hand(served, 6, STRANGER, out="ban", at=LATER, by_bot=True)
    assert await by_hand(served, 6, STRANGER, out="ban", at=LATER, by_bot=True) == []

    latest, first = await acts(served)
    assert (latest.kind, latest.by_bot, latest.acted_at) == (HandKind.BAN, True, LATER)
    assert (first.kind, first.acted_by, first.reason, first.acted_at) == (
        HandKind.KICK,
        ORGANIZER,
        "alt account",
        NOW,
    )
    with pytest.raises(HandDecided, match="nothing to decide"):
        await decide(served, api.put_hand_back, kick)
    with pytest.raises(CannotRecord, match="on record already"):
        await decide(served, api.record_hand, ban)
    with pytest.raises(NotAllowed):
        await served.ask(api.read_acts, api.ReadActs(GUILD, STRANGER), RAIDER)


async def test_a_ban_is_lifted_and_a_lifted_one_comes_back_and_the_later_wish_counts(served: Served) -> None:
    [ban] = await by_hand(served, 6, STRANGER, out="ban")
    assert (await decide(served, api.put_hand_back, ban)).state is HandState.PUT_BACK
    assert await wanted(served) == [("unban", 0, "")]

    [unban] = await by_hand(served, 7, STRANGER, out="unban")
    await decide(served, api.put_hand_back, unban)

    assert await wanted(served) == [("ban", 0, "")]
    assert [one.kind for one in await acts(served)] == [HandKind.UNBAN, HandKind.BAN]  # facts stay as they were


async def test_a_timeout_is_kept_or_ends_and_one_that_was_moved_ends_as_before(served: Served) -> None:
    [kept] = await timed_out(served, 1, SOON, reason="spam")
    [moved] = await timed_out(served, 2, LATER, SOON)
    assert await timed_out(served, 3, None, NOW - timedelta(hours=1)) == []  # it had ended by itself

    assert (await decide(served, api.record_hand, kept)).state is HandState.RECORDED
    assert await wanted(served) == []
    told = await decide(served, api.put_hand_back, moved)
    assert (told.until_at, told.was_until) == (LATER, SOON)
    assert await wanted(served) == [("timeout", 0, SOON.isoformat())]
    again = await timed_out(served, 4, SOON)
    await decide(served, api.put_hand_back, again[0])
    assert await wanted(served) == [("timeout", 0, "")]


async def test_a_timeout_that_was_ended_comes_back_while_its_end_lies_ahead(served: Served) -> None:
    [ended] = await timed_out(served, 1, None, SOON)
    [late] = await timed_out(served, 2, None, LATER)
    await decide(served, api.put_hand_back, ended)
    assert await wanted(served) == [("timeout", 0, SOON.isoformat())]

    served.pass_time(6 * 60 * 60)

    with pytest.raises(TimeIsUp):
        await decide(served, api.put_hand_back, late)
    assert (await decide(served, api.record_hand, late)).state is HandState.RECORDED


async def test_the_message_says_what_stands_in_the_way_and_that_it_is_gone(served: Served) -> None:
    await map_log(served)
    [ban] = await by_hand(served, 6, STRANGER, out="ban")
    await decide(served, api.put_hand_back, ban)

    await settle(served, ChoreState.PARKED, "give me Ban Members")
    hindered = await shown(served, ban)
    await served.client.call(discord_state.unpark_chores, discord_state.UnparkChores(GUILD))
    await settle(served, ChoreState.DONE)
    done = await shown(served, ban)

    assert (hindered.hindered, done.hindered) == ("give me Ban Members", "")
    assert done.hand.version > hindered.hand.version > 2  # drawn anew each time
    assert (await messages(served)).hands == {}  # it never stood, and what is decided is not posted any more


async def settle(served: Served, state: ChoreState, error: str | None = None) -> None:
    [chore] = await chores.due(served)
    await chores.settle(served, chore, state, error)


async def test_a_timeout_waits_for_who_left_and_is_put_back_when_they_return(served: Served) -> None:
    await served.mirror(MirroredMember(STRANGER, []))
    [given] = await timed_out(served, 1, LATER)
    await decide(served, api.put_hand_back, given)
    await served.mirror(MirroredMember(STRANGER, [], present=False))
    await settle(served, ChoreState.PARKED, "They have left.")
    assert await chores.due(served) == []

    await served.mirror(MirroredMember(STRANGER, []))

    assert [one.kind for one in await chores.due(served)] == [ChoreKind.TIMEOUT]


async def test_what_was_done_while_nobody_listened_is_a_fact_although_they_have_left(served: Served) -> None:
    changes = [
        api.NoteHand(guild_id=GUILD, entry_id=Snowflake(8), user_id=STRANGER, by=ORGANIZER, out="kick", at=NOW),
        api.NoteHand(guild_id=GUILD, entry_id=Snowflake(9), user_id=STRANGER, by=ADMIN, out="ban", at=LATER),
    ]

    first, again = await missed(served, 9, *changes), await missed(served, 9, *changes)

    assert (len(first), again) == (2, [])
    assert [one.acted_at for one in await acts(served)] == [LATER, NOW]


async def test_before_the_log_is_mapped_nothing_waits_to_be_shown_and_after_a_week_neither(served: Served) -> None:
    await by_hand(served, 5, STRANGER, out="kick")
    await map_log(served)
    [later] = await by_hand(served, 6, STRANGER, out="kick")

    assert list((await messages(served)).hands) == [later]
    served.pass_time(8 * 24 * 60 * 60)

    assert (await messages(served)).hands == {}
    assert (await shown(served, later)).over


async def test_a_timeout_by_automod_is_its_own_and_is_ended_by_anybody_who_may(served: Served) -> None:
    await map_log(served)
    told: dict[str, Any] = {"by": None, "automod_rule": "No scams", "at": NOW}
    [known] = await timed_out(served, 1, SOON, **told)
    [unknown] = await timed_out(served, 2, None, **told)  # over, or gone, before anybody could look
    again = await timed_out(served, 1, SOON, **told)

    latest, first = await acts(served)
    assert (first.kind, first.acted_by, first.automod_rule, first.until_at) == (
        HandKind.TIMEOUT,
        None,
        "No scams",
        SOON,
    )
    assert (again, latest.until_at) == ([], None)
    assert (await shown(served, known)).hand.automod_rule == "No scams"
    assert (await decide(served, api.record_hand, unknown)).state is HandState.RECORDED
    assert (await decide(served, api.put_hand_back, known)).state is HandState.PUT_BACK
    assert await wanted(served) == [("timeout", 0, "")]


def prune(entry: int, members: int = 34) -> api.NotePrune:
    return api.NotePrune(
        guild_id=GUILD,
        entry_id=Snowflake(entry),
        by=ORGANIZER,
        members=members,
        inactive_days=7,
        reason="spring",
        at=NOW,
    )


async def test_a_prune_is_on_record_and_told_once_however_often_it_is_heard_of(
    served: Served, database: Database
) -> None:
    first = await served.client.call(api.note_prune, prune(1))
    await map_log(served)
    second = await served.client.call(api.note_prune, prune(2, 3))
    missed = api.NoteMissed(guild_id=GUILD, changes=[], prunes=[prune(1), prune(2), prune(3, 5)], place=Snowflake(3))
    await served.client.call(api.note_missed, missed)

    found = await served.ask(api.read_prunes, api.ReadPrunes(GUILD), ADMIN)
    assert (first.new, second.new) == (True, True)
    assert [(one.entry_id, one.members) for one in found] == [(3, 5), (2, 3), (1, 34)]
    assert (found[2].pruned_by, found[2].inactive_days, found[2].reason) == (ORGANIZER, 7, "spring")
    async with database.transaction(label="test") as tx:
        names = await tx.value(list[str], "SELECT array_agg(name ORDER BY name) FROM notice WHERE kind = 'hand_pruned'")
    assert names == ["hand-prune-2", "hand-prune-3"]  # nobody had mapped a log when the first was heard of
    with pytest.raises(NotAllowed):
        await served.ask(api.read_prunes, api.ReadPrunes(GUILD), RAIDER)
