"""`raidbot doctor`: settings, machine, database, Discord and processes looked over, each finding with its fix."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import IntEnum
from pathlib import Path

import typer

from raidbot import features, settings
from raidbot.backups.model import age
from raidbot.backups.rules import LATE_AFTER
from raidbot.bot.backend import Backend, Fault
from raidbot.cli import portal, wellness
from raidbot.core.checkup import Configured, Finding, Level
from raidbot.core.clock import Clock
from raidbot.core.errors import Refusal
from raidbot.core.guilds import GuildSeen
from raidbot.core.ids import GuildId
from raidbot.database import checkup as database
from raidbot.database.connection import DatabaseSettings
from raidbot.disk import measuring
from raidbot.disk.rules import Level as DiskLevel
from raidbot.disk.rules import Reading, Room, shown
from raidbot.features.setup.panels.doctor import configuration
from raidbot.features.setup.rules.checks import looked_over
from raidbot.settings import BotSettings, OperatorSettings, SettingsFault

SKEW_HINT_S, SKEW_PROBLEM_S = 5, 60
REDIS_PATIENCE_S = 5

POOL_WAIT_S = 0.1
"""Seconds that a request may wait for a connection on average."""
SLOW = "docs/operate/runbook/slow-clicks.md"
FULL = "docs/operate/runbook/database-full.md"
LATE = "docs/operate/runbook/backup-late.md"

PORTAL = "Developer portal, page Bot"


class Area(IntEnum):
    """Where a finding belongs; its number is the exit code of the first problem."""

    SETTINGS = 2
    DATABASE = 3
    DISCORD = 4
    MACHINE = 5
    PROCESSES = 6


@dataclass(frozen=True)
class Found:
    """A finding and where it belongs."""

    area: Area
    finding: Finding


def examine(environ: Mapping[str, str]) -> int:
    """Look everything over, say what was found, and return the exit code: 0 where nothing is a problem."""
    found = asyncio.run(_collect(environ))
    for area in Area:
        own = [one.finding for one in found if one.area is area]
        typer.echo(f"\n{area.name.title()}")
        for one in sorted(own, key=lambda one: list(Level).index(one.level)):
            mark = {Level.PROBLEM: "PROBLEM", Level.HINT: "hint   ", Level.OK: "ok     "}[one.level]
            typer.echo(f"  {mark} {one.text}" + (f"\n          -> {one.fix}" if one.fix else ""))
    problems = [one.area for one in found if one.finding.level is Level.PROBLEM]
    typer.echo(f"\n{len(problems)} to mend." if problems else "\nNothing to mend.")
    return int(problems[0]) if problems else 0


async def _collect(environ: Mapping[str, str]) -> list[Found]:
    found: list[Found] = []
    try:
        wanted = settings.load_operator(environ)
        found += [Found(Area.SETTINGS, one) for one in _settings(environ, wanted)]
    except SettingsFault as fault:
        return [Found(Area.SETTINGS, _problem(one, "docs/reference/settings.md")) for one in fault.faults]
    looks = {
        Area.DATABASE: _database(wanted),
        Area.DISCORD: _discord(environ, wanted),
        Area.MACHINE: _machine(environ, wanted),
        Area.PROCESSES: _processes(wanted),
    }
    for area, look in looks.items():
        found += [Found(area, one) async for one in look]
    return found


def _settings(environ: Mapping[str, str], wanted: OperatorSettings) -> Iterator[Finding]:
    """Read all settings as the processes do; what `raidbot up` makes up may be missing."""
    made_up = {"DATABASE_URL", "BACKEND_API_KEY"} if wanted.deployment is settings.Deployment.EMBEDDED else set[str]()
    faults = dict.fromkeys([*_faults(settings.load_backend, environ), *_faults(settings.load_bot, environ)])
    counted = [one for one in faults if not (one.partition(":")[0] in made_up and ": is missing" in one)]
    yield from (_problem(one, "docs/reference/settings.md") for one in counted)
    if not counted:
        yield _ok("All settings can be read.")
    if not wanted.production:
        yield _hint(f"APP_ENV is {wanted.app_env}, which allows short keys.", "APP_ENV=production")


def _faults(load: Callable[[Mapping[str, str]], object], environ: Mapping[str, str]) -> list[str]:
    try:
        load(environ)
    except SettingsFault as fault:
        return fault.faults
    return []


async def _database(wanted: OperatorSettings) -> AsyncIterator[Finding]:
    url = wanted.database_url.reveal() if wanted.database_url else _embedded(wanted.data_dir / "postgres")
    if url is None:
        yield _hint("The embedded PostgreSQL does not run, so it was not looked at.", "raidbot up, then this again")
        return
    tls = wanted.database_ssl_reject_unauthorized
    where = DatabaseSettings(url, pool_size=wanted.pool_size, ssl_reject_unauthorized=tls)
    for one in await database.examine(where):
        yield one


def _embedded(folder: Path) -> str | None:
    """Return where the embedded PostgreSQL is, if it runs. See docs/operate/database.md."""
    try:
        password, port = (folder / "password").read_text().strip(), (folder / "port").read_text().strip()
    except OSError:
        return None
    return f"postgres://raidbot:{password}@127.0.0.1:{port}/raidbot"


async def _discord(environ: Mapping[str, str], wanted: OperatorSettings) -> AsyncIterator[Finding]:
    if wanted.token is None:
        yield _hint("There is no token: raidbot up meets a practice Discord.", "raidbot init")
        return
    api, token = wanted.discord_api_url, wanted.token.reveal()
    try:
        application = await portal.look(api, token)
        yield _ok(f"The token is that of {application.name} ({application.id}).")
        for one in _application(application, wanted):
            yield one
        for guild_id in wanted.guild_ids or ():
            if guild_id in application.guilds:
                seen = await portal.guild(api, token, guild_id, application)
                for one in looked_over(seen, await _configured(environ, guild_id)):
                    yield _plain(one, seen, application.guilds[guild_id])
    except portal.DiscordRefuses as fault:
        yield _problem(str(fault), "raidbot rotate token, or wait if Discord is away: discordstatus.com")


def _application(application: portal.Application, wanted: OperatorSettings) -> Iterator[Finding]:
    if wanted.application_id not in {None, application.id}:
        yield _problem(
            f"APPLICATION_ID is {wanted.application_id}, and the token's is {application.id}.", "raidbot init"
        )
    for name in application.missing_intents:
        yield _problem(f"The {name} Intent is off.", f"{PORTAL}, Privileged Gateway Intents: switch it on")
    for guild_id in wanted.guild_ids or ():
        if guild_id not in application.guilds:
            yield _problem(f"The bot is not in the server {guild_id}.", f"Invite it: {application.invite}")
    skew = abs((Clock().now() - parsedate_to_datetime(application.date)).total_seconds()) if application.date else 0
    if skew > SKEW_HINT_S:
        level = Level.PROBLEM if skew > SKEW_PROBLEM_S else Level.HINT
        yield Finding(level, f"This machine's clock is {skew:.0f} s off Discord's.", "timedatectl set-ntp true")
    else:
        yield _ok("The clock agrees with Discord's.")


async def _configured(environ: Mapping[str, str], guild_id: GuildId) -> Configured:
    """Return what is mapped in a guild; nothing where the backend is away, which is a finding of its own."""
    try:
        wanted: BotSettings = settings.load_bot(environ)
        async with Backend(wanted.backend_url, wanted.api_key.reveal(), timeout=5) as backend:
            return await configuration(backend, guild_id)
    except (SettingsFault, Refusal, Fault):
        return Configured()


def _plain(one: Finding, seen: GuildSeen, guild: str) -> Finding:
    """Write a finding of Discord's for a terminal: names in the place of mentions."""
    names = {f"<@&{role.id}>": f"@{role.name}" for role in seen.roles}
    names |= {f"<#{channel.id}>": f"#{channel.name}" for channel in seen.channels}

    def plain(text: str) -> str:
        return re.sub(r"<(?:@&|#)\d+>", lambda found: names.get(found[0], found[0]), text).replace("**", "")

    return Finding(one.level, f"{guild}: {plain(one.text)}", plain(one.fix))


