"""How fast one member may act."""

import pytest

from raidbot.bot.rates import INFORMATION, PARTICIPATION, Bucket, LocalRates, Rates
from raidbot.core.errors import TooFast
from raidbot.core.ids import GuildId, UserId

GUILD, OTHER_GUILD = GuildId(1), GuildId(2)
ROOK, TANSY = UserId(11), UserId(12)


async def test_who_is_too_fast_is_told_when_again_and_others_are_not_held_up() -> None:
    rates = Rates()
    for _ in range(PARTICIPATION.amount):
        await rates.check(PARTICIPATION, GUILD, ROOK)

    with pytest.raises(TooFast, match=r"Press again in \d+ s") as told:
        await rates.check(PARTICIPATION, GUILD, ROOK)

    assert 1 <= told.value.details["retry_after"] <= PARTICIPATION.seconds
    await rates.check(PARTICIPATION, GUILD, TANSY)
    await rates.check(PARTICIPATION, OTHER_GUILD, ROOK)


async def test_a_refused_act_is_not_counted_against_the_next_one() -> None:
    rates, bucket = Rates(), Bucket("quick", 1, 1)
    rates._local = LocalRates(lambda: 0.0)  # a second is soon over on a busy machine
    await rates.check(bucket, GUILD, ROOK)
    waits = list[int]()
    for _ in range(5):
        with pytest.raises(TooFast) as told:
            await rates.check(bucket, GUILD, ROOK)
        waits.append(told.value.details["retry_after"])

    assert waits == [1] * 5


def test_room_comes_back_act_by_act_as_the_window_moves_on() -> None:
    now = [0.0]
    rates, bucket = LocalRates(lambda: now[0]), Bucket("two", 2, 10)
    waits = list[float]()
    for at in (0, 4, 5, 10, 13, 14):
        now[0] = at
        waits.append(rates.hit(bucket, GUILD, ROOK))

    assert waits == [0, 0, 5, 0, 1, 0]


def test_whoever_has_not_acted_lately_is_forgotten_however_many_there_were() -> None:
    now = [0.0]
    rates = LocalRates(lambda: now[0])
    for member in range(1000):
        rates.hit(PARTICIPATION, GUILD, UserId(member))
        rates.hit(INFORMATION, GUILD, UserId(member))
    everybody = len(rates)
    now[0] = INFORMATION.seconds
    rates.hit(PARTICIPATION, GUILD, ROOK)

    assert everybody == 2000
    assert len(rates) == 1


async def test_without_redis_the_process_counts_by_itself() -> None:
    rates = Rates("redis://127.0.0.1:1/0")
    for _ in range(PARTICIPATION.amount):
        await rates.check(PARTICIPATION, GUILD, ROOK)

    with pytest.raises(TooFast):
        await rates.check(PARTICIPATION, GUILD, ROOK)


async def test_two_processes_share_their_counts_through_redis_raids_47(redis_url: str) -> None:
    first, second = Rates(redis_url), Rates(redis_url)
    for _ in range(PARTICIPATION.amount):
        await first.check(PARTICIPATION, GUILD, ROOK)

    with pytest.raises(TooFast):
        await second.check(PARTICIPATION, GUILD, ROOK)
    await first.close()
    await second.close()
