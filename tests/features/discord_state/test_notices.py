"""What is told once: on record, over HTTP and on the real database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.support.backend import ADMIN, CHANNEL, GUILD, RAIDER, Served

from raidbot.core.clock import Clock
from raidbot.core.events import EventPage, ReadEvents, read_events
from raidbot.core.ids import MessageId
from raidbot.database.pool import Database
from raidbot.features.discord_state import api, service
from raidbot.features.discord_state.model import Notice, NoticeState, NoticeWish, Place, UnknownNotice
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey

HERE = Place(CHANNEL, MessageId(501))


def wish(name: str = "one", **differs: Any) -> NoticeWish:
    usual: dict[str, Any] = {"kind": "run_called", "subject_id": 41, "channel": "raid", "user_ids": [RAIDER]}
    return NoticeWish(name=name, **{**usual, **differs})


async def tell(served: Served, database: Database, *wishes: NoticeWish) -> None:
    async with database.transaction() as tx:
        await service.tell(tx, GUILD, wishes, Clock(served.clock_file).now())


async def due(served: Served) -> list[Notice]:
    return (await served.client.call(api.due_notices, api.DueNotices(GUILD))).notices


async def claim(served: Served, notice: Notice, *, anew: bool = False) -> api.Claimed:
    ask = api.ClaimNotice(guild_id=GUILD, notice_id=notice.id, panel="run", desk="run_desk", instead="raid", anew=anew)
    return await served.client.call(api.claim_notice, ask)


async def settle(served: Served, notice: Notice, state: NoticeState, place: Place | None = None) -> int:
    ask = api.SettleNotice(guild_id=GUILD, notice_id=notice.id, state=state, place=place, error="why")
    return (await served.client.call(api.settle_notice, ask)).notices


async def test_what_is_wished_twice_is_told_once_and_the_bots_hear_of_it(served: Served, database: Database) -> None:
    start: EventPage = await served.client.call(read_events, ReadEvents())

    await tell(served, database, wish("one"), wish("two"))
    await tell(served, database, wish("one"))

    heard: EventPage = await served.client.call(read_events, ReadEvents(after=start.place, wait=5))
    assert [one.kind for one in heard.events] == ["NoticesWanted"]
    assert [(one.subject_id, one.user_ids) for one in await due(served)] == [(41, [RAIDER])] * 2


async def test_a_claim_keeps_the_time_of_the_first_attempt_until_that_was_looked_for(
    served: Served, database: Database
) -> None:
    await tell(served, database, wish(lapses_s=3600))
    [fresh] = await due(served)
    await claim(served, fresh)
    [tried] = await due(served)
    served.pass_time(60)
    await claim(served, fresh)
    [again] = await due(served)

    await claim(served, fresh, anew=True)

    [anew] = await due(served)
    assert fresh.attempted_at is None
    assert tried.attempted_at == again.attempted_at
    assert tried.attempted_at is not None
    assert anew.attempted_at is not None
    assert anew.attempted_at - tried.attempted_at >= timedelta(seconds=60)


async def test_of_two_bots_that_tell_the_same_the_first_counts(served: Served, database: Database) -> None:
    await tell(served, database, wish())
    [notice] = await due(served)
    await asyncio.gather(claim(served, notice), claim(served, notice))

    told = await asyncio.gather(*(settle(served, notice, NoticeState.TOLD, HERE) for _ in range(2)))

    assert sorted(told) == [0, 1]
    assert await due(served) == []
    with pytest.raises(UnknownNotice, match="told already"):
        await claim(served, notice)


async def test_what_nobody_tried_to_tell_in_time_lapses_and_what_somebody_tried_is_looked_for(
    served: Served, database: Database
) -> None:
    await tell(served, database, wish("never"), wish("tried"))
    tried = (await due(served))[1]
    await claim(served, tried)
    served.pass_time(241)

    assert [one.id for one in await due(served)] == [tried.id]
    await settle(served, tried, NoticeState.LAPSED)
    assert await due(served) == []


async def test_what_failed_is_tried_again_five_seconds_later(served: Served, database: Database) -> None:
    await tell(served, database, wish())
    [notice] = await due(served)

    await settle(served, notice, NoticeState.OPEN)

    assert await due(served) == []
    served.pass_time(6)
    assert [one.tries for one in await due(served)] == [1]


async def test_a_message_for_a_moment_is_to_be_deleted_when_its_time_is_up(served: Served, database: Database) -> None:
    await tell(served, database, wish(keep_s=30))
    [notice] = await due(served)
    await settle(served, notice, NoticeState.TOLD, HERE)
    soon = await served.client.call(api.due_notices, api.DueNotices(GUILD))
    served.pass_time(31)

    [gone] = await due(served)

    assert (soon.notices, soon.next_at is not None) == ([], True)
    assert (gone.state, gone.place) == (NoticeState.TOLD, HERE)
    await settle(served, notice, NoticeState.DELETED)
    assert await due(served) == []


async def test_what_is_taken_back_is_not_told_and_what_stands_is_deleted(served: Served, database: Database) -> None:
    await tell(served, database, wish("run-41-a"), wish("run-41-b"), wish("run-42-a"))
    told, untold, other = await due(served)
    await settle(served, told, NoticeState.TOLD, HERE)

    async with database.transaction() as tx:
        await service.withdraw(tx, GUILD, "run-41-", Clock(served.clock_file).now())

    assert {one.id: one.state for one in await due(served)} == {other.id: NoticeState.OPEN, told.id: NoticeState.TOLD}
    with pytest.raises(UnknownNotice):
        await claim(served, untold)


async def test_what_has_no_channel_waits_for_one_while_it_still_helps(served: Served, database: Database) -> None:
    await tell(served, database, wish("short"), wish("long", lapses_s=3600))
    for notice in await due(served):
        assert (await claim(served, notice)).channel_id is None
        await settle(served, notice, NoticeState.PARKED)
    served.pass_time(300)
    mapped = guild_config.SetChannels(GUILD, {ChannelKey.RAID: CHANNEL})
    await served.ask(guild_config.set_channels, mapped, ADMIN)

    await served.client.call(api.unpark_notices, api.UnparkNotices(GUILD))

    [left] = await due(served)
    assert (await claim(served, left)).channel_id == CHANNEL


async def test_a_notice_of_a_thread_waits_for_its_message_and_has_another_channel_without_one(
    served: Served, database: Database
) -> None:
    mapped = guild_config.SetChannels(GUILD, {ChannelKey.RAID: CHANNEL})
    await served.ask(guild_config.set_channels, mapped, ADMIN)
    await tell(served, database, wish(channel="thread"))
    [notice] = await due(served)
    of = (GUILD, "run_desk", 41)

    without = await claim(served, notice)
    await served.client.call(api.begin_posting, api.BeginPosting(*of, CHANNEL))
    awaited = await claim(served, notice)
    await served.client.call(api.settle_posting, api.SettlePosting(*of, MessageId(777)))
    stands = await claim(served, notice)

    assert (without.channel_id, without.desk, without.desk_awaited) == (CHANNEL, None, False)
    assert (awaited.desk, awaited.desk_awaited) == (None, True)
    assert stands.desk == Place(CHANNEL, MessageId(777))


async def test_how_far_a_log_was_told_is_written_down_by_the_first_who_says_so(served: Served) -> None:
    of = (GUILD, "run_desk", 41)
    await served.client.call(api.begin_posting, api.BeginPosting(*of, CHANNEL))

    told = await asyncio.gather(
        *(served.client.call(api.told_log, api.ToldLog(*of, before=0, until=until)) for until in (7, 9))
    )

    assert told[0] == told[1]
    after = await served.client.call(api.told_log, api.ToldLog(*of, before=0, until=50))
    assert after == told[0]
