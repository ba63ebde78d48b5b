"""The gateway: sessions, events, resuming. docs: Gateway; Gateway Events; Opcodes and Status Codes."""

import asyncio
import secrets
from collections import deque
from typing import Any

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from discord_loopback import chunks, jsons, render
from discord_loopback.events import Event
from discord_loopback.faults import Faults
from discord_loopback.intents import ALL_INTENTS, GUILD_MEMBERS, GUILDS, carried, veiled
from discord_loopback.model import Json
from discord_loopback.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11
INTERVAL_MS = 41_250
REPLAYED = 2_000
"""Events a session keeps for a resume."""
KEPT_SESSIONS = 16
UNKNOWN_OPCODE, BROKEN, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY, WRONG_SEQ = 4001, 4002, 4003, 4004, 4005, 4007
WRONG_SHARD, WRONG_INTENTS = 4010, 4013


class Session:
    """One connection's place in the stream of events, which outlives the connection."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.sent: deque[tuple[int, bytes]] = deque(maxlen=REPLAYED)
        self.line: Line | None = None

    def has(self, guild_id: int | None) -> bool:
        """Tell whether a guild belongs to this shard; DMs come on shard 0. docs: Gateway, Sharding."""
        number, count = self.shard
        return ((guild_id or 0) >> 22) % count == number

    def dispatch(self, name: str, data: bytes) -> None:
        """Send an event, and keep it for a resume."""
        self.seq += 1
        packet = b'{"op":0,"s":%d,"t":"%s","d":%s}' % (self.seq, name.encode(), data)
        self.sent.append((self.seq, packet))
        if self.line is not None:
            self.line.put(packet)


class Line:
    """The sending side of one WebSocket, in order and without waiting."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def put(self, packet: bytes) -> None:
        """Send a packet after those before it."""
        self._queue.put_nowait(packet)

    def put_json(self, content: Json) -> None:
        """Send JSON."""
        self.put(jsons.encode(content))

    async def end(self) -> None:
        """Stop sending."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def drained(self) -> None:
        """Wait until everything is sent, then stop."""
        self._queue.put_nowait(None)
        await asyncio.wait([self._writer], timeout=1)

    async def _write(self) -> None:
        while (packet := await self._queue.get()) is not None:
            try:
                await self.socket.send_frame(packet, WSMsgType.TEXT)
            except ConnectionError:
                return


class CloseError(Exception):
    """The connection must end with this code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


