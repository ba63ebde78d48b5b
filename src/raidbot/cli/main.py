"""`raidbot migrate | backend | up`."""

import asyncio
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import structlog
import typer

from raidbot import settings
from raidbot.cli import serving
from raidbot.database import migrate as migrations
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.settings import BackendSettings, Secret, SettingsFault, UpSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

BAD_SETTINGS = 2
"""The exit code when the environment is not as it should be."""

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
    except (migrations.MigrationFault, DatabaseAway, DatabaseBusy) as fault:
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


@app.command()
def backend() -> None:
    """Serve the REST backend. The schema must be current: see `raidbot migrate`."""
    with told():
        wanted = settings.load_backend(settings.environment())
        serving.prepare_logs(wanted.log_level)
        serving.serve(wanted, release())


@app.command()
def up() -> None:
    """Bring up PostgreSQL (an embedded one without DATABASE_URL), migrate, and serve the backend."""
    with told():
        wanted = settings.load_up(settings.environment())
        serving.prepare_logs(wanted.log_level)
        if wanted.database_url:
            _serve_on(wanted, wanted.database_url)
            return
        with EmbeddedServer(wanted.data_dir / "postgres") as server:
            _serve_on(wanted, Secret(server.url))


def _serve_on(wanted: UpSettings, url: Secret) -> None:
    tls = wanted.database_ssl_reject_unauthorized
    asyncio.run(migrations.migrate(url.reveal(), ssl_reject_unauthorized=tls))
    typer.echo(f"Backend: http://{wanted.bind}:{wanted.port}/v1/health")
    serving.serve(
        BackendSettings(
            app_env=wanted.app_env,
            log_level=wanted.log_level,
            bind=wanted.bind,
            data_dir=wanted.data_dir,
            test_clock_file=wanted.test_clock_file,
            port=wanted.port,
            metrics_port=wanted.backend_metrics_port,
            database_url=url,
            database_ssl_reject_unauthorized=tls,
            api_key=wanted.api_key or _own_key(wanted.data_dir / "api-key"),
        ),
        release(),
    )


def _own_key(file: Path) -> Secret:
    """Return the API key that was made up at the first start, readable by this user alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    typer.echo(f"API key: in {file}")
    return Secret(file.read_text().strip())


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
