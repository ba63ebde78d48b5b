"""A database that is slow, and one that is restarted while members press: they read why, and nothing is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from raidbot.bot.backend import AWAY
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SLOW, STOPPED, RESTARTED = 40, 15, 120
"""Members who press while the database is slow, while the backend is told to end, and while the database restarts."""

CONNECTIONS = 10

BUSY = "The database is busy or away right now. Nothing was changed; try again in a moment."
UNKNOWN = "The database went away while this was being stored. Look at the panel before you press again."
ENDING = "The raid service is restarting. Look at the panel before you press again."
FORESEEN = (BUSY, UNKNOWN, "That was a bit fast.")


@pytest_asyncio.fixture
async def crowd(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path, SLOW + STOPPED + RESTARTED) as (house, hands):
        yield await Raid.of(house, hands)


async def join(raid: Raid, panel: Json, raider: int) -> str:
    """Press Join once; return what the member reads."""
    told = await raid.hands.click(raider, int(panel["id"]), buttons(panel)["Join"], timeout=60)
    return words(told["message"])


async def test_who_presses_while_the_database_fails_reads_why_and_nothing_confirmed_is_lost(
    crowd: Raid, postgres: EmbeddedServer, database: Database
) -> None:
    await crowd.open()
    panel = await crowd.panel("1 raider")

    await is_slow(crowd, database, panel, crowd.extra[:SLOW])
    await has_a_backend_that_ends(crowd, database, panel, crowd.extra[SLOW : SLOW + STOPPED])
    await is_restarted(crowd, postgres, panel, crowd.extra[SLOW + STOPPED :])

    await crowd.panel(f"{len(crowd.extra) + 1} raiders")
    async with database.transaction() as tx:
        held = await tx.value(list[int], "SELECT array_agg(user_id) FROM run_join WHERE state = 'join'") or []
        joined = await tx.value(int, "SELECT count(*) FROM run_entry WHERE kind = 'joined'")
    assert set(crowd.extra) <= set(held)
    assert joined == len(crowd.extra)


async def is_slow(raid: Raid, database: Database, panel: Json, raiders: list[int]) -> None:
    """Let a lock hold every connection of the backend's up."""
    async with database.transaction() as tx:
        await tx.run("LOCK TABLE run_join")
        pressing = [asyncio.create_task(join(raid, panel, raider)) for raider in raiders]

        async def told() -> bool:
            return sum(one.done() for one in pressing) >= SLOW / 2

        await until(told, "those who got no connection to be told")
        assert {one.result() for one in pressing if one.done()} == {f"⚠️ {BUSY}"}
    read = await asyncio.gather(*pressing)

    again = [raider for raider, text in zip(raiders, read, strict=True) if "You are in" not in text]
    assert {"You are in" in text for text in await asyncio.gather(*(join(raid, panel, one) for one in again))} == {True}
    assert "connection pool exhausted" in raid.house.log("backend")
    await raid.hands.shift_clock(15)
    await raid.said("bot-log", "Requests got no connection to PostgreSQL within 5 s")


async def has_a_backend_that_ends(raid: Raid, database: Database, panel: Json, raiders: list[int]) -> None:
    """Tell the backend to end while a lock holds up what members asked for."""
    async with database.transaction() as tx:
        await tx.run("LOCK TABLE run_join")
        pressing = [asyncio.create_task(join(raid, panel, raider)) for raider in raiders]

        async def all_wait() -> bool:
            held = await tx.value(int, "SELECT count(*) FROM pg_locks WHERE relation = 'run_join'::regclass")
            return held == 1 + CONNECTIONS

        await until(all_wait, "every connection to wait")
        backend = raid.house.processes.pop("backend")
        backend.terminate()
        assert await backend.wait() == 0
        read = set(await asyncio.gather(*pressing))

    assert f"⚠️ {ENDING}" in read
    assert read <= {f"⚠️ {one}" for one in (BUSY, ENDING, AWAY)}
    await raid.house.start_backend()
    assert {"You are in" in text for text in await asyncio.gather(*(join(raid, panel, one) for one in raiders))} == {
        True
    }


async def is_restarted(raid: Raid, postgres: EmbeddedServer, panel: Json, raiders: list[int]) -> None:
    """Restart the database, stopped in order and then at once, while members press until they are in."""
    confirmed, read = set[int](), set[str]()

    async def until_in(raider: int) -> None:
        async def pressed() -> bool:
            text = await join(raid, panel, raider)
            if "You are in" in text:
                confirmed.add(raider)
                return True
            read.add(text)
            await asyncio.sleep(0.4)  # as people do
            return False

        await until(pressed, "a member to be in")

    async def paced(number: int, raider: int) -> None:
        await asyncio.sleep(number * 0.03)
        await until_in(raider)

    pressing = [asyncio.create_task(paced(number, raider)) for number, raider in enumerate(raiders)]
    for number, sign in ((RESTARTED // 4, signal.SIGINT), (RESTARTED // 2, signal.SIGQUIT)):

        async def so_many(number: int = number) -> bool:
            return len(confirmed) >= number

        await until(so_many, f"{number} members to be in")
        await restart(postgres, sign)
    await asyncio.gather(*pressing)

    assert confirmed == set(raiders)
    assert [text for text in read if not any(part in text for part in FORESEEN)] == []


async def restart(postgres: EmbeddedServer, sign: signal.Signals) -> None:
    """Stop a server as `pg_ctl stop` does in its modes fast (SIGINT) and immediate (SIGQUIT), and start it again."""

    async def has_stopped() -> bool:
        return not postgres.is_running

    os.kill(postgres.pid, sign)
    await until(has_stopped, "PostgreSQL to stop")
    await asyncio.to_thread(postgres.start)
