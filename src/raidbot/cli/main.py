"""The commands: `raidbot init | up | migrate | backend | bot | doctor`, and what an operator needs now and then."""

import asyncio
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import structlog
import typer

from raidbot import settings
from raidbot.backups.model import BackupFault, Kind
from raidbot.cli import supervising
from raidbot.cli.choices import Part, What
from raidbot.cli.logs import prepare_logs
from raidbot.cli.stopped import Stopped
from raidbot.database import migrate as migrations
from raidbot.database.embedded import EmbeddedFault
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.settings import Deployment, SettingsFault

log: structlog.stdlib.BoundLogger = structlog.get_logger()

BAD_SETTINGS = 2
"""The exit code when the environment is not as it should be."""

FAULTS = (
    Stopped,
    supervising.PartGaveUp,
    migrations.MigrationFault,
    DatabaseAway,
    DatabaseBusy,
    BackupFault,
    EmbeddedFault,
)
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


def inside(service: str) -> None:
    """Where Compose keeps everything running, let a container do what was typed, and end with its code.

    It has the volumes and the settings that this needs, and the release that runs.
    """
    from raidbot.cli.deployed import Compose  # noqa: PLC0415 - a process loads only what it runs

    if settings.environment().get("DEPLOYMENT") == Deployment.COMPOSE:
        raise typer.Exit(Compose(Path.cwd()).inside(service, *sys.argv[1:]))


@app.command()
def migrate(
    *,
    status: Annotated[bool, typer.Option("--status", help="Show how the schema stands; change nothing.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Check files, checksums and indexes.")] = False,
) -> None:
    """Bring the database to the schema of this release."""
    from raidbot.cli import backing_up  # noqa: PLC0415 - a process loads only what it runs

    with told():
        inside("backend")
        prepare_logs(settings.LogLevel.WARNING)
        wanted = settings.load_backup(settings.environment())
        with backing_up.made(wanted) as where:
            url, tls = where.url, where.ssl_reject_unauthorized
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
        else:
            inside("backups")
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
    from_discord: Annotated[
        bool, typer.Option("--from-discord", help="List what the logs in Discord tell and the record does not have.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="With --from-discord: since when, if not since the backup that was put back.")
    ] = None,
) -> None:
    """Put a backup back beside the present database, say what would be lost, ask, and let them change places."""
    from raidbot.cli import restoring  # noqa: PLC0415 - a process loads only what it runs

    with told():
        if from_discord:
            from raidbot.cli import recalling  # noqa: PLC0415 - and it loads the panels whose words it reads

            prepare_logs(settings.LogLevel.WARNING)
            recalling.recall(settings.environment(), since)
            return
        if since is not None:
            raise Stopped(
                "--since goes with --from-discord. To put a backup back, name it; raidbot restore lists them."
            )
        inside("backups")
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
        inside("backups")
        wanted = settings.load_backup(settings.environment())
        prepare_logs(settings.LogLevel.WARNING)
        if rescue:
            clearing.rescue(wanted)
        else:
            clearing.show(wanted)


@app.command()
def init(  # noqa: PLR0913 - an option each
    *,
    runs: Annotated[Deployment, typer.Option("--with", help="What is to keep it running.")] = Deployment.EMBEDDED,
    token_file: Annotated[
        Path | None,
        typer.Option(help="A file with the bot's token; - is standard input. Else SECRET_KEY counts."),
    ] = None,
    guild: Annotated[str | None, typer.Option(help="The id of your server; several with commas between them.")] = None,
    port: Annotated[int | None, typer.Option(help="The port of the API, if 4000 is taken.")] = None,
    database_url: Annotated[str | None, typer.Option(help="Your PostgreSQL, for systemd.")] = None,
    folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    start: Annotated[bool, typer.Option(help="Start it, and wait until it is well.")] = True,
) -> None:
    """Check token, server, intents and port, write .env, start everything, and wait until it is well."""
    from raidbot.cli import initiating  # noqa: PLC0415 - a process loads only what it runs

    with told():
        asked = initiating.Asked(
            deployment=runs,
            folder=folder.absolute(),
            token=initiating.token_of(token_file),
            guild_ids=guild,
            port=port,
            database_url=database_url,
            yes=yes,
            start=start,
        )
        initiating.begin(asked, settings.environment(asked.folder))


