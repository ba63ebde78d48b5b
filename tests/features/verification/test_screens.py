"""What members and staff read: short enough for Discord, and nothing in it that somebody else typed can act."""

from datetime import UTC, datetime
from typing import Any

import pytest

from raidbot.bot.replies import Answer
from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.realmeye.model.facts import HIDDEN, Facts, GuildRank, Standing, known
from raidbot.features.realmeye.model.requirements import Check, MaxedCharacters, Requirement, Requirements
from raidbot.features.realmeye.model.requirements import Outcome as Met
from raidbot.features.realmeye.rules.requirements import checklist
from raidbot.features.verification.model.config import LONGEST_TEXT, Config, Page, Preset, Words
from raidbot.features.verification.model.sessions import Mine, Outcome, Stage, Wait
from raidbot.features.verification.model.tickets import (
    Case,
    Denial,
    Evidence,
    Measured,
    Requested,
    RoleAsked,
    Ticket,
    TicketId,
    TicketState,
)
from raidbot.features.verification.panels import requests
from raidbot.features.verification.panels.screens import answer, ordinal
from raidbot.features.verification.panels.tickets import card
from raidbot.features.watch_list.model import Watch, WatchId

NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
NASTY = "@everyone [free](https://example.org) " * 9


def mine(**changed: Any) -> Mine:
    told: dict[str, Any] = {
        "stage": Stage.CODE,
        "config": Config(),
        "wanted": [],
        "ign": "Newton",
        "code": "K7QM-4XRD-9TWE",
        "expires_at": NOW,
    }
    return Mine(**{**told, **changed})


def box(shown: Answer) -> str:
    assert shown.card is not None
    return shown.card.embed.description or ""


def test_the_code_stands_alone_so_that_it_can_be_copied() -> None:
    assert answer(mine()).text == "K7QM-4XRD-9TWE"
    assert "K7QM" not in box(answer(mine()))


@pytest.mark.parametrize("outcome", list(Outcome))
def test_whatever_came_of_a_look_fits_with_the_longest_words_community_b10_b12(outcome: Outcome) -> None:
    lines = [
        Check(requirement=one, outcome=Met.NOT_MET, wanted="w" * 60, found="f" * 60, how="h" * 200)
        for one in Requirement
    ]
    words = {Page.REALMEYE: Words("x" * LONGEST_TEXT, "https://example.org/a.png")}
    denied = Denial(ign="Newton", reason="_" * 300, how="_" * 300, at=NOW)

    shown = answer(mine(outcome=outcome, checklist=lines, config=Config(words=words), denied=denied))

    assert len(box(shown)) <= 4096


def test_who_waits_reads_the_place_and_that_the_answer_comes_by_itself() -> None:
    waits = box(answer(mine(wait=Wait(place=3, seconds=20))))
    away = box(answer(mine(wait=Wait(place=3, seconds=None, away_since=NOW, next_try_at=NOW))))

    assert "3rd in line, about 20 s" in waits
    assert "by itself" in waits
    assert "Your place is kept" in away
    assert "Screenshot instead" in away


def test_what_staff_typed_pings_nobody_and_is_no_link_community_w23() -> None:
    shown = box(answer(mine(denied=Denial(ign="Newton", reason=NASTY, how=NASTY, at=NOW))))

    assert shown.count("`") == 4  # both stand as code, where nothing acts
    assert "](https" not in shown.partition("`")[0]


ALL = Requirements(
    stars=100,
    alive_fame=100_000_000,
    account_months=1000,
    maxed=MaxedCharacters(100),
    deaths_at_least=1_000_000,
    deaths_at_most=1_000_000,
    last_seen_hidden=True,
    guild="_" * 50,
    guild_rank=GuildRank.FOUNDER,
)
NONE_OF_IT = checklist(ALL, Facts(ign="W" * 16, alive_fame=HIDDEN, guild=known("_" * 50), stars=known(0)))


