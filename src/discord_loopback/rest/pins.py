"""Pinned messages. docs: Message, Pin Message."""

from discord_loopback import audit_log, posts, render
from discord_loopback.calls import Call, Route
from discord_loopback.clock import earlier, timestamp
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.model import PINNED, Channel, Json, Message
from discord_loopback.posts import Draft

MOST, LISTED = 250, 50


def _found(call: Call) -> tuple[Channel, Message]:
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "PIN_MESSAGES")
    message_id = call.id("message_id")
    if message_id not in channel.messages and message_id in call.world.messages:
        raise ApiError(50019)
    message = call.world.message(channel.id, message_id)
    if message.system:
        raise ApiError(50021)
    return channel, message


async def pin(call: Call) -> None:
    """Pin a message, and let Discord say so."""
    channel, message = _found(call)
    if message.pinned_at is not None:
        return
    if sum(1 for each in channel.messages.values() if each.pinned_at is not None) >= MOST:
        raise ApiError(30003)
    message.pinned_at = channel.last_pin = call.world.clock.now()
    _told(call, channel, message, audit_log.MESSAGE_PIN)
    reference = posts.reference_to(message)
    posts.announce(call.world, channel, Draft(call.world.application_id, {}, type=PINNED, reference=reference))


async def unpin(call: Call) -> None:
    """Unpin a message."""
    channel, message = _found(call)
    if message.pinned_at is not None:
        message.pinned_at = None
        _told(call, channel, message, audit_log.MESSAGE_UNPIN)


def _told(call: Call, channel: Channel, message: Message, action: int) -> None:
    posts.touch(call.world, message)
    data: Json = {
        "channel_id": str(channel.id),
        "last_pin_timestamp": timestamp(channel.last_pin) if channel.last_pin else None,
    }
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
        about: Json = {"channel_id": channel.id, "message_id": message.id}
        guild = call.world.guild(channel.guild_id)
        audit_log.note(call.world, guild, action, message.author_id, call.by, **about)
    call.world.bus.emit(Event("CHANNEL_PINS_UPDATE", data, channel.guild_id, channel))


def _pinned(call: Call) -> list[tuple[float, Message]]:
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "READ_MESSAGE_HISTORY")
    found = [(each.pinned_at, each) for each in channel.messages.values() if each.pinned_at is not None]
    return sorted(found, key=lambda pair: -pair[0])


async def listed(call: Call) -> Json:
    """Return the pinned messages with the times of pinning, latest first."""
    before, limit = call.query("before"), call.number("limit", LISTED, 1, LISTED)
    found = [pair for pair in _pinned(call) if earlier(pair[0], before)]
    items = [{"pinned_at": timestamp(at), "message": render.message(call.world, each)} for at, each in found[:limit]]
    return {"items": items, "has_more": len(found) > limit}


async def listed_before(call: Call) -> list[Json]:
    """Return up to 50 pinned messages, as the older route does."""
    return [render.message(call.world, each) for _, each in _pinned(call)[:LISTED]]


OLD, NEW = "/channels/{channel_id}/pins", "/channels/{channel_id}/messages/pins"
ROUTES = [
    Route("GET", OLD, listed_before, major="channel_id"),
    Route("GET", NEW, listed, major="channel_id"),
    *(Route("PUT", path + "/{message_id}", pin, major="channel_id") for path in (OLD, NEW)),
    *(Route("DELETE", path + "/{message_id}", unpin, major="channel_id") for path in (OLD, NEW)),
]
