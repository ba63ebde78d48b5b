"""Reads a server from a TOML file, and fills it with as many members as are asked for."""

import tomllib
from pathlib import Path
from typing import Any

from discord_loopback import permissions
from discord_loopback.model import CATEGORY, TEXT, Channel, Guild, Member, Overwrite, Role, User
from discord_loopback.snowflakes import born_at
from discord_loopback.world import World

PACKAGED = Path(__file__).parent / "servers" / "raid_server.toml"
FIRST_EXTRA_MEMBER = 510_000_000_000_000_000
BETWEEN_EXTRA_MEMBERS = 40_000_000_000


def load(world: World, file: Path = PACKAGED) -> Guild:
    """Put the guild of a file into the world."""
    content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    about = content["guild"]
    guild = Guild(about["id"], about["name"], about["owner"], born_at(about["id"]))
    world.guilds[guild.id] = guild
    _roles(world, guild, content)
    _members(world, guild, content)
    _channels(world, guild, content)
    return guild


def _granted(names: list[str]) -> int:
    return permissions.ALL if "ALL" in names else permissions.bits(*names)


def _roles(world: World, guild: Guild, content: dict[str, Any]) -> None:
    listed: list[dict[str, Any]] = content["roles"]
    guild.roles[guild.id] = Role(guild.id, "@everyone", permissions=_granted(content["guild"]["everyone"]))
    for position, each in enumerate(reversed(listed), start=1):
        guild.roles[each["id"]] = Role(
            id=each["id"],
            name=each["name"],
            color=int(each.get("color", "0"), 16),
            permissions=_granted(each.get("permissions", [])),
            position=position,
            hoist=each.get("hoist", False),
            managed=each.get("bot", False),
            mentionable=each.get("mentionable", False),
            bot_id=world.application_id if each.get("bot") else None,
        )


def _members(world: World, guild: Guild, content: dict[str, Any]) -> None:
    by_name = {role.name: role.id for role in guild.roles.values()}
    own = [role.id for role in guild.roles.values() if role.bot_id]
    bot = world.users[world.application_id] = User(world.application_id, content["guild"]["bot"], bot=True)
    guild.members[bot.id] = Member(bot, guild.created, own)
    for each in content["members"]:
        user = world.users[each["id"]] = User(each["id"], each["name"].lower().replace(" ", "."), each["name"])
        roles = [by_name[name] for name in each.get("roles", [])]
        guild.members[user.id] = Member(user, guild.created, roles, each.get("nick"))


def _channels(world: World, guild: Guild, content: dict[str, Any]) -> None:
    for each in content["channels"]:
        kind = CATEGORY if each.get("category") else TEXT
        channel = Channel(each["id"], kind, each["name"], guild.id, len(guild.channels), each.get("parent"))
        parent = guild.channels.get(each.get("parent", 0))
        channel.overwrites = {
            key: Overwrite(o.id, o.type, o.allow, o.deny) for key, o in (parent.overwrites if parent else {}).items()
        }
        _overwrites(guild, channel, each)
        guild.channels[channel.id] = world.channels[channel.id] = channel


def _overwrites(guild: Guild, channel: Channel, listed: dict[str, Any]) -> None:
    by_name = {role.name: role.id for role in guild.roles.values()}
    for kind in ("allow", "deny"):
        for name, what in listed.get(kind, {}).items():
            overwrite = channel.overwrites.setdefault(by_name[name], Overwrite(by_name[name], 0))
            setattr(overwrite, kind, _granted(what))


def add_members(world: World, guild: Guild, count: int) -> None:
    """Add verified raiders without a story."""
    role = next((each.id for each in guild.roles.values() if each.name == "Verified Raider"), None)
    for number in range(1, count + 1):
        name = f"raider{number:05}"
        user = User(FIRST_EXTRA_MEMBER + number * BETWEEN_EXTRA_MEMBERS, name, name)
        world.users[user.id] = user
        guild.members[user.id] = Member(user, guild.created, [role] if role else [])
