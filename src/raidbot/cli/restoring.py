"""`raidbot restore`: what there is, and putting one of it back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import typer

from raidbot.backend import events
from raidbot.backups import losses, restoring
from raidbot.backups.folder import Folder
from raidbot.backups.model import BackupFault, amount
from raidbot.backups.scratch import drop
from raidbot.backups.tools import database_of
from raidbot.cli.backing_up import NOT_INSIDE, folder_of, listed, record
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings
from raidbot.database.transaction import Transaction
from raidbot.features.reconciliation import service as reconciliation
from raidbot.settings import BackupSettings


def show(wanted: BackupSettings) -> None:
    """List what can be put back."""
    folder = folder_of(wanted)
    with record(wanted) as where:
        beside = asyncio.run(restoring.asides(where))
    found = listed(folder.backups(), Clock(wanted.test_clock_file).now())
    typer.echo(f"Backups in {folder.path}:")
    for one in found or ["none"]:
        typer.echo(f"  {one}")
    if beside:
        typer.echo("Databases beside the present one:")
        for one in beside:
            typer.echo(f"  {restoring.described(one)}")
    typer.echo("Put one back: raidbot restore NAME, or: raidbot restore latest")


def restore(wanted: BackupSettings, name: str, *, yes: bool) -> None:
    """Put a backup, or a database that was set aside, in the place of the present one.

    Raises:
        BackupFault: it cannot be put back; nothing was changed.
    """
    clock = Clock(wanted.test_clock_file)
    with record(wanted) as where:
        aside = next((one for one in asyncio.run(restoring.asides(where)) if one.name == name), None)
        if aside:
            lost = asyncio.run(restoring.lost_since(where, aside))
            _ask(clock.now() - aside.since, lost, yes=yes)
            _swap(where, name, clock)
            return
        _put_back(where, folder_of(wanted), name, clock, yes=yes)


def forget(wanted: BackupSettings, name: str) -> None:
    """Delete a database that was set aside.

    Raises:
        BackupFault: there is none of that name beside the present one.
    """
    with record(wanted) as where:
        if name not in {one.name for one in asyncio.run(restoring.asides(where))}:
            raise BackupFault(f"{name} does not lie beside {database_of(where)}. See: raidbot restore")
        asyncio.run(drop(where, name))
    typer.echo(f"{name} is deleted.")


def _put_back(where: DatabaseSettings, folder: Folder, name: str, clock: Clock, *, yes: bool) -> None:
    backup = folder.find(name)
    programs = asyncio.run(restoring.check(where, folder, backup))
    typer.echo(f"{backup.name} is restored beside {database_of(where)} …")
    made = asyncio.run(restoring.put_beside(where, folder, backup, programs, clock))
    typer.echo(f"{made.rows:,} rows came back, {amount(backup.size)} read. Nothing was changed yet.")
    if made.migrated:
        typer.echo(f"Brought to this release: {len(made.migrated)} migrations.")
    try:
        _ask(clock.now() - backup.taken_at, made.lost, yes=yes)
    except typer.Abort:
        asyncio.run(drop(where, made.database))
        typer.echo("Nothing was changed.")
        raise
    _swap(where, made.database, clock)


def _ask(since: timedelta, lost: Sequence[tuple[int, str]] | None, *, yes: bool) -> None:
    """Say what would be lost, and ask.

    Raises:
        Abort: they do not want it.
    """
    unknown = "What would be lost cannot be told: the present database cannot be read."
    typer.echo(unknown if lost is None else losses.told(since, lost))
    if not yes:
        typer.confirm("Put it in the place of the present database?", abort=True)


def _swap(where: DatabaseSettings, name: str, clock: Clock) -> None:
    kept = asyncio.run(restoring.swap(where, name, _settle, clock))
    typer.echo(f"{database_of(where)} is now what was restored.")
    if kept:
        typer.echo(f"The one before is kept as {kept}.")
        typer.echo(f"Back again: raidbot restore {kept}. Delete it: raidbot restore {kept} --forget")
    typer.echo("For a day, what Discord and the record differ in is asked in bot_log, and nothing is mended unasked.")
    typer.echo(NOT_INSIDE)


async def _settle(tx: Transaction, now: datetime) -> None:
    await events.begin_anew(tx)
    await reconciliation.meet_again(tx, now)
