"""One client at the gateway: what it says, and what it is answered. docs: Gateway; Opcodes and Status Codes."""

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from discord_loopback import chunks, jsons, render
from discord_loopback.buckets import Buckets, Limit
from discord_loopback.intents import ALL_INTENTS, GUILDS, application_flags
from discord_loopback.lines import Line
from discord_loopback.packets import Identify, Packet, RequestMembers, Resume
from discord_loopback.sessions import Session
from discord_loopback.transports import by_payload, plain

if TYPE_CHECKING:
    from discord_loopback.gateway import Gateway
    from discord_loopback.model import Json

log = logging.getLogger(__name__)

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11
UNKNOWN, UNKNOWN_OPCODE, BROKEN, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY = 4000, 4001, 4002, 4003, 4004, 4005
WRONG_SEQ, TOO_MANY, TIMED_OUT, WRONG_SHARD, WRONG_VERSION = 4007, 4008, 4009, 4010, 4012
WRONG_INTENTS, DISALLOWED_INTENTS = 4013, 4014

VERSIONS = (None, "9", "10")
"""docs: API Reference, API Versions. Without one Discord takes 6, which is gone here: then it is 10."""
GOODBYES = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
LARGEST = 4096
"""Bytes of a packet. docs: Gateway, Sending Events."""
SENDS = Limit(120, 60.0)
"""Packets of a connection. docs: Gateway, Rate Limiting."""
PATIENCE = 1.5
"""Intervals until a heartbeat is missed. docs: "there is already tolerance"; the figure is made up."""
GRACE = 5.0
"""Seconds until a connection that should reconnect is closed. docs: Gateway Events, Reconnect: "a few seconds"."""
SMALLEST_THRESHOLD, LARGEST_THRESHOLD = 50, 250


