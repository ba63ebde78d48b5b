"""Starts the loopback Discord: `python -m discord_loopback`."""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from aiohttp import web

from discord_loopback.app import Options, build
from discord_loopback.intents import PRIVILEGED
from discord_loopback.server_file import InvalidServerError
from discord_loopback.starts import Terms


def _options() -> tuple[argparse.Namespace, Options]:
    usual, terms = Options(), Terms()
    parser = argparse.ArgumentParser(prog="discord-loopback", description="A Discord on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--server", type=Path, default=usual.server, help="a YAML file that describes the server")
    parser.add_argument("--guilds", type=int, choices=range(1, 11), default=usual.guilds, help="so many like it")
    parser.add_argument("--clock-file", type=Path, help="seconds that all clocks run ahead")
    parser.add_argument("--members", type=int, default=0, help="so many more verified raiders in each")
    parser.add_argument("--state", type=Path, help="keeps messages from one run to the next")
    parser.add_argument("--token", default=usual.token)
    parser.add_argument("--application-id", type=int, default=usual.application_id)
    parser.add_argument("--seed", type=int, default=1, help="reserved: nothing is random yet")
    parser.add_argument("--supervised", action="store_true", help="end when standard input ends")
    asked = parser.add_argument_group("gateway", "what it asks of its clients")
    asked.add_argument("--heartbeat-ms", type=int, default=terms.heartbeat_ms)
    asked.add_argument("--shards", type=int, default=terms.shards, help="how many it recommends")
    asked.add_argument("--max-concurrency", type=int, default=terms.max_concurrency)
    asked.add_argument("--identify-seconds", type=float, default=terms.identify_seconds, help="between two identifies")
    asked.add_argument("--identifies", type=int, default=terms.identifies, help="in a day")
    asked.add_argument("--deny-intent", choices=PRIVILEGED, action="append", default=[], help="a privileged one")
    given = parser.parse_args()
    options = Options(
        token=given.token,
        application_id=given.application_id,
        server=given.server,
        guilds=given.guilds,
        clock_file=given.clock_file,
        members=given.members,
        state=given.state,
        terms=Terms(
            heartbeat_ms=given.heartbeat_ms,
            shards=given.shards,
            max_concurrency=given.max_concurrency,
            identify_seconds=given.identify_seconds,
            identifies=given.identifies,
            denied=sum(PRIVILEGED[each] for each in set(given.deny_intent)),
        ),
    )
    return given, options


async def _serve(given: argparse.Namespace, options: Options) -> None:
    listening = socket.create_server((given.host, given.port))
    loopback = build(options, f"http://{given.host}:{listening.getsockname()[1]}")
    runner = web.AppRunner(loopback.app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    world = loopback.world
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


def _end_with_parent() -> None:
    """End in order when the process that started this one is gone, however that ended."""

    def watch() -> None:
        while os.read(0, 1024):  # unbuffered: a buffer's lock would be held when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main() -> None:
    """Serve until told to stop."""
    given, options = _options()
    if given.supervised:
        _end_with_parent()
    try:
        asyncio.run(_serve(given, options))
    except InvalidServerError as invalid:
        sys.exit(str(invalid))


if __name__ == "__main__":
    main()
