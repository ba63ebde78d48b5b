import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.support.database import reachable_folder

from raidbot.database import binaries
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import DatabaseAway

DEBIANS = Path("/usr/lib/postgresql/15/bin")
OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(
    not (DEBIANS.is_dir() and OPENSSL), reason="needs Debian's PostgreSQL 15, as the wheel's has no TLS, and openssl"
)


@pytest.fixture(scope="module")
def certificate() -> Generator[Path]:
    """A folder with a certificate for 127.0.0.1 that nobody vouches for but itself."""
    folder = reachable_folder()
    subprocess.run(  # noqa: S603 - fixed arguments
        [
            *(OPENSSL or "", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    who = binaries.account()
    os.chown(folder / "key.pem", who.user, who.group)
    (folder / "key.pem").chmod(0o600)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def url(certificate: Path) -> Generator[str]:
    options = {
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": str(certificate / "cert.pem"),
        "ssl_key_file": str(certificate / "key.pem"),
    }
    folder = reachable_folder()
    with EmbeddedServer(folder / "postgres", options=options, programs=DEBIANS) as server:
        yield server.url.partition("?")[0]
    shutil.rmtree(folder)


async def is_encrypted(settings: DatabaseSettings) -> bool:
    connection = await open_connection(settings)
    try:
        return bool(await connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
    finally:
        await connection.close()


async def test_not_set_does_as_the_url_says(url: str) -> None:
    assert await is_encrypted(DatabaseSettings(f"{url}?sslmode=require"))
    assert not await is_encrypted(DatabaseSettings(f"{url}?sslmode=disable"))


async def test_true_refuses_a_certificate_that_nobody_vouches_for(url: str) -> None:
    with pytest.raises(DatabaseAway, match="certificate verify failed"):
        await is_encrypted(DatabaseSettings(url, ssl_reject_unauthorized=True))


async def test_true_takes_a_certificate_that_the_named_authority_vouches_for(url: str, certificate: Path) -> None:
    settings = DatabaseSettings(f"{url}?sslrootcert={certificate / 'cert.pem'}", ssl_reject_unauthorized=True)

    assert await is_encrypted(settings)


async def test_true_refuses_another_hosts_certificate(url: str, certificate: Path) -> None:
    elsewhere = url.replace("127.0.0.1", "localhost")
    settings = DatabaseSettings(f"{elsewhere}?sslrootcert={certificate / 'cert.pem'}", ssl_reject_unauthorized=True)

    with pytest.raises(DatabaseAway, match=r"certificate is not valid for 'localhost'"):
        await is_encrypted(settings)


async def test_false_encrypts_without_looking_at_the_certificate(url: str) -> None:
    assert await is_encrypted(DatabaseSettings(f"{url}?sslmode=disable", ssl_reject_unauthorized=False))


async def test_a_server_without_tls_is_not_spoken_to_in_the_clear(postgres: EmbeddedServer) -> None:
    settings = DatabaseSettings(postgres.url.partition("?")[0], ssl_reject_unauthorized=False)

    with pytest.raises(DatabaseAway, match="rejected SSL upgrade"):
        await is_encrypted(settings)
