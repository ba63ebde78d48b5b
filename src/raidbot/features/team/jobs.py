"""What falls due about the Team role."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.team import service, store


@job("sync-team", every=timedelta(days=1))
async def sync_all(tick: Tick) -> int:
    """Compare everybody of every guild, each night: what was missed is mended."""
    for guild_id in await store.guilds(tick.tx):
        await service.sync(tick.tx, guild_id, tick.now)
    return 0