class CloseError(Exception):
    """The connection must end with this code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


class Connection:
    """One WebSocket."""

    def __init__(self, gateway: "Gateway", socket: web.WebSocketResponse, line: Line) -> None:
        self.gateway = gateway
        self.world = gateway.world
        self.socket = socket
        self.line = line
        self.session: Session | None = None
        self._sends = Buckets(self.world.clock)
        self._heard_at = self.world.clock.elapsed()
        self._deaf = self._goodbye = False
        self._farewell: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[bool] | None = None

    async def serve(self, version: str | None) -> None:
        """Listen until the line ends."""
        try:
            self._greet(version)
            await self._listen()
        except CloseError as ending:
            await self.socket.close(code=ending.code)
        except Exception:
            log.exception("A packet broke the loopback")
            await self.socket.close(code=UNKNOWN)

    async def end(self) -> None:
        """Let go of the session; a client that says goodbye gives it up. docs: Gateway, Disconnecting."""
        if self._farewell is not None:
            self._farewell.cancel()
        if self._closing is not None:
            await asyncio.wait([self._closing])
        session, self.session = self.session, None
        if session is not None and session.line is self.line:
            session.leave()
            if self._goodbye:
                self.gateway.sessions.pop(session.id, None)
        await self.line.end()

    def strike(self, kind: str) -> None:
        """Let this connection suffer a fault."""
        match kind:
            case "heartbeat":  # docs: Gateway, Heartbeat Requests
                self._say(HEARTBEAT, None)
            case "deaf":  # docs: Gateway, Heartbeat Interval: "zombied" connections
                self._deaf = True
                if self.session is not None:
                    self.session.leave()
            case "reconnect":
                self._say(RECONNECT, None)
                self._farewell = asyncio.get_running_loop().call_later(GRACE, self._close)
            case "invalid" | "resumable":
                self._invalidate(resumable=kind == "resumable")
            case _:
                self.line.cut()

    def _invalidate(self, *, resumable: bool) -> None:
        """Take the session away. docs: Gateway Events, Invalid Session."""
        if self.session is None:
            return
        session, self.session = self.session, None
        session.leave()
        if not resumable:
            self.gateway.sessions.pop(session.id, None)
        self._say(INVALID_SESSION, resumable)

    def _close(self) -> None:
        self._closing = asyncio.create_task(self.socket.close(code=UNKNOWN))

    def _say(self, op: int, data: object) -> None:
        self.line.put_json({"op": op, "d": data, "s": None, "t": None})

    def _greet(self, version: str | None) -> None:
        if version not in VERSIONS:
            raise CloseError(WRONG_VERSION)
        self._say(HELLO, {"heartbeat_interval": self.world.starts.terms.heartbeat_ms})

    async def _listen(self) -> None:
        clock, patience = self.world.clock, self.world.starts.terms.heartbeat_ms / 1000 * PATIENCE
        while True:
            try:
                left = patience if self._deaf else self._heard_at + patience - clock.elapsed()
                message = await self.socket.receive(max(0.001, left))
            except TimeoutError as silence:
                if self._deaf:
                    continue
                # docs: Gateway, Sending Heartbeats: it is closed, and the session may be resumed; the code to confirm
                raise CloseError(TIMED_OUT) from silence
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._goodbye = message.type is WSMsgType.CLOSE and message.data in GOODBYES
                return
            raw: bytes = message.data.encode() if message.type is WSMsgType.TEXT else message.data
            if not self._deaf:
                await self.receive(raw)

    async def receive(self, raw: bytes) -> None:
        """Act on what the client says.

        Raises:
            CloseError: it was nothing one may say, or too much.
        """
        if not self._sends.take("sends", SENDS).allowed:
            raise CloseError(TOO_MANY)
        if len(raw) > LARGEST:
            raise CloseError(BROKEN)
        try:
            packet = msgspec.json.decode(raw, type=Packet)
        except msgspec.DecodeError as broken:
            raise CloseError(BROKEN) from broken
        try:
            await self._act(packet)
        except msgspec.DecodeError as broken:  # docs: 4001 is also "an invalid payload for an opcode"
            raise CloseError(UNKNOWN_OPCODE) from broken

    async def _act(self, packet: Packet) -> None:
        if packet.op == HEARTBEAT:
            self._heard_at = self.world.clock.elapsed()
            self.line.put(b'{"op":11,"d":null,"s":null,"t":null}')
        elif packet.op == IDENTIFY:
            await self._identify(msgspec.json.decode(packet.d, type=Identify))
        elif packet.op == RESUME:
            self._resume(msgspec.json.decode(packet.d, type=Resume))
        elif self.session is None:
            raise CloseError(NOT_AUTHENTICATED)
        elif packet.op == REQUEST_MEMBERS:
            await self._members(self.session, msgspec.json.decode(packet.d, type=RequestMembers))
        elif packet.op not in (PRESENCE, VOICE):
            raise CloseError(UNKNOWN_OPCODE)

    def _authenticated(self, token: str) -> None:
        if self.session is not None:
            raise CloseError(ALREADY)
        if token.removeprefix("Bot ") != self.world.token:
            raise CloseError(WRONG_TOKEN)

    async def _identify(self, asked: Identify) -> None:
        self._authenticated(asked.token)
        starts = self.world.starts
        if not starts.spend():
            log.warning("Too many identifies in a day: the token is reset until the loopback is started again")
            await self.gateway.reset_token()  # docs: Gateway, Identifying, more than 1000 in 24 hours
            raise CloseError(WRONG_TOKEN)
        self._admissible(asked)
        if not starts.in_turn(asked.shard[0]):  # docs: Gateway, Rate Limiting
            self._say(INVALID_SESSION, False)  # noqa: FBT003 - it is the packet's content
            return
        if asked.compress and self.line.transport is plain:
            self.line.transport = by_payload
        threshold = min(max(asked.large_threshold, SMALLEST_THRESHOLD), LARGEST_THRESHOLD)
        session = self.session = Session(asked.intents, asked.shard, self.world.clock, threshold)
        session.attach(self.line)
        self.gateway.remember(session)
        self._ready(session)

    def _admissible(self, asked: Identify) -> None:
        number, count = asked.shard
        if not 0 <= number < count:
            raise CloseError(WRONG_SHARD)
        if asked.intents < 0 or asked.intents & ~ALL_INTENTS:
            raise CloseError(WRONG_INTENTS)
        if asked.intents & self.world.starts.terms.denied:
            raise CloseError(DISALLOWED_INTENTS)

    def _ready(self, session: Session) -> None:
        world = self.world
        mine = [guild for guild in world.own_guilds if session.has(guild.id)]
        ready: Json = {
            "v": 10,
            "user": {**render.user(world.bot), "mfa_enabled": True, "verified": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": world.url.replace("http", "ws", 1) + "/gateway",
            "shard": list(session.shard),
            "application": {"id": str(world.application_id), "flags": application_flags(world.starts.terms.denied)},
            "private_channels": [],
            "relationships": [],
        }
        session.dispatch("READY", jsons.encode(ready))
        for guild in [each for each in mine if not each.unavailable] if session.intents & GUILDS else []:
            shown = chunks.introduction(world, guild, session.intents, session.large_threshold)
            session.dispatch("GUILD_CREATE", jsons.encode(shown))

    def _resume(self, asked: Resume) -> None:
        """Send what was missed. docs: Gateway, Resuming."""
        self._authenticated(asked.token)
        session = self.gateway.sessions.get(asked.session_id or "")
        if session is not None and asked.seq is not None and asked.seq > session.seq:
            raise CloseError(WRONG_SEQ)
        missed = None if session is None or session.over else session.missed(asked.seq or 0)
        if session is None or missed is None:
            self._say(INVALID_SESSION, False)  # noqa: FBT003 - it is the packet's content
            return
        if session.line is not None:
            session.line.cut()  # to confirm: whoever still holds the session loses it
        for packet in missed:
            self.line.put(packet)
        self.session = session
        session.attach(self.line)
        session.dispatch("RESUMED", b"{}")

    async def _members(self, session: Session, asked: RequestMembers) -> None:
        guild = chunks.guild_of(self.world, asked)
        if guild is None or not session.has(guild.id):
            return
        if chunks.everyone(asked):
            taken = session.limits.take(guild.id, chunks.ALL_MEMBERS)
            if not taken.allowed:
                told = chunks.too_many(guild, asked, taken.reset_after)
                session.dispatch("RATE_LIMITED", jsons.encode(told))
                return
        for chunk in chunks.requested(guild, session.intents, asked):
            session.dispatch("GUILD_MEMBERS_CHUNK", jsons.encode(chunk))
            await self.line.sent()
