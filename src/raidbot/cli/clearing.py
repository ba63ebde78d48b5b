"""`raidbot disk`: how full it is, what takes most, and the reserve."""

import asyncio
from collections.abc import Sequence

import typer

from raidbot.cli.backing_up import record
from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedFault
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.database.pool import Database
from raidbot.disk import measuring
from raidbot.disk.reserve import Reserve
from raidbot.disk.rules import Level, Room, Share, shown
from raidbot.settings import BackupSettings

MEANS = {
    Level.FINE: "there is room",
    Level.FILLING: "filling up",
    Level.NEARLY_FULL: "nearly full",
    Level.SHORT: "only what raids and punishments need is written",
}


def show(wanted: BackupSettings) -> None:
    """Say how full the disk is and what takes most. Works without a database, too."""
    reading = measuring.read(wanted.data_dir)
    level = Room().take(reading)
    typer.echo(f"Disk of {wanted.data_dir}: {reading.percent:.0f} % full, {shown(reading.free)} free: {MEANS[level]}.")
    typer.echo("What takes most:")
    shares = [*_tables(wanted), *measuring.files(wanted.data_dir, wanted.folder)]
    for one in sorted(shares, key=lambda one: one.size, reverse=True)[:12]:
        typer.echo(f"  {one.what:<32} {shown(one.size)}")
    held = Reserve(wanted.data_dir).held
    typer.echo(f"Reserve: {shown(held)}, freed by: raidbot disk --rescue" if held else "Reserve: none is held.")
    typer.echo("Never delete anything in pg_wal: PostgreSQL would not start again.")


def rescue(wanted: BackupSettings) -> None:
    """Free the reserve."""
    freed = Reserve(wanted.data_dir).release()
    reading = measuring.read(wanted.data_dir)
    told = f"Freed {shown(freed)}; {shown(reading.free)} are free now."
    typer.echo(told if freed else "There was no reserve to free.")
    typer.echo("It is held again once less than 80 % are full. What takes most: raidbot disk")


def _tables(wanted: BackupSettings) -> Sequence[Share]:
    try:
        with record(wanted) as where:
            return asyncio.run(_measured(where))
    except (DatabaseAway, DatabaseBusy, EmbeddedFault) as away:
        typer.echo(f"  (the tables cannot be asked: {away})")
        return []


async def _measured(where: DatabaseSettings) -> list[Share]:
    database = await Database.connect(where)
    try:
        async with database.transaction(label="disk") as tx:
            return await measuring.tables(tx)
    finally:
        await database.close()
