"""What tests of runs do again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
from tests.support.backend import ADMIN, GUILD, KEY, ORGANIZER, ROLES, STRANGER, Served

from raidbot.core.ids import UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import joins, pops
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import Card
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


async def join(served: Served, run: Run, *who: UserId) -> list[Card]:
    """Let members join, one after the other."""
    return [await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), one) for one in who]


async def leave(served: Served, run: Run, who: UserId) -> Card:
    return await served.ask(joins.leave_run, joins.LeaveRun(GUILD, run.id), who)


async def pop(served: Served, run: Run, number: int, by: UserId = ORGANIZER) -> Run:
    return await served.ask(pops.pop_key, pops.PopKey(GUILD, run.id, number), by)


async def undo(served: Served, run: Run, number: int, by: UserId = ORGANIZER) -> Run:
    return await served.ask(pops.undo_pop, pops.UndoPop(GUILD, run.id, number), by)


async def tell(served: Served, run: Run, number: int, by: UserId = ORGANIZER, **more: Any) -> Run:
    return await served.ask(pops.tell_pop, pops.TellPop(GUILD, run.id, number, **more), by)


async def end(served: Served, run: Run, by: UserId = ORGANIZER) -> Run:
    return await served.ask(api.end_run, api.EndRun(GUILD, run.id), by)


async def cancel(served: Served, run: Run, by: UserId = ORGANIZER) -> Run:
    return await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), by)


async def reopen(served: Served, run: Run, by: UserId = ORGANIZER) -> Run:
    return await served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), by)


async def verified(served: Served, number: int, first: int = 3000) -> list[UserId]:
    """Return so many members who may join."""
    members = [UserId(first + nth) for nth in range(number)]
    await served.mirror(*(MirroredMember(one, [ROLES[RoleKey.VERIFIED_RAIDER]]) for one in members))
    return members


async def until(right: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await right():
            await asyncio.sleep(0.05)


async def window_closed(served: Served, run: Run) -> Run:
    """Let the window of the newest pop run out, and wait until it is closed."""
    served.pass_time(26)

    async def closed() -> bool:
        now = await shown(served, run)
        return now.pop is None or now.pop.closed_at is not None

    await until(closed)
    return await shown(served, run)


class Sum(msgspec.Struct, frozen=True):
    """What somebody has of one kind."""

    user_id: UserId
    kind: str
    quantity: int
    points: Decimal


async def sums(database: Database) -> dict[tuple[int, str], tuple[int, Decimal]]:
    """Return how many of what everybody has, and the points; those who have nothing are left out."""
    async with database.transaction() as tx:
        found = await tx.many(
            Sum,
            """
            SELECT user_id, kind, sum(quantity)::bigint AS quantity, sum(points) AS points
              FROM award GROUP BY user_id, kind HAVING sum(quantity) <> 0 OR sum(points) <> 0
            """,
        )
    return {(int(one.user_id), one.kind): (one.quantity, one.points) for one in found}


async def completions(database: Database) -> dict[int, int]:
    """Return how many completions everybody has."""
    return {who: quantity for (who, kind), (quantity, _) in (await sums(database)).items() if kind == "completion"}


async def led(database: Database) -> dict[int, int]:
    """Return how many pops everybody has led."""
    return {who: quantity for (who, kind), (quantity, _) in (await sums(database)).items() if kind == "lead"}


async def statements(served: Served, path: str, by: UserId, body: dict[str, Any] | None = None) -> int:
    """Return how many statements a request below a guild takes."""
    session = served.client._session
    assert session is not None
    headers = {"x-api-key": KEY, "x-actor": str(int(by)), "idempotency-key": "4711"}
    async with session.post(f"{served.url}/guilds/{GUILD:d}{path}", headers=headers, json=body) as answer:
        assert answer.status == 200, await answer.text()
        return int(answer.headers["x-statements"])
