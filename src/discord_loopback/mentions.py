"""Whom a message notifies. docs: Message, Allowed Mentions Object; Message Formatting."""

import re

from discord_loopback import permissions
from discord_loopback.components import TEXT_DISPLAY, walk
from discord_loopback.model import Channel, Json, Message, Pings
from discord_loopback.world import World

USER, ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
HIGHLIGHT = re.compile(r"@(everyone|here)\b")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def spoken(message: Message) -> str:
    """Return the text in which mentions count: content and text displays, without code."""
    texts = [message.content]
    texts += [each.get("content", "") for each in walk(message.components) if each.get("type") == TEXT_DISPLAY]
    joined = "\n".join(texts)
    return CODE.sub("", joined) if "`" in joined else joined


def settle(world: World, channel: Channel, message: Message, allowed: Json | None) -> None:
    """Work out the mentions of a message and whom they ping."""
    text = spoken(message)
    message.mentions, message.mention_roles, message.mention_everyone = [], [], False
    message.pings = Pings()
    if "@" in text:
        _users(world, message, text, allowed)
        if channel.guild_id is not None:
            # to confirm: what a webhook posts may mention everyone
            granted = permissions.ALL if message.author else world.granted(message.author_id, channel)
            _roles(world, message, text, allowed, granted)
            _everyone(message, text, allowed, granted)
    _replied(world, message, allowed)


def _lets(allowed: Json | None, kind: str, found: int | None = None) -> bool:
    """Tell whether allowed mentions let a mention through. Without any, all are."""
    if allowed is None:
        return True
    if kind in (allowed.get("parse") or []):
        return True
    return found is not None and str(found) in {str(each) for each in allowed.get(kind) or []}


def _users(world: World, message: Message, text: str, allowed: Json | None) -> None:
    for found in dict.fromkeys(int(each) for each in USER.findall(text)):
        if found in world.users and _lets(allowed, "users", found):
            message.mentions.append(found)
            message.pings.users.add(found)


def _roles(world: World, message: Message, text: str, allowed: Json | None, granted: int) -> None:
    guild = world.guild(message.guild_id or 0)
    for found in dict.fromkeys(int(each) for each in ROLE.findall(text)):
        role = guild.roles.get(found)
        if role is None or not _lets(allowed, "roles", found):
            continue
        message.mention_roles.append(found)
        # docs: Permissions, MENTION_EVERYONE also covers roles that are not mentionable by anyone
        if role.mentionable or granted & permissions.bits("MENTION_EVERYONE"):
            message.pings.roles.add(found)


def _everyone(message: Message, text: str, allowed: Json | None, granted: int) -> None:
    found = set(HIGHLIGHT.findall(text))
    if found and _lets(allowed, "everyone") and granted & permissions.bits("MENTION_EVERYONE"):
        message.mention_everyone = True
        message.pings.everyone = "everyone" if "everyone" in found else "here"


def _replied(world: World, message: Message, allowed: Json | None) -> None:
    if message.reference is None or message.interaction_id is not None:
        return
    original = world.messages.get(int(message.reference["message_id"]))
    if original is None or not (allowed is None or allowed.get("replied_user")):
        return
    if original.author_id not in message.mentions:
        message.mentions.append(original.author_id)
    message.pings.users.add(original.author_id)
