"""Requests to the backend as fast as one process can send them, so that the backend is what is measured.

The bot's own client takes as much CPU for a request as the backend does; here requests are written beforehand, and of
an answer only the status, the number of statements and the length are read.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from typing_extensions import override

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import UserId
from raidbot.core.wire import encode_hook

FIRST_PRESS = 910_000_000_000_000_000
SUCCESS = range(200, 300)
PATIENCE_S = 300
"""Longer takes no row, however loaded the machine is."""

_encoder = msgspec.json.Encoder(enc_hook=encode_hook)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    statements: int
    """So many SQL statements it took, without BEGIN and COMMIT; 0 if it was refused."""
    body: bytes

    @property
    def worked(self) -> bool:
        """Tell whether it was done."""
        return self.status in SUCCESS


@dataclass
class Sent:
    """What came of many requests."""

    seconds: float = 0
    times_ms: list[float] = field(default_factory=list[float])
    statements: int = 0
    """The most that one of them took."""
    errors: Counter[str] = field(default_factory=Counter[str])
    """Answers that were no success, by status and code."""

    @property
    def items(self) -> int:
        """How many requests there were."""
        return len(self.times_ms)

    @property
    def rate(self) -> float:
        """How many were done in a second."""
        return self.items / self.seconds

    def note(self, answer: Answer, took_s: float) -> None:
        """Count an answer."""
        self.times_ms.append(took_s * 1000)
        self.statements = max(self.statements, answer.statements)
        if not answer.worked:
            self.errors[f"{answer.status} {answer.body[:80].decode(errors='replace')}"] += 1


class Writer:
    """Writes requests as the bot sends them.

    Args:
        key: The API key.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._presses = count(FIRST_PRESS)

    def write(self, endpoint: Endpoint[Any, Any], ask: Any, actor: UserId | None = None) -> bytes:
        """Return a request as it goes over the line, as one press of its own."""
        fields: dict[str, Any] = msgspec.to_builtins(ask, enc_hook=encode_hook)
        path = "/v1" + endpoint.path.format(**{name: fields.pop(name) for name in endpoint.path_fields})
        body = b"" if endpoint.method == "GET" else _encoder.encode(fields)
        if endpoint.method == "GET" and fields:
            path += "?" + urlencode({name: value for name, value in fields.items() if value is not None})
        press = next(self._presses)
        lines = [
            f"{endpoint.method} {path} HTTP/1.1",
            "host: 127.0.0.1",
            f"x-api-key: {self._key}",
            "content-type: application/json",
            f"idempotency-key: {press}",
            f"x-request-id: {press}",
            f"content-length: {len(body)}",
            *([] if actor is None else [f"x-actor: {int(actor)}"]),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


class Line(asyncio.Protocol):
    """One connection that is kept open; one request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none of its children

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(_header(head, b"content-length") or 0)
        if len(rest) < length or self._waiting is None:
            return
        self._buffer = b""
        status = int(head[9:12])
        self._waiting.set_result(Answer(status, int(_header(head, b"x-statements") or 0), rest[:length]))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the backend closed the connection"))

    async def send(self, request: bytes) -> Answer:
        """Send a request and return what comes back."""
        if self._transport is None:
            raise ConnectionError("the line is not open")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _header(head: bytes, name: bytes) -> bytes | None:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return None
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()


async def send(port: int, lanes: Sequence[Sequence[bytes]]) -> Sent:
    """Send each lane's requests over a connection of its own, one after the other, all lanes at once."""
    loop, sent = asyncio.get_running_loop(), Sent()
    lines = [(await loop.create_connection(Line, "127.0.0.1", port))[1] for _ in lanes]

    async def drive(line: Line, requests: Sequence[bytes]) -> None:
        for request in requests:
            began = time.perf_counter()
            answer = await line.send(request)
            sent.note(answer, time.perf_counter() - began)

    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(drive(*pair) for pair in zip(lines, lanes, strict=True)))
    finally:
        for line in lines:
            line.close()
    sent.seconds = time.perf_counter() - began
    return sent


def in_lanes(requests: Sequence[bytes], lanes: int) -> list[Sequence[bytes]]:
    """Deal requests out to so many lanes; those that end up empty are left out."""
    return [requests[number::lanes] for number in range(min(lanes, len(requests)))]
