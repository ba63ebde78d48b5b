"""What is asked for a role, and how it stands in a file: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from raidbot.core.checkup import Configured
from raidbot.core.guilds import ChannelKind, ChannelSeen, GuildSeen, OverwriteSeen, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.permissions import Permission
from raidbot.features.custom_roles import rules
from raidbot.features.custom_roles.model import BadTerms, Decides, Part, Terms

FULL = Terms(
    channel_id=ChannelId(871),
    description="For knights",
    instructions="Show 8/8.",
    image_url="https://example.org/a.png",
    decides=Decides.OFFICER,
)


def test_each_part_can_be_cleared_and_nothing_else_changes() -> None:
    empty = FULL
    for part in Part:
        empty = rules.cleared(empty, part)

    assert rules.cleared(FULL, Part.DESCRIPTION).instructions == "Show 8/8."
    assert empty == Terms(decides=Decides.OFFICER)


@given(
    some.builds(
        Terms,
        channel_id=some.none() | some.integers(1, 2**63 - 1).map(ChannelId),
        description=some.text(max_size=500),
        instructions=some.text(max_size=1500),
        image_url=some.just("") | some.just("https://example.org/a.png"),
        decides=some.sampled_from(Decides),
    )
)
def test_what_is_written_into_a_file_is_read_from_it_again(terms: Terms) -> None:
    entries = rules.in_file(RoleId(71), terms)
    values: dict[str, str | None] = {name.removeprefix("71/"): value for name, value in entries.items()}

    assert rules.from_file(None, values) == terms
    assert rules.from_file(terms, {}) == terms
    assert rules.from_file(terms, dict.fromkeys(values)) is None


def test_a_value_that_does_not_fit_is_refused_with_what_does() -> None:
    assert rules.check_text("decides", "officer") == "officer"
    for name, value, says in (
        ("decides", "organizer", "Choose one of security"),
        ("description", "a" * 501, "500 fit"),
        ("colour", "red", "channel, description, instructions, picture, decides"),
    ):
        with pytest.raises(BadTerms, match=says):
            rules.check_text(name, value)


def test_the_doctor_names_what_stands_in_the_way_of_an_earned_role() -> None:
    everyone, bot, fine, strong, high = (RoleId(number) for number in (700, 5, 71, 72, 73))
    may = int(rules.NEEDED)
    guild = GuildSeen(
        id=GuildId(700),
        roles=[
            RoleSeen(everyone, "@everyone", permissions=may),
            RoleSeen(bot, "Raid Bot", position=5),
            RoleSeen(fine, "Knight", position=1),
            RoleSeen(strong, "Duke", position=2, permissions=Permission.KICK_MEMBERS),
            RoleSeen(high, "King", position=6),
        ],
        channels=[
            ChannelSeen(ChannelId(871), "hall"),
            ChannelSeen(ChannelId(874), "news", kind=ChannelKind.ANNOUNCEMENT),
            ChannelSeen(ChannelId(872), "yard", [OverwriteSeen(Snowflake(700), 0, int(Permission.SEND_MESSAGES))]),
        ],
        bot_id=UserId(1),
        bot_role_ids=[bot],
    )

    def found(role_id: RoleId, channel: int | None) -> list[str]:
        configured = Configured(earned_roles={role_id: None if channel is None else ChannelId(channel)})
        return [one.text for one in rules.earned_roles_can_be_given(guild, configured)]

    assert found(fine, 871) == found(fine, None) == []
    for role_id, channel, says in (
        (fine, 872, "I lack **Send Messages**"),
        (fine, 874, "is an announcement channel, in which nobody can open a private thread"),
        (fine, 873, "is gone, or I cannot see it"),
        (strong, 871, "lets them Kick Members"),
        (high, 871, "stands above my role"),
        (RoleId(74), 871, "`74`, which members can earn, is gone"),
    ):
        [text] = found(role_id, channel)
        assert says in text
