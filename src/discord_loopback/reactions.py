"""Reactions come and go; everyone who may know is told. docs: Gateway Events, Message Reaction Add and Remove."""

from discord_loopback import render
from discord_loopback.events import Event
from discord_loopback.model import Json, Message
from discord_loopback.world import World


def add(world: World, message: Message, user_id: int, emoji: str) -> None:
    """React; once is enough."""
    users = message.reactions.setdefault(emoji, set())
    if user_id in users:
        return
    users.add(user_id)
    data = {**_one(user_id, emoji), "message_author_id": str(message.author_id), "burst_colors": []}
    if member := world.find_member(message.guild_id, user_id):
        data["member"] = render.full_member(member)
    _tell(world, "MESSAGE_REACTION_ADD", message, data)


def remove(world: World, message: Message, user_id: int, emoji: str) -> None:
    """Take a reaction back."""
    users = message.reactions.get(emoji, set())
    if user_id not in users:
        return
    users.discard(user_id)
    if not users:
        del message.reactions[emoji]
    _tell(world, "MESSAGE_REACTION_REMOVE", message, _one(user_id, emoji))


def clear(world: World, message: Message, emoji: str | None = None) -> None:
    """Remove everyone's reactions, or those with one emoji."""
    if emoji is None:
        message.reactions.clear()
        _tell(world, "MESSAGE_REACTION_REMOVE_ALL", message, {})
    else:
        message.reactions.pop(emoji, None)
        _tell(world, "MESSAGE_REACTION_REMOVE_EMOJI", message, {"emoji": render.emoji(emoji)})


def _one(user_id: int, emoji: str) -> Json:
    return {"user_id": str(user_id), "emoji": render.emoji(emoji), "burst": False, "type": 0}


def _tell(world: World, name: str, message: Message, more: Json) -> None:
    message.rendered = None
    data: Json = {"channel_id": str(message.channel_id), "message_id": str(message.id), **more}
    if message.guild_id is not None:
        data["guild_id"] = str(message.guild_id)
    world.bus.emit(Event(name, data, message.guild_id, world.channel(message.channel_id)))
