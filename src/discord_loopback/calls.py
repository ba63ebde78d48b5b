"""The door of the API: every request passes it, in and out."""

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec
from aiohttp import BodyPartReader, hdrs, web

from discord_loopback import buckets, jsons
from discord_loopback.addresses import Addresses
from discord_loopback.answers import Answers
from discord_loopback.audit_log import By
from discord_loopback.buckets import Buckets, Limit, Taken, too_many
from discord_loopback.errors import ApiError, wrong
from discord_loopback.faults import Faults
from discord_loopback.files import Upload
from discord_loopback.interactions import Interactions
from discord_loopback.journal import Journal
from discord_loopback.world import World

if TYPE_CHECKING:
    from discord_loopback.model import Json

log = logging.getLogger(__name__)

PREFIX = "/api/v10"
REASON = 512
BODIES = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
PARAMETER = re.compile(r"\{[^}]+\}")


@dataclass(slots=True)
class Server:
    """Everything a request may need."""

    world: World
    interactions: Interactions
    answers: Answers
    buckets: Buckets
    journal: Journal
    faults: Faults
    addresses: Addresses


@dataclass(slots=True)
class Call:
    """One request, read."""

    server: Server
    request: web.Request
    body: Any
    uploads: list[Upload]

    @property
    def world(self) -> World:
        """The state of everything."""
        return self.server.world

    def id(self, name: str) -> int:
        """Return an id from the path.

        Raises:
            ApiError: 50035 where it is none.
        """
        return snowflake(self.request.match_info[name], name)

    def query(self, name: str) -> str | None:
        """Return a value of the query."""
        return self.request.query.get(name)

    def flag(self, name: str) -> bool:
        """Tell whether a value of the query says yes. docs: API Reference, Boolean Query Strings."""
        return self.query(name) in ("true", "True", "1")

    def number(self, name: str, usual: int, least: int, most: int) -> int:
        """Return a number of the query.

        Raises:
            ApiError: 50035 where it is none, too small or too large.
        """
        text = self.query(name)
        if text is None:
            return usual
        if not text.lstrip("-").isdigit():
            raise wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        if not least <= int(text) <= most:
            code = "NUMBER_TYPE_MIN" if int(text) < least else "NUMBER_TYPE_MAX"
            raise wrong((name,), code, f"int value should be between {least} and {most}.")
        return int(text)

    def moment(self, name: str) -> int | None:
        """Return an id of the query, if it is there.

        Raises:
            ApiError: 50035 where it is none.
        """
        text = self.query(name)
        return None if text is None else snowflake(text, name)

    @property
    def by(self) -> By:
        """Who the audit log names. docs: API Reference, X-Audit-Log-Reason: URL-encoded, 1-512 characters.

        Raises:
            ApiError: 50035 where the reason is too long.
        """
        reason = unquote(self.request.headers.get("X-Audit-Log-Reason", ""))
        if len(reason) > REASON:
            raise wrong(("reason",), "BASE_TYPE_MAX_LENGTH", f"Must be {REASON} or fewer in length.")
        return By(self.world.application_id, reason or None)


def snowflake(text: object, name: str) -> int:
    """Read an id.

    Raises:
        ApiError: 50035.
    """
    if not str(text).isdigit():
        raise wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(str(text))


