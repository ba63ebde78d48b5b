"""Configuration files over HTTP, on the real database."""

import asyncio

import msgspec
import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, Served

from raidbot.backend.configuration import sections
from raidbot.core.errors import NotAllowed
from raidbot.core.guilds import ChannelKind, ChannelSeen, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, InteractionId, RoleId
from raidbot.core.permissions import Permission
from raidbot.database.pool import Database
from raidbot.features.config_file import api
from raidbot.features.config_file.model import BadConfigFile, Import, ImportId, ImportState, UnknownImport
from raidbot.features.guild_config import api as guild_config

ROLES = [RoleSeen(RoleId(n), f"Role {n}") for n in range(31, 40)] + [
    RoleSeen(RoleId(50), "Strong", permissions=Permission.BAN_MEMBERS),
    RoleSeen(RoleId(51), "Integration", managed=True),
]
CHANNELS = [
    *(ChannelSeen(ChannelId(one), "hall") for one in (800, 801)),
    ChannelSeen(ChannelId(802), "news", kind=ChannelKind.ANNOUNCEMENT),
]

WHOLE = """
version: 1
roles: {organizer: 34, verified_raider: 32}
channels: {raid: 800}
settings: {auto_end_minutes: 90}
dungeon_settings: {shatters: {start_needs: party}}
dungeon_roles: {shatters: 35, exaltation_dungeons: 36}
dungeon_join_roles: {exaltation_dungeons: 37}
dungeon_channels: {exaltation_dungeons: {raid: 801, early_loc: 800}}
"""


async def prepare(served: Served, text: str, key: int | None = None) -> Import:
    ask = api.PrepareImport(GUILD, text, ROLES, CHANNELS)
    return await served.ask(api.prepare_import, ask, ADMIN, None if key is None else InteractionId(key))


async def apply(served: Served, one: Import) -> api.Applied:
    return await served.ask(api.apply_import, api.ApplyImport(GUILD, one.id, one.revision), ADMIN)


async def export(served: Served) -> dict[str, dict[str, str]]:
    found = await served.ask(api.export_config, api.ExportConfig(GUILD), ADMIN)
    return {one.name: one.entries for one in found if one.entries}


async def changes(database: Database) -> int:
    async with database.transaction() as tx:
        return await tx.value(int, "SELECT count(*) FROM guild_change") or 0


async def test_a_whole_file_is_applied_and_comes_out_again(served: Served) -> None:
    prepared = await prepare(served, WHOLE)
    before = await export(served)

    done = await apply(served, prepared)

    assert before == {"roles": {"organizer": "31", "verified_raider": "32", "suspended": "33"}}
    assert (done.stale, done.imported.state, len(done.imported.changes)) == (False, ImportState.APPLIED, 10)
    assert await export(served) == {
        "roles": {"organizer": "34", "verified_raider": "32"},
        "channels": {"raid": "800"},
        "settings": {"auto_end_minutes": "90"},
        "dungeon_settings": {"shatters/start_needs": "party"},
        "dungeon_roles": {"shatters": "35", "exaltation_dungeons": "36"},
        "dungeon_join_roles": {"exaltation_dungeons": "37"},
        "dungeon_channels": {"exaltation_dungeons/raid": "801", "exaltation_dungeons/early_loc": "800"},
    }


async def test_what_a_file_sets_a_file_clears_and_each_change_keeps_old_and_new_community_b7(
    served: Served, database: Database
) -> None:
    await apply(served, await prepare(served, WHOLE))
    empty = "version: 1\n" + "".join(f"{name}: {{}}\n" for name in sections)

    done = await apply(served, await prepare(served, empty))

    assert await export(served) == {}
    assert all(one.new is None and one.old for one in done.imported.changes)
    async with database.transaction() as tx:
        told = await tx.value(list[str], "SELECT array_agg(what || ' ' || old) FROM guild_change WHERE new IS NULL")
    assert {"role organizer 34", "channel raid 800", "setting auto_end_minutes 90", "dungeon role shatters 35"} <= set(
        told or []
    )


