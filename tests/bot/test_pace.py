"""Edits of one channel keep within Discord's windows."""

from hypothesis import given
from hypothesis import strategies as st

from raidbot.bot.pace import ChannelPace, Window, is_old
from raidbot.core.ids import MessageId

HOUR = 3600


def played(pace: ChannelPace, wishes: list[tuple[bool, bool]]) -> list[tuple[float, bool]]:
    """Let edits follow each other as fast as the pace allows; return when each one went, and whether it was old."""
    now, done = 0.0, list[tuple[float, bool]]()
    for old, count in wishes:
        now += pace.wait(now, old=old, spaced=count)
        pace.take(now, old=old)
        done.append((now, old))
    return done


def most_within(moments: list[float], seconds: float) -> int:
    return max((sum(1 for other in moments if start <= other < start + seconds) for start in moments), default=0)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_never_more_edits_than_discord_takes(wishes: list[tuple[bool, bool]]) -> None:
    done = played(ChannelPace(), wishes)

    assert most_within([moment for moment, _ in done], 5) <= 5
    assert most_within([moment for moment, old in done if old], 6) <= 3


def test_thirty_counts_of_which_ten_are_old_take_less_than_35_seconds() -> None:
    pace, now, waiting = ChannelPace(), 0.0, [True] * 10 + [False] * 20
    while waiting:
        old = min(waiting, key=lambda one: pace.wait(now, old=one, spaced=True))
        now += pace.wait(now, old=old, spaced=True)
        pace.take(now, old=old)
        waiting.remove(old)

    assert now < 35


def test_a_status_change_in_a_crowd_of_counts_goes_out_within_two_seconds() -> None:
    pace = ChannelPace()
    last = played(pace, [(False, True)] * 40)[-1][0]

    assert pace.wait(last, old=False, spaced=False) < 2


def test_what_discord_says_about_its_budget_counts() -> None:
    pace = ChannelPace()

    pace.learn(10.0, limit=5, remaining=0, reset_after=3.0)

    assert pace.wait(11.0, old=False, spaced=False) == 2.0


def test_an_empty_window_makes_nobody_wait() -> None:
    assert Window(3, 6).wait(100.0) == 0


def test_a_message_is_old_after_an_hour() -> None:
    posted = MessageId(175928847299117063)  # of 2016-04-30, 11:18:25 UTC, the example of Discord's own pages

    assert not is_old(posted, 1462015105 + HOUR - 1)
    assert is_old(posted, 1462015105 + HOUR + 1)
