"""The control API, for Python: what the site knows, what goes wrong, and how visitors behaved."""

from types import TracebackType
from typing import Self

import aiohttp
import msgspec

from realmeye_loopback.players import Line, Player
from realmeye_loopback.troubles import Mode, Stats, Trouble


class RealmEye:
    """Hands on a local RealmEye.

    Args:
        url: Where it listens, as its first line says.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def put(self, player: Player) -> None:
        """Let the site know a player, in the place of whom it knew by that name."""
        await self._send("PUT", "/players", player)

    async def describe(self, ign: str, *lines: Line) -> None:
        """Change what a player says of themselves, as they do in the form."""
        async with self._opened().post(f"{self.url}/settings-of/{ign}", data={"lines": "\n".join(lines)}) as answer:
            answer.raise_for_status()

    async def forget(self, ign: str) -> None:
        """Let the site have never seen a player."""
        await self._send("DELETE", f"/players/{ign}")

    async def trouble(
        self,
        mode: Mode,
        *,
        times: int | None = None,
        seconds: float = 0,
        status: int = 503,
        retry_after: str | None = None,
    ) -> None:
        """Let something go wrong."""
        trouble = Trouble(mode=mode, times=times, seconds=seconds, status=status, retry_after=retry_after)
        await self._send("PUT", "/trouble", trouble)

    async def no_trouble(self) -> None:
        """Let everything go well again."""
        await self._send("PUT", "/trouble", None)

    async def stats(self) -> Stats:
        """Return how visitors behaved."""
        return msgspec.json.decode(await self._send("GET", "/stats"), type=Stats)

    async def forget_stats(self) -> None:
        """Count from nothing."""
        await self._send("DELETE", "/stats")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use it in an `async with` block")
        return self._session

    async def _send(self, method: str, path: str, body: msgspec.Struct | None = None) -> bytes:
        content = msgspec.json.encode(body) if method == "PUT" else None
        async with self._opened().request(method, f"{self.url}/control{path}", data=content) as answer:
            answer.raise_for_status()
            return await answer.read()
