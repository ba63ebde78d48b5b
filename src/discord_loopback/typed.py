"""What a member types after the slash, as Discord checks and sends it. docs: Application Commands."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from discord_loopback import asks, commands, files, links, permissions, render
from discord_loopback.commands import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL_OPTION,
    CHAT_INPUT,
    INTEGER,
    MENTIONABLE,
    MESSAGE,
    NUMBER,
    ROLE_OPTION,
    STRING,
    USER_OPTION,
)
from discord_loopback.components import CHANNEL_SELECT, MENTIONABLE_SELECT, ROLE_SELECT, USER_SELECT
from discord_loopback.errors import ApiError
from discord_loopback.files import Upload
from discord_loopback.model import Channel, Json
from discord_loopback.world import World

KIND_OF_ID = {
    USER_OPTION: "users",
    CHANNEL_OPTION: "channels",
    ROLE_OPTION: "roles",
    MENTIONABLE: "any",
}
KIND_OF_SELECT = {
    USER_SELECT: "users",
    CHANNEL_SELECT: "channels",
    ROLE_SELECT: "roles",
    MENTIONABLE_SELECT: "any",
}
Found = list[tuple[str, int]]
IN_GUILD, BOT_DM = 0, 1
"""docs: Application Commands, Interaction Contexts."""


def _refused(message: str) -> ApiError:
    return ApiError(0, message, status=403)


def visible(world: World, user_id: int, channel: Channel | None, guild_id: int | None) -> list[Json]:
    """Return the commands a member is offered. docs: Application Commands, Permissions."""
    everywhere = world.commands.get(None, [])
    if guild_id is None:
        return [each for each in everywhere if _fits(each, BOT_DM) and each.get("dm_permission", True)]
    offered = [each for each in (*world.commands.get(guild_id, []), *everywhere) if _fits(each, IN_GUILD)]
    guild = world.guild(guild_id)
    member = guild.members[user_id]
    granted = world.granted(user_id, channel) if channel else permissions.base(guild, member)
    channel_id = channel.id if channel else None
    return [
        each
        for each in offered
        if _allowed(each, granted, commands.allowed_by_hand(world, each, guild_id, member, channel_id))
    ]


def _fits(command: Json, context: int) -> bool:
    contexts = command.get("contexts")
    return contexts is None or context in contexts


def _allowed(command: Json, granted: int, by_hand: bool | None) -> bool:  # noqa: FBT001 - the third answer is "as it is"
    if granted & permissions.ADMINISTRATOR:
        return True
    if by_hand is not None:
        return by_hand
    needed = command.get("default_member_permissions")
    return needed is None or (int(needed) != 0 and granted & int(needed) == int(needed))


@dataclass
class Typing:
    """A member about to send a command: where, with which options, and which of them is still being typed."""

    world: World
    user_id: int
    channel: Channel
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    focused: str | None = None
    found: Found = field(default_factory=list[tuple[str, int]])
    files: dict[str, Json] = field(default_factory=dict[str, Json])

    def offered(self, kind: int, name: str) -> Json | None:
        """Return the command of this kind and name, if the member is offered it here."""
        listed = visible(self.world, self.user_id, self.channel, self.channel.guild_id)
        return next((each for each in listed if each["type"] == kind and each["name"] == name), None)

    def resolved(self) -> Json:
        """Return what the options mean."""
        things = resolved(self.world, self.channel, self.found)
        return {**things, "attachments": links.signed(self.world, self.files)} if self.files else things


def command(typing: Typing, name: str) -> Json:
    """Return the data of a typed command.

    Raises:
        ApiError: 403; Discord's app would not let one send this.
    """
    words = name.split()
    found = typing.offered(CHAT_INPUT, words[0]) if words else None
    if found is None:
        raise _refused(f"They have no command /{name}")
    try:
        node, chain = commands.leaf(found, words[1:])
    except LookupError as wrong:
        raise _refused(str(wrong.args[0])) from wrong
    inner = _values(node.get("options") or [], typing)
    for step in reversed(chain):
        inner = [{"name": step["name"], "type": step["type"], "options": inner}]
    data: Json = {**_about(found), "options": inner}
    if typing.focused is None and (things := typing.resolved()):
        data["resolved"] = things
    return data


def context(typing: Typing, kind: int, name: str, target_id: int) -> Json:
    """Return the data of a command used on a member or message. docs: Application Commands, User and Message Commands.

    Raises:
        ApiError: 403; Discord's app would not let one send this.
    """
    found = typing.offered(kind, name)
    if found is None:
        raise _refused(f"They have no command {name!r} there")
    if kind == MESSAGE:
        things: Json = {"messages": {str(target_id): render.message(typing.world, typing.world.messages[target_id])}}
    else:
        things = resolved(typing.world, typing.channel, [("users", target_id)])
    return {**_about(found), "target_id": str(target_id), "resolved": things}


def _about(found: Json) -> Json:
    return {key: found[key] for key in ("id", "name", "type", "guild_id") if found.get(key)}


def _values(known: list[Json], typing: Typing) -> list[Json]:
    names, focused = {option["name"] for option in known}, typing.focused
    if unknown := [each for each in (*typing.options, *([focused] if focused else [])) if each not in names]:
        raise _refused(f"There is no option {unknown[0]!r}")
    filled: list[Json] = []
    for option in known:
        name = option["name"]
        if name not in typing.options and name != focused:
            if option.get("required") and focused is None:
                raise _refused(f"The option {name!r} is required")
            continue
        value = typing.options.get(name, "")
        answer: Json = {"name": name, "type": option["type"], "value": value}
        if name == focused:
            answer["focused"] = True
        elif focused is None:
            answer["value"] = _checked(option, value, typing)
        filled.append(answer)
    return filled


def _checked(option: Json, value: Any, typing: Typing) -> Any:
    kind, name = option["type"], option["name"]
    if kind == ATTACHMENT:
        return _uploaded(name, value, typing)
    if kind in KIND_OF_ID:
        if not str(value).isdigit():
            raise _refused(f"{name!r} must be an id")
        found = (KIND_OF_ID[kind], int(value))
        fitting(typing.world, option, [found])
        typing.found.append(found)
        return str(value)
    if not isinstance(value, TYPES[kind]) or (kind != BOOLEAN and isinstance(value, bool)):
        raise _refused(f"{name!r} has the wrong type")
    _within(option, value)
    return value


def _within(option: Json, value: Any) -> None:
    kind, name = option["type"], option["name"]
    if option.get("choices") and value not in [each["value"] for each in option["choices"]]:
        raise _refused(f"{name!r} is not one of the choices")
    if kind == STRING and not option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000):
        raise _refused(f"{name!r} is too short or too long")
    if kind in (INTEGER, NUMBER) and not option.get("min_value", value) <= value <= option.get("max_value", value):
        raise _refused(f"{name!r} is too small or too large")


def _uploaded(name: str, value: Any, typing: Typing) -> str:
    """Keep a file that was put into an option. docs: Receiving and Responding, Resolved Data."""
    try:
        file = msgspec.convert(value, asks.File)
        data = base64.b64decode(file.base64, validate=True)
    except (msgspec.ValidationError, binascii.Error) as wrong:
        raise _refused(f"{name!r} must be a file") from wrong
    upload = Upload("0", file.filename, data, file.content_type)
    kept = files.keep(typing.world, typing.channel.id, upload, folder="ephemeral-attachments")
    typing.files[kept["id"]] = {**kept, "ephemeral": True}
    return kept["id"]


def fitting(world: World, wanted: Json, found: Found) -> None:
    """Insist that channels are of the types that an option or menu takes. docs: `channel_types`.

    Raises:
        ApiError: 403.
    """
    types = wanted.get("channel_types")
    for kind, each in found:
        if types and kind == "channels" and each in world.channels and world.channels[each].type not in types:
            raise _refused(f"#{world.channels[each].name} is of no type that is wanted there")


TYPES: dict[int, Any] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}


def referred(kind: int, values: Iterable[str]) -> Found:
    """Return what the values of a menu mean."""
    named = KIND_OF_SELECT.get(kind)
    return [(named, int(each)) for each in values] if named else []


def resolved(world: World, channel: Channel, seen: Found) -> Json:
    """Return users, members, roles and channels in full. docs: Receiving and Responding, Resolved Data.

    Raises:
        ApiError: 403; there is nothing with that id.
    """
    answer: Json = {}
    for kind, found in seen:
        if kind in ("users", "any") and found in world.users:
            answer.setdefault("users", {})[str(found)] = render.user(world.users[found])
            if member := world.find_member(channel.guild_id, found):
                granted = str(world.granted(found, channel))
                answer.setdefault("members", {})[str(found)] = {**render.member(member), "permissions": granted}
        elif kind in ("roles", "any") and found in (roles := world.guild(channel.guild_id or 0).roles):
            answer.setdefault("roles", {})[str(found)] = render.role(roles[found])
        elif kind == "channels" and found in world.channels and world.channels[found].guild_id == channel.guild_id:
            place = world.channels[found]
            shown = {**render.channel(world, place), "permissions": str(world.granted(world.application_id, place))}
            answer.setdefault("channels", {})[str(found)] = shown
        else:
            raise _refused(f"There is nothing with the id {found}")
    return answer
