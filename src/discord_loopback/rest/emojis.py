"""Emojis that the application uploads for itself. docs: Emoji, Application-Owned Emoji."""

import base64
import binascii
import re

from discord_loopback import buckets, render
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError, Problems
from discord_loopback.model import Emoji, Json

NAME = re.compile(r"\w{2,32}", re.ASCII)
IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|avif);base64,")
MOST, LARGEST = 2000, 256 * 1024
"""docs: Emoji: up to 2,000 of an application, 256 KiB each."""


def _mine(call: Call) -> None:
    if call.id("application_id") != call.world.application_id:
        raise ApiError(20012)


def _one(call: Call) -> Emoji:
    _mine(call)
    emoji = call.world.emojis.get(call.id("emoji_id"))
    if emoji is None:
        raise ApiError(10014)
    return emoji


async def listed(call: Call) -> Json:
    """Return the emojis."""
    _mine(call)
    return {"items": [render.emoji(call.world, each) for each in call.world.emojis.values()]}


async def read(call: Call) -> Json:
    """Return an emoji."""
    return render.emoji(call.world, _one(call))


def _checked(call: Call, *, image: bool) -> tuple[str, bytes]:
    problems, content = Problems(), b""
    if not NAME.fullmatch(str(call.body.get("name") or "")):
        problems.add(
            ("name",), "STRING_TYPE_REGEX", "String value did not match validation regex, or is not 2-32 characters."
        )
    if image:
        head = IMAGE.match(str(call.body.get("image") or ""))
        try:
            content = base64.b64decode(str(call.body["image"])[head.end() :], validate=True) if head else b""
        except binascii.Error:
            content = b""
        if head is None or not content:
            problems.add(("image",), "IMAGE_INVALID", "Invalid image data")
    problems.raise_any()
    if len(content) > LARGEST:
        raise ApiError(50138)
    return str(call.body["name"]), content


async def create(call: Call) -> Json:
    """Take an emoji in."""
    _mine(call)
    world = call.world
    name, content = _checked(call, image=True)
    call.server.buckets.demand("emojis", buckets.EMOJIS, scope="shared")
    if len(world.emojis) >= MOST:
        raise ApiError(30008)
    if any(each.name == name for each in world.emojis.values()):
        raise _taken()
    kind = str(call.body["image"]).partition(";")[0].removeprefix("data:")
    emoji = Emoji(world.ids.new(), name, world.application_id, animated=kind == "image/gif")
    world.emojis[emoji.id] = emoji
    world.files[f"emojis/{emoji.id}.{'gif' if emoji.animated else 'png'}"] = (kind, content)
    return render.emoji(world, emoji)


def _taken() -> ApiError:
    problems = Problems()
    problems.add(("name",), "APPLICATION_EMOJI_NAME_ALREADY_TAKEN", "This emoji name is already taken")
    return ApiError(50035, errors=problems.tree)


async def change(call: Call) -> Json:
    """Rename an emoji."""
    emoji = _one(call)
    name, _ = _checked(call, image=False)
    if any(each.name == name and each is not emoji for each in call.world.emojis.values()):
        raise _taken()
    emoji.name = name
    return render.emoji(call.world, emoji)


async def delete(call: Call) -> None:
    """Delete an emoji."""
    emoji = _one(call)
    del call.world.emojis[emoji.id]
    for ending in ("png", "gif"):
        call.world.files.pop(f"emojis/{emoji.id}.{ending}", None)


ALL, ONE = "/applications/{application_id}/emojis", "/applications/{application_id}/emojis/{emoji_id}"
ROUTES = [
    Route("GET", ALL, listed),
    Route("POST", ALL, create, status=201),
    Route("GET", ONE, read),
    Route("PATCH", ONE, change),
    Route("DELETE", ONE, delete),
]
