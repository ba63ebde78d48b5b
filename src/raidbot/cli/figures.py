"""Health and Prometheus figures of a process, on a port of their own."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def figures(
    bind: str, port: int, registry: CollectorRegistry, health: Callable[[], Awaitable[dict[str, Any]]]
) -> AsyncGenerator[None]:
    """Serve `/metrics` and `/health` for as long as the block runs; a port that is taken is a line in the log.

    Args:
        bind: The address to listen on.
        port: The port; 0 takes a free one.
        registry: The figures.
        health: Tells how the process is; the status is 503 unless `ok` is true.
    """

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def told(_: web.Request) -> web.Response:
        state = await health()
        return web.json_response(state, status=200 if state["ok"] else 503)

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/health", told)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, bind, port).start()
    except OSError as taken:
        log.warning("Figures cannot be served", port=port, reason=str(taken))
    try:
        yield
    finally:
        await runner.cleanup()
