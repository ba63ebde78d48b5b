"""The backend's HTTP application: the endpoints of all features, health, the event stream and OpenAPI."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from raidbot.backend import answers, callers, openapi, requests
from raidbot.backend.events import Stream
from raidbot.backend.jobs import Runner
from raidbot.backend.limits import RATE, Limits
from raidbot.backend.metrics import Metrics
from raidbot.backend.routing import Signpost
from raidbot.backend.serving import Call, Handler, guild_of, handlers
from raidbot.core.clock import Clock
from raidbot.core.endpoint import Endpoint
from raidbot.core.errors import DiskShort, NotAllowed, NotFound, Refusal, Unavailable
from raidbot.core.events import read_events
from raidbot.core.health import Health
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.database.pool import Database
from raidbot.disk.rules import Room

log: structlog.stdlib.BoundLogger = structlog.get_logger()

ENDING = "The raid service is restarting. Look at the panel before you press again."
"""It may have been stored at the last moment."""

AWAY = "PostgreSQL is away. Is it running? See docs/operate/database.md."

Answer: TypeAlias = Callable[[Request, str], Awaitable[Response]]


@dataclass
class Backend:
    """What every request needs, for as long as the process lives."""

    database: Database
    clock: Clock
    api_key: str
    version: str
    migrations: Callable[[], Awaitable[str]]
    """Tells `current`, or what is missing."""
    beside: Sequence[Callable[["Backend"], Awaitable[None]]] = ()
    """What else runs for as long as the process serves: work that waits for others outside of a transaction."""
    metrics: Metrics = field(default_factory=Metrics)
    room: Room = field(default_factory=Room)
    """How much room the disk has, as this process saw it last."""
    old_api_key: str | None = None
    """Counts too, while a new key is on its way to the bots."""
    api_rate: int = RATE
    """Requests a second that are taken with one of them."""

    def __post_init__(self) -> None:
        self.stream = Stream(self.database, self.clock)
        self.jobs = Runner(self.database, self.clock, self.stream.wake, self.metrics)
        self.limits = Limits(self.clock, self.metrics.refused, self.api_rate)
        self.api_keys = {"BACKEND_API_KEY": self.api_key}
        if self.old_api_key:
            self.api_keys["BACKEND_API_KEY_OLD"] = self.old_api_key


def application(backend: Backend, *, run_jobs: bool = True) -> Starlette:
    """Return the ASGI application, with the endpoints and jobs of the features that were loaded before.

    Args:
        backend: The database, clock and key to serve with.
        run_jobs: Whether this process also does what falls due by itself.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        backend.jobs = Runner(backend.database, backend.clock, backend.stream.wake, backend.metrics)
        running = [asyncio.ensure_future(one(backend)) for one in backend.beside]
        if run_jobs:
            running.append(asyncio.ensure_future(backend.jobs.run()))
        yield
        backend.stream.close()
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    served = [_route(backend, endpoint, handler) for endpoint, handler in handlers.items()]
    routes = [*served, *_own_routes(backend)]
    app = Starlette(routes=[Signpost(routes), *routes], lifespan=lifespan)
    app.add_exception_handler(HTTPException, _http_error)
    return app


def _own_routes(backend: Backend) -> list[Route]:
    """Return the routes that no feature owns."""
    events = requests.Reader(read_events)

    limits = backend.limits

    async def health(request: Request, _: str) -> Response:
        with limits.admitted(limits.nameless, requests.address(request)):
            told = await _health(backend)
        return answers.json(told, HTTPStatus.OK if told.ok else HTTPStatus.SERVICE_UNAVAILABLE)

    async def stream(request: Request, _: str) -> Response:
        with limits.admitted(limits.key, _key(request, backend)):
            return answers.json(await backend.stream.read(await events.read(request)))

    async def document(request: Request, _: str) -> Response:
        with limits.admitted(limits.nameless, requests.address(request)):
            return answers.json(openapi.document(handlers, backend.version))

    return [
        Route("/v1/health", _Answering(backend, "health", health), methods=["GET"]),
        Route("/v1/events", _Answering(backend, "events", stream), methods=["GET"]),
        Route("/v1/openapi.json", _Answering(backend, "openapi", document), methods=["GET"]),
    ]


