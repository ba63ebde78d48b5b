"""Reactions come and go; everyone who may know is told. docs: Message, Reaction Object."""

from discord_loopback import render
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.model import Json, Message
from discord_loopback.world import World

MOST = 20
"""Different emojis on a message. docs: Opcodes and Status Codes, 30010."""


def key(world: World, text: str) -> str:
    """Return an emoji of a path: a character, or `name:id` of one the application may use.

    Raises:
        ApiError: 10014.
    """
    name, colon, emoji_id = text.partition(":")
    if not colon:
        if not name or name.isascii():
            raise ApiError(10014)
        return name
    if not emoji_id.isdigit() or int(emoji_id) not in world.emojis:
        raise ApiError(10014)
    return f"{world.emojis[int(emoji_id)].name}:{emoji_id}"


def add(world: World, message: Message, user_id: int, emoji: str) -> None:
    """Add someone's reaction.

    Raises:
        ApiError: 30010.
    """
    if emoji not in message.reactions and len(message.reactions) >= MOST:
        raise ApiError(30010)
    users = message.reactions.setdefault(emoji, set())
    if user_id in users:
        return
    users.add(user_id)
    more: Json = {"user_id": str(user_id), "message_author_id": str(message.author_id), "burst": False, "type": 0}
    more["burst_colors"] = []
    if member := world.find_member(message.guild_id, user_id):
        more["member"] = render.full_member(member)
    _tell(world, "MESSAGE_REACTION_ADD", message, {**more, "emoji": render.reaction_emoji(emoji)})


def remove(world: World, message: Message, user_id: int, emoji: str) -> None:
    """Take someone's reaction back.

    Raises:
        ApiError: 10014 where there is none.
    """
    users = message.reactions.get(emoji)
    if not users or user_id not in users:
        raise ApiError(10014)
    users.discard(user_id)
    if not users:
        del message.reactions[emoji]
    more: Json = {"user_id": str(user_id), "burst": False, "type": 0, "emoji": render.reaction_emoji(emoji)}
    _tell(world, "MESSAGE_REACTION_REMOVE", message, more)


def clear(world: World, message: Message, emoji: str | None = None) -> None:
    """Take all reactions from a message, or all of one emoji.

    Raises:
        ApiError: 10014 where there are none of it.
    """
    if emoji is None:
        message.reactions.clear()
        _tell(world, "MESSAGE_REACTION_REMOVE_ALL", message, {})
        return
    if message.reactions.pop(emoji, None) is None:
        raise ApiError(10014)
    _tell(world, "MESSAGE_REACTION_REMOVE_EMOJI", message, {"emoji": render.reaction_emoji(emoji)})


def _tell(world: World, name: str, message: Message, more: Json) -> None:
    message.rendered = None
    data: Json = {"message_id": str(message.id), "channel_id": str(message.channel_id), **more}
    if message.guild_id is not None:
        data["guild_id"] = str(message.guild_id)
    channel = world.channel(message.channel_id)
    world.bus.emit(Event(name, data, message.guild_id, channel, message, message.ephemeral_for))
