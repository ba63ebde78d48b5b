"""Puts the parts together behind one port."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from discord_loopback import links, places, servers, state, stream
from discord_loopback.access import Access
from discord_loopback.addresses import Addresses
from discord_loopback.answers import Answers
from discord_loopback.buckets import Buckets
from discord_loopback.calls import PREFIX, Door, Server
from discord_loopback.clock import Clock
from discord_loopback.faults import Faults
from discord_loopback.gateway import Gateway
from discord_loopback.hands import Hands
from discord_loopback.interactions import Interactions
from discord_loopback.journal import Journal
from discord_loopback.rest import ROUTES
from discord_loopback.starts import Terms
from discord_loopback.world import World

PAGE = Path(__file__).parent / "page"
LARGEST_BODY = 110 * 1024 * 1024


@dataclass
class Options:
    """How the loopback starts."""

    token: str = "NTAwMDAwMDAwMDAwMDAwMDAx.loopback.token"  # noqa: S105 - it opens nothing but this
    """Libraries read the application's id from the first part of a token."""
    application_id: int = 500_000_000_000_000_001
    server: Path = servers.PACKAGED
    guilds: int = 1
    """So many servers like that one, with the same people."""
    clock_file: Path | None = None
    members: int = 0
    state: Path | None = None
    terms: Terms = field(default_factory=Terms)


@dataclass
class Loopback:
    """A Discord that is ready to be served."""

    server: Server
    gateway: Gateway
    app: web.Application

    @property
    def world(self) -> World:
        """The state of everything."""
        return self.server.world


def build(options: Options, url: str = "") -> Loopback:
    """Make a world and the application that serves it."""
    world = World(Clock(options.clock_file), options.token, options.application_id, url, options.terms)
    for number in range(options.guilds):
        servers.add_members(world, servers.load(world, options.server, number), options.members)
    if options.state is not None:
        state.load(world, options.state)
    interactions = Interactions(world)
    faults = Faults()
    server = Server(
        world, interactions, Answers(interactions), Buckets(world.clock), Journal(), faults, Addresses(world.clock)
    )
    gateway = Gateway(world, faults)
    Access(world)
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_timely(world)])
    app[stream.SOCKETS] = set()
    _route(app, server, gateway)
    app.on_shutdown.append(_close_streams)
    if options.state is not None:
        app.on_cleanup.append(_saving(world, options.state))
    return Loopback(server, gateway, app)


def _route(app: web.Application, server: Server, gateway: Gateway) -> None:
    door = Door(server)
    for route in ROUTES:
        app.router.add_route(route.method, PREFIX + route.path, door.entry(route))
    app.router.add_route("*", PREFIX + "/{tail:.*}", door.unknown)
    app.router.add_get("/gateway", gateway.connect)
    app.router.add_get("/gateway/", gateway.connect)
    app.add_routes(Hands(server, gateway).routes())
    app.router.add_get("/cdn/{path:.+}", _cdn(server))
    app.router.add_get("/", _page)
    if PAGE.is_dir():
        app.router.add_static("/static/", PAGE)

    async def gone(_: web.Application) -> None:
        await gateway.close()

    app.on_shutdown.append(gone)


def _timely(world: World) -> Middleware:
    """Return what lets the things that time brings happen before anyone can look."""

    @web.middleware
    async def run(request: web.Request, handler: Handler) -> web.StreamResponse:
        places.archive_idle(world)
        answer = await handler(request)
        places.archive_idle(world)  # the request may have moved the clock
        return answer

    return run


async def _close_streams(app: web.Application) -> None:
    for socket in list(app[stream.SOCKETS]):
        await socket.close()


def _saving(world: World, file: Path) -> Callable[[web.Application], Awaitable[None]]:
    async def save(_: web.Application) -> None:
        state.save(world, file)

    return save


def _cdn(server: Server) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def read(request: web.Request) -> web.StreamResponse:
        await server.faults.delay_file()
        path, world = request.match_info["path"], server.world
        found = world.files.get(path)
        if found is None or not links.opens(world, path, request.query_string):
            return web.Response(status=404, text=links.GONE)
        kind, content = found
        name = quote(path.rpartition("/")[2])
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "public"}
        return web.Response(body=content, content_type=kind.partition(";")[0], headers=headers)

    return read


async def _page(_: web.Request) -> web.StreamResponse:
    index = PAGE / "index.html"
    if not index.is_file():
        return web.Response(status=404, text="The page is not there.")
    return web.FileResponse(index, headers={"Cache-Control": "no-cache"})
