"""Reactions come and go; everyone who may know is told. docs: Gateway Events, Message Reaction Add."""

from discord_loopback import render
from discord_loopback.events import Event
from discord_loopback.model import Json, Message
from discord_loopback.world import World


def add(world: World, message: Message, user_id: int, emoji: str) -> None:
    """Add somebody's reaction, once."""
    users = message.reactions.setdefault(emoji, set())
    if user_id in users:
        return
    users.add(user_id)
    _tell(world, "MESSAGE_REACTION_ADD", message, user_id, emoji)


def remove(world: World, message: Message, user_id: int, emoji: str) -> None:
    """Take somebody's reaction back."""
    users = message.reactions.get(emoji, set())
    if user_id not in users:
        return
    users.discard(user_id)
    if not users:
        message.reactions.pop(emoji)
    _tell(world, "MESSAGE_REACTION_REMOVE", message, user_id, emoji)


def _tell(world: World, name: str, message: Message, user_id: int, emoji: str) -> None:
    message.rendered = None
    label, _, emoji_id = emoji.partition(":")
    data: Json = {
        "user_id": str(user_id),
        "channel_id": str(message.channel_id),
        "message_id": str(message.id),
        "emoji": {"id": emoji_id or None, "name": label},
        "burst": False,
        "type": 0,
    }
    if message.guild_id is not None:
        data["guild_id"] = str(message.guild_id)
    if name == "MESSAGE_REACTION_ADD":
        data["message_author_id"] = str(message.author_id)
        if member := world.find_member(message.guild_id, user_id):
            data["member"] = render.full_member(member)
    world.bus.emit(Event(name, data, message.guild_id, world.channel(message.channel_id)))
