"""Entries by hand over HTTP: the cap of a day, no total below 0, the day they belong to, once."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.features.runs.steps import end, live, put, reopen, sums
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, Served

from raidbot.core.errors import InvalidRequest, NotAllowed
from raidbot.core.ids import InteractionId, UserId
from raidbot.database.pool import Database
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.inbox import api as inbox
from raidbot.features.points import api
from raidbot.features.points.model import (
    BadDay,
    BelowZero,
    Credit,
    CreditDecided,
    CreditId,
    CreditState,
    Logged,
    NothingLogged,
    NotYourOwnCredit,
    SelfCreditCap,
    UnknownCredit,
)


async def log_run(served: Served, amount: int, who: UserId = ORGANIZER, by: UserId = ORGANIZER, **more: Any) -> Logged:
    key = more.pop("key", None)
    usual: dict[str, Any] = {"guild_id": GUILD, "user_id": who, "dungeon": "nest", "reason": "The bot was away"}
    return await served.ask(api.log_run, api.LogRun(**{**usual, **more}, amount=amount), by, key)


async def log_key(served: Served, amount: int, who: UserId, by: UserId = ORGANIZER, **more: Any) -> Logged:
    usual: dict[str, Any] = {"guild_id": GUILD, "user_id": who, "dungeon": "lost_halls", "reason": "Forgotten"}
    return await served.ask(api.log_key, api.LogKey(**{**usual, **more}, amount=amount), by)


async def test_runs_and_keys_are_written_down_with_reason_points_and_total(served: Served, database: Database) -> None:
    run = await log_run(served, 2)
    key = await log_key(served, 3, RAIDER, key="Void Key")

    assert (run.quantity, str(run.points)) == (2, "2")
    assert (key.quantity, str(key.points)) == (3, "15")
    async with database.transaction() as tx:
        kept = await tx.value(list[str], "SELECT array_agg(subject || ' ' || reason ORDER BY id) FROM award")
    assert kept is not None
    assert [one.partition(":")[2].partition(":")[2] for one in kept] == ["run The bot was away", "void_key Forgotten"]


async def test_raids_15_crediting_oneself_has_a_cap_a_day_and_others_may_log_more(
    served: Served, database: Database
) -> None:
    await log_run(served, 3)
    with pytest.raises(SelfCreditCap, match="Ask an officer other than yourself") as refused:
        await log_run(served, 3)
    await log_key(served, 2, ORGANIZER)
    with pytest.raises(SelfCreditCap):
        await log_key(served, 1, ORGANIZER)
    await log_run(served, 7, ORGANIZER, ADMIN)
    served.pass_time(24 * 3600)
    await log_run(served, 5)

    assert refused.value.details == {"most": 5, "used": 3}
    assert (await sums(database))[(int(ORGANIZER), "lead")][0] == 15


async def led(database: Database) -> int:
    """Return how many runs the organizer has led, as the ledger says."""
    return (await sums(database)).get((int(ORGANIZER), "lead"), (0, 0))[0]


async def with_log(served: Served) -> None:
    ask = guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, ask, ADMIN)


async def waiting(database: Database) -> list[CreditId]:
    async with database.transaction() as tx:
        found = await tx.value(
            list[int], "SELECT array_agg(subject_id ORDER BY subject_id) FROM notice WHERE kind = 'credit_waits'"
        )
    return [CreditId(one) for one in found or []]


async def decide(served: Served, endpoint: Any, credit: CreditId, by: UserId = ADMIN) -> Credit:
    return await served.ask(endpoint, endpoint.ask(GUILD, credit), by)


async def test_raids_15_above_the_cap_an_officer_confirms_once_and_the_member_gets_a_letter(
    served: Served, database: Database
) -> None:
    await with_log(served)
    key = InteractionId(78)

    asked = await asyncio.gather(*(log_run(served, 6, key=key) for _ in range(3)))
    [credit] = await waiting(database)
    nothing = await sums(database)
    with pytest.raises(NotAllowed):
        await decide(served, api.confirm_credit, credit, SECOND_ORGANIZER)
    both = [api.confirm_credit, api.refuse_credit] * 3
    told = await asyncio.gather(*(decide(served, one, credit) for one in both), return_exceptions=True)

    assert [one.waits for one in asked] == [True] * 3
    assert nothing == {}
    [decided] = [one for one in told if isinstance(one, Credit)]
    assert sum(isinstance(one, CreditDecided) for one in told) == 5
    paid = (await sums(database)).get((int(ORGANIZER), "lead"), (0, 0))[0]
    assert paid == (6 if decided.state is CreditState.CONFIRMED else 0)
    [letter] = await served.ask(inbox.open_inbox, inbox.OpenInbox(GUILD), ORGANIZER)
    assert decided.state in letter.title
    assert "Nest" in letter.body


async def test_what_an_officer_confirmed_is_not_counted_against_the_next_day_and_what_was_refused_is_not_paid(
    served: Served, database: Database
) -> None:
    await with_log(served)
    await log_run(served, 5)
    await log_key(served, 6, ORGANIZER)
    await log_run(served, 2)
    first, second = await waiting(database)

    await decide(served, api.confirm_credit, first)
    await decide(served, api.refuse_credit, second)

    assert {kind: quantity for (_, kind), (quantity, _) in (await sums(database)).items()} == {"lead": 5, "key": 6}
    with pytest.raises(UnknownCredit):
        await decide(served, api.confirm_credit, CreditId(4711))


async def test_nobody_confirms_what_is_credited_to_themselves(served: Served, database: Database) -> None:
    await with_log(served)
    await log_run(served, 6, ADMIN, ADMIN)
    [credit] = await waiting(database)

    with pytest.raises(NotYourOwnCredit, match="another officer"):
        await decide(served, api.confirm_credit, credit, ADMIN)
    assert await sums(database) == {}


async def test_raids_15_many_at_once_do_not_slip_through_the_cap(served: Served, database: Database) -> None:
    told = await asyncio.gather(*(log_run(served, 1) for _ in range(12)), return_exceptions=True)

    assert sum(isinstance(one, Logged) for one in told) == 5
    assert (await sums(database))[(int(ORGANIZER), "lead")][0] == 5


async def test_the_cap_is_the_guilds(served: Served) -> None:
    await put(served, "self_credit_cap", "1")

    await log_run(served, 1)
    with pytest.raises(SelfCreditCap):
        await log_run(served, 1)


async def test_a_correction_never_makes_a_total_negative(served: Served, database: Database) -> None:
    await log_run(served, 2)

    with pytest.raises(BelowZero, match="at most 2"):
        await log_run(served, -3)
    with pytest.raises(BelowZero):
        await log_run(served, -1, dungeon="shatters")
    await log_run(served, -2)
    assert await sums(database) == {}


async def test_what_was_taken_away_by_hand_and_then_with_its_run_is_given_back_by_hand(
    served: Served, database: Database
) -> None:
    run = await end(served, await live(served))
    await log_run(served, -1, dungeon="shatters")
    taken = await led(database)
    await reopen(served, run)
    below = await led(database)

    with pytest.raises(BelowZero, match=r"stand at -1.*Log 1 to bring them to 0"):
        await log_run(served, -1, dungeon="shatters")
    await log_run(served, 1, dungeon="shatters")
    assert (taken, below, await led(database)) == (0, -1, 0)


async def test_an_entry_belongs_to_the_day_on_which_it_happened(served: Served) -> None:
    today = await log_run(served, 1, SECOND_ORGANIZER)
    day = today.happened_at.date() - timedelta(days=3)

    earlier = await log_run(served, 1, SECOND_ORGANIZER, when=day)

    assert earlier.happened_at == datetime.combine(day, today.happened_at.timetz()).replace(
        hour=12, minute=0, second=0, microsecond=0
    )
    with pytest.raises(BadDay):
        await log_run(served, 1, SECOND_ORGANIZER, when=date(2020, 1, 1))


async def test_pressed_twice_an_entry_is_written_once(served: Served, database: Database) -> None:
    await asyncio.gather(*(log_run(served, 1, key=InteractionId(77)) for _ in range(5)))

    assert (await sums(database))[(int(ORGANIZER), "lead")][0] == 1


async def test_what_says_nothing_is_refused_and_raiders_log_nothing(served: Served) -> None:
    with pytest.raises(NothingLogged, match="changes nothing"):
        await log_run(served, 0)
    with pytest.raises(NothingLogged, match="no such dungeon"):
        await log_run(served, 1, dungeon="nexus")
    with pytest.raises(NothingLogged, match="Cult Key"):
        await log_key(served, 1, RAIDER, key="shatters_key")
    with pytest.raises(InvalidRequest, match="99"):
        await log_run(served, 100)
    with pytest.raises(NotAllowed, match="Organizer or higher"):
        await log_run(served, 1, RAIDER, RAIDER)
