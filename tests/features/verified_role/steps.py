"""What tests of adopted plans do again and again."""

import asyncio

from raidbot.backend.jobs import Tick
from raidbot.core.clock import Clock
from raidbot.database.pool import Database
from raidbot.features.verified_role import jobs


async def adopt_all(database: Database) -> None:
    """Take over all that was decided to be taken over. The job of the backend may be at some of it already."""
    async with asyncio.timeout(60):
        while True:
            async with database.transaction() as tx:
                await jobs.adopt(Tick(Clock().now(), tx))
                if not await tx.value(bool, "SELECT bool_or(adopting) FROM reconciliation"):
                    return
