"""The Team role over HTTP, on the real database."""

import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, Served

from raidbot.backend.jobs import Tick
from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed
from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import Unmapped
from raidbot.features.team import api, jobs

TEAM, STAFF, VERIFIED = RoleId(40), ROLES[RoleKey.ORGANIZER], ROLES[RoleKey.VERIFIED_RAIDER]


async def with_a_team(served: Served) -> None:
    """Map the Team role; everybody of the sample holds it who should."""
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, {RoleKey.TEAM: TEAM}), ADMIN)
    await served.mirror(
        MirroredMember(ADMIN, [TEAM], administrator=True),
        MirroredMember(ORGANIZER, [STAFF, TEAM]),
        MirroredMember(SECOND_ORGANIZER, [STAFF, TEAM]),
    )


async def wanted(served: Served) -> list[tuple[UserId, str]]:
    found = await served.client.call(discord_state.due_chores, discord_state.DueChores(GUILD))
    return [(one.user_id, one.kind) for one in found if one.target == TEAM]


async def test_the_role_follows_a_rank_that_somebody_gets_or_loses(served: Served) -> None:
    await with_a_team(served)

    await served.mirror(MirroredMember(RAIDER, [VERIFIED, STAFF]), MirroredMember(ORGANIZER, [TEAM]))

    assert await wanted(served) == [(ORGANIZER, "take_role"), (RAIDER, "give_role")]


async def test_a_role_that_was_taken_back_in_time_is_not_taken_away(served: Served) -> None:
    await with_a_team(served)
    await served.mirror(MirroredMember(ORGANIZER, [TEAM]))

    await served.mirror(MirroredMember(ORGANIZER, []))
    await served.mirror(MirroredMember(ORGANIZER, [STAFF]))

    assert await wanted(served) == [(ORGANIZER, "give_role")]


async def test_discords_administrators_belong_to_the_team(served: Served) -> None:
    await with_a_team(served)

    await served.mirror(MirroredMember(RAIDER, [], administrator=True))

    assert await wanted(served) == [(RAIDER, "give_role")]


async def test_nobody_loses_the_role_where_no_rank_is_mapped_community_w22(served: Served) -> None:
    await with_a_team(served)

    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, {RoleKey.ORGANIZER: None}), ADMIN)
    await served.mirror(MirroredMember(ORGANIZER, [TEAM]), MirroredMember(SECOND_ORGANIZER, [TEAM]))

    assert (await served.ask(api.sync_team, api.SyncTeam(GUILD), ADMIN)).plan is None
    assert await wanted(served) == []


async def test_syncing_twice_in_a_row_is_fine_and_takes_no_request_to_discord_community_w22(served: Served) -> None:
    await with_a_team(served)

    assert (await served.ask(api.sync_team, api.SyncTeam(GUILD), ADMIN)).plan is None
    await served.mirror(MirroredMember(RAIDER, [TEAM]))
    for _ in range(2):
        await served.ask(api.sync_team, api.SyncTeam(GUILD), ADMIN)

    assert await wanted(served) == [(RAIDER, "take_role")]


async def test_the_nightly_job_mends_what_was_missed(served: Served, database: Database) -> None:
    await with_a_team(served)
    await served.client.call(
        discord_state.mirror_members, discord_state.MirrorMembers(GUILD, [MirroredMember(UserId(7000), [STAFF])])
    )
    assert await wanted(served) == []

    async with database.transaction() as tx:
        await jobs.sync_all(Tick(Clock().now(), tx))

    assert await wanted(served) == [(UserId(7000), "give_role")]


async def test_without_a_team_role_syncing_says_how_to_set_one(served: Served) -> None:
    with pytest.raises(Unmapped, match="/setroles"):
        await served.ask(api.sync_team, api.SyncTeam(GUILD), ADMIN)
    with pytest.raises(NotAllowed):
        await served.ask(api.sync_team, api.SyncTeam(GUILD), ORGANIZER)
