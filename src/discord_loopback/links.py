"""Addresses of uploaded files: signed, and good for a day. docs: API Reference, Signed Attachment CDN URLs."""

import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from discord_loopback import jsons

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_loopback.world import World

LIFE = 24 * 3600
"""Seconds a link is good for. The page names no figure; links seen live a day, to confirm."""
FRESH = 3600.0
"""Seconds after which a message that is read gets new links."""
SIGNED = ("attachments/", "ephemeral-attachments/")
GONE = "This content is no longer available."


def _prefix(world: "World") -> str:
    return f"{world.url}/cdn/"


def _signature(world: "World", path: str, expires: int, issued: int) -> str:
    return hmac.new(world.token.encode(), f"{path}:{expires:x}:{issued:x}".encode(), hashlib.sha256).hexdigest()


def address(world: "World", path: str) -> str:
    """Return where a file is read, not signed yet."""
    return _prefix(world) + quote(path)


def is_upload(world: "World", value: object) -> bool:
    """Tell whether something is the address of an uploaded file."""
    return isinstance(value, str) and value.startswith(tuple(_prefix(world) + each for each in SIGNED))


def signed(world: "World", value: Any) -> Any:
    """Return JSON with all addresses of files signed anew."""
    return _mapped(world, value, _sign) if _mentions(world, value) else value


def bare(world: "World", value: Any) -> Any:
    """Return JSON with the addresses of files as they are kept: without a signature that would grow old."""
    return _mapped(world, value, _strip) if _mentions(world, value) else value


def _mentions(world: "World", value: object) -> bool:
    """Tell quickly whether there is an address of a file in JSON at all; mostly there is none."""
    return _prefix(world).encode() in jsons.encode(value)


def _mapped(world: "World", value: Any, change: "Callable[[World, str], str]") -> Any:
    if isinstance(value, list):
        return [_mapped(world, each, change) for each in value]
    if isinstance(value, dict):
        return {key: _mapped(world, each, change) for key, each in value.items()}
    return change(world, value) if is_upload(world, value) else value


def _strip(_: "World", url: str) -> str:
    return url.partition("?")[0]


def _sign(world: "World", url: str) -> str:
    plain = url.partition("?")[0]
    issued = int(world.clock.now())
    expires = issued + LIFE
    path = unquote(plain.removeprefix(_prefix(world)))
    return f"{plain}?ex={expires:x}&is={issued:x}&hm={_signature(world, path, expires, issued)}&"


def opens(world: "World", path: str, query: str) -> bool:
    """Tell whether an address may be read now."""
    if not path.startswith(SIGNED):
        return True
    given = dict(parse_qsl(query))
    try:
        expires, issued = int(given["ex"], 16), int(given["is"], 16)
    except (KeyError, ValueError):
        return False
    valid = hmac.compare_digest(given.get("hm", ""), _signature(world, path, expires, issued))
    return valid and world.clock.now() < expires


def path_of(world: "World", url: str) -> str | None:
    """Return the path of the file that an address means, if there is such a file."""
    parts = urlsplit(url)
    path = unquote(parts.path).removeprefix("/cdn/")
    return path if path in world.files else None
