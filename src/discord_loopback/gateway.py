"""The gateway: who is connected and what they are told. docs: Gateway; Gateway Events; Opcodes and Status Codes."""

import asyncio
import base64
import secrets

from aiohttp import WSCloseCode, web

from discord_loopback import chunks, jsons
from discord_loopback.connections import WRONG_TOKEN, Connection
from discord_loopback.events import Event
from discord_loopback.faults import Faults
from discord_loopback.intents import carried, veiled
from discord_loopback.lines import Line
from discord_loopback.model import Json
from discord_loopback.sessions import Session
from discord_loopback.transports import STREAMS
from discord_loopback.world import World

KEPT_SESSIONS, KEPT_BYTES = 16, 64 << 20
"""What sessions that wait to be resumed may be together. The figures are made up; they bound the memory."""
FAULTS = ("closed", "cut", "deaf", "heartbeat", "invalid", "reconnect", "resumable")


class Gateway:
    """Takes connections and tells them what happens."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self._closed_until = 0.0
        self._held: Event | None = None
        world.bus.listen(self._tell)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        if self.world.clock.elapsed() < self._closed_until:
            return jsons.answer({"message": "The gateway is closed", "code": 0}, 503)
        opened = STREAMS.get(request.query.get("compress"))
        if opened is None or request.query.get("encoding", "json") != "json":
            return jsons.answer({"message": f"The loopback does not speak {request.query_string}", "code": 0}, 501)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        await socket.prepare(request)
        connection = Connection(self, socket, Line(socket, opened()))
        self.connections.add(connection)
        try:
            await connection.serve(request.query.get("v"))
        finally:
            self.connections.discard(connection)
            await connection.end()
        return socket

    async def fault(self, kind: str, seconds: float = 5.0) -> None:
        """Break all connections, and with `closed` take no new ones for so long.

        Raises:
            ValueError: there is no such fault.
        """
        if kind not in FAULTS:
            raise ValueError(f"{kind!r} is none of {', '.join(FAULTS)}")
        if kind == "closed":
            self._closed_until = self.world.clock.elapsed() + seconds
        for connection in list(self.connections):
            connection.strike(kind)

    def mend(self) -> None:
        """Take connections again, and tell what was held back."""
        self._closed_until = 0.0
        self._release()

    async def close(self) -> None:
        """Close all connections, as Discord does when it restarts."""
        await self._close_all(WSCloseCode.GOING_AWAY)

    async def reset_token(self) -> str:
        """End all sessions and the token; return the new one."""
        own = base64.urlsafe_b64encode(str(self.world.application_id).encode()).decode().rstrip("=")
        self.world.token = f"{own}.loopback.{secrets.token_urlsafe(16)}"
        self.sessions.clear()
        await self._close_all(WRONG_TOKEN)
        return self.world.token

    def remember(self, session: Session) -> None:
        """Keep a new session, and not too many old ones."""
        waiting = [each for each in self.sessions.values() if each.line is None and not each.over][-KEPT_SESSIONS:]
        while sum(each.size for each in waiting) > KEPT_BYTES:
            waiting.pop(0)
        spoken = [each for each in self.sessions.values() if each.line is not None]
        self.sessions = {each.id: each for each in (*waiting, *spoken, session)}

    async def _close_all(self, code: int) -> None:
        await asyncio.gather(*(each.socket.close(code=code) for each in self.connections))

    def _tell(self, event: Event) -> None:
        if not self.sessions:
            return
        hearing = [each for each in self.sessions.values() if self._hears(each, event)]
        if not hearing:
            return
        if self._held is None and self.faults.holds():
            self._held = event
            return
        self._carry(event, hearing)
        self._release()

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._carry(held, [each for each in self.sessions.values() if self._hears(each, held)])

    def _hears(self, session: Session, event: Event) -> bool:
        # docs: Gateway Events, Messages: a private message carries no guild, so it comes as a DM does
        guild_id = event.guild_id if event.only is None else None
        if event.guild_id is not None and event.name != "GUILD_DELETE" and not self.world.reaches(event.guild_id):
            return False
        return session.has(guild_id) and not session.over and carried(self.world, session.intents, event)

    def _worded(self, session: Session, event: Event) -> Json:
        guild = self.world.guilds.get(event.guild_id or 0) if event.name == "GUILD_CREATE" else None
        if guild is not None:
            told = chunks.introduction(self.world, guild, session.intents, session.large_threshold)
            if "unavailable" not in event.data:
                del told["unavailable"]  # to confirm: client libraries know a new guild by that
            return told
        return veiled(self.world, session.intents, event)

    def _carry(self, event: Event, hearing: list[Session]) -> None:
        copies = self.faults.copies()
        plain: bytes | None = None
        for session in hearing:
            data = self._worded(session, event)
            if data is event.data:
                plain = plain or jsons.encode(data)
            for _ in range(copies):
                session.dispatch(event.name, plain if data is event.data and plain else jsons.encode(data))
