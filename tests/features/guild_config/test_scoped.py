"""What dungeons have for themselves, and which roles may be mapped, over HTTP on the real database."""

import pytest
from tests.features.runs.steps import join, opened
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, ROLES, Served

from raidbot.core.errors import NotAllowed
from raidbot.core.guilds import ChannelKind, ChannelSeen, RoleSeen
from raidbot.core.ids import ChannelId, RoleId, Snowflake
from raidbot.core.permissions import Permission
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api
from raidbot.features.guild_config.model import (
    ChannelKey,
    Mappings,
    NoSuchDungeon,
    ScopedKey,
    UnsafeRole,
    WrongChannel,
    scopes,
)
from raidbot.features.runs.api import pings as pings_api
from raidbot.features.runs.model.joins import JoinRefused
from raidbot.features.runs.model.pings import PingMoment

EXALTS = "exaltation_dungeons"
EXALTED = RoleId(60)


async def own(served: Served, scope: str, key: ScopedKey, target: int | None, seen: RoleSeen | None = None) -> Mappings:
    wanted = None if target is None else Snowflake(target)
    ask = api.SetScoped(guild_id=GUILD, scope=scope, key=key, target=wanted, seen=seen)
    return await served.ask(api.set_scoped, ask, ADMIN)


async def test_a_dungeon_has_its_own_channel_before_its_categorys_and_that_before_the_guilds(served: Served) -> None:
    await served.ask(api.set_channels, api.SetChannels(GUILD, {ChannelKey.RAID: ChannelId(1)}), ADMIN)
    await own(served, EXALTS, ScopedKey.RAID, 2)
    mapped = await own(served, "shatters", ScopedKey.RAID, 3)

    found = [mapped.channel(ChannelKey.RAID, one) for one in ("shatters", "void", "snake_pit")]
    cleared = await own(served, "shatters", ScopedKey.RAID, None)

    assert found == [3, 2, 1]
    assert cleared.channel(ChannelKey.RAID, "shatters") == 2


async def test_old_and_new_of_a_dungeons_channel_are_kept(served: Served, database: Database) -> None:
    for target in (2, 2, 3, None):
        await own(served, EXALTS, ScopedKey.EARLY_LOC, target)

    async with database.transaction() as tx:
        kept = await tx.value(
            list[list[str | None]],
            "SELECT jsonb_agg(jsonb_build_array(what, old, new) ORDER BY id) FROM guild_change WHERE what ~ '^early'",
        )
    what = f"early_loc of {EXALTS}"
    assert kept == [[what, None, "2"], [what, "2", "3"], [what, "3", None]]


async def test_only_those_with_the_role_of_a_dungeon_may_join_it(served: Served) -> None:
    await own(served, EXALTS, ScopedKey.VERIFIED_RAIDER, int(EXALTED))
    run = await opened(served)
    with pytest.raises(JoinRefused, match="This dungeon is for those with <@&60>"):
        await join(served, run, RAIDER)

    await served.mirror(MirroredMember(RAIDER, [ROLES[RoleKey.VERIFIED_RAIDER], EXALTED]))
    (card,) = await join(served, run, RAIDER)

    assert card.state == "join"


async def test_who_loses_the_role_of_a_dungeon_is_out_and_keeps_their_place_without_it_elsewhere(
    served: Served, database: Database
) -> None:
    await own(served, "shatters", ScopedKey.VERIFIED_RAIDER, int(EXALTED))
    await served.mirror(MirroredMember(RAIDER, [EXALTED]))
    run = await opened(served)
    await join(served, run, RAIDER)

    await served.mirror(MirroredMember(RAIDER, [ROLES[RoleKey.VERIFIED_RAIDER]]))

    async with database.transaction() as tx:
        states = await tx.value(list[str], "SELECT array_agg(state) FROM run_join WHERE user_id = $1", RAIDER)
    assert states
    assert "join" not in states


async def test_a_category_calls_its_role_unless_a_dungeon_has_its_own(served: Served) -> None:
    for scope, role in ((EXALTS, 90), ("void", 91)):
        await served.ask(api.set_dungeon_role, api.SetDungeonRole(GUILD, scope, RoleId(role)), ADMIN)

    run = await opened(served)
    ping = await served.client.call(pings_api.claim_ping, pings_api.ClaimPing(GUILD, run.id, PingMoment.OPEN))

    assert (run.dungeon, ping.role_id) == ("shatters", 90)


