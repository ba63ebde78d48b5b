"""Messages are pinned and unpinned; everyone who may know is told. docs: Message, Pin Message."""

from discord_loopback import audit_log, posts, render
from discord_loopback.audit_log import By
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.model import PINNED, Channel, Json, Message
from discord_loopback.posts import Draft
from discord_loopback.world import World

MOST = 250


def pin(world: World, message: Message, by: By) -> None:
    """Pin a message, and let Discord say so.

    Raises:
        ApiError: 30003.
    """
    channel = world.channel(message.channel_id)
    if message.pinned_at is not None:
        return
    if sum(1 for each in channel.messages.values() if each.pinned_at is not None) >= MOST:
        raise ApiError(30003)
    message.pinned_at = channel.last_pin = world.clock.now()
    _told(world, channel, message, audit_log.MESSAGE_PIN, by)
    posts.announce(world, channel, Draft(by.user_id, {}, type=PINNED, reference=posts.reference_to(message)))


def unpin(world: World, message: Message, by: By) -> None:
    """Unpin a message."""
    if message.pinned_at is not None:
        message.pinned_at = None
        _told(world, world.channel(message.channel_id), message, audit_log.MESSAGE_UNPIN, by)


def _told(world: World, channel: Channel, message: Message, action: int, by: By) -> None:
    """Tell of it. docs: Gateway Events, Channel Pins Update."""
    posts.touch(world, message)
    data: Json = {"channel_id": str(channel.id), "last_pin_timestamp": render.last_pin(channel)}
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
    world.bus.emit(Event("CHANNEL_PINS_UPDATE", data, channel.guild_id, channel))
    if channel.guild_id is not None:
        about: Json = {"channel_id": channel.id, "message_id": message.id}
        audit_log.note(world, world.guild(channel.guild_id), action, message.author_id, by, **about)
