"""Pinned messages. docs: Message, Pin Message."""

from discord_loopback import pins, render
from discord_loopback.calls import Call, Route
from discord_loopback.clock import earlier, timestamp
from discord_loopback.errors import ApiError
from discord_loopback.model import Json, Message

LISTED = 50


def _found(call: Call) -> Message:
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "PIN_MESSAGES")
    message_id = call.id("message_id")
    if message_id not in channel.messages and message_id in call.world.messages:
        raise ApiError(50019)
    message = call.world.message(channel.id, message_id)
    if message.system:
        raise ApiError(50021)
    return message


async def pin(call: Call) -> None:
    """Pin a message."""
    pins.pin(call.world, _found(call), call.by)


async def unpin(call: Call) -> None:
    """Unpin a message."""
    pins.unpin(call.world, _found(call), call.by)


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
