"""Running the bot process: what ends its connection is told, and tried again when it cannot be healed at once."""

import asyncio
import math
import signal
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any

import aiohttp
import discord
import structlog
import uvloop

from raidbot import features
from raidbot.bot import metrics
from raidbot.bot.app import BotParts, RaidBot, point_at
from raidbot.bot.backend import Backend, Fault
from raidbot.bot.links import links
from raidbot.bot.logins import LoginRefused, Logins
from raidbot.bot.pressing import CLOSES_WITHIN_S
from raidbot.bot.rates import Rates
from raidbot.bot.sealing import Sealer
from raidbot.cli.alarms import Alarms, Noted
from raidbot.cli.figures import figures
from raidbot.cli.leasing import Identity, Lease, LeaseLost
from raidbot.cli.standing import Pauses, Standing
from raidbot.core.alerts import Change, Condition, RunbookPage
from raidbot.core.clock import Clock
from raidbot.core.errors import Refusal
from raidbot.features.alerts.api import NoteAlert, note_alert
from raidbot.features.deeds.api import ReadSecret, read_secret
from raidbot.features.discord_state.panels import RecordedPostings
from raidbot.settings import BotSettings, SettingsFault

log: structlog.stdlib.BoundLogger = structlog.get_logger()

CANCELLED_AGAIN_AFTER_S = CLOSES_WITHIN_S + 1
"""A cancellation may be lost; one that is not lets presses that were begun be answered."""

WRONG_TOKEN, INTENTS_OFF = 4004, 4014
"""docs: Gateway, Close Event Codes."""

NOT_TAKEN = "Discord does not take SECRET_KEY. Copy the token anew from the page Bot of the developer portal."
NO_INTENT = (
    "The bot may not see members or what they write. Switch on Server Members Intent and Message Content Intent on the "
    "page Bot of the developer portal."
)

ASIDE_S = 5.0
"""So long a bot that was asked to step aside leaves the lease to others, who ask more often than that."""

ASIDE = "It stepped aside for another process. If nobody takes over, it serves again in a few seconds."

LATE_S = 120
"""A drawing that waits for so long is worth an alert."""

OUTSIDE = (LoginRefused, LeaseLost, discord.DiscordException, aiohttp.ClientError, OSError)
"""What ends a connection without being a mistake of ours."""

AWAY = (discord.DiscordServerError, discord.GatewayNotFound, aiohttp.ClientError, OSError)
"""Of these, what is Discord's or the way there: no operator mends it, and each restart costs a login."""

UP = "up"


class SteppedAside(Exception):  # noqa: N818 - the name is what happened
    """Somebody asked this process to let another one serve."""


def connect(settings: BotSettings, reread: Callable[[], BotSettings]) -> None:
    """Run the bot until SIGTERM or SIGINT. A bad token and the like keep it out of service, not from running.

    Args:
        settings: What to start with.
        reread: Asked before each new try, so that a secret that was mended in its file is found.
    """
    uvloop.run(_connect(settings, reread))


async def _connect(settings: BotSettings, reread: Callable[[], BotSettings]) -> None:
    for part in ("model", "rules", "panels", "commands", "followups"):
        features.load(part)
    links.realmeye = settings.realmeye_url
    if settings.discord_api_url:
        point_at(settings.discord_api_url)
    line = Line(settings, reread)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, line.step_aside)
    metrics.BACKLOG.set_function(lambda: line.bot.painter.backlog if line.bot else 0)
    metrics.OLDEST.set_function(lambda: line.bot.painter.oldest_s if line.bot else 0)
    metrics.GATEWAY.set_function(lambda: line.bot.latency if line.bot else math.nan)
    metrics.AWAY.set_function(line.away_s)
    metrics.EVENTS.set_function(lambda: line.bot.events_age_s if line.bot else 0)
    async with figures(settings.bind, settings.metrics_port, metrics.REGISTRY, line.health):
        alarms = Alarms(settings, "bot", Clock(settings.test_clock_file))
        await _until_told(_first(line.keep(), alarms.keep(line.wrong, line.note, line.is_well)))


