"""Whom runs tell what: who is pinged, and who is not."""

from typing import Any

import msgspec
import pytest
from tests.features.runs.steps import live, opened, put
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, Served
from tests.support.house import until

from raidbot.core.clock import Clock
from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as api
from raidbot.features.runs.api import offers as offers_api
from raidbot.features.runs.api import places as places_api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.places import Stage

OTHER = UserId(77)
CROWD = [UserId(5000 + number) for number in range(200)]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    user_ids: list[int]
    role_ids: list[int]
    here: bool
    channel: str
    body: dict[str, Any]
    keep_s: int | None


async def told(database: Database, kind: str) -> list[Row]:
    async with database.transaction() as tx:
        return await tx.many(
            Row,
            "SELECT kind, user_ids, role_ids, here, channel, body, keep_s FROM notice WHERE kind = $1 ORDER BY id",
            kind,
        )


async def join(served: Served, run: Run, *members: UserId) -> None:
    await served.mirror(*(MirroredMember(one, [ROLES[RoleKey.VERIFIED_RAIDER]]) for one in members))
    for one in members:
        await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), one)


async def place(served: Served, run: Run, location: str) -> None:
    await served.ask(places_api.place_run, places_api.PlaceRun(GUILD, run.id, party="p", location=location), ORGANIZER)


async def test_a_start_pings_the_joined_and_nobody_else(served: Served, database: Database) -> None:
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER, OTHER)
    await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), OTHER)

    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)

    [called] = await told(database, "run_started")
    assert (called.user_ids, called.role_ids, called.here, called.channel) == ([RAIDER], [], False, "raid")
    assert called.keep_s == 30


async def test_a_start_calls_besides_whom_the_guild_wants_called_in_a_message_that_stays(
    served: Served, database: Database
) -> None:
    await put(served, "ping_at_start", "both")
    role = guild_config.SetDungeonRole(GUILD, "shatters", RoleId(90))
    await served.ask(guild_config.set_dungeon_role, role, ADMIN)

    await live(served)

    [called] = await told(database, "run_started")
    assert (called.user_ids, called.role_ids, called.here, called.keep_s) == ([], [90], True, None)


async def test_an_end_gives_and_takes_no_role_raids_3_raids_35(served: Served, database: Database) -> None:
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER, OTHER)
    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT count(*) FROM chore") == 0


async def test_raids_35_two_hundred_raiders_are_pinged_by_three_messages(served: Served, database: Database) -> None:
    run = await opened(served, party="p", location="l")
    await join(served, run, *CROWD)

    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)

    called = await told(database, "run_started")
    assert [len(one.user_ids) for one in called] == [80, 80, 40]
    assert sorted(one for row in called for one in row.user_ids) == CROWD


async def test_where_everybody_may_read_the_roster_pings_stay(served: Served, database: Database) -> None:
    await put(served, "roster", "all")
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER)

    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)

    assert [one.keep_s for one in await told(database, "run_started")] == [None]


async def test_a_changed_location_is_told_to_those_who_knew_the_old_one_alone(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await join(served, run, RAIDER)
    await served.mirror(MirroredMember(OTHER, [ROLES[RoleKey.VERIFIED_RAIDER]]))
    await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, run.id), OTHER)

    await place(served, run, "EUWest")
    await place(served, run, "EUWest")

    [called] = await told(database, "run_location")
    assert called.user_ids == [RAIDER]
    assert "EUWest" not in str(called.body)


async def test_where_the_panel_shows_the_location_a_change_is_told_to_everybody_who_is_in(
    served: Served, database: Database
) -> None:
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER, OTHER)
    await served.ask(places_api.show_place, places_api.ShowPlace(GUILD, run.id, Stage.ALL), ORGANIZER)

    await place(served, run, "USWest Bazaar")

    [called] = await told(database, "run_location")
    assert sorted(called.user_ids) == sorted([RAIDER, OTHER])


async def test_each_change_of_the_location_pings_the_dungeons_role_early_and_replaces_the_ping_before(
    served: Served, database: Database
) -> None:
    run = await opened(served, party="p")
    await place(served, run, "First")
    assert await told(database, "run_early_ping") == []
    mapped = guild_config.SetChannels(GUILD, {ChannelKey.EARLY_LOC: CHANNEL})
    await served.ask(guild_config.set_channels, mapped, ADMIN)
    role = guild_config.SetDungeonRole(GUILD, "shatters", RoleId(90))
    await served.ask(guild_config.set_dungeon_role, role, ADMIN)

    for location in ("Second", "Second", "Third"):
        await place(served, run, location)

    called = await told(database, "run_early_ping")
    assert [(one.role_ids, one.user_ids, one.channel, one.body) for one in called] == [([90], [], "early_loc", {})] * 2
    async with database.transaction() as tx:
        states = await tx.value(
            list[str], "SELECT array_agg(state ORDER BY id) FROM notice WHERE kind = 'run_early_ping'"
        )
    assert states == ["lapsed", "open"]


async def test_an_accepted_holder_is_called_at_the_accept_and_when_the_location_is_set(
    served: Served, database: Database
) -> None:
    run = await opened(served)
    await join(served, run, RAIDER, OTHER)
    offer = await served.ask(offers_api.offer_key, offers_api.OfferKey(GUILD, run.id, "shatters_key"), RAIDER)
    if offer.offer.state == "offered":
        ask = offers_api.AcceptOffer(GUILD, run.id, offer.offer.id)
        await served.ask(offers_api.accept_offer, ask, ORGANIZER)
    await place(served, run, "EUWest")

    assert [one.user_ids for one in await told(database, "run_accepted")] == [[RAIDER]]
    assert [one.user_ids for one in await told(database, "run_location")] == [[RAIDER]]


