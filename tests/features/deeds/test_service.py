"""What tells our deeds from others', over HTTP on the real database."""

import asyncio

import pytest
from tests.support.backend import CHANNEL, GUILD, Served
from tests.support.house import until

from raidbot.backend.jobs import Runner, registered
from raidbot.backend.metrics import Metrics
from raidbot.core.clock import Clock
from raidbot.core.ids import MessageId
from raidbot.database.pool import Database
from raidbot.features.deeds import api, store
from raidbot.features.deeds.model import KEPT
from raidbot.features.discord_state import api as discord_state

MESSAGE = MessageId(901)


async def known(database: Database, *message_ids: int) -> set[int]:
    async with database.transaction() as tx:
        return set(await store.ours(tx, [MessageId(one) for one in message_ids]))


async def note(served: Served, message_id: int) -> bool:
    return (await served.client.call(api.note_message, api.NoteMessage(CHANNEL, MessageId(message_id)))).new


async def test_all_who_ask_at_once_and_later_are_given_the_same_secret(served: Served) -> None:
    told = await asyncio.gather(*(served.client.call(api.read_secret, api.ReadSecret()) for _ in range(5)))
    later = await served.client.call(api.read_secret, api.ReadSecret())

    assert {one.secret for one in told} == {later.secret}
    assert len(bytes.fromhex(later.secret)) == 32


async def test_nobody_is_given_the_secret_without_the_key(served: Served) -> None:
    status, told = await served.raw("GET", "/deeds/secret", headers={"x-api-key": "guessed"})

    assert (status, "secret" in told) == (401, False)


async def test_a_message_is_ours_once_it_is_told_however_often(served: Served, database: Database) -> None:
    assert [await note(served, MESSAGE), await note(served, MESSAGE)] == [True, False]
    assert await known(database, MESSAGE, 902) == {MESSAGE}
    assert await known(database) == set()


async def test_the_message_of_a_log_is_ours_with_what_it_tells(served: Served, database: Database) -> None:
    of = (GUILD, "desk", 5)
    await served.client.call(discord_state.begin_posting, discord_state.BeginPosting(*of, CHANNEL))
    await served.client.call(discord_state.settle_posting, discord_state.SettlePosting(*of, MessageId(903)))

    told = discord_state.ToldLog(*of, before=0, until=7, thread_id=CHANNEL, message_id=MESSAGE)
    await served.client.call(discord_state.told_log, told)

    assert await known(database, MESSAGE, 902, 903) == {MESSAGE, 903}


@pytest.mark.parametrize(("days", "left"), [(-1, {MESSAGE}), (1, set[int]())])
async def test_a_message_is_forgotten_after_a_month(
    served: Served, database: Database, days: int, left: set[int]
) -> None:
    await note(served, MESSAGE)
    served.pass_time(KEPT.total_seconds() + days * 86_400)

    runner = Runner(database, Clock(served.clock_file), lambda: None, Metrics())

    async def tidied() -> bool:  # a turn is left out while the backend is at its own
        await runner.turn(registered["own-message-retention"])
        return await known(database, MESSAGE) == left

    await until(tidied, f"what is known to be {left}")
