"""Reactions to messages. docs: Message, Create Reaction."""

from itertools import islice

from discord_loopback import buckets, reactions, render
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError
from discord_loopback.model import Json, Message

LISTED, USUAL = 100, 25


def _message(call: Call, *needed: str) -> Message:
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, *needed)
    return call.world.message(channel.id, call.id("message_id"))


def _emoji(call: Call) -> str:
    return reactions.key(call.world, call.request.match_info["emoji_name"])


async def add(call: Call) -> None:
    """Add the bot's reaction; the first of its kind needs ADD_REACTIONS."""
    message, emoji = _message(call, "READ_MESSAGE_HISTORY"), _emoji(call)
    channel = call.world.channel(message.channel_id)
    if emoji not in message.reactions:
        call.world.bot_may(channel, "ADD_REACTIONS")
    if channel.thread is not None and channel.thread.archived:
        raise ApiError(50083)
    reactions.add(call.world, message, call.world.application_id, emoji)


async def remove(call: Call) -> None:
    """Take a reaction back: the bot's own, or with MANAGE_MESSAGES another's."""
    name = call.request.match_info.get("user_id", "@me")
    mine = name == "@me"
    message = _message(call, *(() if mine else ("MANAGE_MESSAGES",)))
    reactions.remove(call.world, message, call.world.application_id if mine else call.id("user_id"), _emoji(call))


async def clear(call: Call) -> None:
    """Take all reactions from a message."""
    reactions.clear(call.world, _message(call, "MANAGE_MESSAGES"))


async def clear_one(call: Call) -> None:
    """Take all reactions of one emoji from a message."""
    reactions.clear(call.world, _message(call, "MANAGE_MESSAGES"), _emoji(call))


async def users(call: Call) -> list[Json]:
    """Return who reacted with an emoji, by id."""
    message, after = _message(call, "READ_MESSAGE_HISTORY"), call.moment("after") or 0
    reacted = sorted(each for each in message.reactions.get(_emoji(call), ()) if each > after)
    limit = call.number("limit", USUAL, 1, LISTED)
    return [render.user(call.world.users[each]) for each in islice(reacted, limit)]


ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
KIND = ALL + "/{emoji_name}"
ROUTES = [
    Route("PUT", KIND + "/@me", add, buckets.REACTIONS, "channel_id", "reactions"),
    Route("DELETE", KIND + "/@me", remove, buckets.REACTIONS, "channel_id", "reactions"),
    Route("DELETE", KIND + "/{user_id}", remove, buckets.REACTIONS, "channel_id", "reactions"),
    Route("GET", KIND, users, major="channel_id"),
    Route("DELETE", KIND, clear_one, buckets.REACTIONS, "channel_id", "reactions"),
    Route("DELETE", ALL, clear, buckets.REACTIONS, "channel_id", "reactions"),
]