async def _until_told(work: Any) -> None:
    """Do the work until SIGTERM or SIGINT."""
    running = asyncio.ensure_future(work)
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


async def _first(*works: Coroutine[Any, Any, None]) -> None:
    """Do several works until one of them ends, which ends the others."""
    running = [asyncio.ensure_future(one) for one in works]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class Line:
    """The bot's connection for as long as the process lives, however often it is made anew."""

    def __init__(self, settings: BotSettings, reread: Callable[[], BotSettings]) -> None:
        self.bot: RaidBot | None = None
        self._settings = settings
        self._reread = reread
        self._backend: Backend | None = None
        self._lease: Lease | None = None
        self._identity = Identity(settings.data_dir)
        self._standing = Standing()
        self._pauses = Pauses()
        self._clock = Clock(settings.test_clock_file)
        self._kept_out_since: datetime | None = None
        """Since when nobody can log in, because Discord is away."""
        self._aside = asyncio.Event()

    def step_aside(self) -> None:
        """Let a process that stands by serve; stand by in its turn, or serve again if there is none."""
        self._aside.set()

    async def keep(self) -> None:
        """Connect again and again until cancelled."""
        while True:
            try:
                await self._serve(self._settings)
                fault, is_away = "Discord ended the connection.", False
            except SteppedAside:
                self._standing.broken(ASIDE)
                await self._clock.sleep(ASIDE_S)
                continue  # with the secrets that it has: whoever asked may be changing them
            except OUTSIDE as ended:
                fault, is_away = reason(ended), isinstance(ended, AWAY)
            if has_served := self.bot is not None and self.bot.registered.is_set():
                self._pauses.again()
            self._kept_out_since = self._since_when(has_served=has_served) if is_away else None
            self._standing.broken(fault, blameless=is_away)
            await self._clock.sleep(self._pauses.next_s())
            try:
                self._settings = self._reread()
            except SettingsFault as fault_of_settings:
                self._standing.broken(str(fault_of_settings))

    async def health(self) -> dict[str, Any]:
        """Tell how it is; `reason` says what is wrong.

        While Discord is away the process is well: what looks at its health may start it anew, which heals nothing and
        costs a login.
        """
        bot = self.bot
        latency = bot.latency if bot else math.nan
        other = self._lease.served_by if self._lease else None
        if self._was_well() or other:
            self._standing.well()
        away = self._backend.away if self._backend else None
        wrong = self._standing.fault or (away and f"The backend does not answer: {away}.")
        return {
            "ok": wrong is None,
            "reason": wrong,
            "service": "raidbot-bot",
            "discord": self._discord(),
            "stands_by_for": other,
            "guilds": len(bot.guilds) if bot else 0,
            "gateway_ms": None if math.isnan(latency) or math.isinf(latency) else round(latency * 1000, 1),
            "compared": bool(bot and bot.compared.is_set()),
            "registered": bool(bot and bot.registered.is_set()),
            "painter": {
                "backlog": bot.painter.backlog if bot else 0,
                "oldest_s": round(bot.painter.oldest_s, 1) if bot else 0,
            },
        }

    async def is_well(self) -> bool:
        """Tell whether members are served by this process."""
        return self._discord() == UP and (await self.health())["ok"] is True

    def away_s(self) -> float:
        """Return for how many seconds Discord has been away; 0 while it is not."""
        since = self._since()
        return (self._clock.now() - since).total_seconds() if since else 0.0

    def wrong(self) -> Iterator[Condition]:
        """Return what an operator has to know."""
        bot, away = self.bot, self._backend.away if self._backend else None
        if away:
            told = f"The bot gets no answer from the backend: {away}."
            yield Condition("backend_away", told, RunbookPage.BOT_SILENT, lasting_s=60)
        if self._lease and self._lease.served_by:
            return
        if self._discord() != UP:
            kept_out = None if self._was_well() else self._standing.reason
            told = kept_out or f"The bot is not connected to Discord ({self._discord()}). It goes on by itself."
            yield Condition("discord_away", told, RunbookPage.DISCORD_DOWN, lasting_s=180)
        elif bot and bot.painter.oldest_s > LATE_S:
            told = f"A panel waits to be drawn for {bot.painter.oldest_s:.0f} s."
            yield Condition("panels_late", told, RunbookPage.SLOW_CLICKS, lasting_s=30)
        elif bot and bot.events_age_s > LATE_S:
            told = "The bot has read no changes from the backend for two minutes, so panels stand still."
            yield Condition("events_late", told, RunbookPage.BOT_SILENT)

    async def note(self, change: Change) -> Noted:
        """Write an alert down; without a backend this process is the only one to tell it."""
        one = change.condition
        ask = NoteAlert(name=one.name, sentence=one.sentence, page=one.page, raised=change.raised)
        try:
            known = self._backend is not None and not (await self._backend.call(note_alert, ask)).fresh
        except (Refusal, Fault):
            return Noted.ALONE
        return Noted.KNOWN if known else Noted.FIRST

    def _discord(self) -> str:
        """Say how Discord is: `up`, `away since …`, or `unknown` to who stands by or may not log in."""
        if since := self._since():
            return f"away since {since:%Y-%m-%d %H:%M:%S} UTC"
        return UP if self._was_well() else "unknown"

    def _since(self) -> datetime | None:
        if self._lease and self._lease.served_by:
            return None
        return self.bot.away_since if self.bot and self._was_well() else self._kept_out_since

    def _since_when(self, *, has_served: bool) -> datetime:
        """Return since when Discord is away, as it is now; tries in a row that came to nothing are one absence."""
        return (None if has_served else self._kept_out_since) or self._clock.now()

    def _was_well(self) -> bool:
        return self.bot is not None and self.bot.is_ready() and not self.bot.is_closed()

    async def _serve(self, settings: BotSettings) -> None:
        async with Backend(settings.backend_url, settings.api_key.reveal(), clock=self._clock) as backend:
            self.bot, self._backend = None, backend
            try:
                self._lease = lease = Lease(backend, self._clock, self._identity.name, settings.shard_ids or (0,))
                await lease.wait()
                self._aside.clear()  # who stands by is aside already
                try:
                    async with RaidBot(self._parts(settings, backend)) as bot:
                        self.bot = bot
                        await _first(bot.serve(settings.token.reveal()), lease.keep(), self._until_asked())
                finally:
                    await lease.give_back()
            finally:
                self._backend = None  # alerts go on, and its connections are closed

    async def _until_asked(self) -> None:
        await self._aside.wait()
        raise SteppedAside

    def _parts(self, settings: BotSettings, backend: Backend) -> BotParts:
        return BotParts(
            backend=backend,
            postings=RecordedPostings(backend),
            rates=Rates(settings.redis_url.reveal() if settings.redis_url else None),
            sealer=Sealer(lambda: _secret(backend), self._clock),
            clock=self._clock,
            logins=Logins(settings.data_dir / "logins", self._clock),
            guild_ids=frozenset(settings.guild_ids),
            shard_ids=settings.shard_ids,
            shard_count=settings.shard_count,
        )


async def _secret(backend: Backend) -> bytes:
    """Ask the record with what deeds are sealed."""
    return bytes.fromhex((await backend.call(read_secret, ReadSecret())).secret)


def reason(ended: BaseException) -> str:
    """Return what the operator reads about the end of a connection: what is wrong and what to do."""
    code = ended.code if isinstance(ended, discord.ConnectionClosed) else None
    if isinstance(ended, discord.LoginFailure) or code == WRONG_TOKEN:
        return NOT_TAKEN
    if isinstance(ended, discord.PrivilegedIntentsRequired) or code == INTENTS_OFF:
        return NO_INTENT
    if isinstance(ended, LoginRefused | LeaseLost):
        return str(ended)
    if code is not None:
        return f"Discord closed the connection with code {code}. It is tried again."
    return f"Discord does not answer: {type(ended).__name__} {ended}".strip() + " It is tried again."
