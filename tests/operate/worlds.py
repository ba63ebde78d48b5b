"""What the machine is like when an operator opens a page: a function that goes on before each of its steps."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.house import House
from tests.support.record import Record

from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.core.clock import Clock
from raidbot.disk.reserve import Reserve
from raidbot.disk.rules import Level, Reading


@dataclass
class World:
    """A record on a real server, and the folder in which the operator types."""

    record: Record
    folder: Path
    environ: dict[str, str] = field(default_factory=dict[str, str])
    ends_with: frozenset[int] = frozenset({0})
    """With which codes commands may end: one that finds a problem says so by its code."""

    @property
    def backups(self) -> Folder:
        """Where its backups lie."""
        return Folder(self.folder / "backups")

    @property
    def clock(self) -> Clock:
        """The time of the world."""
        return Clock()


async def a_disk_that_fills(world: World) -> AsyncGenerator[None]:
    """A system in production whose reserve is still held."""
    Reserve(world.folder / "data").keep(Reading(0, 10**12), Level.FINE)
    while True:
        yield


async def a_system_that_runs(world: World) -> AsyncGenerator[None]:
    """A record, and a backup of an hour ago with changes since."""
    await world.record.open_runs(40, world.clock.now())
    await take(world.record.where, world.backups, Kind.HOURLY, world.clock)
    await world.record.open_runs(2, world.clock.now())
    while True:
        yield


async def a_system_with_its_discord(world: World) -> AsyncGenerator[None]:
    """The same, and the Discord in which its logs are."""
    house = House(world.folder, world.record.where.url, world.folder / "clock")
    await house.start_loopback()
    told = ("DISCORD_API_URL", "SECRET_KEY", "APPLICATION_ID", "DISCORD_GUILD_IDS", "APP_ENV")
    world.environ |= {name: value for name, value in house._environ().items() if name in told}
    try:
        async for _ in a_system_that_runs(world):
            yield
    finally:
        await house.stop()


async def a_new_machine(world: World) -> AsyncGenerator[None]:
    """Backups from elsewhere, a server, and no record."""
    await world.record.open_runs(40, world.clock.now())
    await take(world.record.where, world.backups, Kind.DAILY, world.clock)
    await world.record.drop()
    while True:
        yield


async def a_system_that_is_down(world: World) -> AsyncGenerator[None]:
    """A record, and neither backend nor bot: `raidbot doctor` finds problems, and nothing can be switched."""
    await world.record.open_runs(2, world.clock.now())
    world.ends_with = frozenset({0, 1, 2, 3, 4, 5, 6})
    while True:
        yield


WORLDS: dict[str, Callable[[World], AsyncGenerator[None]]] = {
    "backup-late": a_system_that_runs,
    "database-away": a_system_that_runs,
    "database-full": a_disk_that_fills,
    "restore": a_system_with_its_discord,
    **dict.fromkeys(
        (
            "bad-update",
            "bot-silent",
            "discord-down",
            "job-fails",
            "realmeye-blocks-us",
            "slow-clicks",
            "staff-account-stolen",
            "token-leaked",
        ),
        a_system_that_is_down,
    ),
    "vps-gone": a_new_machine,
}
"""By the name of the page."""
