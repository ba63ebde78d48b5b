"""What a raider is told of their own part, and who reads the whole list."""

import pytest
from tests.features.runs.steps import live, opened
from tests.support.backend import (
    ADMIN,
    GUILD,
    KEY,
    ORGANIZER,
    RAIDER,
    ROLES,
    SECOND_ORGANIZER,
    STRANGER,
    Served,
)

from raidbot.core.ids import RunId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.raiders import api as raiders
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import Card, RunRaider
from raidbot.features.runs.model.life import NotYourRun, Run, RunOver, UnknownRun

PLACE = ("Shatters party", "USWest Realm 4")
NOTHING = (None, None)


async def join(served: Served, run: Run, who: UserId = RAIDER) -> Card:
    return await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), who)


async def card(served: Served, run: Run, who: UserId = RAIDER) -> Card:
    return await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, run.id), who)


def place(card: Card) -> tuple[str | None, str | None]:
    return card.party, card.location


async def test_who_joins_a_live_run_reads_party_and_location_at_once_and_again(served: Served) -> None:
    run = await live(served)

    joined = await join(served, run)
    again = await join(served, run)

    assert place(joined) == place(again) == place(await card(served, run)) == PLACE


async def test_before_the_start_nobody_reads_the_location_on_a_card(served: Served) -> None:
    run = await opened(served, party=PLACE[0], location=PLACE[1])
    joined = await join(served, run)
    early = await card(served, run)

    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)

    assert (place(joined), place(early), place(await card(served, run))) == (NOTHING, NOTHING, PLACE)


async def test_who_is_not_in_or_left_reads_no_location(served: Served) -> None:
    run = await live(served)
    outside = await card(served, run, STRANGER)
    await join(served, run)

    left: Card = await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), RAIDER)

    assert (outside.joined, place(outside)) == (False, NOTHING)
    assert (left.joined, place(left), place(await card(served, run))) == (False, NOTHING, NOTHING)


@pytest.mark.parametrize("held", [[], [ROLES[RoleKey.VERIFIED_RAIDER], ROLES[RoleKey.SUSPENDED]]])
async def test_who_loses_verification_or_is_suspended_is_out_and_reads_no_location(
    served: Served, held: list[int]
) -> None:
    run = await live(served)
    await join(served, run)
    await served.mirror(MirroredMember(RAIDER, [one for one in ROLES.values() if one in held]))

    told = await card(served, run)

    assert (told.joined, told.raiders, place(told)) == (False, 1, NOTHING)


async def test_after_the_end_a_card_stands_without_the_location(served: Served) -> None:
    run = await live(served)
    await join(served, run)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    told = await card(served, run)

    assert (told.joined, told.changed, told.raiders, place(told)) == (True, False, 2, NOTHING)


async def test_a_card_takes_two_statements(served: Served) -> None:
    run = await live(served)
    session = served.client._session
    assert session is not None

    headers = {"x-api-key": KEY, "x-actor": str(int(RAIDER))}
    async with session.get(f"{served.url}/guilds/{GUILD:d}/runs/{run.id}/card", headers=headers) as answer:
        counted = answer.headers["x-statements"]

    assert counted == "2"


async def test_a_card_of_an_unknown_run_says_where_to_look(served: Served) -> None:
    with pytest.raises(UnknownRun, match="raid channel"):
        await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, RunId(4711)), RAIDER)


async def test_the_list_of_raiders_goes_from_a_to_z_with_those_without_a_name_last(served: Served) -> None:
    run = await opened(served)
    members = [UserId(900 + number) for number in range(4)]
    await served.mirror(*(MirroredMember(one, [ROLES[RoleKey.VERIFIED_RAIDER]]) for one in members))
    for who, ign in zip(members, ("zed", "Bob", "adam"), strict=False):
        await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, who, ign), ADMIN)
    for who in members:
        await join(served, run, who)
    await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), members[1])

    listed = await served.ask(joins_api.list_raiders, joins_api.ListRaiders(GUILD, run.id), ORGANIZER)

    assert listed == [
        RunRaider(user_id=members[2], ign="adam"),
        RunRaider(user_id=members[0], ign="zed"),
        RunRaider(user_id=ORGANIZER, ign=None),
        RunRaider(user_id=members[3], ign=None),
    ]


async def test_raiders_do_not_read_the_list_and_organizers_do(served: Served) -> None:
    run = await opened(served)
    await join(served, run)

    with pytest.raises(NotYourRun, match="Ask one of them"):
        await served.ask(joins_api.list_raiders, joins_api.ListRaiders(GUILD, run.id), RAIDER)
    listed = await served.ask(joins_api.list_raiders, joins_api.ListRaiders(GUILD, run.id), SECOND_ORGANIZER)

    assert len(listed) == 2


async def test_who_joins_or_leaves_too_late_is_told_what_to_do(served: Served) -> None:
    run = await live(served)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    with pytest.raises(RunOver, match="Look for the next one"):
        await join(served, run)
    with pytest.raises(RunOver, match="Ask the organizer"):
        await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), RAIDER)
