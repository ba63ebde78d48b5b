"""`raidbot migrate | backend | bot | up | backup | restore | disk`."""

import asyncio
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import structlog
import typer

from raidbot import settings
from raidbot.backups.model import BackupFault, Kind
from raidbot.cli import supervising
from raidbot.cli.logs import prepare_logs
from raidbot.database import migrate as migrations
from raidbot.database.embedded import EmbeddedFault
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.settings import SettingsFault

log: structlog.stdlib.BoundLogger = structlog.get_logger()

BAD_SETTINGS = 2
"""The exit code when the environment is not as it should be."""

FAULTS = (supervising.PartGaveUp, migrations.MigrationFault, DatabaseAway, DatabaseBusy, BackupFault, EmbeddedFault)
"""What ends a command with one clear text and the exit code 1."""

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Runs the raids of RotMG servers on Discord.")


def release() -> str:
    """Return this release's number."""
    try:
        return version("rotmg-raidbot")
    except PackageNotFoundError:  # run from a checkout
        return "0.1.0"


@contextmanager
def told() -> Generator[None]:
    """End with one clear text instead of a trace when settings, schema or database are at fault."""
    try:
        yield
    except SettingsFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(BAD_SETTINGS) from fault
    except FAULTS as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from fault


@app.command()
def migrate(
    *,
    status: Annotated[bool, typer.Option("--status", help="Show how the schema stands; change nothing.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Check files, checksums and indexes.")] = False,
) -> None:
    """Bring the database to the schema of this release."""
    with told():
        wanted = settings.load_backend(settings.environment())
        url, tls = wanted.database_url.reveal(), wanted.database_ssl_reject_unauthorized
        if verify:
            _say_verified(asyncio.run(migrations.verify(url, ssl_reject_unauthorized=tls)))
        elif status:
            _say_status(asyncio.run(migrations.status(url, ssl_reject_unauthorized=tls)))
        else:
            done = asyncio.run(migrations.migrate(url, ssl_reject_unauthorized=tls))
            typer.echo("\n".join(f"applied {name}" for name in done) or "The schema is current.")


Supervised = Annotated[bool, typer.Option("--supervised", hidden=True, help="End when standard input ends.")]


@app.command()
def backend(*, supervised: Supervised = False) -> None:
    """Serve the REST backend. The schema must be current: see `raidbot migrate`."""
    from raidbot.cli import serving  # noqa: PLC0415 - a process loads only what it runs

    with told():
        if supervised:
            supervising.end_with_parent()
        wanted = settings.load_backend(settings.environment())
        prepare_logs(wanted.log_level)
        serving.serve(wanted, release())


@app.command()
def bot(*, supervised: Supervised = False) -> None:
    """Connect to Discord and draw what the backend knows."""
    from raidbot.cli import connecting  # noqa: PLC0415 - a process loads only what it runs

    with told():
        if supervised:
            supervising.end_with_parent()
        wanted = settings.load_bot(settings.environment())
        prepare_logs(wanted.log_level)
        connecting.connect(wanted, lambda: settings.load_bot(settings.environment()))


@app.command()
def up() -> None:
    """Bring up all of it: PostgreSQL (embedded without DATABASE_URL), backend and bot.

    Without a token the bot meets a practice Discord, which is a page in the browser.
    """
    from raidbot.cli import upping  # noqa: PLC0415 - a process loads only what it runs

    with told():
        environ = settings.environment()
        wanted = settings.load_up(environ)
        prepare_logs(wanted.log_level)
        upping.bring_up(wanted, environ)


@app.command()
def backup(
    *,
    listing: Annotated[bool, typer.Option("--list", help="Show age, size, verified, copied; take none.")] = False,
    scheduled: Annotated[bool, typer.Option("--scheduled", help="Take one an hour until stopped.")] = False,
    kind: Annotated[Kind, typer.Option(help="Why it is taken; decides how long it is kept.")] = Kind.BY_HAND,
    supervised: Supervised = False,
) -> None:
    """Take a backup, try it by restoring it elsewhere, and copy it with BACKUP_COPY_TO."""
    from raidbot.cli import backing_up  # noqa: PLC0415 - a process loads only what it runs

    with told():
        if supervised:
            supervising.end_with_parent()
        environ = settings.environment()
        wanted = settings.load_backup(environ)
        if listing:
            backing_up.show(wanted)
            return
        prepare_logs(wanted.log_level)
        if scheduled:
            backing_up.keep(wanted, environ)
        else:
            backing_up.back_up(wanted, environ, kind)


@app.command()
def restore(
    name: Annotated[str | None, typer.Argument(help="A backup, a database set aside, or `latest`.")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete a database that was set aside.")] = False,
) -> None:
    """Put a backup back beside the present database, say what would be lost, ask, and let them change places."""
    from raidbot.cli import restoring  # noqa: PLC0415 - a process loads only what it runs

    with told():
        wanted = settings.load_backup(settings.environment())
        prepare_logs(settings.LogLevel.WARNING)
        if name is None:
            restoring.show(wanted)
        elif forget:
            restoring.forget(wanted, name)
        else:
            restoring.restore(wanted, name, yes=yes)


@app.command()
def disk(
    *,
    rescue: Annotated[bool, typer.Option("--rescue", help="Free the reserve of 256 MB.")] = False,
) -> None:
    """Show how full the disk is and what takes most of it."""
    from raidbot.cli import clearing  # noqa: PLC0415 - a process loads only what it runs

    with told():
        wanted = settings.load_backup(settings.environment())
        prepare_logs(settings.LogLevel.WARNING)
        if rescue:
            clearing.rescue(wanted)
        else:
            clearing.show(wanted)


def _say_verified(faults: list[str]) -> None:
    typer.echo("\n".join(faults) or "The schema is as it should be.")
    if faults:
        sys.exit(1)


def _say_status(status: migrations.Status) -> None:
    for word, names in (("applied", status.applied), ("missing", status.missing), ("newer", status.newer)):
        for name in names:
            typer.echo(f"{word} {name}")
    for fault in status.faults:
        typer.echo(f"fault: {fault}")