def only(call: Call, *names: str) -> None:
    """Insist that a body asks for nothing that the loopback cannot do.

    Raises:
        ApiError: it would have to make a success up.
    """
    if unknown := sorted(set(call.body) - set(names)):
        raise ApiError(0, f"The loopback cannot change {', '.join(unknown)}", status=501)


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path.

    `major` names the parameter that has buckets of its own. docs: Rate Limits, top-level resources.
    `family` lets several routes share a bucket. `by_token` routes carry the token of an interaction or a webhook
    instead of the bot's.
    """

    method: str
    path: str
    handler: Handler
    limit: Limit = buckets.ORDINARY
    major: str | None = None
    family: str | None = None
    by_token: bool = False
    status: int = 200


class Door:
    """Turns routes into aiohttp handlers that know the rules for all requests."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def entry(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the handler of a route."""
        name = buckets.name_of(route.family or route.method, route.family or route.path)
        shown = PARAMETER.sub("*", route.path)

        async def handle(request: web.Request) -> web.StreamResponse:
            began = self.server.world.clock.elapsed()
            address = request.remote or ""
            if self.server.addresses.is_out(address):
                return self.server.addresses.door(address)
            headers: dict[str, str] = {"Via": "1.1 loopback"}  # discord.py takes a 429 without it for a ban
            try:
                await self.server.faults.strike(request.method, shown)
                self._limited(route, name, request, headers)
                self._reached(route, request)
                content = await route.handler(await self._read(request))
                answer = jsons.answer(content, route.status, headers)
            except ApiError as error:
                answer = refused(error, headers)
            except Exception:
                log.exception("%s %s broke the loopback", request.method, request.path)
                answer = jsons.answer({"message": "500: Internal Server Error", "code": 0}, 500, headers)
            self._note(request, answer, shown, (self.server.world.clock.elapsed() - began) * 1000)
            return answer

        return handle

    async def unknown(self, request: web.Request) -> web.Response:
        """Answer a request for which there is no route: never a made-up success."""
        path = request.path.removeprefix(PREFIX)
        answer = jsons.answer({"message": f"The loopback does not know {request.method} {path}", "code": 0}, 501)
        self._note(request, answer, path, 0)
        return answer

    def _limited(self, route: Route, name: str, request: web.Request, headers: dict[str, str]) -> None:
        world = self.server.world
        if not route.by_token and request.headers.get(hdrs.AUTHORIZATION) != f"Bot {world.token}":
            raise ApiError(0)
        self._overall(route, request)
        taken = self._taken(route, name, request)
        headers |= buckets.headers(taken, name, world.clock.now())
        if not taken.allowed:
            raise too_many(taken.reset_after, "user")

    def _reached(self, route: Route, request: web.Request) -> None:
        """Insist that the bot is in the guild that a path leads to, and that no outage hides it; both to confirm."""
        world, path = self.server.world, request.match_info
        guild_id, channel_id = (path.get(each, "") for each in ("guild_id", "channel_id"))
        channel = world.channels.get(int(channel_id)) if channel_id.isdigit() else None
        guild = world.guilds.get(int(guild_id) if guild_id.isdigit() else (channel and channel.guild_id) or 0)
        if route.by_token or guild is None or world.reaches(guild.id):
            return
        if guild.unavailable:
            raise ApiError(0, "503: Service Unavailable", status=503)
        raise ApiError(10004 if route.path.startswith("/guilds/") else 50001)

    def _overall(self, route: Route, request: web.Request) -> None:
        """Count against the limit of all routes. docs: Rate Limits, Global Rate Limit: by address without a token."""
        of_interaction = request.match_info.get("webhook_id") in (None, str(self.server.world.application_id))
        if route.by_token and of_interaction:
            return
        who = request.remote if route.by_token else "bot"
        overall = self.server.buckets.take(("global", who), buckets.GLOBAL)
        if not overall.allowed:
            raise too_many(overall.reset_after, "global")

    def _taken(self, route: Route, name: str, request: web.Request) -> Taken:
        major = request.match_info.get(route.major) if route.major else None
        if route.by_token:  # docs: Rate Limits, top-level resources: "webhook_id + webhook_token"
            return self.server.buckets.take((name, *request.match_info.values()), route.limit)
        return self.server.buckets.take((name, major), route.limit)

    async def _read(self, request: web.Request) -> Call:
        call = Call(self.server, request, {}, [])
        if not request.body_exists:
            return call
        if request.content_type == "multipart/form-data":
            await _multipart(request, call)
            return call
        raw = await request.read()
        if not raw:
            return call
        # docs: API Reference, Content Type: 50035 without a valid one
        if request.content_type not in BODIES:
            raise ApiError(50035, "Invalid Form Body")
        if request.content_type == "application/json":
            call.body = parsed(raw)
        else:
            call.body = dict(await request.post())
        return call

    def _note(self, request: web.Request, answer: web.StreamResponse, route: str, ms: float) -> None:
        entry: Json = {
            "at": self.server.world.clock.now(),
            "method": request.method,
            "route": route,
            "path": request.path.removeprefix(PREFIX),
            "status": answer.status,
            "bucket": answer.headers.get("X-RateLimit-Bucket"),
            "ms": round(ms, 3),
        }
        for key in ("channel_id", "message_id", "guild_id"):
            if key in request.match_info:
                entry[key] = request.match_info[key]
        shared = answer.headers.get("X-RateLimit-Scope") == "shared"
        self.server.journal.note(entry, shared=shared)
        most = self.server.faults.invalid_requests
        self.server.addresses.note(request.remote or "", answer.status, shared=shared, most=most)


def refused(error: ApiError, headers: dict[str, str] | None = None) -> web.Response:
    """Return an error as an HTTP answer."""
    return jsons.answer(error.body(), error.status, {**(headers or {}), **error.headers})


def parsed(raw: bytes) -> Any:
    """Read JSON.

    Raises:
        ApiError: 50109.
    """
    try:
        return jsons.decode(raw)
    except msgspec.DecodeError as broken:
        raise ApiError(50109) from broken


async def _multipart(request: web.Request, call: Call) -> None:
    """Read `payload_json`, plain fields and `files[n]`. docs: API Reference, Uploading Files."""
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        field = part.name or ""
        if field == "payload_json":
            call.body = parsed(data)
        elif field and not part.filename:
            call.body[field] = data.decode(errors="replace")
        elif field.startswith("files[") and part.filename:
            kind = part.headers.get(hdrs.CONTENT_TYPE)
            call.uploads.append(Upload(field[6:-1], part.filename, data, kind))
