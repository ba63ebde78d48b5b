"""What tests of runs do again and again."""

from typing import Any

from tests.support.backend import ADMIN, GUILD, ORGANIZER, STRANGER, Served

from raidbot.core.ids import UserId
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import Run


async def opened(served: Served, by: UserId = ORGANIZER, **fields: Any) -> Run:
    return await served.ask(api.open_run, api.OpenRun(guild_id=GUILD, dungeon="shatters", **fields), by)


async def live(served: Served, by: UserId = ORGANIZER) -> Run:
    run = await opened(served, by, party="Shatters party", location="USWest Realm 4")
    return await served.ask(api.start_run, api.StartRun(GUILD, run.id), by)


async def shown(served: Served, run: Run) -> Run:
    return await served.ask(api.show_run, api.ShowRun(GUILD, run.id), STRANGER)


async def put(served: Served, key: str, value: str) -> None:
    await served.ask(guild_config.set_setting, guild_config.SetSetting(guild_id=GUILD, key=key, value=value), ADMIN)
