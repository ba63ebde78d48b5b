"""`raidbot rotate`: a new token, API key or database password, after one of them became known."""

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import typer

from raidbot import settings
from raidbot.cli import envfile, portal, wellness
from raidbot.cli.choices import What
from raidbot.cli.deployed import SECRETS, Deployed, Embedded, deployed
from raidbot.cli.stopped import Stopped
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.settings import OperatorSettings

PATIENCE_S = 120.0
ROUNDS = 4096
"""As PostgreSQL hashes by itself. docs: PostgreSQL, pg_authid, rolpassword."""


class CannotRotate(Stopped):
    """The change was not begun, or stands half way; the text says which, and what to do."""


@dataclass(frozen=True)
class Place:
    """The machine whose secrets are changed.

    Args:
        folder: Where `.env` is.
        environ: What the processes read.
    """

    folder: Path
    environ: Mapping[str, str]

    @property
    def wanted(self) -> OperatorSettings:
        """The settings as they are."""
        return settings.load_operator(self.environ)

    @property
    def runs(self) -> Deployed:
        """What keeps the processes running."""
        return deployed(self.wanted, self.folder)

    def put(self, name: str, value: str | None) -> None:
        """Write a secret where it stands: into its file, or into `.env`."""
        if value is not None and (file := self.environ.get(f"{name}_FILE")):
            mode = Path(file).stat().st_mode & 0o777
            envfile.keep(Path(file), f"{value}\n", mode)
        else:
            envfile.write(self.folder / ".env", {name: value})

    def restart(self, *parts: str) -> None:
        """Restart parts one after the other, each until it is well.

        Raises:
            CannotRotate: one does not get well.
        """
        ports = {"backend": self.wanted.backend_metrics_port, "bot": self.wanted.bot_metrics_port}
        for part in parts:
            self.runs.restart(part)
            watched = ports if isinstance(self.runs, Embedded) else {part: ports[part]}
            if lacking := wellness.until_well(watched, PATIENCE_S, typer.echo):
                raise CannotRotate("The new value is in place, but:\n" + "\n".join(lacking))
            typer.echo(f"The {part} uses it.")


def rotate(what: What, place: Place, token: str | None) -> None:
    """Change one secret and restart what uses it.

    Raises:
        CannotRotate: it was not begun, or stands half way.
        DiscordRefuses: the new token is wrong.
        CommandFailed: a program of this machine failed.
    """
    if what is What.TOKEN:
        _token(place, token)
    elif what is What.API_KEY:
        _api_key(place)
    else:
        asyncio.run(_db_password(place))


def _token(place: Place, token: str | None) -> None:
    """Take a new token. The old one ended when Discord showed the new one, so there is nothing to overlap."""
    new = token or typer.prompt("The new token (developer portal, page Bot, Reset Token)", hide_input=True).strip()
    found = asyncio.run(portal.look(place.environ.get("DISCORD_API_URL"), new))
    present = place.wanted.application_id
    if present is not None and found.id != present:
        raise CannotRotate(
            f"That token is of {found.name} ({found.id}), and this bot is {present}. Nothing was changed. "
            "Another application loses every button that was posted."
        )
    place.put("SECRET_KEY", new)
    place.restart("bot")
    typer.echo("Done. Look what was done with the old one: raidbot audit --foreign --since 3h")


def _api_key(place: Place) -> None:
    """Take a new key: the backend takes both until the bot has the new one."""
    old = settings.find("BACKEND_API_KEY", place.environ)
    if old is None:
        raise CannotRotate("There is no BACKEND_API_KEY here: raidbot up made one up. Delete DATA_DIR/api-key instead.")
    place.put("BACKEND_API_KEY", secrets.token_urlsafe(32))
    if isinstance(place.runs, Embedded):
        place.restart("backend")
        return
    envfile.write(place.folder / ".env", {"BACKEND_API_KEY_OLD": old})
    place.restart("backend", "bot")
    envfile.write(place.folder / ".env", {"BACKEND_API_KEY_OLD": None})
    place.restart("backend")
    typer.echo("Done. The old key counts no longer.")


async def _db_password(place: Place) -> None:
    """Take a new password. Connections that are open stay; the backend restarts at once to open new ones."""
    url = place.wanted.database_url
    if url is None:
        raise CannotRotate("The embedded PostgreSQL is reached from this machine alone, and has no DATABASE_URL.")
    before, password = url.reveal(), secrets.token_urlsafe(24)
    user = urlsplit(before).username or ""
    await _alter(before, user, password)
    place.put("DATABASE_URL", with_password(before, password))
    inside = place.folder / SECRETS / "database_url"
    if inside.exists():
        envfile.keep(inside, with_password(inside.read_text(encoding="utf-8").strip(), password) + "\n", 0o644)
        envfile.keep(inside.with_name("db_password"), f"{password}\n", 0o644)
    await asyncio.to_thread(place.restart, "backend")


async def _alter(url: str, user: str, password: str) -> None:
    connection = await open_connection(DatabaseSettings(url))
    try:
        # Hashed here, so that no log of PostgreSQL ever holds the password itself.
        statement = await connection.fetchval(
            "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", user, scram(password)
        )
        await connection.execute(str(statement))
    finally:
        await connection.close()


def scram(password: str, salt: bytes | None = None) -> str:
    """Return a password as PostgreSQL keeps it. Source: RFC 5802, section 3, and RFC 7677."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    stored = hashlib.sha256(client).digest()
    shown = [base64.b64encode(one).decode() for one in (salt, stored, server)]
    return f"SCRAM-SHA-256${ROUNDS}:{shown[0]}${shown[1]}:{shown[2]}"


def with_password(url: str, password: str) -> str:
    """Return an address with another password."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(parts.username or '')}:{quote(password, safe='')}@{where}").geturl()
