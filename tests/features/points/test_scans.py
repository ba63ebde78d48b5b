"""What is logged by hand costs the same however long its member has raided: no total of years is added up for it."""

from pathlib import Path

from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, Served, furnish, serving
from tests.support.history import Observed, what_grows

from raidbot.core.ids import UserId
from raidbot.features.points import api

GROWING = {"award", "outbox"}

DUNGEONS = ("nest", "shatters")
"""One for each time: what was led in the other one is part of a member's history."""


async def logged(served: Served, round_: int) -> None:
    """Let runs and keys be logged for oneself and for others, and some be taken away again."""
    dungeon = DUNGEONS[round_ - 1]

    async def log_run(amount: int, who: UserId, by: UserId) -> None:
        await served.ask(
            api.log_run, api.LogRun(guild_id=GUILD, user_id=who, dungeon=dungeon, amount=amount, reason="Away"), by
        )

    await log_run(2, ORGANIZER, ORGANIZER)
    await log_run(-1, ORGANIZER, ORGANIZER)
    await log_run(5, RAIDER, ADMIN)
    for amount in (3, -2):
        key = api.LogKey(guild_id=GUILD, user_id=RAIDER, dungeon=dungeon, amount=amount, reason="Forgotten")
        await served.ask(api.log_key, key, ADMIN)


async def test_what_is_logged_by_hand_reads_nothing_of_what_its_member_had_before(
    observed: Observed, tmp_path: Path
) -> None:
    async with serving(observed, tmp_path / "clock") as served:
        await furnish(served)

        assert await what_grows(observed, GROWING, lambda round_: logged(served, round_)) == []