async def test_the_early_location_of_a_dungeon_is_told_in_its_own_channel(served: Served, database: Database) -> None:
    await own(served, EXALTS, ScopedKey.EARLY_LOC, 802)
    await served.ask(api.set_dungeon_role, api.SetDungeonRole(GUILD, EXALTS, RoleId(90)), ADMIN)

    run = await opened(served, location="USEast")

    async with database.transaction() as tx:
        channels = await tx.value(
            list[str], "SELECT array_agg(channel) FROM notice WHERE kind = 'run_early_ping' AND subject_id = $1", run.id
        )
    assert channels == ["802"]


def test_no_category_is_called_like_a_dungeon() -> None:
    names = scopes()

    assert len(names) == len(set(names.values()))
    assert list(names)[0] == "basic_dungeons"  # noqa: RUF015 - categories come first


UNSAFE = [
    (RoleKey.ADMINISTRATOR, RoleSeen(RoleId(GUILD), "@everyone"), "everybody would be it"),
    (RoleKey.ORGANIZER, RoleSeen(RoleId(40), "Nitro", managed=True), "belongs to an integration"),
    (RoleKey.VERIFIED_RAIDER, RoleSeen(RoleId(40), "Mod", permissions=Permission.BAN_MEMBERS), "may Ban Members"),
    (RoleKey.SUSPENDED, RoleSeen(RoleId(40), "X", permissions=Permission.ADMINISTRATOR), "may Administrator"),
]


@pytest.mark.parametrize(("key", "role", "says"), UNSAFE, ids=[key for key, _, _ in UNSAFE])
async def test_no_unsafe_role_is_mapped_community_w14(served: Served, key: RoleKey, role: RoleSeen, says: str) -> None:
    with pytest.raises(UnsafeRole, match=says):
        await served.ask(api.set_roles, api.SetRoles(GUILD, {key: role.id}, [role]), ADMIN)

    mapped = await served.client.call(api.read_mappings, api.ReadMappings(GUILD))
    assert mapped.roles == ROLES


async def test_no_unsafe_role_is_called_or_lets_join_community_w14(served: Served) -> None:
    strong = RoleSeen(RoleId(40), "Mod", permissions=Permission.MANAGE_ROLES)
    with pytest.raises(UnsafeRole, match="may Manage Roles"):
        await served.ask(api.set_dungeon_role, api.SetDungeonRole(GUILD, "shatters", strong.id, strong), ADMIN)
    with pytest.raises(UnsafeRole, match="may Manage Roles"):
        await own(served, EXALTS, ScopedKey.VERIFIED_RAIDER, 40, strong)


async def test_a_role_of_staff_may_have_power(served: Served) -> None:
    strong = RoleSeen(RoleId(40), "Boss", permissions=Permission.ADMINISTRATOR)

    mapped = await served.ask(api.set_roles, api.SetRoles(GUILD, {RoleKey.ADMINISTRATOR: strong.id}, [strong]), ADMIN)

    assert mapped.roles[RoleKey.ADMINISTRATOR] == 40


async def test_no_forum_is_mapped_for_the_guild_or_a_dungeon_and_nothing_is_changed_by_the_try(served: Served) -> None:
    forum = ChannelSeen(ChannelId(900), "raids", kind=ChannelKind.FORUM)
    before = await served.ask(api.read_mappings, api.ReadMappings(GUILD), ADMIN)
    everywhere = api.SetChannels(GUILD, {ChannelKey.RAID: forum.id}, [forum])
    there = api.SetScoped(
        guild_id=GUILD, scope="void", key=ScopedKey.RAID, target=Snowflake(forum.id), seen_channel=forum
    )

    with pytest.raises(WrongChannel, match="cannot be Raid"):
        await served.ask(api.set_channels, everywhere, ADMIN)
    with pytest.raises(WrongChannel, match="cannot be Raid"):
        await served.ask(api.set_scoped, there, ADMIN)
    assert await served.ask(api.read_mappings, api.ReadMappings(GUILD), ADMIN) == before


async def test_only_administrators_change_what_a_dungeon_has_and_only_of_dungeons_that_there_are(
    served: Served,
) -> None:
    with pytest.raises(NoSuchDungeon, match="Pick one from the list"):
        await own(served, "nexus", ScopedKey.RAID, 2)
    ask = api.SetScoped(guild_id=GUILD, scope=EXALTS, key=ScopedKey.RAID, target=Snowflake(2))
    with pytest.raises(NotAllowed):
        await served.ask(api.set_scoped, ask, ORGANIZER)