async def test_showing_the_location_further_calls_those_who_may_read_it_now(served: Served, database: Database) -> None:
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER, OTHER)
    show = places_api.ShowPlace(GUILD, run.id, Stage.RAIDERS)

    await served.ask(places_api.show_place, show, ORGANIZER)
    await served.ask(places_api.show_place, show, ORGANIZER)
    await served.ask(places_api.show_place, places_api.ShowPlace(GUILD, run.id, Stage.ALL), ORGANIZER)

    assert [one.user_ids for one in await told(database, "run_location")] == [[RAIDER, OTHER]]


async def test_who_moves_up_is_called_and_who_waits_on_is_not(served: Served, database: Database) -> None:
    run = await opened(served, max_raiders=1)
    await join(served, run, RAIDER, OTHER, UserId(78))

    await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), RAIDER)

    [called] = await told(database, "run_moved_up")
    assert (called.user_ids, called.body) == ([OTHER], {"until": None})


async def test_who_is_removed_is_called_without_the_reason_and_reads_it_on_their_card(
    served: Served, database: Database
) -> None:
    run = await opened(served)
    await join(served, run, RAIDER, OTHER)
    ask = joins_api.RemoveRaiders(GUILD, run.id, [RAIDER], "No gear")

    await served.ask(joins_api.remove_raiders, ask, ORGANIZER)

    [called] = await told(database, "run_removed")
    card = await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, run.id), RAIDER)
    other = await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, run.id), OTHER)
    assert (called.user_ids, called.body) == ([RAIDER], {})
    assert (card.reason, other.reason) == ("No gear", None)


async def test_who_leads_is_told_once_how_many_are_out_and_how_many_held_a_key_and_nobody_is_named(
    served: Served, database: Database
) -> None:
    run = await opened(served)
    await join(served, run, RAIDER, OTHER)
    await served.ask(offers_api.offer_key, offers_api.OfferKey(GUILD, run.id, "shatters_key"), OTHER)

    await served.mirror(*(MirroredMember(one, [], present=False) for one in (RAIDER, OTHER)))
    await served.mirror(MirroredMember(CROWD[0], [], present=False))

    [called] = await told(database, "run_lost")
    assert (called.user_ids, called.channel, called.body) == ([ORGANIZER], "thread", {"raiders": 2, "holders": 1})


async def test_a_cancelled_run_tells_the_joined_once_and_why(served: Served, database: Database) -> None:
    run = await opened(served)
    await join(served, run, RAIDER)

    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "no_key"), ORGANIZER)

    [called] = await told(database, "run_cancelled")
    assert (called.user_ids, called.body) == ([RAIDER], {"reason": "no_key"})


async def test_pings_that_stay_are_cleaned_up_once_the_run_cannot_be_reopened_any_more(
    served: Served, database: Database
) -> None:
    await put(served, "ping_at_start", "here")
    await put(served, "roster", "all")
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER)
    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)
    assert await stand(served, database) == 2

    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)
    served.pass_time(15 * 60 - 5)
    assert await stand(served, database) == 2
    served.pass_time(10)
    await until(lambda: none_stands(served, database), "the pings to go")


async def test_the_pings_of_a_cancelled_run_go_at_once_and_its_reason_stays(served: Served, database: Database) -> None:
    await put(served, "ping_at_start", "here")
    await put(served, "roster", "all")
    run = await opened(served, party="p", location="l")
    await join(served, run, RAIDER)
    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)
    assert await stand(served, database) == 2

    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "crash"), ORGANIZER)

    assert await none_stands(served, database)
    assert await stand(served, database, "run_cancelled") == 1


async def stand(served: Served, database: Database, kind: str = "run_started") -> int:
    """Let the bot tell what is to be told; return how many messages of a kind stay in the channel."""
    async with database.transaction() as tx:
        await tx.run(
            "UPDATE notice SET state = 'told', channel_id = $1, message_id = id, told_at = wanted_at"
            " WHERE state = 'open'",
            CHANNEL,
        )
        question = "SELECT count(*) FROM notice WHERE kind = $1 AND (delete_at IS NULL OR delete_at > $2)"
        return await tx.value(int, question, kind, Clock(served.clock_file).now()) or 0


async def none_stands(served: Served, database: Database) -> bool:
    return await stand(served, database) == 0


async def test_an_end_pings_nobody(served: Served, database: Database) -> None:
    run = await live(served)
    await join(served, run, RAIDER, SECOND_ORGANIZER)
    async with database.transaction() as tx:
        before = await tx.value(int, "SELECT count(*) FROM notice")

    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT count(*) FROM notice") == before


@pytest.mark.parametrize("kind", ["run_started", "run_location", "run_cancelled"])
async def test_no_notice_carries_party_or_location(served: Served, database: Database, kind: str) -> None:
    run = await opened(served, party="Secret party", location="Secret realm")
    await join(served, run, RAIDER)
    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)
    await place(served, run, "Secret bazaar")
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)

    assert all("Secret" not in str(one.body) for one in await told(database, kind))
