"""A managed PostgreSQL over TLS: migrate and the backend as processes, with each value of the setting."""

import sys
from asyncio.subprocess import PIPE, STDOUT, create_subprocess_exec
from pathlib import Path

import pytest
from tests.support.house import House, until
from tests.support.tls import TlsServer, with_tls

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def a_house(folder: Path, url: str, verifies: str | None) -> House:
    """Processes that reach their database at an address, with a value of DATABASE_SSL_REJECT_UNAUTHORIZED."""
    environ = {"DATABASE_SSL_REJECT_UNAUTHORIZED": verifies} if verifies else {}
    return House(folder, url, folder / "clock", environ=environ)


async def migrated(house: House) -> tuple[int | None, str]:
    """Run `raidbot migrate`; return how it ended and what it said."""
    process = await create_subprocess_exec(
        sys.executable, "-m", "raidbot", "migrate", env=house._environ(), cwd=house.folder, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_migrate_and_backend_reach_it_as_the_setting_says_and_say_why_they_do_not(
    empty_url: str, tmp_path: Path
) -> None:
    async with with_tls(empty_url, tmp_path) as server:
        vouched_for = f"{server.url}?sslrootcert={server.certificate}"

        code, said = await migrated(a_house(tmp_path, server.url, "true"))
        assert code == 1
        assert "certificate verify failed" in said
        assert "Name its authority with sslrootcert= in DATABASE_URL" in said
        assert "Traceback" not in said

        assert (await migrated(a_house(tmp_path, f"{server.url}?sslmode=disable", "false")))[0] == 0
        assert (server.plain, server.encrypted > 0) == (0, True)
        assert (await migrated(a_house(tmp_path, f"{server.url}?sslmode=require", None)))[0] == 0
        assert server.plain == 0
        assert (await migrated(a_house(tmp_path, f"{server.url}?sslmode=disable", None)))[0] == 0
        assert server.plain > 0

        await serves_verified(a_house(tmp_path, vouched_for, "true"), server)
        await says_why_it_does_not(a_house(tmp_path, server.url, "true"))


async def serves_verified(house: House, server: TlsServer) -> None:
    plain, encrypted = server.plain, server.encrypted
    try:
        await house.start_backend()
        assert server.plain == plain
        assert server.encrypted > encrypted
    finally:
        await house.stop()


async def says_why_it_does_not(house: House) -> None:
    async def said() -> bool:
        return "certificate verify failed" in house.log("backend")

    try:
        await house._spawn("backend", "raidbot", "backend")
        await until(said, "the backend to say why")
    finally:
        await house.stop()
