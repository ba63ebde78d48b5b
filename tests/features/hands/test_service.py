"""Changes by hand over HTTP, on the real database."""

import asyncio
from typing import Any

import pytest
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, STRANGER, Served
from tests.support.chores import due, show_due

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import RoleId, Snowflake, UserId
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state.model import STAYS, MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.hands import api
from raidbot.features.hands.model import CannotRecord, DoneByHigher, Hand, HandDecided, HandId, HandState, UnknownHand
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import NotOnYourself, RaiderStatus
from raidbot.features.reconciliation import api as reconciliation
from raidbot.features.reconciliation.model import Cause

VERIFIED, SUSPENDED_ROLE, SECURITY_ROLE = ROLES[RoleKey.VERIFIED_RAIDER], ROLES[RoleKey.SUSPENDED], RoleId(35)
SECURITY = UserId(950)


async def by_hand(
    served: Served, entry: int = 1, user_id: UserId = RAIDER, by: UserId | None = ORGANIZER, **more: Any
) -> list[HandId]:
    ask = api.NoteHand(guild_id=GUILD, entry_id=Snowflake(entry), user_id=user_id, by=by, **more)
    return (await served.client.call(api.note_hand, ask)).hands


async def verified(served: Served, who: UserId = RAIDER, ign: str = "Rook") -> None:
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, who, ign), ADMIN)
    await show_due(served)


async def wanted(served: Served) -> list[tuple[str, int, str]]:
    return [(one.kind, one.target, one.value) for one in await due(served)]


async def decide(served: Served, endpoint: Any, hand: HandId, by: UserId = ADMIN) -> Hand:
    return await served.ask(endpoint, endpoint.ask(GUILD, hand), by)


async def shown(served: Served) -> tuple[str, RaiderStatus]:
    raider = await served.ask(raiders.show_raider, raiders.ShowRaider(GUILD, RAIDER), ADMIN)
    return raider.ign, raider.status


async def test_a_role_taken_by_hand_becomes_the_record_or_comes_back(served: Served) -> None:
    await verified(served)
    [first] = await by_hand(served, lost=[VERIFIED])
    [second] = await by_hand(served, 2, lost=[VERIFIED])

    assert (await decide(served, api.put_hand_back, first)).state is HandState.PUT_BACK
    assert await wanted(served) == [("give_role", int(VERIFIED), "")]

    await decide(served, api.record_hand, second)
    assert await shown(served) == ("Rook", RaiderStatus.UNVERIFIED)


async def test_a_role_given_by_hand_needs_a_known_ign_to_become_the_record(served: Served) -> None:
    [unknown] = await by_hand(served, user_id=STRANGER, gained=[VERIFIED])
    with pytest.raises(CannotRecord, match="/verify"):
        await decide(served, api.record_hand, unknown)
    await verified(served)
    await served.ask(raiders.unverify_raider, raiders.UnverifyRaider(GUILD, RAIDER, "sold"), ADMIN)
    [known] = await by_hand(served, 2, gained=[VERIFIED])

    await decide(served, api.record_hand, known)

    assert await shown(served) == ("Rook", RaiderStatus.VERIFIED)
    await decide(served, api.put_hand_back, unknown)  # what could not be recorded may still be put back
    assert ("take_role", int(VERIFIED), "") in await wanted(served)


async def test_roles_with_ids_as_long_as_discords_are_written_down(served: Served) -> None:
    long = RoleId(1_234_567_890_123_456_789)
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, {RoleKey.SUSPENDED: long}), ADMIN)

    [hand] = await by_hand(served, gained=[long])

    assert (await decide(served, api.put_hand_back, hand)).role_id == long


async def test_a_nickname_becomes_the_ign_or_is_put_back(served: Served) -> None:
    await verified(served)
    [first] = await by_hand(served, old_nickname="Rook", new_nickname="[Lead] Castle")
    [second] = await by_hand(served, 2, old_nickname="Rook", new_nickname="best raider 1")
    assert await by_hand(served, 3, old_nickname="Rook", new_nickname="!Rook") == []

    with pytest.raises(CannotRecord, match="/editname"):
        await decide(served, api.record_hand, second)
    await decide(served, api.record_hand, first)
    await decide(served, api.put_hand_back, second)

    assert await shown(served) == ("Castle", RaiderStatus.VERIFIED)
    assert ("nickname", 0, "Castle") in await wanted(served)


async def map_log(served: Served) -> None:
    channels = guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, channels, ADMIN)


async def messages(served: Served) -> api.Shown:
    return await served.client.call(api.read_shown, api.ReadShown(GUILD))


