"""`raidbot init`: from a token to a system that runs."""

import asyncio
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from raidbot import settings
from raidbot.cli import envfile, portal, wellness
from raidbot.cli.deployed import SECRETS, STATE_FOLDER, Compose, deployed
from raidbot.cli.stopped import Stopped
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedServer
from raidbot.settings import Deployment

DATABASE_PORT = 5432
DATABASE_URL_LOOKS = "postgres://raidbot:PASSWORD@127.0.0.1:5432/rotmg_raids"
PORTS = {"backend": ("BACKEND_METRICS_PORT", 9100), "bot": ("BOT_METRICS_PORT", 9101), "API": ("PORT", 4000)}
"""What listens, the variable that names its port, and the usual one."""
PATIENCE_S = 180.0


class CannotBegin(Stopped):
    """Something must be mended before anything is started; the text says what."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the operator said, or None where they said nothing."""

    deployment: Deployment
    folder: Path
    """Where `.env` is written; with Compose the checkout."""
    token: str | None = None
    guild_ids: str | None = None
    port: int | None = None
    database_url: str | None = None
    yes: bool = False
    start: bool = True


def begin(asked: Asked, environ: Mapping[str, str]) -> None:
    """Check everything, write `.env`, start, and wait until all is well.

    Raises:
        CannotBegin: something must be mended first.
        DiscordRefuses: the token is wrong.
        CommandFailed: a program of this machine failed.
    """
    asked = _filled(asked, environ)
    application = asyncio.run(portal.look(environ.get("DISCORD_API_URL"), asked.token or ""))
    typer.echo(f"The token is that of {application.name} ({application.id}).")
    _check(asked, application, environ)
    wanted, files = plan(asked, application, environ)
    _write(asked, wanted, files)
    if not asked.start:
        typer.echo("Nothing was started, as you asked.")
        return
    _start(asked, files, _data_dir(environ) / "postgres")
    typer.echo("\nEverything is well. Go to your server on Discord and type /setup")


def _filled(asked: Asked, environ: Mapping[str, str]) -> Asked:
    """Ask for what is still missing.

    Raises:
        CannotBegin: something is missing and nobody is there to ask.
    """
    asked = replace(
        asked,
        token=asked.token or settings.find("SECRET_KEY", environ),
        guild_ids=asked.guild_ids or settings.find("DISCORD_GUILD_IDS", environ),
        database_url=asked.database_url or settings.find("DATABASE_URL", environ),
    )
    asked = _with_database(asked)
    if asked.yes and not (asked.token and asked.guild_ids):
        raise CannotBegin("With --yes nobody is asked: give --guild, and the token in SECRET_KEY or --token-file.")
    token = asked.token or typer.prompt("The bot's token (page Bot of the developer portal)", hide_input=True)
    guilds = asked.guild_ids or typer.prompt("The server's id (right-click its name, Copy Server ID)")
    return replace(asked, token=token.strip(), guild_ids=guilds.strip())


def _with_database(asked: Asked) -> Asked:
    """Ask where PostgreSQL is, where it is the operator's own.

    Raises:
        CannotBegin: nobody is there to ask.
    """
    if asked.deployment is not Deployment.SYSTEMD or asked.database_url:
        return asked
    if asked.yes:
        raise CannotBegin("Name your PostgreSQL with --database-url. docs/operate/install.md shows how to make one.")
    return replace(asked, database_url=typer.prompt(f"Your PostgreSQL ({DATABASE_URL_LOOKS})", hide_input=True).strip())


