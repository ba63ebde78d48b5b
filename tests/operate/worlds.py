"""What the machine is like when an operator opens a page.

Each page has its world: a function that goes on before each of its steps (`WORLDS`), or what happens to a system that
runs already (`TROUBLES`), or a journey on a machine with units and releases that types what it says (`JOURNEYS`).
"""

import os
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from tests.support.database import reachable_folder
from tests.support.house import House, a_house, until
from tests.support.raid import Raid
from tests.support.reading import words
from tests.support.record import Record

from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.core.clock import Clock
from raidbot.core.ids import UserId
from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.migrate import migrate
from raidbot.database.pool import Database
from raidbot.disk.reserve import Reserve
from raidbot.disk.rules import Level, Reading
from raidbot.features.realmeye import service as realmeye
from raidbot.features.realmeye.model.queue import Wanted


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
    world.environ |= {name: value for name, value in own(house).items() if name in told}
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


WORLDS: dict[str, Callable[[World], AsyncGenerator[None]]] = {
    "backup-late": a_system_that_runs,
    "database-away": a_system_that_runs,
    "database-full": a_disk_that_fills,
    "restore": a_system_with_its_discord,
    "vps-gone": a_new_machine,
}
"""By the name of the page."""


@dataclass
class Running(World):
    """All processes, on a PostgreSQL as `raidbot up` starts it, and the members of the sample server."""

    raid: Raid = field(kw_only=True)

    @property
    def house(self) -> House:
        """Its processes."""
        return self.raid.house


@asynccontextmanager
async def a_running_system(folder: Path) -> AsyncGenerator[Running]:
    """Run everything. `raidbot doctor` has nothing to say against it, which is not so of PostgreSQL as tests run it."""
    place = reachable_folder()
    try:
        with EmbeddedServer(place / "postgres") as server:
            await migrate(server.url)
            record = Record(DatabaseSettings(server.url), "raidbot")
            async with a_house(server.url, folder) as (house, hands):
                yield Running(record, folder, own(house), raid=await Raid.of(house, hands))
    finally:
        shutil.rmtree(place)


def own(house: House) -> dict[str, str]:
    """The settings of a house, without what the machine has besides."""
    return {name: value for name, value in house._environ().items() if os.environ.get(name) != value}


async def a_job_that_failed(world: Running) -> None:
    """A table was missing that a job reads; the line of the log that the page sends to holds the whole fault."""
    await world.record.run("ALTER TABLE name_import RENAME TO name_import_gone")
    await world.raid.use("Mira", "settings set", setting="run_ping", value="role")  # a change wakes the jobs

    async def is_told() -> bool:
        lines = [line for line in world.house.log("backend").splitlines() if "Job failed" in line]
        return any("name-import" in line and "does not exist" in line for line in lines)

    await until(is_told, "the job to fail")
    await world.record.run("ALTER TABLE name_import_gone RENAME TO name_import")


async def a_slow_statement(world: Running) -> None:
    """Somebody asks what takes long, twice."""
    for _ in range(2):
        await world.record.run("SELECT pg_sleep(0.2)")


async def realmeye_turns_us_away(world: Running) -> None:
    """Nobody answers where players' pages are read, and a member waits for one."""
    raid = world.raid
    wanted = Wanted(guild_id=raid.guild_id, user_id=UserId(raid.people["Wren"]), ign="Wrenny")
    database = await Database.connect(world.record.where)
    async with database.transaction() as tx:
        await realmeye.ask(tx, wanted, world.clock.now())
    await database.close()
    await raid.use("Mira", "ping")

    async def is_counted() -> bool:
        url = f"http://127.0.0.1:{world.house.backend_figures_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return 'raidbot_realmeye_reads_total{outcome="unreachable"} ' in await answer.text()

    await until(is_counted, "the page of Wrenny not to be read")


async def a_thief_in_the_staff(world: Running) -> None:
    """All roles were taken from an account of the staff, and `/audit` still says what it did, as the page says."""
    raid, sten = world.raid, "Security Sten"
    await raid.use(sten, "verify", member=str(raid.people["Newt"]), ign="Newtron")
    await raid.hands.set_roles(raid.guild_id, raid.people[sten], [])

    async def is_told() -> bool:
        told = await raid.use("Mira", "audit", member=str(raid.people[sten]))
        return "ign: Newtron" in words(told["message"])

    await until(is_told, "what they did to be on record")


async def the_bot_is_killed(world: Running) -> None:
    """Its process is gone, and nothing starts it again."""
    await world.house.kill("bot")
    world.ends_with = frozenset({6})


async def discord_is_gone(world: Running) -> None:
    """Discord goes while the bot is connected, which notices."""
    await world.house.start_bot()
    await world.house.kill("loopback")

    async def is_noticed() -> bool:
        url = f"http://127.0.0.1:{world.house.figures_port}/health"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return (await answer.json())["discord"].startswith("away since")

    await until(is_noticed, "the bot to notice")
    world.ends_with = frozenset({4})


TROUBLES: dict[str, Callable[[Running], Awaitable[None]]] = {
    "job-fails": a_job_that_failed,
    "slow-clicks": a_slow_statement,
    "realmeye-blocks-us": realmeye_turns_us_away,
    "staff-account-stolen": a_thief_in_the_staff,
    "bot-silent": the_bot_is_killed,
    "discord-down": discord_is_gone,
}
"""By the name of the page, one after the other in one system: to start it takes longer than all of them."""

JOURNEYS = {"bad-update": "test_update.py", "token-leaked": "test_rotate.py"}
"""By the name of the page, the journey that types what it says, with its members and releases."""
