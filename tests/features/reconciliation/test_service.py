"""Plans over HTTP, on the real database: made by the Team role, which compares with the record."""

import asyncio

import msgspec
import pytest
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, ROLES, Served

from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed
from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.reconciliation import api, service
from raidbot.features.reconciliation.model import (
    AlreadyDecided,
    Cause,
    Decision,
    NothingToAdopt,
    Plan,
    PlanId,
    PlanState,
    UnknownPlan,
)
from raidbot.features.team import api as team

TEAM_ROLE = RoleId(40)


class Told(msgspec.Struct, frozen=True):
    state: str
    members: int


async def a_large_team(served: Served, members: int) -> None:
    """Map the Team role, and let so many organizers miss it."""
    await served.mirror(*(MirroredMember(UserId(6000 + n), [ROLES[RoleKey.ORGANIZER]]) for n in range(members)))
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, {RoleKey.TEAM: TEAM_ROLE}), ADMIN)
    channels = guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, channels, ADMIN)


async def sync(served: Served) -> Plan:
    plan = (await served.ask(team.sync_team, team.SyncTeam(GUILD), ADMIN)).plan
    assert plan is not None
    return plan


async def due(served: Served) -> int:
    return len(await served.client.call(discord_state.due_chores, discord_state.DueChores(GUILD)))


async def chores(database: Database) -> int:
    async with database.transaction() as tx:
        return await tx.value(int, "SELECT count(*) FROM chore WHERE state = 'open'") or 0


async def told(database: Database) -> list[tuple[str, int]]:
    async with database.transaction() as tx:
        found = await tx.many(
            Told, "SELECT state, (body->>'members')::bigint AS members FROM notice WHERE kind = 'plan_made' ORDER BY id"
        )
    return [(one.state, one.members) for one in found]


async def test_a_change_of_many_members_touches_none_and_is_told_once(served: Served, database: Database) -> None:
    await a_large_team(served, 30)

    first, second = await sync(served), await sync(served)

    assert (first.id, first.state, first.members) == (second.id, PlanState.OPEN, 33)  # with those of the sample
    assert await due(served) == 0
    assert await told(database) == [("open", 33)]


async def test_few_are_put_right_at_once_until_the_hour_is_full(served: Served, database: Database) -> None:
    await a_large_team(served, 12)
    assert (await sync(served)).state is PlanState.DONE
    before = await chores(database)
    more = [MirroredMember(UserId(6500 + n), [ROLES[RoleKey.ORGANIZER]]) for n in range(10)]
    await served.mirror(*more)

    assert before == 15
    assert (await sync(served)).state is PlanState.OPEN
    assert await chores(database) == 15


async def test_an_hour_later_few_are_put_right_again(served: Served) -> None:
    await a_large_team(served, 12)
    await sync(served)
    served.pass_time(3601)

    assert (await sync(served)).state is PlanState.DONE


async def test_a_plan_that_grows_is_told_anew_and_the_message_before_goes(served: Served, database: Database) -> None:
    await a_large_team(served, 30)
    await sync(served)
    await served.mirror(MirroredMember(UserId(6999), [ROLES[RoleKey.ORGANIZER]]))

    assert (await sync(served)).members == 34

    assert await told(database) == [("lapsed", 33), ("open", 34)]


async def test_a_plan_is_enforced_once_and_waits_behind_what_members_ask_for(
    served: Served, database: Database
) -> None:
    await a_large_team(served, 30)
    plan = await sync(served)
    ask = api.DecidePlan(GUILD, plan.id, Decision.ENFORCED)

    came = await asyncio.gather(*(served.ask(api.decide_plan, ask, ADMIN) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(one, Plan) for one in came) == 1
    assert sum(isinstance(one, AlreadyDecided) for one in came) == 4
    assert await chores(database) == 33
    async with database.transaction() as tx:
        assert await tx.value(bool, "SELECT bool_and(bulk) FROM chore WHERE state = 'open'")


async def test_what_is_left_changes_nobody_in_discord(served: Served) -> None:
    await a_large_team(served, 30)
    plan = await sync(served)

    decided = await served.ask(api.decide_plan, api.DecidePlan(GUILD, plan.id, Decision.LEFT), ADMIN)

    assert (decided.state, decided.decided_by, await due(served)) == (Decision.LEFT, ADMIN, 0)
    assert await served.ask(api.list_plans, api.ListPlans(GUILD), ADMIN) == []


async def test_the_team_role_follows_ranks_so_there_is_nothing_to_adopt(served: Served) -> None:
    await a_large_team(served, 30)
    plan = await sync(served)

    with pytest.raises(NothingToAdopt, match="ranks"):
        await served.ask(api.decide_plan, api.DecidePlan(GUILD, plan.id, Decision.ADOPTED), ADMIN)

    assert await served.ask(api.list_plans, api.ListPlans(GUILD), ADMIN) == [plan]


async def test_a_mapped_team_role_is_compared_by_itself(served: Served) -> None:
    await a_large_team(served, 30)

    await served.client.call(discord_state.told_all, discord_state.ToldAll(GUILD))

    [plan] = await served.ask(api.list_plans, api.ListPlans(GUILD), ADMIN)
    assert (plan.cause, plan.members, await due(served)) == (Cause.TEAM, 33, 0)


async def test_who_would_change_is_listed(served: Served) -> None:
    await a_large_team(served, 30)
    plan = await sync(served)

    shown = await served.ask(api.show_plan, api.ShowPlan(GUILD, plan.id), ADMIN)

    assert len({one.user_id for one in shown.changes}) == 33
    assert await served.ask(api.list_plans, api.ListPlans(GUILD), ADMIN) == [shown.plan]


async def test_plans_are_for_administrators_of_the_guild_alone(served: Served) -> None:
    await a_large_team(served, 30)
    plan = await sync(served)

    with pytest.raises(NotAllowed):
        await served.ask(api.decide_plan, api.DecidePlan(GUILD, plan.id, Decision.ENFORCED), ORGANIZER)
    with pytest.raises(UnknownPlan, match="/plans"):
        await served.ask(api.show_plan, api.ShowPlan(GUILD, PlanId(999)), ADMIN)
    with pytest.raises(NotAllowed):
        await served.ask(api.show_plan, api.ShowPlan(GuildId(701), plan.id), ADMIN)


async def test_after_a_restore_even_one_member_is_asked_about_for_a_day(served: Served, database: Database) -> None:
    await a_large_team(served, 2)
    first = await sync(served)
    assert (first.state, await due(served)) == (PlanState.DONE, 5)  # of a record that was restored, not done yet
    async with database.transaction() as tx:
        await service.meet_again(tx, Clock(served.clock_file).now())

    (held,) = await served.ask(api.list_plans, api.ListPlans(GUILD), ADMIN)
    await served.mirror(MirroredMember(UserId(6999), [ROLES[RoleKey.ORGANIZER]]))
    asked = await sync(served)
    served.pass_time(24 * 3600 + 1)
    await served.mirror(MirroredMember(UserId(7000), [ROLES[RoleKey.ORGANIZER]]))
    later = await sync(served)

    assert (held.cause, held.members, asked.state) == ("restored", 5, PlanState.OPEN)
    assert later.state is PlanState.DONE
