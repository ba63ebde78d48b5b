"""`raidbot rotate`: a new token, API key or database password, after one of them became known."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import typer

from raidbot import settings
from raidbot.cli import envfile, portal, releases, wellness
from raidbot.cli.choices import What
from raidbot.cli.deployed import SECRETS, Deployed, Embedded, deployed
from raidbot.cli.stopped import Stopped
from raidbot.cli.swapping import Swap
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway
from raidbot.settings import OperatorSettings

PATIENCE_S = 120.0
AGAIN = "Mend that, and run the same command again: it begins anew, however far it came."

MEANT = ".env.next"
"""The file beside `.env` that holds a new address of the database until it is the one in use."""

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

    def restart(self, part: str) -> None:
        """Restart one part, and wait until it is well.

        Raises:
            CannotRotate: it does not get well.
        """
        self.runs.restart(part)
        watched = self._ports if isinstance(self.runs, Embedded) else {part: self._ports[part]}
        self._well(wellness.until_well(watched, PATIENCE_S, typer.echo))
        typer.echo(f"The {part} uses it.")

    def swap(self) -> None:
        """Let backend and bot be started anew while understudies with the new value serve.

        Raises:
            CannotRotate: something does not get well.
            CommandFailed: a program of this machine failed.
        """
        there = releases.releases(self.wanted, self.folder)
        swap = Swap(
            runs=there.runs,
            understudies=there.understudies,
            ports=self._ports,
            patience_s=PATIENCE_S,
            say=typer.echo,
        )
        self._well(swap.begin(there.current) or swap.hand_over() or swap.renew() or swap.end())
        typer.echo("Backend and bot use it.")

    @property
    def _ports(self) -> dict[str, int]:
        return {"backend": self.wanted.backend_metrics_port, "bot": self.wanted.bot_metrics_port}

    def _well(self, lacking: list[str]) -> None:
        if lacking:
            raise CannotRotate("The new value is in place, but:\n" + "\n".join(lacking) + "\n" + AGAIN)


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
        _db_password(place)


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
    place.runs.renew_seconds()
    typer.echo("Done. Look what was done with the old one: raidbot audit --foreign --since 3h")


def _api_key(place: Place) -> None:
    """Take a new key. The usual backend takes the old one and its understudy the new one, until both are done."""
    if settings.find("BACKEND_API_KEY", place.environ) is None:
        raise CannotRotate("There is no BACKEND_API_KEY here: raidbot up made one up. Delete DATA_DIR/api-key instead.")
    place.put("BACKEND_API_KEY", secrets.token_urlsafe(32))
    if isinstance(place.runs, Embedded):
        place.restart("backend")
    else:
        place.swap()
        place.runs.renew_seconds()
    typer.echo("Done. The old key counts no longer.")


def _db_password(place: Place) -> None:
    """Take a new password. It is written down before PostgreSQL learns it, so that no kill lets nobody know it."""
    used = place.wanted.database_url
    if used is None:
        raise CannotRotate("The embedded PostgreSQL is reached from this machine alone, and has no DATABASE_URL.")
    file = place.folder / MEANT
    meant = file.read_text(encoding="utf-8").strip() if file.exists() else None
    before = asyncio.run(_that_opens(used.reveal(), meant))
    if before == meant:
        _use(place, before)
    after = with_password(before, secrets.token_urlsafe(24))
    envfile.keep(file, after + "\n")
    asyncio.run(_alter(before, after))
    _use(place, after)
    file.unlink()
    if isinstance(place.runs, Embedded):
        place.restart("backend")
        return
    place.swap()
    place.runs.renew_backups()
    place.runs.renew_seconds()


def _use(place: Place, url: str) -> None:
    """Write an address, and its password, wherever the processes read them."""
    place.put("DATABASE_URL", url)
    inside, password = place.folder / SECRETS / "database_url", password_of(url)
    if inside.exists():
        envfile.keep(inside, with_password(inside.read_text(encoding="utf-8").strip(), password) + "\n", 0o644)
        envfile.keep(inside.with_name("db_password"), f"{password}\n", 0o644)


async def _that_opens(used: str, meant: str | None) -> str:
    """Return the address that PostgreSQL takes: what is used, or what a run that was killed meant to put in its place.

    Raises:
        DatabaseAway: it takes neither.
    """
    if meant is not None:
        with contextlib.suppress(DatabaseAway):
            await (await open_connection(DatabaseSettings(meant))).close()
            return meant
    await (await open_connection(DatabaseSettings(used))).close()
    return used


async def _alter(before: str, after: str) -> None:
    connection = await open_connection(DatabaseSettings(before))
    try:
        # Hashed here, so that no log of PostgreSQL ever holds the password itself.
        statement = await connection.fetchval(
            "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)",
            unquote(urlsplit(after).username or ""),
            scram(password_of(after)),
        )
        await connection.execute(str(statement))
    finally:
        await connection.close()


def password_of(url: str) -> str:
    """Return the password in an address."""
    return unquote(urlsplit(url).password or "")


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
    return parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{where}").geturl()