async def test_a_file_with_faults_is_refused_with_every_line_and_changes_nothing(
    served: Served, database: Database
) -> None:
    before = await changes(database)
    text = """version: 1
roles:
  organizer: 99
  wizard: 31
  verified_raider: 50
  muted: 51
  suspended: 700
channels: {raid: 5}
settings:
  auto_end_minutes: 0
  colour: red
dungeon_settings: {nexus: {start_needs: party}}
weather: {rain: 1}
"""

    with pytest.raises(BadConfigFile) as refused:
        await prepare(served, text)

    for says in (
        "Line 3: `roles.organizer`: there is no role 99",
        "Line 4: `roles.wizard`: there is no such name. Choose one of administrator",
        "Line 5: `roles.verified_raider`: **Strong** may Ban Members",
        "Line 6: `roles.muted`: **Integration** belongs to an integration",
        "Line 7: `roles.suspended`: there is no role 700",
        "Line 8: `channels.raid`: there is no text channel 5",
        "Line 10: `settings.auto_end_minutes`: auto_end_minutes takes a whole number of minutes from 1 to 1440",
        "Line 11: `settings.colour`: There is no such setting",
        "Line 12: `dungeon_settings.nexus.start_needs`: There is no such dungeon",
        "Line 13: `weather`: there is no such section",
    ):
        assert says in refused.value.sentence
    assert await changes(database) == before


async def test_twenty_presses_of_apply_apply_once(served: Served, database: Database) -> None:
    prepared = await prepare(served, WHOLE)

    done = await asyncio.gather(*(apply(served, prepared) for _ in range(20)))

    assert [(one.stale, one.imported.state) for one in done] == [(False, ImportState.APPLIED)] * 20
    async with database.transaction() as tx:
        noted = await tx.value(int, "SELECT count(*) FROM guild_change WHERE what = 'role organizer'")
    assert noted == 2  # once before this test began


async def test_a_configuration_that_changed_meanwhile_is_not_overwritten_unseen(served: Served) -> None:
    prepared = await prepare(served, WHOLE)
    ask = guild_config.SetSetting(guild_id=GUILD, key="auto_end_minutes", value="45")
    await served.ask(guild_config.set_setting, ask, ADMIN)

    refused = await apply(served, prepared)
    again = await apply(served, prepared)
    done = await apply(served, refused.imported)

    shown = next(one for one in refused.imported.changes if one.name == "auto_end_minutes")
    assert (refused.stale, shown.old, shown.new) == (True, "45", "90")
    assert again.stale
    assert (done.stale, (await export(served))["settings"]) == (False, {"auto_end_minutes": "90"})


async def test_a_press_sent_twice_prepares_once(served: Served) -> None:
    first, second = await prepare(served, WHOLE, key=77), await prepare(served, WHOLE, key=77)

    assert first == second


async def test_an_import_belongs_to_its_server_and_to_administrators(served: Served) -> None:
    prepared = await prepare(served, WHOLE)

    with pytest.raises(UnknownImport, match="/config import"):
        await apply(served, msgspec.structs.replace(prepared, id=ImportId(99)))
    with pytest.raises(NotAllowed):
        await served.ask(api.apply_import, api.ApplyImport(GUILD, prepared.id, 1), ORGANIZER)
    with pytest.raises(NotAllowed):
        await served.ask(api.export_config, api.ExportConfig(GuildId(701)), ADMIN)


async def test_a_channel_is_taken_from_a_file_for_what_its_kind_can_be(served: Served) -> None:
    with pytest.raises(BadConfigFile, match="<#802> is an announcement channel"):
        await prepare(served, "version: 1\nchannels: {getverified: 802}\n")

    assert [one.new for one in (await prepare(served, "version: 1\nchannels: {raid: 802}\n")).changes] == ["802"]
