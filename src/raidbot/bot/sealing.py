"""Every request of this system that the audit log may show is sealed on its way out, whoever makes it."""

import re
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from urllib.parse import quote, unquote

import aiohttp

from raidbot.core import seals
from raidbot.core.clock import Clock

REASON = "X-Audit-Log-Reason"

UNLOGGED = re.compile(
    r"GET |(POST|PATCH) .*/channels/\d+/(messages(/\d+)?|typing)$|\w+ .*/(interactions|webhooks|applications|users)/"
)
"""What leaves no entry: reading, saying something, answering a press."""


class Sealer:
    """Puts a seal into the reason of requests.

    Args:
        secret: Asks the record for the secret; called once, before the first request that is sealed.
        clock: Tells when a seal is made.
    """

    def __init__(self, secret: Callable[[], Awaitable[bytes]], clock: Clock) -> None:
        self._ask = secret
        self._clock = clock
        self._secret: bytes | None = None

    def watch(self, requests: aiohttp.TraceConfig) -> None:
        """Seal all requests of the sessions that are traced so."""
        requests.on_request_start.append(self._seal)

    async def _seal(self, _: aiohttp.ClientSession, __: SimpleNamespace, out: aiohttp.TraceRequestStartParams) -> None:
        """Seal a request. Without the secret nothing is sent: it could not be told from a thief's.

        Raises:
            Refusal: the backend is away.
        """
        if UNLOGGED.match(f"{out.method} {out.url.path}"):
            return
        if self._secret is None:
            self._secret = await self._ask()
        seal = seals.make(self._secret, self._clock.now())
        # As discord.py quotes it. docs: API Reference, X-Audit-Log-Reason.
        out.headers[REASON] = quote(seals.sealed(unquote(out.headers.get(REASON, "")), seal), safe="/ ")
