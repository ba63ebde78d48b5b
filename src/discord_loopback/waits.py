"""Waiting until a member sees something, or is pinged."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from discord_loopback import asks, views
from discord_loopback.components import BUTTON, TEXT_DISPLAY, walk
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.model import Json
from discord_loopback.world import World

T = TypeVar("T")
LOOKED_AT = 100
"""The latest messages that are looked through."""
TOO_LATE = 408


def words(message: Json) -> str:
    """Return all that can be read in a message: text, embeds, text displays and labels."""
    parts: list[str | None] = [message["content"], *(_of_embed(each) for each in message["embeds"])]
    walked = walk(message["components"])
    parts += [each.get("content") if each["type"] == TEXT_DISPLAY else each.get("label") for each in walked]
    return "\n".join(part for part in parts if part)


def _of_embed(embed: Json) -> str:
    parts = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    parts += [text for each in embed.get("fields") or [] for text in (each["name"], each["value"])]
    parts.append((embed.get("footer") or {}).get("text"))
    return "\n".join(part for part in parts if part)


def fits(ask: asks.WaitFor, message: Json) -> bool:
    """Tell whether a message has all that is waited for."""
    if int(message["id"]) <= ask.after or ask.message_id not in (None, int(message["id"])):
        return False
    shown = words(message)
    if any(text not in shown for text in ask.text) or any(text in shown for text in ask.without):
        return False
    if ask.embed is not None and not any(ask.embed in _of_embed(each) for each in message["embeds"]):
        return False
    buttons = [each for each in walk(message["components"]) if each["type"] == BUTTON and not each.get("disabled")]
    return ask.button is None or any(each.get("label") == ask.button for each in buttons)


async def message(world: World, ask: asks.WaitFor) -> Json:
    """Return the latest message a member sees that fits, as soon as there is one.

    Raises:
        ApiError: 408, with what they saw instead; 403 where the channel is hidden from them.
    """
    channel_id = world.dm_with(ask.user).id if ask.channel_id is None else ask.channel_id

    def seen() -> list[Json]:
        return views.messages(world, world.channel(channel_id), ask.user, LOOKED_AT)

    def found() -> Json | None:
        return next((each for each in reversed(seen()) if fits(ask, each)), None)

    found_in_time = await _until(world, found, ask.timeout)
    if found_in_time is None:
        last = " | ".join(words(each).replace("\n", " / ")[:200] for each in seen()[-3:]) or "nothing"
        raise ApiError(0, f"Nothing like that within {ask.timeout:g} s; they see: {last}", status=TOO_LATE)
    return found_in_time


async def ping(world: World, ask: asks.WaitForPing) -> Json:
    """Return the first ping of a member that fits, as soon as there is one.

    Raises:
        ApiError: 408.
    """

    def found() -> Json | None:
        for each in views.pings(world, ask.user):
            here = ask.channel_id in (None, int(each["channel_id"]))
            if here and int(each["message_id"]) > ask.after:
                return each
        return None

    found_in_time = await _until(world, found, ask.timeout)
    if found_in_time is None:
        raise ApiError(0, f"No such ping within {ask.timeout:g} s", status=TOO_LATE)
    return found_in_time


async def _until(world: World, found: Callable[[], T | None], timeout: float) -> T | None:  # noqa: ASYNC109 - it is what was asked for
    """Look again after whatever happens, until there is something or time is up."""
    with _happening(world) as happened:
        end = world.clock.elapsed() + timeout
        while (result := found()) is None:
            left = end - world.clock.elapsed()
            if left <= 0:
                return None
            happened.clear()
            try:
                await asyncio.wait_for(happened.wait(), left)
            except TimeoutError:
                return found()
        return result


@contextmanager
def _happening(world: World) -> Generator[asyncio.Event]:
    happened = asyncio.Event()

    def tell(_: Event) -> None:
        happened.set()

    world.bus.listen(tell)
    try:
        yield happened
    finally:
        world.bus.forget(tell)