async def _machine(_: Mapping[str, str], wanted: OperatorSettings) -> AsyncIterator[Finding]:
    yield disk(measuring.read(wanted.data_dir))
    if wanted.redis_url:
        yield await _redis(wanted.redis_url.reveal())


def disk(reading: Reading) -> Finding:
    """Judge how full the disk is, by the levels at which an operator is told of it."""
    level = Room().take(reading)
    told = f"The disk is {reading.percent:.0f} % full, {shown(reading.free)} are free."
    if level >= DiskLevel.NEARLY_FULL:
        return _problem(told, FULL)
    return _hint(told, FULL) if level is DiskLevel.FILLING else _ok(told)


async def _redis(url: str) -> Finding:
    from redis.asyncio import Redis  # noqa: PLC0415 - most have no Redis, and it is a heavy library
    from redis.exceptions import RedisError  # noqa: PLC0415

    asked = Redis.from_url(url, socket_timeout=REDIS_PATIENCE_S, socket_connect_timeout=REDIS_PATIENCE_S)
    try:
        await asked.ping()
    except (RedisError, OSError) as away:
        return _hint(f"Redis does not answer, so each bot counts by itself: {away}", "Start it, or correct REDIS_URL")
    finally:
        await asked.aclose()
    return _ok("Redis answers.")


