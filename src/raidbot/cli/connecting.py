"""Running the bot process."""

import asyncio
import math
import signal
from typing import Any

import discord
import structlog
import uvloop

from raidbot import features
from raidbot.bot import metrics
from raidbot.bot.app import BotParts, RaidBot, point_at
from raidbot.bot.backend import Backend
from raidbot.bot.links import links
from raidbot.bot.rates import Rates
from raidbot.cli.figures import figures
from raidbot.cli.supervising import LoginRefused
from raidbot.core.clock import Clock
from raidbot.features.discord_state.panels import RecordedPostings
from raidbot.settings import BotSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

CANCELLED_AGAIN_AFTER_S = 0.5


def connect(settings: BotSettings) -> None:
    """Run the bot until SIGTERM or SIGINT.

    Raises:
        LoginRefused: Discord does not let it in.
    """
    uvloop.run(_connect(settings))


async def _connect(settings: BotSettings) -> None:
    for part in ("model", "rules", "panels", "commands", "followups"):
        features.load(part)
    links.realmeye = settings.realmeye_url
    if settings.discord_api_url:
        point_at(settings.discord_api_url)
    async with Backend(settings.backend_url, settings.api_key.reveal()) as backend:
        bot = RaidBot(_parts(settings, backend))
        metrics.BACKLOG.set_function(lambda: bot.painter.backlog)
        metrics.OLDEST.set_function(lambda: bot.painter.oldest_s)
        metrics.GATEWAY.set_function(lambda: bot.latency)
        async with bot, figures(settings.bind, settings.metrics_port, metrics.REGISTRY, lambda: _health(bot)):
            await _run(bot, settings.token.reveal())


def _parts(settings: BotSettings, backend: Backend) -> BotParts:
    return BotParts(
        backend=backend,
        postings=RecordedPostings(backend),
        rates=Rates(settings.redis_url.reveal() if settings.redis_url else None),
        clock=Clock(settings.test_clock_file),
        guild_ids=frozenset(settings.guild_ids),
        shard_ids=settings.shard_ids,
        shard_count=settings.shard_count,
    )


async def _run(bot: RaidBot, token: str) -> None:
    running = asyncio.ensure_future(bot.start(token))
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    stopping = asyncio.ensure_future(told.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    while not running.done():  # discord.py swallows a cancellation that comes while a shard connects anew
        running.cancel()
        await asyncio.wait({running}, timeout=CANCELLED_AGAIN_AFTER_S)
    try:
        await running
    except asyncio.CancelledError:
        log.info("The bot stops")
    except discord.LoginFailure as refused:
        raise LoginRefused(
            "Discord does not take SECRET_KEY. Copy the token anew from the page Bot of the developer portal."
        ) from refused
    except discord.PrivilegedIntentsRequired as refused:
        raise LoginRefused(
            "The bot may not see members. Switch on Server Members Intent on the page Bot of the developer portal."
        ) from refused


async def _health(bot: RaidBot) -> dict[str, Any]:
    latency = bot.latency
    return {
        "ok": bot.is_ready() and not bot.is_closed(),
        "service": "raidbot-bot",
        "guilds": len(bot.guilds),
        "gateway_ms": None if math.isnan(latency) or math.isinf(latency) else round(latency * 1000, 1),
        "compared": bot.compared.is_set(),
        "registered": bot.registered.is_set(),
        "painter": {"backlog": bot.painter.backlog, "oldest_s": round(bot.painter.oldest_s, 1)},
    }
