"""JSON in and out, and HTTP answers made of it."""

from typing import Any, NamedTuple

import msgspec
from aiohttp import web

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class Answered(NamedTuple):
    """An answer whose status is not the route's usual one."""

    content: Any
    status: int


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return content as an HTTP answer; `None` is an empty one."""
    if isinstance(content, Answered):
        content, status = content
    if content is None:
        return web.Response(status=204 if status == 200 else status, headers=headers)  # noqa: PLR2004 - OK
    return web.Response(body=encode(content), status=status, headers=headers, content_type="application/json")
