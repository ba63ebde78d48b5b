"""Whom runs call."""

import asyncio

import pytest
from tests.features.runs.steps import live, opened, put
from tests.support.backend import ADMIN, GUILD, ORGANIZER, ROLES, Served

from raidbot.core.ids import RoleId, UserId
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import life as api
from raidbot.features.runs.api import pings as pings_api
from raidbot.features.runs.model.life import NotLive, Run, RunOver
from raidbot.features.runs.model.pings import Ping, PingMoment

SHATTERS = RoleId(90)
NOBODY = Ping(here=False, role_id=None, here_left_out=False)
HERE = Ping(here=True, role_id=None, here_left_out=False)
LEFT_OUT = Ping(here=False, role_id=None, here_left_out=True)


async def claimed(served: Served, run: Run, moment: PingMoment = PingMoment.OPEN) -> Ping:
    return await served.client.call(pings_api.claim_ping, pings_api.ClaimPing(GUILD, run.id, moment))


async def map_shatters(served: Served) -> None:
    await served.ask(guild_config.set_dungeon_role, guild_config.SetDungeonRole(GUILD, "shatters", SHATTERS), ADMIN)


async def cancelled(served: Served, run: Run) -> None:
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), run.organizer_id)


async def test_by_default_the_dungeons_role_is_called_at_the_opening_and_nobody_at_the_start(served: Served) -> None:
    await map_shatters(served)
    run = await live(served)

    assert await claimed(served, run) == Ping(here=False, role_id=SHATTERS, here_left_out=False)
    assert await claimed(served, run, PingMoment.START) == NOBODY


async def test_without_a_mapped_role_nobody_is_called(served: Served) -> None:
    assert await claimed(served, await opened(served)) == NOBODY


async def test_what_was_decided_stays_whatever_is_set_since(served: Served) -> None:
    run = await opened(served)
    first = await claimed(served, run)
    await put(served, "ping_at_open", "here")

    again = await asyncio.gather(*(claimed(served, run) for _ in range(10)))

    assert set(map(repr, again)) == {repr(first)}


async def test_a_second_here_within_the_pause_is_left_out_and_says_so(served: Served) -> None:
    await map_shatters(served)
    await put(served, "ping_at_open", "both")
    first = await opened(served)
    assert (await claimed(served, first)).here
    await cancelled(served, first)
    served.pass_time(9 * 60)
    second = await opened(served)

    told = await claimed(served, second)

    assert told == Ping(here=False, role_id=SHATTERS, here_left_out=True)


async def test_after_the_pause_here_is_called_again_and_a_pause_of_0_never_holds(served: Served) -> None:
    await put(served, "ping_at_open", "here")
    told: list[Ping] = []
    for wait in (0, 601, 1):
        served.pass_time(wait)
        run = await opened(served)
        told.append(await claimed(served, run))
        await cancelled(served, run)
    await put(served, "here_pause_minutes", "0")

    assert told == [HERE, HERE, LEFT_OUT]
    assert await claimed(served, await opened(served)) == HERE


async def test_twenty_runs_at_once_call_here_once(served: Served) -> None:
    await put(served, "ping_at_open", "here")
    organizers = [UserId(1000 + number) for number in range(20)]
    await served.mirror(*(MirroredMember(one, list(ROLES.values())[:2]) for one in organizers))
    runs = await asyncio.gather(*(opened(served, one) for one in organizers))

    told = await asyncio.gather(*(claimed(served, run) for run in runs for _ in range(2)))

    assert (told.count(HERE), told.count(LEFT_OUT)) == (2, 38)


async def test_a_start_calls_only_when_the_run_is_live_and_nothing_calls_when_it_is_over(served: Served) -> None:
    run = await opened(served)
    with pytest.raises(NotLive, match="Start it first"):
        await claimed(served, run, PingMoment.START)
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)

    with pytest.raises(RunOver, match=r"open a new one with /run"):
        await claimed(served, run)
