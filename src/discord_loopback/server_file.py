"""The file that describes a server: what may stand in it, and how long and how many."""

from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from discord_loopback import permissions

Id: TypeAlias = Annotated[int, Meta(ge=1, le=(1 << 63) - 1)]
Granted: TypeAlias = list[str]
"""Names of permissions; ALL stands for every one."""
Kind: TypeAlias = Annotated[str, Meta(pattern="^(text|voice|category|announcement|stage|forum)$")]
Overwrites: TypeAlias = dict[str, Granted]


APART = 256 * 10**14
"""How far the ids of alike servers are apart: an odd number of steps of 1 << 22, so that two shards share them."""


class InvalidServerError(Exception):
    """A server that cannot be used; the text names the file, the place in it and what may stand there."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file: a key that means nothing is refused."""


class GuildPart(_Part, frozen=True):
    """The server itself. docs: Guild, Guild Object: names have 2-100 characters."""

    id: Id
    name: Annotated[str, Meta(min_length=2, max_length=100)]
    owner: Id
    bot: Annotated[str, Meta(min_length=1, max_length=32)]
    everyone: Granted


class RolePart(_Part, frozen=True):
    """A role; the first in the file is the highest. docs: Guild, Create Guild Role."""

    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    color: Annotated[str, Meta(pattern="^[0-9a-fA-F]{6}$")] = "000000"
    permissions: Granted = []
    hoist: bool = False
    mentionable: bool = False
    bot: bool = False


class ChannelPart(_Part, frozen=True):
    """A channel or category. docs: Channel, Modify Channel: names, topics and slow mode."""

    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    kind: Kind = "text"
    parent: Id | None = None
    topic: Annotated[str, Meta(max_length=1024)] | None = None
    slowmode: Annotated[int, Meta(ge=0, le=21_600)] = 0
    allow: Overwrites = {}
    deny: Overwrites = {}


class MemberPart(_Part, frozen=True):
    """A member. docs: User, Usernames and Nicknames: 2-32 and 1-32 characters."""

    id: Id
    name: Annotated[str, Meta(min_length=2, max_length=32)]
    nick: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    roles: list[str] = []
    dms_closed: bool = False


class ServerFile(_Part, frozen=True):
    """A whole file. docs: Guild: 250 roles and 500 channels."""

    guild: GuildPart
    members: list[MemberPart]
    roles: Annotated[list[RolePart], Meta(max_length=250)] = []
    channels: Annotated[list[ChannelPart], Meta(max_length=500)] = []


def read(file: Path) -> ServerFile:
    """Read a server file and check that its parts fit together.

    Raises:
        InvalidServerError: it is no YAML, a key is unknown, missing or out of its limits, or a part names one that is
            not there.
    """
    try:
        content = msgspec.yaml.decode(file.read_bytes(), type=ServerFile)
    except (OSError, msgspec.DecodeError) as broken:
        raise InvalidServerError(f"{file}: {broken}") from broken
    for complaint in misfits(content):
        raise InvalidServerError(f"{file}: {complaint}")
    return content


def alike(content: ServerFile, number: int) -> ServerFile:
    """Return one more server of that kind: the same people, and roles and channels of its own."""
    if not number:
        return content
    further = number * APART
    guild = replace(content.guild, id=content.guild.id + further, name=f"{content.guild.name} {number + 1}"[:100])
    roles = [replace(each, id=each.id + further) for each in content.roles]
    channels = [
        replace(each, id=each.id + further, parent=None if each.parent is None else each.parent + further)
        for each in content.channels
    ]
    return replace(content, guild=guild, roles=roles, channels=channels)


def misfits(content: ServerFile) -> list[str]:
    """Return what names a thing that is not there, or is there twice."""
    owner = "" if content.guild.owner in {each.id for each in content.members} else "`$.guild.owner` is no member's id"
    bots = sum(each.bot for each in content.roles)
    one_bot = "" if bots == 1 else f"`$.roles`: one role has `bot: true`, not {bots}"
    found = [*_ids(content), owner, one_bot, *_permissions(content), *_roles(content), *_parents(content)]
    return [each for each in found if each]


def _ids(content: ServerFile) -> list[str]:
    seen: set[int] = set()
    twice: list[str] = []
    for key, parts in (("roles", content.roles), ("channels", content.channels), ("members", content.members)):
        for index, part in enumerate(parts):
            if part.id in seen:
                twice.append(f"`$.{key}[{index}].id`: {part.id} is taken already")
            seen.add(part.id)
    return twice


def _permissions(content: ServerFile) -> list[str]:
    listed = [("$.guild.everyone", content.guild.everyone)]
    listed += [(f"$.roles[{index}].permissions", each.permissions) for index, each in enumerate(content.roles)]
    for index, channel in enumerate(content.channels):
        for key, overwrites in (("allow", channel.allow), ("deny", channel.deny)):
            listed += [(f"$.channels[{index}].{key}.{role}", granted) for role, granted in overwrites.items()]
    known = {"ALL", *permissions.NAMES}
    return [
        f"`{where}`: there is no permission {each!r}" for where, names in listed for each in names if each not in known
    ]


def _roles(content: ServerFile) -> list[str]:
    known = {each.name for each in content.roles}
    listed = [(f"$.members[{index}].roles", name) for index, each in enumerate(content.members) for name in each.roles]
    missing = [(where, name) for where, name in listed if name not in known]
    for index, channel in enumerate(content.channels):
        named = {**channel.allow, **channel.deny}
        missing += [(f"$.channels[{index}]", name) for name in named if name not in known | {"@everyone"}]
    return [f"`{where}`: there is no role {name!r}" for where, name in missing]


def _parents(content: ServerFile) -> list[str]:
    wrong: list[str] = []
    categories: set[int] = set()
    for index, channel in enumerate(content.channels):
        if channel.parent is not None and channel.parent not in categories:
            wrong.append(f"`$.channels[{index}].parent`: no category with the id {channel.parent} stands above")
        if channel.kind == "category":
            categories.add(channel.id)
    return wrong
