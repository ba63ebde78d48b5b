"""The verified role as a whole, over HTTP and on the real database."""

import pytest
from tests.features.verified_role.steps import adopt_all
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, STRANGER, Served
from tests.support.chores import show_due

from raidbot.core.ids import RoleId, Snowflake, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.hands import api as hands
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import RaiderStatus
from raidbot.features.reconciliation import api as reconciliation
from raidbot.features.reconciliation.model import Cause, Decision, Plan, PlanState

VERIFIED, OTHER = ROLES[RoleKey.VERIFIED_RAIDER], RoleId(77)


def some(many: int) -> list[UserId]:
    return [UserId(8000 + n) for n in range(many)]


async def a_record(served: Served, members: list[UserId]) -> None:
    """Let the sample and these members be verified, and Discord show it."""
    channels = guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, channels, ADMIN)
    everybody = [ORGANIZER, SECOND_ORGANIZER, RAIDER, UserId(6), *members]
    for number, one in enumerate(everybody):
        ign = f"Pawn{chr(97 + number // 26)}{chr(97 + number % 26)}"
        await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, one, ign), ADMIN)
    await served.mirror(*(MirroredMember(one, [VERIFIED]) for one in members))
    await settle(served)


async def settle(served: Served) -> None:
    """Let Discord show all that is wanted."""
    while await show_due(served):
        pass


async def compare(served: Served) -> None:
    """Tell that everybody was told, as the bot does at its start."""
    await served.client.call(discord_state.told_all, discord_state.ToldAll(GUILD))


async def wanted(served: Served) -> list[tuple[UserId, str]]:
    found = await served.client.call(discord_state.due_chores, discord_state.DueChores(GUILD))
    return [(one.user_id, one.kind) for one in found if one.target in {VERIFIED, OTHER}]


async def plans(served: Served) -> list[tuple[Cause, int]]:
    found = await served.ask(reconciliation.list_plans, reconciliation.ListPlans(GUILD), ADMIN)
    return [(one.cause, one.members) for one in found]


async def decide(served: Served, decision: Decision, cause: Cause) -> Plan:
    found = await served.ask(reconciliation.list_plans, reconciliation.ListPlans(GUILD), ADMIN)
    [plan] = [one for one in found if one.cause is cause]
    return await served.ask(reconciliation.decide_plan, reconciliation.DecidePlan(GUILD, plan.id, decision), ADMIN)


async def status(served: Served, who: UserId) -> RaiderStatus:
    return (await served.ask(raiders.show_raider, raiders.ShowRaider(GUILD, who), ADMIN)).status


async def test_a_few_who_lost_the_role_while_nobody_looked_get_it_back(served: Served) -> None:
    members = some(3)
    await a_record(served, members)
    await served.mirror(*(MirroredMember(one, []) for one in members[:2]))

    await compare(served)
    await compare(served)

    assert await wanted(served) == [(one, "give_role") for one in members[:2]]
    assert await plans(served) == []


async def test_many_who_lost_the_role_are_asked_about_and_adopting_unverifies_them(
    served: Served, database: Database
) -> None:
    members = some(25)
    await a_record(served, members)
    await served.mirror(*(MirroredMember(one, []) for one in members))

    await compare(served)
    assert (await plans(served), await wanted(served)) == ([(Cause.VERIFIED, 25)], [])
    decided = await decide(served, Decision.ADOPTED, Cause.VERIFIED)
    await adopt_all(database)

    assert decided.state is PlanState.ADOPTED
    assert {await status(served, one) for one in members} == {RaiderStatus.UNVERIFIED}
    assert await status(served, RAIDER) is RaiderStatus.VERIFIED
    await compare(served)
    assert await plans(served) == []


async def test_another_role_that_is_mapped_is_asked_about_before_a_whole_server_gets_it(served: Served) -> None:
    await a_record(served, some(25))
    roles = guild_config.SetRoles(GUILD, {RoleKey.VERIFIED_RAIDER: OTHER})
    await served.ask(guild_config.set_roles, roles, ADMIN)

    await compare(served)

    assert await wanted(served) == []
    assert await plans(served) == [(Cause.VERIFIED, 29)]
    await decide(served, Decision.ENFORCED, Cause.VERIFIED)
    assert {kind for _, kind in await wanted(served)} == {"give_role"}


async def test_whoever_holds_the_role_without_a_record_is_asked_about_once_and_loses_nothing_unasked_community_w5(
    served: Served, database: Database
) -> None:
    await a_record(served, [])
    await served.ask(raiders.unverify_raider, raiders.UnverifyRaider(GUILD, RAIDER, "sold"), ADMIN)
    await settle(served)
    await served.mirror(MirroredMember(STRANGER, [VERIFIED]))

    await compare(served)
    assert (await plans(served), await wanted(served)) == ([(Cause.UNRECORDED, 2)], [])

    await decide(served, Decision.ADOPTED, Cause.UNRECORDED)
    await adopt_all(database)
    await compare(served)

    assert await status(served, RAIDER) is RaiderStatus.VERIFIED
    assert await plans(served) == []  # the stranger has no known IGN; nobody is asked again


async def test_what_is_left_is_not_asked_about_again_and_what_is_new_is(served: Served) -> None:
    await a_record(served, [])
    await served.mirror(MirroredMember(STRANGER, [VERIFIED]))
    await compare(served)
    await decide(served, Decision.LEFT, Cause.UNRECORDED)

    await served.mirror(MirroredMember(UserId(8500), [VERIFIED]))
    await compare(served)

    assert await plans(served) == [(Cause.UNRECORDED, 1)]


async def test_who_is_verified_while_a_plan_waits_is_no_longer_in_it(served: Served) -> None:
    await a_record(served, [])
    await served.mirror(MirroredMember(STRANGER, [VERIFIED]), MirroredMember(UserId(8500), [VERIFIED]))
    await compare(served)

    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, STRANGER, "Stranger"), ADMIN)
    await settle(served)
    await decide(served, Decision.ENFORCED, Cause.UNRECORDED)

    assert await wanted(served) == [(UserId(8500), "take_role")]


async def test_a_server_that_keeps_no_record_yet_is_left_alone(served: Served) -> None:
    await served.mirror(*(MirroredMember(one, [VERIFIED]) for one in some(30)))

    await compare(served)

    assert (await plans(served), await wanted(served)) == ([], [])


async def test_what_a_person_did_waits_for_a_decision_and_is_not_put_right_meanwhile(served: Served) -> None:
    await a_record(served, [])
    change = hands.NoteHand(guild_id=GUILD, entry_id=Snowflake(5), user_id=RAIDER, by=ORGANIZER, lost=[VERIFIED])
    await served.client.call(hands.note_hand, change)
    await served.mirror(MirroredMember(RAIDER, []))

    await compare(served)

    assert (await plans(served), await wanted(served)) == ([], [])


@pytest.mark.parametrize("decision", [Decision.ENFORCED, Decision.LEFT])
async def test_what_is_not_adopted_leaves_the_record_as_it_is(
    served: Served, database: Database, decision: Decision
) -> None:
    members = some(21)
    await a_record(served, members)
    await served.mirror(*(MirroredMember(one, []) for one in members))
    await compare(served)

    await decide(served, decision, Cause.VERIFIED)
    await adopt_all(database)

    assert {await status(served, one) for one in members} == {RaiderStatus.VERIFIED}
