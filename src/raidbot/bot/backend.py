"""The bot's way to the backend."""

import random
from collections import OrderedDict
from http import HTTPStatus
from time import perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec
import structlog

from raidbot.bot.metrics import BACKEND
from raidbot.core.clock import Clock
from raidbot.core.endpoint import Endpoint
from raidbot.core.errors import Refusal, Unavailable
from raidbot.core.ids import InteractionId, UserId
from raidbot.core.wire import decode_hook, encode_hook

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")

TIMEOUT = 25.0
"""Seconds a request may take, the guide's figure."""

AWAY = "The raid service is restarting. Nothing was changed; press again in a moment."

LONGEST_WAIT_S = 5
"""So long a call waits for its turn when the backend has too much to do. Who would wait longer is told instead."""

PASSING = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}
"""What whoever stands before the backend answers for it while it cannot."""

MOST_RECENT = 500
"""So many replies are remembered."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Fault(Exception):  # noqa: N818 - the name is what happened
    """The backend failed in a way no rule foresaw. Its log holds the reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"the backend failed, reference {reference}")
        self.reference = reference


class Recent:
    """What the backend replied lately, so that a form opens with what its panel showed while the backend is slow."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[type[Any], object], Any] = OrderedDict()

    def kept(self, reply: Reply) -> Reply:
        """Remember what has a number, alone or in a list, and return the reply."""
        for one in reply if isinstance(reply, list) else [reply]:
            if (number := getattr(one, "id", None)) is not None:
                self._kept[type(one), number] = one
                self._kept.move_to_end((type(one), number))
        while len(self._kept) > MOST_RECENT:
            self._kept.popitem(last=False)
        return reply

    def find(self, kind: type[Reply], number: object) -> Reply | None:
        """Return the last reply of a kind with a number, or None. It may be outdated."""
        return self._kept.get((kind, number))


class Backend:
    """Calls endpoints.

    Args:
        url: Where `/v1` is, for example `http://localhost:4000/v1`.
        key: The API key that both processes share.
        timeout: Seconds that a request may take.
        clock: Waits for the call's turn when the backend has too much to do.
    """

    def __init__(self, url: str, key: str, timeout: float = TIMEOUT, clock: Clock | None = None) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._clock = clock or Clock()
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None
        self._decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}
        self._encoder = msgspec.json.Encoder(enc_hook=encode_hook)
        self.recent = Recent()
        """What it replied lately."""
        self.away: str | None = None
        """Why the last call got no answer, if it got none."""

    async def __aenter__(self) -> Self:
        """Open the connections."""
        connector = aiohttp.TCPConnector(limit=100)
        self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        if self._session:
            await self._session.close()

    async def call(
        self,
        endpoint: Endpoint[Ask, Reply],
        ask: Ask,
        *,
        actor: UserId | None = None,
        key: InteractionId | None = None,
    ) -> Reply:
        """Call `endpoint` and return its reply.

        Args:
            endpoint: What to call.
            ask: What to ask.
            actor: The member on whose behalf. Only endpoints that need no rank go without.
            key: The interaction behind the call, so that a repetition has no second effect.

        Raises:
            Refusal: the backend said no; the same class that the rule raised there.
            Unavailable: it did not answer, or not within 25 s.
            Overrun: it had too much to do, also when asked once more after the seconds that it told.
            Fault: it failed.
        """
        fields: dict[str, Any] = msgspec.to_builtins(ask, enc_hook=encode_hook)
        path = {name: fields.pop(name) for name in endpoint.path_fields}
        url = self._url + endpoint.path.format(**path)
        headers = self._headers(actor, key)
        status, body, wait_s = await self._send(endpoint, url, fields, headers)
        if wait_s is not None and wait_s <= LONGEST_WAIT_S:
            await self._clock.sleep(wait_s + random.random())  # noqa: S311 - refused together, they come back apart
            status, body, _ = await self._send(endpoint, url, fields, headers)
        if status < 400:  # noqa: PLR2004 - HTTP's border
            return self.recent.kept(self._decoder(endpoint.reply).decode(body))
        raise self._told(status, body)

    def _headers(self, actor: UserId | None, key: InteractionId | None) -> dict[str, str]:
        headers = {"x-api-key": self._key, "content-type": "application/json"}
        if actor is not None:
            headers["x-actor"] = str(int(actor))
        if key is not None:
            headers["idempotency-key"] = headers["x-request-id"] = str(int(key))
        return headers

    async def _send(
        self, endpoint: Endpoint[Any, Any], url: str, fields: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, bytes, int | None]:
        """Return status, body, and how many seconds to wait where there was too much to do."""
        method, began, outcome = endpoint.method, perf_counter(), "away"
        if self._session is None:
            raise RuntimeError("the backend client is used before it was opened")
        asked = {name: str(value) for name, value in fields.items() if value is not None} if method == "GET" else None
        sent = None if method == "GET" else self._encoder.encode(fields)
        try:
            async with self._session.request(method, url, params=asked, data=sent, headers=headers) as answer:
                status, body, wait_s = answer.status, await answer.read(), _wait_s(answer)
            outcome = str(status)
        except TimeoutError:
            outcome = "timed out"
            log.warning("Request to the backend timed out", method=method, url=url, after_s=self._timeout.total)
            raise Unavailable("The raid service is taking too long. Look at the panel, then press again.") from None
        except aiohttp.ClientError as gone:
            self._is_away(str(gone))
            raise Unavailable(AWAY) from None
        finally:
            BACKEND.labels(endpoint.path, outcome).observe(perf_counter() - began)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            self._is_away("it is starting, or its database is away")
        else:
            self._is_back()
        return status, body, wait_s

    def _is_away(self, reason: str) -> None:
        if self.away is None:  # once, not with every call
            log.warning("The backend does not answer", url=self._url, reason=reason)
        self.away = reason

    def _is_back(self) -> None:
        if self.away is not None:
            log.info("The backend answers again", url=self._url)
        self.away = None

    def _decoder(self, kind: type[Reply]) -> msgspec.json.Decoder[Reply]:
        if kind not in self._decoders:
            self._decoders[kind] = msgspec.json.Decoder(kind, dec_hook=decode_hook)
        return self._decoders[kind]

    def _told(self, status: int, body: bytes) -> Exception:
        try:
            error = msgspec.json.decode(body)["error"]
            code, sentence, reference = str(error["code"]), str(error["message"]), str(error["reference"])
        except (msgspec.DecodeError, KeyError, TypeError):
            return Unavailable(AWAY) if status in PASSING else Fault(f"HTTP {status}")
        if code in Refusal.kinds:
            return Refusal.revive(code, sentence, error.get("details") or {})
        return Fault(reference)


def _wait_s(answer: aiohttp.ClientResponse) -> int | None:
    """Return the seconds after which a refused request may be sent again; None where it was not refused, or not so."""
    told = answer.headers.get("Retry-After", "")
    is_told = answer.status == HTTPStatus.TOO_MANY_REQUESTS and told.isascii() and told.isdigit()
    return int(told) if is_told else None