async def _processes(wanted: OperatorSettings) -> AsyncIterator[Finding]:
    ports = {"backend": wanted.backend_metrics_port, "bot": wanted.bot_metrics_port}
    lacking = await asyncio.to_thread(wellness.ailing, ports)
    for one in lacking:
        yield _problem(one, "docs/operate/runbook/bot-silent.md")
    if not lacking:
        yield _ok("Backend and bot are well.")
    told = await asyncio.to_thread(wellness.figures, wanted.backend_metrics_port)
    for one in (pool(told), backups(told, Clock().now())):
        if one:
            yield one


def pool(figures: Mapping[str, float]) -> Finding | None:
    """Judge how long requests of the backend have waited for a connection since it started.

    Args:
        figures: Those of its metrics page, by their names.
    """
    waits, waited_s = figures.get("raidbot_pool_waits_total", 0), figures.get("raidbot_pool_wait_seconds_total", 0)
    if refused := int(figures.get("raidbot_pool_exhausted_total", 0)):
        return _problem(f"{refused} requests got no connection to PostgreSQL in time since the backend started.", SLOW)
    if not waits:
        return None
    average = waited_s / waits
    if average > POOL_WAIT_S:
        return _problem(f"Requests wait {average:.2f} s for a connection to PostgreSQL on average.", SLOW)
    return _ok(f"Requests wait {average * 1000:.1f} ms for a connection to PostgreSQL on average.")


def backups(figures: Mapping[str, float], now: datetime) -> Finding | None:
    """Judge how old the newest backup is that was verified.

    Args:
        figures: Those of the backend's metrics page, by their names.
        now: The time.
    """
    taken_at = figures.get("raidbot_backup_verified_timestamp_seconds")
    if taken_at is None:
        return None
    if not taken_at:
        return _hint("There is no good backup in the folder that the backend sees.", LATE)
    since = now - datetime.fromtimestamp(taken_at, UTC)
    told = f"The newest good backup is {age(since)} old."
    return _problem(told, LATE) if since > LATE_AFTER else _ok(told)


def _problem(text: str, fix: str) -> Finding:
    return Finding(Level.PROBLEM, text, fix)


def _hint(text: str, fix: str) -> Finding:
    return Finding(Level.HINT, text, fix)


def _ok(text: str) -> Finding:
    return Finding(Level.OK, text)


for _part in ("model", "rules"):
    features.load(_part)
