"""New secrets in the place of those that became known."""

import os
import stat
from pathlib import Path

import pytest
from tests.support.database import administer

from raidbot import settings
from raidbot.cli import envfile, rotating
from raidbot.cli.choices import What
from raidbot.cli.rotating import Place
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway


async def answers(url: str) -> bool:
    try:
        connection = await open_connection(DatabaseSettings(url))
    except DatabaseAway:
        return False
    await connection.close()
    return True


async def test_the_new_password_opens_the_database_and_the_address_that_was_meant_is_found(
    empty_url: str,
) -> None:
    role = f"rotated_{os.urandom(4).hex()}"
    await administer(empty_url, f"CREATE ROLE {role} LOGIN PASSWORD 'old'")
    old = rotating.with_password(empty_url, "old").replace("//raidbot:", f"//{role}:")
    new = rotating.with_password(old, "n/e:w@")
    try:
        assert await rotating._that_opens(old, new) == old
        await rotating._alter(old, new)

        assert (await answers(old), await answers(new)) == (False, True)
        assert await rotating._that_opens(old, new) == new
        with pytest.raises(DatabaseAway):
            await rotating._that_opens(old, old)
    finally:
        await administer(empty_url, f"DROP ROLE {role}")


def test_a_secret_is_written_where_it_stands_and_stays_readable_for_whom_it_was(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("old\n")
    file.chmod(0o644)
    envfile.write(tmp_path / ".env", {"SECRET_KEY_FILE": str(file), "BACKEND_API_KEY": "old"})
    place = Place(tmp_path, envfile.read(tmp_path / ".env"))

    place.put("SECRET_KEY", "new")
    place.put("BACKEND_API_KEY", "newer")

    environ = envfile.read(tmp_path / ".env")
    assert settings.find("SECRET_KEY", environ) == "new"
    assert environ == {"SECRET_KEY_FILE": str(file), "BACKEND_API_KEY": "newer"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_what_has_no_secret_of_its_own_says_so(tmp_path: Path) -> None:
    place = Place(tmp_path, {})

    with pytest.raises(rotating.CannotRotate, match="made one up"):
        rotating.rotate(What.API_KEY, place, None)
    with pytest.raises(rotating.CannotRotate, match="from this machine alone"):
        rotating.rotate(What.DB_PASSWORD, place, None)