class Gateway:
    """Takes connections and tells them what happens."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.sessions: dict[str, Session] = {}
        self.sockets: set[web.WebSocketResponse] = set()
        world.bus.listen(self._tell)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse(max_msg_size=4 << 20, compress=False)
        await socket.prepare(request)
        line = Line(socket)
        self.sockets.add(socket)
        line.put_json({"op": HELLO, "d": {"heartbeat_interval": INTERVAL_MS}, "s": None, "t": None})
        connection = Connection(self, line)
        try:
            async for message in socket:
                await connection.receive(message.data)
        except CloseError as ending:
            await socket.close(code=ending.code)
        finally:
            self.sockets.discard(socket)
            connection.gone(socket.close_code)
            await line.end()
        return socket

    async def fault(self, kind: str) -> None:
        """Break all connections: `cut`, `reconnect` (op 7) or `invalid` (op 9)."""
        for session in list(self.sessions.values()):
            if session.line is None:
                continue
            if kind == "reconnect":
                session.line.put_json({"op": RECONNECT, "d": None, "s": None, "t": None})
            elif kind == "invalid":
                self.sessions.pop(session.id)
                session.line.put_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            elif session.line.socket._req is not None and session.line.socket._req.transport:  # noqa: SLF001 - a cut has no public name
                session.line.socket._req.transport.abort()  # noqa: SLF001

    async def close(self) -> None:
        """Close all connections, as Discord does when it restarts."""
        for socket in list(self.sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    def remember(self, session: Session) -> None:
        """Keep a new session, and not too many old ones."""
        self.sessions[session.id] = session
        idle = [each for each in self.sessions.values() if each.line is None]
        for old in idle[: max(0, len(idle) - KEPT_SESSIONS)]:
            del self.sessions[old.id]

    def _tell(self, event: Event) -> None:
        if event.only is not None or not self.sessions:
            return
        copies = self.faults.copies()
        plain: bytes | None = None
        for session in self.sessions.values():
            if not session.has(event.guild_id) or not carried(self.world, session.intents, event):
                continue
            data = veiled(self.world, session.intents, event)
            if data is event.data:
                plain = plain or jsons.encode(data)
            for _ in range(copies):
                session.dispatch(event.name, plain if data is event.data and plain else jsons.encode(data))


class Connection:
    """What one client says, and what it is answered."""

    def __init__(self, gateway: Gateway, line: Line) -> None:
        self.gateway = gateway
        self.world = gateway.world
        self.line = line
        self.session: Session | None = None

    async def receive(self, raw: str | bytes) -> None:
        """Act on what the client says.

        Raises:
            CloseError: it was nothing one may say.
        """
        try:
            packet: Json = jsons.decode(raw)
            op: int = packet["op"]
            data: Any = packet.get("d")
        except (msgspec.DecodeError, KeyError, TypeError) as broken:
            raise CloseError(BROKEN) from broken
        if op == HEARTBEAT:
            self.line.put(b'{"op":11,"d":null,"s":null,"t":null}')
        elif op == IDENTIFY:
            self._identify(data)
        elif op == RESUME:
            self._resume(data)
        elif self.session is None:
            raise CloseError(NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            await self._members(self.session, data)
        elif op not in (PRESENCE, VOICE):
            raise CloseError(UNKNOWN_OPCODE)

    def gone(self, code: int | None) -> None:
        """Let go of the session; a client that says goodbye gives it up. docs: Gateway, Disconnecting."""
        if self.session is None or self.session.line is not self.line:
            return
        self.session.line = None
        if code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self.gateway.sessions.pop(self.session.id, None)

    def _identify(self, data: Json) -> None:
        if self.session is not None:
            raise CloseError(ALREADY)
        self._authenticated(data)
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            raise CloseError(WRONG_SHARD)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS:
            raise CloseError(WRONG_INTENTS)
        session = self.session = Session(intents, (number, count))
        session.line = self.line
        self._ready(session)
        self.gateway.remember(session)

    def _authenticated(self, data: Json) -> None:
        if str(data.get("token")).removeprefix("Bot ") != self.world.token:
            raise CloseError(WRONG_TOKEN)

    def _ready(self, session: Session) -> None:
        world = self.world
        mine = [guild for guild in world.guilds.values() if session.has(guild.id)]
        ready: Json = {
            "v": 10,
            "user": {**render.user(world.bot), "mfa_enabled": True, "verified": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": world.url.replace("http", "ws", 1) + "/gateway",
            "shard": list(session.shard),
            "application": {"id": str(world.application_id), "flags": (1 << 15) | (1 << 19)},
            "private_channels": [],
            "relationships": [],
        }
        session.dispatch("READY", jsons.encode(ready))
        for guild in mine if session.intents & GUILDS else []:
            shown = render.guild_create(world, guild, all_members=bool(session.intents & GUILD_MEMBERS))
            session.dispatch("GUILD_CREATE", jsons.encode(shown))

    def _resume(self, data: Json) -> None:
        """Send what was missed. docs: Gateway, Resuming."""
        self._authenticated(data)
        session = self.gateway.sessions.get(str(data.get("session_id")))
        seq: Any = data.get("seq")
        if session is None or not isinstance(seq, int) or (session.sent and seq < session.sent[0][0] - 1):
            self.line.put_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        if seq > session.seq:
            raise CloseError(WRONG_SEQ)
        self.session = session
        session.line = None
        for number, packet in session.sent:
            if number > seq:
                self.line.put(packet)
        session.line = self.line
        session.dispatch("RESUMED", b"{}")

    async def _members(self, session: Session, data: Json) -> None:
        for chunk in chunks.requested(self.world, session.intents, data):
            session.dispatch("GUILD_MEMBERS_CHUNK", jsons.encode(chunk))
            await asyncio.sleep(0)
