"""`raidbot backup`: one by hand, the list, or one an hour for as long as it runs."""

import asyncio
import signal
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime

import typer

from raidbot.backups import rules
from raidbot.backups.copying import Copier
from raidbot.backups.folder import Folder
from raidbot.backups.keeping import Keeper
from raidbot.backups.model import Backup, Kind, age, amount
from raidbot.backups.taking import FAILS, take
from raidbot.cli.alarms import Alarms, Noted
from raidbot.core.alerts import Change
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database
from raidbot.features.alerts import service as alerts
from raidbot.features.alerts.api import NoteAlert
from raidbot.settings import BackupSettings, SettingsFault

SECRET_NAMES = (
    "BACKUP_KEY",
    "BACKEND_API_KEY",
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ALERT_URL",
    "HEARTBEAT_URL",
)
"""What a command for copies is not told."""

NOT_INSIDE = (
    "Not inside: .env and, with Compose, the folder secrets (the bot's token, BACKEND_API_KEY, BACKUP_KEY), DATA_DIR, "
    "and what lives in Discord (messages, pictures, roles). Keep .env and secrets in a second place."
)


@contextmanager
def record(wanted: BackupSettings) -> Generator[DatabaseSettings]:
    """Return where the record is; the embedded server is found or started for the block."""
    tls = wanted.database_ssl_reject_unauthorized
    if wanted.database_url:
        yield DatabaseSettings(wanted.database_url.reveal(), ssl_reject_unauthorized=tls)
        return
    with EmbeddedServer(wanted.data_dir / "postgres") as server:
        yield DatabaseSettings(server.url)


def made(wanted: BackupSettings) -> AbstractContextManager[DatabaseSettings]:
    """Return where the record is, as `record` does, but make none.

    Raises:
        SettingsFault: there is none.
    """
    if wanted.database_url is None and not (wanted.data_dir / "postgres").exists():
        raise SettingsFault(
            [f"DATABASE_URL: is missing, and raidbot up made no database in {wanted.data_dir.absolute()} either."]
        )
    return record(wanted)


def folder_of(wanted: BackupSettings) -> Folder:
    """Return the folder of backups."""
    return Folder(wanted.folder, wanted.backup_key.reveal() if wanted.backup_key else None)


def back_up(wanted: BackupSettings, environ: Mapping[str, str], kind: Kind) -> None:
    """Take one backup now, copy it, and say what came of it.

    Raises:
        BackupFault: it could not be taken, verified or copied.
    """
    clock, folder = Clock(wanted.test_clock_file), folder_of(wanted)
    with record(wanted) as source:
        taken = asyncio.run(take(source, folder, kind, clock))
    typer.echo(_line(taken, clock.now()))
    fault = taken.sheet.verify_fault if taken.sheet else None
    if copier := _copier(wanted, environ):
        wrong = asyncio.run(copier.copy(folder, taken, clock))
        fault = fault or (wrong.sentence if wrong else None)
    typer.echo(NOT_INSIDE)
    if fault:
        typer.echo(fault, err=True)
        raise typer.Exit(1)


def keep(wanted: BackupSettings, environ: Mapping[str, str]) -> None:
    """Take backups by the clock until SIGTERM or SIGINT. One being taken then is given up and leaves nothing."""
    clock = Clock(wanted.test_clock_file)
    with record(wanted) as source:
        keeper = Keeper(source, folder_of(wanted), _copier(wanted, environ), clock)
        asyncio.run(_keep(wanted, keeper))


async def _keep(wanted: BackupSettings, keeper: Keeper) -> None:
    async def note(change: Change) -> Noted:
        return await _note(keeper, change)

    alarms = Alarms(wanted, "backups", keeper.clock)

    async def both() -> None:
        async with asyncio.TaskGroup() as doing:  # unlike gather, it lets a backup that is given up end first
            doing.create_task(keeper.run())
            doing.create_task(alarms.keep(lambda: list(keeper.wrong.values()), note))

    keeping = asyncio.ensure_future(both())
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, keeping.cancel)
    with suppress(asyncio.CancelledError):
        await keeping


async def _note(keeper: Keeper, change: Change) -> Noted:
    """Write an alert down, so that the bots tell it too; without a database this process is the only one to tell it."""
    one = change.condition
    told = NoteAlert(name=one.name, sentence=one.sentence, page=one.page, raised=change.raised)
    try:
        database = await Database.connect(keeper.source)
        try:
            async with database.transaction(label="alert") as tx:
                noted = await alerts.note(tx, told, keeper.clock.now())
        finally:
            await database.close()
    except FAILS:
        return Noted.ALONE
    return Noted.FIRST if noted.fresh else Noted.KNOWN


def show(wanted: BackupSettings) -> None:
    """List the backups, the newest first, and tell when the newest good one is too old."""
    now = Clock(wanted.test_clock_file).now()
    found = folder_of(wanted).backups()
    typer.echo(f"{len(found)} backups in {wanted.folder}")
    for one in found:
        typer.echo(_line(one, now))
    if late := rules.late(found, now):
        typer.echo(f"{late.sentence} See docs/operate/runbook/{late.page}.md")
    typer.echo(NOT_INSIDE)


def listed(backups: Sequence[Backup], now: datetime) -> list[str]:
    """Return a line about each backup."""
    return [_line(one, now) for one in backups]


def _copier(wanted: BackupSettings, environ: Mapping[str, str]) -> Copier | None:
    if not wanted.backup_copy_to:
        return None
    public = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in SECRET_NAMES}
    return Copier(wanted.backup_copy_to, public)


def _line(one: Backup, now: datetime) -> str:
    state = [f"{age(now - one.taken_at)} old", amount(one.size), "verified" if one.is_verified else "not verified"]
    if one.sheet is None:
        state.append("its sheet is missing")
    elif one.sheet.copied_at:
        state.append("copied")
    elif one.sheet.copy_fault:
        state.append("not copied")
    return f"{one.name}  {', '.join(state)}"
