"""Settings over HTTP, on the real database."""

import asyncio

import msgspec
import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, Served

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import GuildId, RoleId
from raidbot.database.pool import Database
from raidbot.features.guild_config import api
from raidbot.features.guild_config.model import (
    SETTINGS,
    BadSetting,
    DungeonRole,
    NoSuchDungeon,
    SettingShown,
    UnknownSetting,
)


class Change(msgspec.Struct, frozen=True):
    what: str
    old: str | None
    new: str | None


async def changes(database: Database, what: str) -> list[Change]:
    async with database.transaction() as tx:
        return await tx.many(
            Change, "SELECT what, old, new FROM guild_change WHERE what LIKE $1 || '%' ORDER BY id", what
        )


async def put(served: Served, key: str, value: str) -> SettingShown:
    return await served.ask(api.set_setting, api.SetSetting(guild_id=GUILD, key=key, value=value), ADMIN)


async def settings(served: Served, guild_id: GuildId = GUILD) -> dict[str, SettingShown]:
    found = await served.client.call(api.read_settings, api.ReadSettings(guild_id))
    return {one.key: one for one in found}


async def test_a_guild_that_set_nothing_has_the_defaults(served: Served) -> None:
    found = await settings(served)

    assert {key: one.value for key, one in found.items()} == {key: str(one.default) for key, one in SETTINGS.items()}
    assert (found["auto_end_minutes"].value, found["ping_at_open"].value) == ("120", "dungeon_role")
    assert not any(one.changed for one in found.values())


async def test_a_dungeon_has_its_own_value_until_it_is_reset_where_the_setting_allows_it(served: Served) -> None:
    ask = api.SetSetting(guild_id=GUILD, key="start_needs", value="party", dungeon="shatters")

    told = await served.ask(api.set_setting, ask, ADMIN)
    reset = await served.ask(
        api.reset_setting, api.ResetSetting(guild_id=GUILD, key="start_needs", dungeon="shatters"), ADMIN
    )

    assert (told.value, told.dungeons, reset.dungeons) == ("catalogue", {"shatters": "party"}, {})
    with pytest.raises(BadSetting, match="the same for all dungeons"):
        await served.ask(
            api.set_setting, api.SetSetting(guild_id=GUILD, key="roster", value="all", dungeon="shatters"), ADMIN
        )


async def test_what_is_set_holds_for_that_guild_until_it_is_reset(served: Served, database: Database) -> None:
    told = await put(served, "auto_end_minutes", "90")
    await put(served, "auto_end_minutes", "90")
    elsewhere = (await settings(served, GuildId(701)))["auto_end_minutes"]

    reset = await served.ask(api.reset_setting, api.ResetSetting(guild_id=GUILD, key="auto_end_minutes"), ADMIN)

    assert (told.value, told.changed, elsewhere.value, reset.value) == ("90", True, "120", "120")
    assert await changes(database, "setting") == [
        Change("setting auto_end_minutes", None, "90"),
        Change("setting auto_end_minutes", "90", None),
    ]


async def test_what_cannot_be_set_is_refused_and_changes_nothing(served: Served, database: Database) -> None:
    with pytest.raises(BadSetting, match="from 1 to 1440"):
        await put(served, "auto_end_minutes", "0")
    with pytest.raises(UnknownSetting, match="Choose one of"):
        await put(served, "colour", "red")
    with pytest.raises(UnknownSetting, match="Choose one of"):
        await served.ask(api.reset_setting, api.ResetSetting(guild_id=GUILD, key="colour"), ADMIN)

    assert await changes(database, "setting") == []


async def test_only_administrators_set(served: Served) -> None:
    with pytest.raises(NotAllowed, match="Administrator"):
        await served.ask(api.set_setting, api.SetSetting(guild_id=GUILD, key="open_minutes", value="5"), ORGANIZER)
    with pytest.raises(NotAllowed, match="Administrator"):
        await served.ask(api.set_dungeon_role, api.SetDungeonRole(GUILD, "shatters", RoleId(90)), ORGANIZER)


async def test_changes_at_once_each_know_the_value_before(served: Served, database: Database) -> None:
    await asyncio.gather(*(put(served, "open_minutes", str(minutes)) for minutes in range(1, 21)))

    kept = await changes(database, "setting")
    assert [one.old for one in kept] == [None, *(one.new for one in kept[:-1])]
    assert kept[-1].new == (await settings(served))["open_minutes"].value


async def test_dungeons_call_their_roles_until_cleared(served: Served, database: Database) -> None:
    for role in (90, 91):
        await served.ask(api.set_dungeon_role, api.SetDungeonRole(GUILD, "shatters", RoleId(role)), ADMIN)
    listed = await served.client.call(api.list_dungeon_roles, api.ListDungeonRoles(GUILD))

    cleared = await served.ask(api.clear_dungeon_role, api.ClearDungeonRole(GUILD, "shatters"), ADMIN)

    assert (listed, cleared) == ([DungeonRole("shatters", RoleId(91))], [])
    assert [(one.old, one.new) for one in await changes(database, "dungeon role")] == [
        (None, "90"),
        ("90", "91"),
        ("91", None),
    ]


async def test_a_dungeon_that_is_none_calls_no_role(served: Served) -> None:
    with pytest.raises(NoSuchDungeon, match="Pick one from the list"):
        await served.ask(api.set_dungeon_role, api.SetDungeonRole(GUILD, "nexus", RoleId(90)), ADMIN)
