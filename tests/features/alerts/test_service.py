"""Alerts over HTTP, on the real database: told once however many notice them, in every log of the bot."""

import asyncio

from tests.support.backend import ADMIN, CHANNEL, GUILD, Served

from raidbot.core.alerts import RunbookPage
from raidbot.database.pool import Database
from raidbot.features.alerts import api
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey


async def note(served: Served, *, raised: bool = True, name: str = "job_sweep") -> bool:
    ask = api.NoteAlert(name=name, sentence="The job failed 3 times.", page=RunbookPage.JOB_FAILS, raised=raised)
    return (await served.client.call(api.note_alert, ask)).fresh


async def told(database: Database) -> list[str]:
    async with database.transaction() as tx:
        sql = "SELECT array_agg(body->>'raised' ORDER BY id) FROM notice WHERE kind = 'alert_changed'"
        return await tx.value(list[str], sql) or []


async def test_of_all_processes_that_notice_it_one_tells_it_and_so_with_the_end(
    served: Served, database: Database
) -> None:
    await served.ask(guild_config.set_channels, guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL}), ADMIN)

    first = await asyncio.gather(*(note(served) for _ in range(5)))
    over = await asyncio.gather(*(note(served, raised=False) for _ in range(5)))
    again = await note(served)

    assert (sum(first), sum(over), again) == (1, 1, True)
    assert await told(database) == ["true", "false", "true"]


async def test_where_no_log_is_mapped_it_is_on_record_and_goes_to_the_operator_alone(
    served: Served, database: Database
) -> None:
    assert await note(served)
    assert not await note(served, raised=False, name="another")

    assert await told(database) == []
    async with database.transaction() as tx:
        assert await tx.value(str, "SELECT name FROM alert WHERE over_at IS NULL") == "job_sweep"
