"""Starts the local RealmEye: `python -m realmeye_loopback`."""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading

from aiohttp import web

from realmeye_loopback import samples
from realmeye_loopback.app import Site


async def _serve(host: str, port: int, site: Site) -> None:
    listening = socket.create_server((host, port))
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    sys.stdout.write(json.dumps({"ready": True, "url": f"http://{host}:{listening.getsockname()[1]}"}) + "\n")
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
    parser = argparse.ArgumentParser(prog="realmeye-loopback", description="A RealmEye on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--empty", action="store_true", help="without the sample players")
    parser.add_argument("--supervised", action="store_true", help="end when standard input ends")
    given = parser.parse_args()
    if given.supervised:
        _end_with_parent()
    asyncio.run(_serve(given.host, given.port, Site([] if given.empty else samples.some())))


if __name__ == "__main__":
    main()
