"""Requests to Discord, with what it answered: refusals are what a rehearsal wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec
from typing_extensions import override

from raidbot.core.clock import Clock
from raidbot.core.ids import Snowflake
from raidbot.rehearsal.model import Differs

MOST_PATIENCE_S = 15.0
"""A budget that opens later than this is told, not waited for."""

TRIES = 20


class Away(Exception):  # noqa: N818 - the name is what happened
    """Discord did not answer."""


@dataclass(frozen=True)
class Reply:
    """What Discord answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        """Discord's number of an error, 0 where there is none."""
        return int(self.body.get("code") or 0) if isinstance(self.body, dict) else 0

    @property
    def retry_after(self) -> float:
        """For how many seconds to wait after a 429."""
        return float(self.body.get("retry_after") or 0) if isinstance(self.body, dict) else 0.0

    def header(self, name: str) -> str:
        """Return a header, or nothing."""
        return self.headers.get(name, "")

    @override
    def __str__(self) -> str:
        told = self.body.get("message", "") if isinstance(self.body, dict) else ""
        return f"{self.status}" + (f" with {self.code} ({told})" if self.code else f" {told}".rstrip())

    def made(self) -> Any:
        """Return the body of a success.

        Raises:
            Differs: it was none.
        """
        if self.status >= HTTPStatus.BAD_REQUEST:
            raise Differs(f"Discord refused what should have worked: {self}.")
        return self.body

    def refused(self, status: int, code: int) -> str:
        """Return what was seen if it was refused like that.

        Raises:
            Differs: it was not.
        """
        if (self.status, self.code) != (status, code):
            raise Differs(f"The answer was {self}, not {status} with {code}.")
        return f"{self}."


@dataclass(frozen=True)
class File:
    """A file to send along."""

    name: str
    content: bytes
    kind: str = "image/png"


class Rest:
    """Discord's REST API, as one application sees it.

    Args:
        api_url: Its base, version included.
        token: The application's.
        agent: How we present ourselves.
        clock: Times the waiting for budgets.
    """

    def __init__(self, api_url: str, token: str, agent: str, clock: Clock) -> None:
        self.base = api_url.rstrip("/")
        self.token = token
        self._agent = agent
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": self._agent}, timeout=aiohttp.ClientTimeout(total=20)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """What requests go through, while this is entered."""
        if self._session is None:
            raise RuntimeError("enter it first")
        return self._session

    async def once(self, method: str, path: str, body: Any = None, file: File | None = None) -> Reply:
        """Ask once and return the answer, whatever it is. Paths with a token of their own are asked without ours.

        Raises:
            Away: there was no answer.
        """
        by_token = path.startswith(("/interactions/", "/webhooks/"))
        headers = {} if by_token else {"Authorization": f"Bot {self.token}"}
        form = _form(body, file) if file else None
        try:
            async with self.session.request(
                method, self.base + path, json=None if form else body, data=form, headers=headers
            ) as answer:
                raw = await answer.read()
                return Reply(answer.status, _decoded(raw), {**answer.headers})
        except (aiohttp.ClientError, TimeoutError) as fault:
            shown = path.split("/")[1] if by_token else path
            raise Away(f"Discord did not answer {method} {shown}: {type(fault).__name__}") from fault

    async def ask(self, method: str, path: str, body: Any = None, file: File | None = None) -> Reply:
        """Ask, and again where a budget is spent for a moment.

        Raises:
            Away: there was no answer.
        """
        for _ in range(TRIES):
            reply = await self.once(method, path, body, file)
            if reply.status != HTTPStatus.TOO_MANY_REQUESTS or reply.retry_after > MOST_PATIENCE_S:
                return reply
            await self._clock.sleep(reply.retry_after)
        return await self.once(method, path, body, file)

    async def made(self, method: str, path: str, body: Any = None, file: File | None = None) -> Any:
        """Ask for something that has to work, and return its body.

        Raises:
            Differs: it was refused.
            Away: there was no answer.
        """
        return (await self.ask(method, path, body, file)).made()

    async def post(self, channel: Snowflake, **body: Any) -> Any:
        """Send a message and return it.

        Raises:
            Differs: it was refused.
            Away: there was no answer.
        """
        return await self.made("POST", f"/channels/{channel}/messages", {"allowed_mentions": {"parse": []}, **body})


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw) if raw else None
    except msgspec.DecodeError:
        return None


def _form(body: Any, file: File) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("payload_json", msgspec.json.encode(body or {}).decode(), content_type="application/json")
    form.add_field("files[0]", file.content, filename=file.name, content_type=file.kind)
    return form