def _route(backend: Backend, endpoint: Endpoint[Any, Any], handler: Handler[Any, Any]) -> Route:
    """Return the route that serves one endpoint."""
    reader = requests.Reader(endpoint)

    limits = backend.limits

    async def answer(request: Request, reference: str) -> Response:
        with limits.admitted(limits.key, _key(request, backend)):
            if endpoint.needs is None:
                return await answer_for(UserId(0), request, reference)
            caller = requests.caller(request)
            with limits.admitted(limits.actor, str(int(caller))):
                return await answer_for(caller, request, reference)

    async def answer_for(caller: UserId, request: Request, reference: str) -> Response:
        _check_room(endpoint, backend.room)
        key = requests.idempotency_key(request)
        ask = await reader.read(request)
        async with backend.database.transaction(label=reference) as tx:
            rank = await _checked_rank(endpoint, Call(ask, caller, Rank.MEMBER, key, backend.clock.now(), tx))
            reply = await handler(Call(ask, caller, rank, key, backend.clock.now(), tx))
        backend.metrics.statements.labels(endpoint.path).observe(tx.statements)
        if endpoint.method != "GET":
            backend.stream.wake()
            backend.jobs.look_again()
        return answers.json(reply, headers={"x-request-id": reference, "x-statements": str(tx.statements)})

    name = f"{endpoint.method} {endpoint.path}"
    return Route(f"/v1{endpoint.path}", _Answering(backend, name, answer), methods=[endpoint.method])


def _key(request: Request, backend: Backend) -> str:
    """Return the name of the API key of a request.

    Raises:
        WrongKey: it is missing or none that counts.
        Overrun: that address has sent wrong ones all the time.
    """
    try:
        return requests.key_name(request, backend.api_keys)
    except requests.WrongKey:
        with backend.limits.admitted(backend.limits.wrong_key, requests.address(request)):
            raise


def _check_room(endpoint: Endpoint[Any, Any], room: Room) -> None:
    """Check that the disk has room for what an endpoint writes.

    Raises:
        DiskShort: it is kept for raids and punishments.
    """
    if endpoint.can_wait and room.is_short:
        raise DiskShort(
            "The bot's disk is nearly full, so for now it only keeps up runs and punishments. "
            "Whoever runs the bot has been told; try again later."
        )


async def _checked_rank(endpoint: Endpoint[Any, Any], call: Call[Any]) -> Rank:
    """Return the caller's rank if the endpoint asks for one.

    Raises:
        NotAllowed: it is too low.
    """
    guild = guild_of(call.ask)
    if not endpoint.needs or guild is None:
        return Rank.MEMBER
    rank = await callers.rank(call.tx, guild, call.caller)
    if rank < endpoint.needs:
        needed = endpoint.needs.label
        raise NotAllowed(f"This needs the rank {needed} or higher. An administrator maps ranks with /setroles.")
    return rank


async def _health(backend: Backend) -> Health:
    started = asyncio.get_running_loop().time()
    up = await backend.database.ping()
    took = round((asyncio.get_running_loop().time() - started) * 1000, 2)
    migrations = await backend.migrations() if up else "unknown"
    return Health(
        ok=up,
        service="raidbot-backend",
        time=backend.clock.now(),
        database="up" if up else "away",
        version=backend.version,
        migrations=migrations,
        database_ms=took if up else None,
        reason=None if up else AWAY,
    )


class _Answering:
    """One route as an ASGI application: whatever happens inside, the caller gets one JSON answer."""

    def __init__(self, backend: Backend, name: str, answer: Answer) -> None:
        self._backend = backend
        self._name = name
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        reference = requests.request_id(request)
        with self._backend.metrics.requests.labels(self._name).time():
            response = await self._safely(request, reference)
        log.debug("Request", route=self._name, status=response.status_code, reference=reference)
        await response(scope, receive, send)

    async def _safely(self, request: Request, reference: str) -> Response:
        try:
            return await self._answer(request, reference)
        except Refusal as refusal:
            return answers.refused(refusal, reference)
        except asyncio.CancelledError:  # the process ends, and waits no longer; uvicorn cancels for no other reason
            return answers.refused(Unavailable(ENDING), reference)
        except Exception as fault:  # noqa: BLE001 - the door at which faults are logged
            return answers.failed(fault, reference)


async def _http_error(request: Request, fault: Exception) -> Response:
    """Answer what no route took: unknown paths and wrong methods."""
    reference = requests.request_id(request)
    status = fault.status_code if isinstance(fault, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.NOT_FOUND:
        return answers.refused(NotFound(f"There is no {request.method} {request.url.path}."), reference)
    allowed = fault.headers if isinstance(fault, HTTPException) else None
    response = answers.error(status, "wrong_method", f"{request.method} is not possible here.", reference)
    response.headers.update(allowed or {})
    return response
