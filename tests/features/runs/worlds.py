"""A backend that many examples of a property test share, each in a guild of its own."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test  # pyright: ignore[reportUnknownVariableType]
from tests.support.backend import ADMIN, ROLES, Served, serving
from tests.support.database import administer, another

from raidbot.core.ids import GuildId, UserId
from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config


class World:
    """One backend for all examples; each plays in a guild of its own."""

    def __init__(self, runner: asyncio.Runner, served: Served, database: Database) -> None:
        self.runner = runner
        self.served = served
        self.database = database
        self.guilds = itertools.count(9000)

    def found_guild(self, members: list[UserId]) -> GuildId:
        """Return a new guild in which these members organize and raid."""
        guild_id = GuildId(next(self.guilds))
        self.runner.run(self._found(guild_id, members))
        return guild_id

    async def _found(self, guild_id: GuildId, members: list[UserId]) -> None:
        roles = list(ROLES.values())[:2]
        told = [MirroredMember(ADMIN, [], administrator=True), *(MirroredMember(one, roles) for one in members)]
        await self.served.client.call(discord_state.mirror_members, discord_state.MirrorMembers(guild_id, told))
        await self.served.ask(guild_config.set_roles, guild_config.SetRoles(guild_id, dict(ROLES)), ADMIN)


@asynccontextmanager
async def a_world(postgres: EmbeddedServer, template: str, folder: Path) -> AsyncGenerator[tuple[Served, Database]]:
    await administer(postgres.url, f"CREATE DATABASE machine TEMPLATE {template}")
    database = await Database.connect(DatabaseSettings(another(postgres.url, "machine")))
    try:
        async with serving(database, folder / "clock") as served:
            yield served, database
    finally:
        await database.close()
        await administer(postgres.url, "DROP DATABASE machine WITH (FORCE)")


def try_machine(machine: type[Any], postgres: EmbeddedServer, template: str, folder: Path, how: settings) -> None:
    """Let hypothesis play a machine whose examples share one backend."""
    with asyncio.Runner() as runner:
        world = a_world(postgres, template, folder)
        served, database = runner.run(world.__aenter__())
        try:
            played: Any = type("InThisWorld", (machine,), {"world": World(runner, served, database)})
            run_state_machine_as_test(played, settings=how)
        finally:
            runner.run(world.__aexit__(None, None, None))