def _check(asked: Asked, application: portal.Application, environ: Mapping[str, str]) -> None:
    """Look at intents, servers and port.

    Raises:
        CannotBegin: one of them must be mended first.
    """
    typer.echo(f"Invite it with exactly what it uses: {application.invite}")
    if application.missing_intents:
        raise CannotBegin(
            f"Switch on {' Intent and '.join(application.missing_intents)} Intent in the developer portal, page Bot, "
            "Privileged Gateway Intents. Then run this again."
        )
    try:
        wanted = settings.guild_ids(asked.guild_ids or "")
    except ValueError as fault:
        raise CannotBegin(f"The server's id: {fault}.") from fault
    absent = [str(one) for one in wanted if one not in application.guilds]
    if absent:
        raise CannotBegin(f"The bot is not in {', '.join(absent)}. Open the link above, then run this again.")
    ports = _ports(asked, environ)
    ours = {part for part in wellness.PARTS if wellness.told(ports[part])}
    for part, port in ports.items():
        if _is_taken(port) and ("backend" if part == "API" else part) not in ours:
            another = (
                "take another with --port" if part == "API" else f"write another into .env, as in {PORTS[part][0]}=9110"
            )
            raise CannotBegin(f"Port {port} is taken by another program. Stop it, or {another}. Then run this again.")
    if asked.deployment is Deployment.COMPOSE and not _database_password(asked) and _is_taken(DATABASE_PORT):
        raise CannotBegin(
            f"Port {DATABASE_PORT} is taken: this machine runs a PostgreSQL already. Stop it (systemctl disable --now "
            "postgresql), or use it: --with systemd, see docs/operate/install.md."
        )
    typer.echo(f"It is in {', '.join(application.guilds[one] for one in wanted)}. Its intents are on.")


def _ports(asked: Asked, environ: Mapping[str, str]) -> dict[str, int]:
    ports = {part: int(environ.get(name) or usual) for part, (name, usual) in PORTS.items()}
    return ports | ({"API": asked.port} if asked.port else {})


