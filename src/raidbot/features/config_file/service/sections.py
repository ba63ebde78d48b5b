"""The sections of a file that hold what a guild has mapped and set. Other features declare theirs in the same way."""

from collections.abc import Mapping

from raidbot.backend.configuration import Entries, Holds, Section, There, section
from raidbot.core.authors import Author
from raidbot.core.guilds import RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, snowflake
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.config_file.model import BadConfigFile
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey, ScopedKey


async def _read_roles(tx: Transaction, guild_id: GuildId) -> Entries:
    found = await guild_config.mappings_of(tx, guild_id)
    return {str(key): str(int(one)) for key, one in found.roles.items()}


def _check_role(name: str, value: str, there: There) -> str:
    role = _role(value, there)
    guild_config.check_mapped_role(there.guild_id, RoleKey(_one_of(RoleKey, name)), role)
    return str(int(role.id))


async def _write_roles(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    ids = {RoleKey(key): None if one is None else RoleId(int(one)) for key, one in entries.items()}
    await guild_config.map_all(tx, author, roles=ids)


async def _read_channels(tx: Transaction, guild_id: GuildId) -> Entries:
    found = await guild_config.mappings_of(tx, guild_id)
    return {str(key): str(int(one)) for key, one in found.channels.items()}


def _check_channel(name: str, value: str, there: There) -> str:
    key = ChannelKey(_one_of(ChannelKey, name))
    return _channel(value, there, key, key.label)


async def _write_channels(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    ids = {ChannelKey(key): None if one is None else ChannelId(int(one)) for key, one in entries.items()}
    await guild_config.map_all(tx, author, channels=ids)


async def _read_settings(tx: Transaction, guild_id: GuildId) -> Entries:
    return {key: text for key, text in (await guild_config.texts_of(tx, guild_id)).items() if "/" not in key}


def _check_setting(name: str, value: str, _: There) -> str:
    return guild_config.checked_text(name, None, value)


async def _write_settings(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    await guild_config.set_texts(tx, author, entries)


async def _read_dungeon_settings(tx: Transaction, guild_id: GuildId) -> Entries:
    """Return settings of dungeons, stored as `start_needs/shatters`, the dungeon first."""
    texts = await guild_config.texts_of(tx, guild_id)
    parts = {tuple(key.split("/", 1)): text for key, text in texts.items() if "/" in key}
    return {f"{dungeon}/{setting}": text for (setting, dungeon), text in parts.items()}


def _check_dungeon_setting(name: str, value: str, _: There) -> str:
    dungeon, setting = _two_parts(name)
    return guild_config.checked_text(setting, dungeon, value)


async def _write_dungeon_settings(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    turned = {f"{setting}/{dungeon}": text for name, text in entries.items() for dungeon, setting in [_two_parts(name)]}
    await guild_config.set_texts(tx, author, turned)


async def _read_pings(tx: Transaction, guild_id: GuildId) -> Entries:
    return {one.dungeon: str(int(one.role_id)) for one in await guild_config.dungeon_roles_of(tx, guild_id)}


def _check_ping(name: str, value: str, there: There) -> str:
    guild_config.check_scope(name)
    role = _role(value, there)
    guild_config.check_role_of_many(there.guild_id, role, "the role of a dungeon")
    return str(int(role.id))


async def _write_pings(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    ids = {scope: None if one is None else RoleId(int(one)) for scope, one in entries.items()}
    await guild_config.call_roles(tx, author, ids)


async def _read_join_roles(tx: Transaction, guild_id: GuildId) -> Entries:
    found = await guild_config.mappings_of(tx, guild_id)
    return {one.scope: str(int(one.target)) for one in found.scoped if one.key is ScopedKey.VERIFIED_RAIDER}


async def _write_join_roles(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    own = {(scope, ScopedKey.VERIFIED_RAIDER): _id(one) for scope, one in entries.items()}
    await guild_config.map_all(tx, author, scoped=own)


def _check_join_role(name: str, value: str, there: There) -> str:
    guild_config.check_scope(name)
    role = _role(value, there)
    guild_config.check_role_of_many(there.guild_id, role, "who may join")
    return str(int(role.id))


async def _read_own_channels(tx: Transaction, guild_id: GuildId) -> Entries:
    found = await guild_config.mappings_of(tx, guild_id)
    return {
        f"{one.scope}/{one.key}": str(int(one.target))
        for one in found.scoped
        if one.key is not ScopedKey.VERIFIED_RAIDER
    }


def _check_own_channel(name: str, value: str, there: There) -> str:
    scope, key = _two_parts(name)
    guild_config.check_scope(scope)
    if key not in {ScopedKey.RAID, ScopedKey.EARLY_LOC}:
        raise BadConfigFile(f"a dungeon may have {ScopedKey.RAID} and {ScopedKey.EARLY_LOC} for itself.")
    return _channel(value, there, key, f"the {key} channel of a dungeon")


async def _write_own_channels(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    own: dict[tuple[str, ScopedKey], Snowflake | None] = {}
    for name, one in entries.items():
        scope, key = _two_parts(name)
        own[scope, ScopedKey(key)] = _id(one)
    await guild_config.map_all(tx, author, scoped=own)


for one in (
    Section("roles", "Which role is which: /setroles", Holds.ROLES, _read_roles, _check_role, _write_roles),
    Section(
        "channels",
        "Which channel is which: /setchannels",
        Holds.CHANNELS,
        _read_channels,
        _check_channel,
        _write_channels,
    ),
    Section(
        "settings",
        "What differs from the default: /settings",
        Holds.TEXTS,
        _read_settings,
        _check_setting,
        _write_settings,
    ),
    Section(
        "dungeon_settings",
        "Settings of one dungeon: /settings set, with dungeon",
        Holds.TEXTS,
        _read_dungeon_settings,
        _check_dungeon_setting,
        _write_dungeon_settings,
    ),
    Section(
        "dungeon_roles",
        "Which role a dungeon, or a kind of dungeon, calls: /dungeonrole",
        Holds.ROLES,
        _read_pings,
        _check_ping,
        _write_pings,
    ),
    Section(
        "dungeon_join_roles",
        "Who may join a dungeon, or a kind of dungeon: /setroles, with dungeon",
        Holds.ROLES,
        _read_join_roles,
        _check_join_role,
        _write_join_roles,
    ),
    Section(
        "dungeon_channels",
        "Channels of a dungeon, or a kind of dungeon: /setchannels, with dungeon",
        Holds.CHANNELS,
        _read_own_channels,
        _check_own_channel,
        _write_own_channels,
    ),
):
    section(one)


def _one_of(keys: type[RoleKey] | type[ChannelKey], name: str) -> str:
    if name not in set(keys):
        raise BadConfigFile(f"there is no such name. Choose one of {', '.join(keys)}.")
    return name


def _two_parts(name: str) -> tuple[str, str]:
    head, _, rest = name.partition("/")
    if not rest:
        raise BadConfigFile("below a dungeon stand names with values, each indented.")
    return head, rest


def _role(value: str, there: There) -> RoleSeen:
    try:
        role = there.role(snowflake(RoleId, value))
    except ValueError:
        raise BadConfigFile(f"{value[:40]!r} is no id of a role, which has up to 19 digits.") from None
    if role is None:
        raise BadConfigFile(f"there is no role {value} in this server. Copy the id of one that there is.")
    return role


def _channel(value: str, there: There, key: str, what: str) -> str:
    try:
        channel_id = snowflake(ChannelId, value)
    except ValueError:
        raise BadConfigFile(f"{value[:40]!r} is no id of a channel, which has up to 19 digits.") from None
    channel = there.channel(channel_id)
    if channel is None:
        raise BadConfigFile(f"there is no text channel {value} in this server, or I cannot see it.")
    guild_config.check_channel(key, channel, what)
    return str(int(channel_id))


def _id(value: str | None) -> Snowflake | None:
    return None if value is None else Snowflake(int(value))
