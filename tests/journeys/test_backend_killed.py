"""The backend is a real process that is killed with kill -9 while 200 raiders join."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.support.backend import ADMIN, GUILD, KEY
from tests.support.house import a_free_port

from raidbot.bot.backend import Backend as Client
from raidbot.core.errors import Unavailable
from raidbot.core.health import AskHealth, health
from raidbot.core.ids import InteractionId, RunId, UserId
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import Card

pytestmark = pytest.mark.journey

RAIDERS = [UserId(100 + n) for n in range(200)]


async def start(database_url: str, port: int, folder: Path) -> Process:
    environ = {
        **os.environ,
        "APP_ENV": "test",
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "BACKEND_METRICS_PORT": str(a_free_port()),
        "BACKEND_API_KEY": KEY,
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    return await create_subprocess_exec(
        sys.executable, "-m", "raidbot", "backend", env=environ, cwd=folder, stdout=DEVNULL, stderr=DEVNULL
    )


async def until_healthy(client: Client) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await client.call(health, AskHealth())
            except Unavailable:
                await asyncio.sleep(0.05)
            else:
                return


@asynccontextmanager
async def a_backend(database_url: str, port: int, folder: Path) -> AsyncGenerator[tuple[Process, Client]]:
    process = await start(database_url, port, folder)
    async with Client(f"http://127.0.0.1:{port}/v1", KEY) as client:
        await until_healthy(client)
        try:
            yield process, client
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def join(client: Client, run_id: RunId, raider: UserId) -> Card | Unavailable:
    try:
        return await client.call(joins_api.join_run, joins_api.JoinRun(GUILD, run_id), actor=raider)
    except Unavailable as away:
        return away


@pytest.mark.parametrize("confirmed_before_kill", [1, 40, 120])
async def test_no_confirmed_join_is_lost_and_none_counts_twice(
    database: Database, database_url: str, tmp_path: Path, confirmed_before_kill: int
) -> None:
    port = a_free_port()
    async with a_backend(database_url, port, tmp_path) as (process, client):
        members = discord_state.MirrorMembers(GUILD, [MirroredMember(ADMIN, [], administrator=True)])
        await client.call(discord_state.mirror_members, members)
        ask = api.OpenRun(guild_id=GUILD, dungeon="oryx_3")
        run = await client.call(api.open_run, ask, actor=ADMIN, key=InteractionId(9))
        joins = [asyncio.create_task(join(client, run.id, raider)) for raider in RAIDERS]
        counted = 0
        for done in asyncio.as_completed(joins):
            counted += isinstance(await done, Card)  # on a busy machine some are told that it takes too long
            if counted == confirmed_before_kill:
                process.send_signal(signal.SIGKILL)
                break
        outcomes = await asyncio.gather(*joins)
        assert counted == confirmed_before_kill

    confirmed = {raider for raider, card in zip(RAIDERS, outcomes, strict=True) if isinstance(card, Card)}
    async with database.transaction() as tx:
        held = await tx.value(list[int], "SELECT array_agg(user_id) FROM run_join WHERE state = 'join'") or []
    assert len(confirmed) >= confirmed_before_kill
    assert confirmed <= set(held)

    async with a_backend(database_url, port, tmp_path) as (_, client):
        again = [await join(client, run.id, raider) for raider in RAIDERS]
        shown = await client.call(api.show_run, api.ShowRun(GUILD, run.id))

    assert all(isinstance(card, Card) for card in again)
    assert shown.raiders == len(RAIDERS) + 1
    async with database.transaction() as tx:
        entries = await tx.value(int, "SELECT count(*) FROM run_entry WHERE kind = 'joined'")
    assert entries == len(RAIDERS)
