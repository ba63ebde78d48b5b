"""Discord as an operator's command reads and changes it: by requests alone, without a login."""

from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp

from raidbot.bot.sealing import REASON, Sealer
from raidbot.cli.portal import AGENT, DISCORD, PATIENCE, DiscordRefuses
from raidbot.cli.stopped import Stopped
from raidbot.core.clock import Clock

TRIES = 5


class Denied(Stopped):
    """Discord does not do that; the text is its own."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{text} ({status})")
        self.status = status


class Discord:
    """Requests with the bot's token, as slow as Discord wants them.

    Args:
        api_url: Another address than Discord's.
        token: The bot's.
        sealer: Seals what is changed.
        clock: Waits where Discord says so.
    """

    def __init__(self, api_url: str | None, token: str, sealer: Sealer, clock: Clock) -> None:
        self._base = (api_url or DISCORD).rstrip("/")
        self._clock = clock
        traced = aiohttp.TraceConfig()
        sealer.watch(traced)
        headers = {"Authorization": f"Bot {token}", "User-Agent": AGENT}
        self._session = aiohttp.ClientSession(headers=headers, timeout=PATIENCE, trace_configs=[traced])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **query: int | str) -> Any:
        """Read something.

        Raises:
            Denied: Discord does not show it.
            DiscordRefuses: it does not answer, or does not take the token.
        """
        return await self._ask("GET", path, {name: str(value) for name, value in query.items()})

    async def put(self, path: str, why: str) -> None:
        """Let something be. Raises as `get` does."""
        await self._ask("PUT", path, reason=why)

    async def delete(self, path: str, why: str) -> None:
        """Let something be no more. Raises as `get` does."""
        await self._ask("DELETE", path, reason=why)

    async def _ask(self, method: str, path: str, query: dict[str, str] | None = None, *, reason: str = "") -> Any:
        headers = {REASON: reason} if reason else {}
        try:
            for _ in range(TRIES):
                async with self._session.request(method, self._base + path, params=query, headers=headers) as answer:
                    wait = await _wait_s(answer)
                    if wait is None:
                        return await _told(answer)
                await self._clock.sleep(wait)
        except (aiohttp.ClientError, TimeoutError) as away:
            raise DiscordRefuses(f"Discord does not answer at {path}: {type(away).__name__} {away}") from away
        raise DiscordRefuses(f"Discord did not do {method} {path} in {TRIES} tries. Look at discordstatus.com.")


async def _wait_s(answer: aiohttp.ClientResponse) -> float | None:
    """Return how long to wait before trying again, or None."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return float((await answer.json()).get("retry_after", 1))
    return 1.0 if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None


async def _told(answer: aiohttp.ClientResponse) -> Any:
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise DiscordRefuses("Discord does not take the token. Put the new one in place: raidbot rotate token")
    if answer.status == HTTPStatus.NO_CONTENT:
        return None
    told = await answer.json()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise Denied(answer.status, str(told.get("message", "refused")))
    return told
