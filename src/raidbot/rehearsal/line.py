"""A connection to Discord's gateway that remembers what it heard. docs: Gateway."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec

from raidbot.bot.logins import Logins
from raidbot.core.clock import Clock
from raidbot.rehearsal.model import Differs, Json
from raidbot.rehearsal.rest import Away, Rest

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, REQUEST_MEMBERS, INVALID_SESSION, HELLO = 0, 1, 2, 6, 8, 9, 10
"""docs: Opcodes and Status Codes, Gateway Opcodes."""

GUILDS, MEMBERS, MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 1, 1 << 9, 1 << 12
"""docs: Gateway, List of Intents."""

BETWEEN_IDENTIFIES_S = 5.5
"""docs: Gateway, Rate Limiting: one in 5 seconds."""

TURNS = 4
"""So often a login is tried again because it was not its turn yet."""

PATIENCE_S = 20.0


class Broken(Away):
    """The connection ended; the text says with what code."""


class Line:
    """One connection.

    Args:
        rest: Tells where the gateway is, and holds the token.
        logins: Counts logins over restarts.
        clock: Times heartbeats.
    """

    def __init__(self, rest: Rest, logins: Logins, clock: Clock) -> None:
        self._rest = rest
        self._logins = logins
        self._clock = clock
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._news = asyncio.Condition()
        self.heard: list[Json] = []
        """All packets, in the order in which they came."""
        self.interval_s = 0.0
        self.sequence: int | None = None
        self.greeted_at = 0.0
        """When it said hello, on the loop's clock."""
        self.over = asyncio.Event()

    @property
    def session_id(self) -> str:
        """The session, once READY came."""
        return next((str(one["d"]["session_id"]) for one in self.heard if one.get("t") == "READY"), "")

    @property
    def close_code(self) -> int | None:
        """With what it ended; 1006 where it broke off."""
        return self._socket.close_code if self._socket is not None else None

    async def dial(self, *, heartbeats: bool = True) -> None:
        """Connect, without saying yet who we are.

        Raises:
            Away: the gateway does not answer.
            Differs: it does not say hello.
        """
        url = str((await self._rest.made("GET", "/gateway"))["url"]).rstrip("/")
        try:
            self._socket = await self._rest.session.ws_connect(f"{url}/?v=10&encoding=json", max_msg_size=0)
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise Away(f"The gateway does not answer: {type(fault).__name__} {fault}") from fault
        self._tasks.append(asyncio.create_task(self._read(), name="gateway"))
        hello = await self.until(lambda one: one["op"] == HELLO, "a hello")
        self.greeted_at = asyncio.get_running_loop().time()
        self.interval_s = hello["d"]["heartbeat_interval"] / 1000
        if heartbeats:
            self._tasks.append(asyncio.create_task(self._beat(), name="heartbeats"))

    async def identify(self, intents: int) -> None:
        """Log in, when it is our turn.

        Raises:
            LoginRefused: there were too many logins within a day.
            Differs: there is no READY.
        """
        properties = {"os": "linux", "browser": "raidbot", "device": "raidbot"}
        for _ in range(TURNS):
            self._logins.take()
            begin = len(self.heard)
            await self.say(IDENTIFY, {"token": self._rest.token, "intents": intents, "properties": properties})
            told = await self.until(
                lambda one: one["op"] == INVALID_SESSION or one.get("t") == "READY", "READY", after=begin
            )
            if told["op"] != INVALID_SESSION:
                return
            await self._clock.sleep(BETWEEN_IDENTIFIES_S)
        raise Differs(f"The gateway did not let us in after {TURNS} tries.")

    async def resume(self, session_id: str, sequence: int | None) -> Json:
        """Take a session over, and return RESUMED or the refusal."""
        await self.say(RESUME, {"token": self._rest.token, "session_id": session_id, "seq": sequence})
        return await self.until(
            lambda one: one["op"] == INVALID_SESSION or one.get("t") == "RESUMED", "an answer to resuming"
        )

    async def say(self, op: int, data: Any) -> None:
        """Send a packet.

        Raises:
            Broken: the connection is closed.
        """
        if self._socket is None or self._socket.closed:
            raise Broken(f"The connection was closed with {self.close_code}.")
        await self._socket.send_str(msgspec.json.encode({"op": op, "d": data}).decode())

    async def until(
        self, right: Callable[[Json], bool], what: str, *, after: int = 0, patience_s: float | None = PATIENCE_S
    ) -> Json:
        """Return the first packet that is right, waiting for it.

        Args:
            right: Tells which one is meant.
            what: What is waited for, in words.
            after: How many packets came before it at the least.
            patience_s: For how long; None: as long as the connection lives.

        Raises:
            Differs: it did not come.
            Broken: the connection ended before.
        """
        seen = after
        try:
            async with asyncio.timeout(patience_s), self._news:
                while True:
                    for one in self.heard[seen:]:
                        if right(one):
                            return one
                    seen = len(self.heard)
                    if self.over.is_set():
                        raise Broken(f"The connection was closed with {self.close_code} before {what} came.")
                    await self._news.wait()
        except TimeoutError:
            raise Differs(f"There was no {what} within {patience_s:.0f} s.") from None

    async def event(self, name: str, right: Callable[[Json], bool], *, after: int = 0) -> Json:
        """Return the data of an event, waiting for it.

        Raises:
            Differs: it did not come.
        """
        return (await self.until(lambda one: one.get("t") == name and right(one["d"]), name, after=after))["d"]

    def told(self, pattern: str, right: Callable[[Json], bool], *, after: int = 0) -> list[Json]:
        """Return the data of what came by now, of events whose name fits."""
        return [
            one["d"]
            for one in self.heard[after:]
            if one.get("t") and re.fullmatch(pattern, one["t"]) and right(one["d"])
        ]

    async def close(self) -> None:
        """End it for good."""
        for task in self._tasks[1:]:
            task.cancel()
        if self._socket is not None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self) -> None:
        socket = self._socket
        if socket is None:
            return
        try:
            async for frame in socket:
                packet = msgspec.json.decode(frame.data)
                self.sequence = packet.get("s") or self.sequence
                async with self._news:
                    self.heard.append(packet)
                    self._news.notify_all()
        finally:
            self.over.set()
            async with self._news:
                self._news.notify_all()

    async def _beat(self) -> None:
        while not self.over.is_set():
            with contextlib.suppress(Broken, ConnectionError):
                await self.say(HEARTBEAT, self.sequence)
            await self._clock.sleep(self.interval_s * 0.9)