async def test_an_entry_told_twice_counts_once_and_is_shown_once(served: Served) -> None:
    await map_log(served)

    first, again = await by_hand(served, gained=[SUSPENDED_ROLE]), await by_hand(served, gained=[SUSPENDED_ROLE])

    assert (len(first), again) == (1, [])
    assert list((await messages(served)).hands) == first


async def test_a_muted_role_that_somebody_took_is_shown_and_put_back_for_good(served: Served) -> None:
    muted = RoleId(40)
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, {RoleKey.MUTED: muted}), ADMIN)

    [hand] = await by_hand(served, lost=[muted])
    await decide(served, api.put_hand_back, hand)

    assert [(one.kind, one.target, one.value) for one in await due(served)] == [("give_role", 40, STAYS)]


async def test_of_all_who_press_at_once_one_decides(served: Served) -> None:
    [hand] = await by_hand(served, gained=[SUSPENDED_ROLE])
    both = [api.record_hand, api.put_hand_back] * 3

    told = await asyncio.gather(*(decide(served, one, hand) for one in both), return_exceptions=True)

    assert sum(isinstance(one, Hand) for one in told) == 1
    assert sum(isinstance(one, HandDecided) for one in told) == 5


async def test_staff_decide_neither_about_themselves_nor_about_those_above_community_w6(served: Served) -> None:
    roles = guild_config.SetRoles(GUILD, {RoleKey.SECURITY: SECURITY_ROLE})
    await served.ask(guild_config.set_roles, roles, ADMIN)
    await served.mirror(MirroredMember(SECURITY, [SECURITY_ROLE]))
    [own] = await by_hand(served, user_id=SECURITY, lost=[SUSPENDED_ROLE])
    [above] = await by_hand(served, 2, by=ADMIN, gained=[SUSPENDED_ROLE])

    with pytest.raises(NotOnYourself):
        await decide(served, api.put_hand_back, own, SECURITY)
    with pytest.raises(DoneByHigher):
        await decide(served, api.put_hand_back, above, SECURITY)
    with pytest.raises(NotAllowed):
        await decide(served, api.put_hand_back, above, SECOND_ORGANIZER)
    with pytest.raises(UnknownHand):
        await decide(served, api.put_hand_back, HandId(999))


async def missed(served: Served, place: int, *changes: api.NoteHand) -> list[HandId]:
    ask = api.NoteMissed(guild_id=GUILD, changes=list(changes), place=Snowflake(place))
    return (await served.client.call(api.note_missed, ask)).hands


def lost(entry: int, user_id: UserId) -> api.NoteHand:
    return api.NoteHand(guild_id=GUILD, entry_id=Snowflake(entry), user_id=user_id, by=ORGANIZER, lost=[VERIFIED])


async def test_what_was_missed_is_shown_once_and_the_log_is_read_on_from_there(served: Served) -> None:
    await verified(served)
    await verified(served, STRANGER, "Pawn")
    await by_hand(served, 7, lost=[VERIFIED])  # heard of, and not yet read
    find = api.FindPlace(GUILD)
    assert (await served.client.call(api.find_place, find)).entry_id is None

    first = await missed(served, 9, lost(7, RAIDER), lost(9, STRANGER))
    again = await missed(served, 8, lost(7, RAIDER), lost(9, STRANGER))

    assert (len(first), again) == (1, [])
    assert (await served.client.call(api.find_place, find)).entry_id == 9
    await decide(served, api.put_hand_back, first[0])
    assert await wanted(served) == [("give_role", int(VERIFIED), "")]


async def test_what_was_done_to_many_is_one_question(served: Served) -> None:
    await map_log(served)
    members = [UserId(8000 + n) for n in range(25)]
    for number, one in enumerate(members):
        await verified(served, one, f"Pawn{chr(97 + number)}")

    changes = [lost(100 + number, one) for number, one in enumerate(members)]
    named = api.NoteHand(
        guild_id=GUILD, entry_id=Snowflake(200), user_id=members[0], by=ORGANIZER, new_nickname="Mister"
    )
    assert await missed(served, 200, *changes, named) == []

    [plan] = await served.ask(reconciliation.list_plans, reconciliation.ListPlans(GUILD), ADMIN)
    assert (plan.cause, plan.members, await wanted(served)) == (Cause.HANDS, 25, [])
    shown = await served.ask(reconciliation.show_plan, reconciliation.ShowPlan(GUILD, plan.id), ADMIN)
    assert len(shown.changes) == 26
    told = await messages(served)
    assert (told.hands, len(told.crowds)) == ({}, 1)  # one message tells of all of them
