"""Keeping the parts of the system running as processes of their own."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger()

GIVES_UP = 2
"""The exit code of a part that no restart would help: its settings are at fault."""

GRACE_S = 10.0
"""Seconds that a part gets to finish what it began."""

SLOWEST_RESTART_S = 30.0

STEADY_AFTER_S = 60.0
"""A part that ran that long is restarted at once again."""


class PartGaveUp(Exception):  # noqa: N818 - the name is what happened
    """A part ended in a way that no restart helps."""


@dataclass
class Part:
    """One process that is started again when it dies.

    Args:
        name: Shown in the log.
        command: The module and its arguments, for this Python.
        environ: Its environment, asked for at each start.
        ready: Called with the first line that it prints, when it is one that prints.
    """

    name: str
    command: Sequence[str]
    environ: Callable[[], Mapping[str, str]]
    ready: Callable[[bytes], Awaitable[None]] | None = None
    after: asyncio.Event | None = None
    """It is started once this is set."""
    restarts: int = 0
    process: asyncio.subprocess.Process | None = None
    is_stopping: bool = field(default=False, repr=False)

    async def run(self) -> None:
        """Run it until `stop`, starting it again whenever it dies.

        Raises:
            PartGaveUp: it cannot run.
        """
        loop = asyncio.get_running_loop()
        if self.after:
            await self.after.wait()
        while not self.is_stopping:
            started = loop.time()
            code = await self._once()
            if self.is_stopping:
                return
            if code == GIVES_UP:
                raise PartGaveUp(f"{self.name} cannot run; the reason stands above.")
            self.restarts = 0 if loop.time() - started > STEADY_AFTER_S else self.restarts
            pause = min(2.0**self.restarts - 1, SLOWEST_RESTART_S)
            self.restarts += 1
            log.warning("A part died and is started again", part=self.name, code=code, in_s=pause)
            await asyncio.sleep(pause)  # noqa: TID251 - the shared clock of tests must not hurry it

    async def stop(self) -> None:
        """Let it finish, and kill it if it takes too long."""
        self.is_stopping = True
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(GRACE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _once(self) -> int:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *self.command,
            env=dict(self.environ()),
            stdin=asyncio.subprocess.PIPE,  # it ends with us, which tells a part that we are gone
            stdout=asyncio.subprocess.PIPE if self.ready else None,
            start_new_session=True,  # Ctrl+C reaches us alone, and we stop the parts in order
        )
        if self.ready and self.process.stdout:
            line = await self.process.stdout.readline()
            if line:
                await self.ready(line)
        return await self.process.wait()


def end_with_parent() -> None:
    """Let this process end in order when the one that supervises it is gone, however that ended."""

    def watch() -> None:
        while os.read(0, 1024):  # unbuffered: a buffer's lock would be held when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


async def supervise(parts: Sequence[Part], stopped: asyncio.Event) -> None:
    """Run all parts until `stopped` is set, then stop them, the last one first.

    Raises:
        PartGaveUp: one of them cannot run.
    """
    running = [asyncio.create_task(part.run(), name=part.name) for part in parts]
    waiting = asyncio.create_task(stopped.wait())
    try:
        done, _ = await asyncio.wait({*running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()
    finally:
        waiting.cancel()
        for part in reversed(parts):
            await part.stop()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