def an_open_ticket(ticket_id: TicketId, user_id: UserId, ign: str, role_id: RoleId | None = None) -> Ticket:
    return Ticket(
        id=ticket_id,
        user_id=user_id,
        role_id=role_id,
        ign=ign,
        state=TicketState.OPEN,
        opened_at=NOW,
        claimed_by=None,
        claimed_until=None,
        decided_by=None,
        decided_at=None,
        reason=None,
        how=None,
    )


@pytest.mark.parametrize("role_id", [None, RoleId(2**62)])
def test_the_card_of_staff_fits_with_the_longest_words_community_b12(role_id: RoleId | None) -> None:
    ticket = an_open_ticket(TicketId(2**62), UserId(2**62), "W" * 16, role_id)
    case = Case(
        ticket=ticket,
        evidence=[Evidence(key=2**62, channel_id=ChannelId(1), message_id=MessageId(2))],
        asked=RoleAsked(role_id, "_" * 500, Words("_" * 1500), Rank.SECURITY) if role_id else None,
        wanted=[] if role_id else ["w" * 60] * 9,
        measured=None if role_id else Measured(checklist=NONE_OF_IT, standing=Standing.SHOWN, read_at=NOW),
        watched=[
            Watch(id=WatchId(9), user_id=UserId(1), reason="_" * 500, added_by=UserId(2), added_at=NOW),
        ]
        * 9,
        denials=[Denial(ign="W" * 16, reason="_" * 300, how="_" * 300, at=NOW)] * 3,
        presets=[Preset("n" * 40, "h" * 300)] + [Preset(f"{number}", "h") for number in range(19)],
        left=99,
    )

    drawn = card(case, None, GuildId(7), here=False)

    assert drawn.content_length() <= 4000
    assert "They have left the server" in str(drawn.to_components())
    assert "They have left the server" not in str(card(case, None, GuildId(7)).to_components())


def case_of(wanted: list[str], measured: Measured | None) -> str:
    """What staff read on the card of a screenshot."""
    ticket = an_open_ticket(TicketId(1), UserId(2), "Newton")
    case = Case(
        ticket=ticket, evidence=[], wanted=wanted, measured=measured, denials=[], watched=[], presets=[NO_VAULT], left=0
    )
    return str(card(case, None, GuildId(7)).to_components())


NO_VAULT = Preset("Not in the vault", "Stand in it.")


def test_the_card_of_staff_tells_of_each_requirement_whether_it_is_met_hidden_or_not_known() -> None:
    checks = [
        Check(requirement=Requirement.STARS, outcome=Met.MET, wanted="at least 60 stars", found="62 stars"),
        Check(requirement=Requirement.MAXED, outcome=Met.CANNOT_TELL, wanted="at least 2 8/8", found="hidden", how="h"),
        Check(requirement=Requirement.GUILD, outcome=Met.CANNOT_TELL, wanted="the guild Night_Owls", how="h"),
    ]

    shown = case_of(["…"], Measured(checklist=checks, standing=Standing.SHOWN, read_at=NOW))
    unseen = case_of(["at least 60 stars"], Measured(checklist=[], standing=Standing.NOT_SHOWN, read_at=NOW))

    assert "✅ at least 60 stars — 62 stars" in shown
    assert "❔ at least 2 8/8 — hidden" in shown
    assert "RealmEye does not tell" in shown.partition("Owls")[2]
    assert "RealmEye showed no such player" in unseen
    assert "RealmEye was not looked at lately" in case_of(["at least 60 stars"], None)
    assert "RealmEye" not in case_of([], None)


def test_what_a_role_asks_fits_with_the_longest_words_and_an_earlier_denial_community_b12() -> None:
    asked = RoleAsked(RoleId(2**62), "_" * 500, Words("_" * 1500, "https://example.org/a.png"), Rank.SECURITY)
    denied = Denial(ign="", reason=NASTY[:300], how="_" * 300, at=NOW)

    drawn = requests.answer(Requested(asked=asked, denied=denied)).view

    assert drawn is not None
    assert drawn.content_length() <= 4000


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")]
)
def test_places_are_said_as_people_say_them(number: int, said: str) -> None:
    assert ordinal(number) == said
