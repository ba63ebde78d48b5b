"""Serving only while no other process does: taking the lease of our shards, keeping it, giving it back."""

import contextlib
import secrets
import socket
from collections.abc import Sequence
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO

import structlog

from raidbot.bot.backend import Backend, Fault
from raidbot.core.clock import Clock
from raidbot.core.errors import Unavailable
from raidbot.features.standby import api
from raidbot.features.standby.model import ASKED_EVERY_S, RENEWED_EVERY_S, LeaseHeld

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TRIES = 3
"""So often a backend that does not answer is asked before we serve without it: members read at least what is wrong."""


class LeaseLost(Exception):  # noqa: N818 - the name is what happened
    """Another process serves our shards by now."""


class Identity:
    """What this process is called. A restart in the same folder keeps the name; two at once have two.

    Args:
        folder: Where the name is kept. One that cannot be written gives a new name with each start.
    """

    def __init__(self, folder: Path) -> None:
        self._kept: IO[str] | None = None
        self.name = f"{socket.gethostname()[:60]}-{secrets.token_hex(4)}"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            self.name = self._claimed(folder / "bot.name")

    def close(self) -> None:
        """Let another process have the name."""
        if self._kept is not None:
            self._kept.close()

    def _claimed(self, file: Path) -> str:
        kept = file.open("a+", encoding="utf-8")
        try:
            flock(kept, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            kept.close()
            return self.name
        self._kept = kept  # the lock holds as long as it is open
        kept.seek(0)
        if not (name := kept.read().strip()):
            name = self.name
            kept.write(f"{name}\n")
            kept.flush()
        return name


class Lease:
    """The right to serve our shards, as this process has it.

    Args:
        backend: Where it is kept.
        clock: Times the asking.
        holder: What this process is called.
        shard_ids: What it wants to serve.
    """

    def __init__(self, backend: Backend, clock: Clock, holder: str, shard_ids: Sequence[int]) -> None:
        self.served_by: str | None = None
        """Who else serves them, as far as is known; None: nobody."""
        self._backend = backend
        self._clock = clock
        self._ask = api.TakeLease(holder, list(shard_ids))

    async def wait(self) -> None:
        """Wait until we may serve. A backend that never answered is not waited for."""
        tries = 0
        while True:
            try:
                await self._take()
            except LeaseHeld:
                pass
            except (Unavailable, Fault):
                tries += 1
                if tries >= TRIES and self.served_by is None:
                    return
            else:
                return
            await self._clock.sleep(ASKED_EVERY_S)

    async def keep(self) -> None:
        """Renew it until it is lost.

        Raises:
            LeaseLost: another process serves.
        """
        while True:
            await self._clock.sleep(RENEWED_EVERY_S)
            try:
                await self._take()
            except LeaseHeld as held:
                raise LeaseLost(f"{self.served_by} serves by now. This process stands by.") from held
            except (Unavailable, Fault):
                continue  # without the backend nobody else can have taken it

    async def give_back(self) -> None:
        """Let another process serve at once, if the backend answers."""
        with contextlib.suppress(Unavailable, Fault):
            await self._backend.call(api.return_lease, api.ReturnLease(self._ask.holder))

    async def _take(self) -> None:
        try:
            await self._backend.call(api.take_lease, self._ask)
        except LeaseHeld as held:
            other = str(held.details["holder"])
            if other != self.served_by:
                log.info("Standing by", served_by=other)
            self.served_by = other
            raise
        self.served_by = None
