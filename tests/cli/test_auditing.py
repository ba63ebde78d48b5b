"""Since when an operator looks, and how deeds read in a terminal."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from raidbot.cli import auditing, deed_words
from raidbot.core.ids import ChannelId, GuildId, MessageId, Snowflake, UserId
from raidbot.features.deeds.model import BANNED, KICKED, Entry, Message

NOW = datetime(2026, 11, 28, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("45m", NOW - timedelta(minutes=45)),
        ("3h", NOW - timedelta(hours=3)),
        (" 30d ", NOW - timedelta(days=30)),
        ("2026-11-28T13:00", NOW - timedelta(hours=1)),
        ("2026-11-28 13:00", NOW - timedelta(hours=1)),
        ("2026-11-28T13:00+01:00", datetime(2026, 11, 28, 13, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_a_span_and_a_moment_are_understood(text: str, since: datetime) -> None:
    assert auditing.since_of(text, NOW) == since


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "give a span like 45m, 3h or 2d"),
        ("yesterday", "give a span"),
        ("-3h", "give a span"),
        ("2026-11-28T15:00", "lies in the future"),
        ("31d", "for 30 days"),
        ("9999d", "for 30 days"),
    ],
)
def test_what_is_no_moment_of_the_last_month_is_told_with_what_to_type(text: str, says: str) -> None:
    with pytest.raises(auditing.CannotAudit, match=says):
        auditing.since_of(text, NOW)


def test_without_a_token_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(auditing.CannotAudit, match="no token"):
        auditing.audit({"DATA_DIR": str(tmp_path)}, auditing.Wish("3h"))


def entry(action: int) -> Entry:
    return Entry(guild_id=GuildId(7), id=Snowflake(9), action=action, by=UserId(1), target=Snowflake(11))


def test_a_deed_names_whom_it_met_and_what_cannot_be_undone() -> None:
    names = {11: "Rook"}

    assert deed_words.said_of(entry(BANNED), names) == "banned Rook (11)"
    assert deed_words.said_of(entry(KICKED), names) == "kicked Rook (11) (cannot be undone: invite them again)"
    assert deed_words.said_of(entry(12), {}) == "deleted the channel 11"
    assert deed_words.said_of(entry(250), names) == "did something of kind 250 to Rook (11)"


def test_names_and_texts_of_others_cannot_steer_the_terminal() -> None:
    message = Message(
        guild_id=GuildId(7), channel_id=ChannelId(8), id=MessageId(9), text="\x1b[2Ja\nb\u202ec" + "x" * 200
    )

    told = deed_words.written(message, {8: "#gen\x07eral"})

    assert told.startswith("wrote in #gen eral (8): “[2Ja b cxxx")
    assert "…” https://discord.com/channels/7/8/9" in told
    assert told.isprintable()
