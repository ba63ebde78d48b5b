"""Starts the loopback Discord: `python -m discord_loopback`."""

import argparse
import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

from aiohttp import web

from discord_loopback.app import Loopback, Options, build


def _options() -> tuple[argparse.Namespace, Options]:
    usual = Options()
    parser = argparse.ArgumentParser(prog="discord-loopback", description="A Discord on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--server", type=Path, default=usual.server, help="a TOML file that describes the server")
    parser.add_argument("--clock-file", type=Path, help="seconds that all clocks run ahead")
    parser.add_argument("--members", type=int, default=0, help="so many more verified raiders")
    parser.add_argument("--state", type=Path, help="keeps messages from one run to the next")
    parser.add_argument("--token", default=usual.token)
    parser.add_argument("--application-id", type=int, default=usual.application_id)
    parser.add_argument("--seed", type=int, default=1, help="reserved: nothing is random yet")
    given = parser.parse_args()
    options = Options(
        token=given.token,
        application_id=given.application_id,
        server=given.server,
        clock_file=given.clock_file,
        members=given.members,
        state=given.state,
    )
    return given, options


async def _serve(given: argparse.Namespace, loopback: Loopback) -> None:
    runner = web.AppRunner(loopback.app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    listening = socket.create_server((given.host, given.port))
    await web.SockSite(runner, listening).start()
    world = loopback.world
    world.url = f"http://{given.host}:{listening.getsockname()[1]}"
    ready = {
        "ready": True,
        "url": world.url,
        "token": world.token,
        "application_id": str(world.application_id),
        "guild_ids": [str(each) for each in world.guilds],
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


def main() -> None:
    """Serve until told to stop."""
    given, options = _options()
    asyncio.run(_serve(given, build(options)))


if __name__ == "__main__":
    main()