@app.command()
def doctor(*, folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path()) -> None:
    """Look over settings, database, Discord, machine and processes; each finding says how it is mended.

    The exit code tells where the first problem is: 2 settings, 3 database, 4 Discord, 5 machine, 6 processes.
    """
    from raidbot.cli import examining  # noqa: PLC0415 - a process loads only what it runs

    prepare_logs(settings.LogLevel.ERROR)  # what a warning would say is a finding
    raise typer.Exit(examining.examine(settings.environment(folder)))


@app.command()
def rehearse(  # noqa: PLR0913 - an option each
    *,
    guild: Annotated[str, typer.Option(help="The id of a test server, in which nobody plays.")],
    token_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with the bot's token; - is standard input. Else SECRET_KEY counts, or you are asked."
        ),
    ] = None,
    part: Annotated[Part, typer.Option(help="Only what asks Discord, or only what members see.")] = Part.ALL,
    only: Annotated[list[str] | None, typer.Option(help="Only this step of the first part; may be repeated.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Forget what was tried before.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even if the record has runs or raiders of it.")] = False,
    folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path(),
) -> None:
    """Walk you through 20 minutes on a real test server: does Discord do what our tests take for true?"""
    from raidbot.cli import rehearsing  # noqa: PLC0415 - a process loads only what it runs

    with told():
        environ = settings.environment(folder)
        prepare_logs(settings.LogLevel.WARNING)
        asked = rehearsing.Asked(
            guild=guild,
            token=rehearsing.token(token_file, environ),
            only=only or (),
            anyway=anyway,
            again=again,
            discord=part is not Part.PHONES,
            phones=part is not Part.DISCORD and not only,
        )
        rehearsing.rehearse(asked, settings.load_rehearsal(environ), release())


@app.command()
def update(
    release: Annotated[str | None, typer.Argument(help="Which one; the newest if none is named.")] = None,
    *,
    when_quiet: Annotated[bool, typer.Option("--when-quiet", help="Wait until no run is on, and do not ask.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    patience: Annotated[float, typer.Option(help="Seconds that the new release may take to get well.")] = 60,
    folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path(),
) -> None:
    """Show what is new, take a backup, migrate, switch, and go back by itself if it does not get well."""
    from raidbot.cli import releases, updating  # noqa: PLC0415 - a process loads only what it runs

    with told():
        wanted = settings.load_operator(settings.environment(folder))
        wish = updating.Wish(release=release, when_quiet=when_quiet, yes=yes, patience_s=patience)
        updating.update(wanted, releases.releases(wanted, folder.absolute()), wish)


@app.command()
def rollback(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path(),
) -> None:
    """Let the release before run again."""
    from raidbot.cli import releases, updating  # noqa: PLC0415 - a process loads only what it runs

    with told():
        wanted = settings.load_operator(settings.environment(folder))
        updating.rollback(wanted, releases.releases(wanted, folder.absolute()), updating.Wish(yes=yes))


@app.command()
def rotate(
    what: Annotated[What, typer.Argument(help="Which secret became known.")],
    *,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the new token; - is standard input. Else you are asked.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path(),
) -> None:
    """Put a new token, API key or database password in place, and restart what uses it."""
    from raidbot.cli import initiating, rotating  # noqa: PLC0415 - a process loads only what it runs

    with told():
        place = rotating.Place(folder.absolute(), settings.environment(folder))
        rotating.rotate(what, place, initiating.token_of(token_file))


@app.command()
def audit(
    *,
    since: Annotated[str, typer.Option(help="Since when: 45m, 3h, 2d, or a time like 2026-11-28T14:00 (UTC).")],
    foreign: Annotated[bool, typer.Option("--foreign", help="What the bot's account did that we did not.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back roles and bans.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    folder: Annotated[Path, typer.Option(help="Where .env is kept.")] = Path(),
) -> None:
    """Compare Discord's audit log and channels with our seals and the record, after the bot's token became known.

    The exit code is 0 where everything is accounted for or taken back, and 1 where something is left.
    """
    from raidbot.cli import auditing  # noqa: PLC0415 - a process loads only what it runs

    with told():
        if not foreign:
            raise Stopped(f"Say what to look for: raidbot audit --foreign --since {since}")
        prepare_logs(settings.LogLevel.WARNING)
        wish = auditing.Wish(since=since, undo=undo, yes=yes)
        raise typer.Exit(auditing.audit(settings.environment(folder), wish))


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