def _is_taken(port: int) -> bool:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def plan(
    asked: Asked, application: portal.Application, environ: Mapping[str, str]
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return what `.env` and the files of secrets are to hold. Keys and passwords that are there stay."""
    wanted: dict[str, str | None] = {
        "APP_ENV": environ.get("APP_ENV") or "production",
        "DEPLOYMENT": asked.deployment,
        "APPLICATION_ID": str(application.id),
        "DISCORD_GUILD_IDS": asked.guild_ids,
        "SECRET_KEY": asked.token,
        "BACKEND_API_KEY": _own_key(environ),
    }
    if asked.port:
        wanted |= {"PORT": str(asked.port), "BACKEND_URL": f"http://localhost:{asked.port}/v1"}
    if asked.deployment is Deployment.SYSTEMD:
        wanted["DATA_DIR"] = str(STATE_FOLDER)  # for the commands: the units are told by their files
    if asked.deployment is not Deployment.COMPOSE:
        return wanted | ({"DATABASE_URL": asked.database_url} if asked.database_url else {}), {}
    folder = asked.folder / SECRETS
    password = _database_password(asked) or secrets.token_urlsafe(24)
    files = {
        "db_password": password,
        "database_url": _content(folder / "database_url")
        or f"postgres://raidbot:{password}@db:{DATABASE_PORT}/rotmg_raids",
        "host_database_url": _content(folder / "host_database_url")
        or f"postgres://raidbot:{password}@127.0.0.1:{DATABASE_PORT}/rotmg_raids",
        "backend_api_key": wanted["BACKEND_API_KEY"] or "",
        "secret_key": asked.token or "",
    }
    named = {
        "SECRET_KEY": "secret_key",
        "BACKEND_API_KEY": "backend_api_key",
        "DATABASE_URL": "host_database_url",
    }
    for name, file in named.items():
        wanted |= {name: None, f"{name}_FILE": str(folder / file)}
    return wanted, files


def _database_password(asked: Asked) -> str:
    """Return the password that an earlier run made for Compose, or nothing."""
    return _content(asked.folder / SECRETS / "db_password")


def _data_dir(environ: Mapping[str, str]) -> Path:
    """Return where a trial keeps what it has."""
    return Path(environ.get("DATA_DIR") or "var")


def _own_key(environ: Mapping[str, str]) -> str:
    """Return the key that there is, the one that a trial made up, or a new one."""
    made_up = _content(_data_dir(environ) / "api-key")
    return settings.find("BACKEND_API_KEY", environ) or made_up or secrets.token_urlsafe(32)


def _content(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _write(asked: Asked, wanted: Mapping[str, str | None], files: Mapping[str, str]) -> None:
    """Write `.env` and the files of secrets, after saying what changes.

    Raises:
        CannotBegin: the operator does not want that.
    """
    file = asked.folder / ".env"
    told = list(envfile.changes(file, wanted))
    told += [f"{SECRETS}/{name}: is written" for name, value in files.items() if _differs(asked, name, value)]
    if not told:
        typer.echo(f"{file} stays as it is.")
    else:
        typer.echo(f"In {file}:\n  " + "\n  ".join(told))
        if file.exists() and not asked.yes and not typer.confirm("Write that?", default=True):
            raise CannotBegin("Nothing was changed.")
    if files:
        (asked.folder / SECRETS).mkdir(mode=0o700, exist_ok=True)
        (asked.folder / SECRETS).chmod(0o700)
    for name, value in files.items():
        envfile.keep(asked.folder / SECRETS / name, f"{value}\n", 0o644)
    envfile.write(file, wanted)


def _differs(asked: Asked, name: str, value: str) -> bool:
    return _content(asked.folder / SECRETS / name) != value


def _start(asked: Asked, files: Mapping[str, str], trial: Path) -> None:
    """Start everything, taking along what a trial left, and wait until all is well.

    Args:
        asked: What the operator said.
        files: The secrets of containers.
        trial: Where the embedded PostgreSQL of a trial is, if there was one.

    Raises:
        CannotBegin: something does not get well.
        CommandFailed: a program of this machine failed.
    """
    environ = settings.environment(asked.folder)
    wanted = settings.load_operator(environ)
    runs = deployed(wanted, asked.folder)
    url = files.get("host_database_url") or asked.database_url
    if url and trial.exists():
        if isinstance(runs, Compose):
            runs.start_database()
        typer.echo(carry(trial, url))
    runs.start()
    ports = {part: port for part, port in _ports(asked, environ).items() if part in wellness.PARTS}
    if lacking := wellness.until_well(ports, PATIENCE_S, typer.echo):
        raise CannotBegin("It was started, but is not well:\n" + "\n".join(lacking))


def carry(folder: Path, url: str) -> str:
    """Copy what the embedded PostgreSQL holds to another one that is still empty; say what was done.

    Raises:
        CannotBegin: the embedded one is in use, or the copy failed. The other one then stays empty.
    """
    if asyncio.run(_holds_something(url)):
        return "The database holds something already; that of the trial was not copied over it."
    with EmbeddedServer(folder) as old:
        if not old.is_owner:
            raise CannotBegin("raidbot up still runs. Stop it first, so that nothing is written while it is copied.")
        dump = [old.programs / "pg_dump", "--no-owner", "--no-privileges", "--exclude-extension=*", old.url]
        load = [old.programs / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", url]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:  # noqa: S603 - PostgreSQL's own programs
            loaded = subprocess.run(load, stdin=dumping.stdout, capture_output=True, text=True, check=False)  # noqa: S603
        if dumping.returncode or loaded.returncode:
            raise CannotBegin(f"The trial's database could not be copied: {loaded.stderr.strip()}")
    return f"What the trial held was copied. It is still in {folder} too."


async def _holds_something(url: str) -> bool:
    connection = await open_connection(DatabaseSettings(url))
    try:
        return bool(await connection.fetchval("SELECT to_regclass('schema_migration') IS NOT NULL"))
    finally:
        await connection.close()


def token_of(file: Path | None) -> str | None:
    """Return the token that stands in a file, or on standard input for `-`."""
    if file is None:
        return None
    return (sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")).strip()
