"""Speaks the control API: a call becomes a request, a refusal becomes an error."""

import base64
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

from discord_loopback import asks
from discord_loopback.asks import File
from discord_loopback.controls import Control

Json = dict[str, Any]
A = TypeVar("A", bound=asks.Ask)
Files = Mapping[str, bytes]
"""Names and contents of files."""


class HandsError(Exception):
    """The loopback refused, as Discord would have."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(f"{status}: {message}")


def file(filename: str, content: bytes, content_type: str | None = None) -> Json:
    """Return a file as an option of a command or a field of a form takes it."""
    return msgspec.to_builtins(File(filename, base64.b64encode(content).decode(), content_type))


class Caller:
    """Speaks the control API.

    Args:
        url: Where the loopback listens, as its first line says.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._opened = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession()
        return self._opened

    async def ask(self, control: Control[A], ask: A) -> Any:
        """Make a call.

        Raises:
            HandsError: it was refused.
        """
        given: Json = msgspec.to_builtins(ask, enc_hook=int)  # ids may be of a type of their own
        path = self.url + "/control" + control.path.format_map(given)
        rest = {key: value for key, value in given.items() if "{" + key + "}" not in control.path}
        plain = control.method != "POST"
        query, body = (rest, None) if plain else ({}, rest)
        async with self._session().request(control.method, path, json=body, params=query) as answer:
            content = await answer.json()
            if answer.status >= 400:  # noqa: PLR2004 - refusals begin here
                raise HandsError(answer.status, str(content.get("message")))
            return content


def listed(given: Files | None) -> list[File]:
    """Return files as a message takes them."""
    return [File(name, base64.b64encode(content).decode()) for name, content in (given or {}).items()]
