"""What may be an IGN, and whose."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.guild_config.model import NicknameFormat
from raidbot.features.raiders import rules
from raidbot.features.raiders.model import (
    IgnLeftBehind,
    IgnTaken,
    InvalidIgn,
    Naming,
    NoSuchAlt,
    NotOnYourself,
    NotVerified,
    NotYourName,
    OutranksYou,
    Owner,
    Raider,
    RaiderStatus,
    TooManyAlts,
    UnknownRaider,
)


@given(st.from_regex(r"[A-Za-z]{1,16}", fullmatch=True))
def test_letters_are_kept_in_their_capitals(ign: str) -> None:
    assert rules.checked_ign(f" {ign} ") == ign


@pytest.mark.parametrize("typed", ["", " ", "A" * 17, "Rook1", "Ro ok", "Röok", "Rook\n\nx", "<@1>"])
def test_what_the_game_does_not_know_is_refused_with_what_it_does(typed: str) -> None:
    with pytest.raises(InvalidIgn, match=r"1 to 16 letters.*Type it as the game shows it"):
        rules.checked_ign(typed)


def owner(*, verified: bool = True, present: bool = True) -> Owner:
    return Owner(user_id=UserId(77), is_main=True, verified=verified, present=present)


def naming(**more: Any) -> Naming:
    return Naming(user_id=UserId(78), ign="Rook", by=UserId(1), **more)


def a_raider(ign: str = "Rook", *alts: str, status: RaiderStatus = RaiderStatus.VERIFIED) -> Raider:
    return Raider(guild_id=GuildId(1), user_id=UserId(78), ign=ign, status=status, alts=list(alts))


@pytest.mark.parametrize("more", [{}, {"proven": True}, {"take_from": UserId(77)}])
def test_the_ign_of_a_raider_who_is_here_is_refused_without_a_name_in_the_sentence(more: dict[str, Any]) -> None:
    with pytest.raises(IgnTaken, match="Check the spelling") as refused:
        rules.takes_over(owner(), naming(**more))

    assert "77" not in refused.value.sentence
    assert refused.value.details == {"user_id": "77"}
    assert not isinstance(refused.value, IgnLeftBehind)


@pytest.mark.parametrize("away", [owner(present=False), owner(verified=False)])
def test_an_ign_that_was_left_behind_is_asked_about_and_proof_is_enough_community_b17(away: Owner) -> None:
    with pytest.raises(IgnLeftBehind):
        rules.takes_over(away, naming())
    with pytest.raises(IgnLeftBehind):
        rules.takes_over(away, naming(take_from=UserId(79)))

    assert rules.takes_over(away, naming(take_from=UserId(77)))
    assert rules.takes_over(away, naming(proven=True))


def test_a_free_ign_and_ones_own_are_fine() -> None:
    own = Owner(user_id=UserId(78), is_main=False, verified=True, present=True)

    assert not rules.takes_over(None, naming())
    assert not rules.takes_over(own, naming())


def test_nobody_decides_about_themselves_but_administrators_community_w5h_w6() -> None:
    with pytest.raises(NotOnYourself, match="somebody else of the staff"):
        rules.check_may_decide(UserId(1), Rank.MODERATOR, UserId(1))

    rules.check_may_decide(UserId(1), Rank.SECURITY, UserId(2))
    rules.check_may_decide(UserId(1), Rank.ADMINISTRATOR, UserId(1))


@pytest.mark.parametrize("theirs", [Rank.SECURITY, Rank.OFFICER, Rank.ADMINISTRATOR])
def test_staff_take_nothing_from_those_who_are_not_below_them_community_w6(theirs: Rank) -> None:
    with pytest.raises(OutranksYou, match="not below yours"):
        rules.check_outranks(UserId(1), Rank.SECURITY, UserId(2), theirs)

    rules.check_outranks(UserId(1), Rank.ADMINISTRATOR, UserId(1), Rank.ADMINISTRATOR)
    rules.check_outranks(UserId(1), Rank.SECURITY, UserId(2), Rank.ORGANIZER)


def test_an_alt_is_found_in_any_capitals_and_others_are_refused_with_what_there_is() -> None:
    assert rules.alt_of(a_raider("Rook", "Castle"), " cASTLE ") == "Castle"
    with pytest.raises(NoSuchAlt, match="Their alts: Castle"):
        rules.alt_of(a_raider("Rook", "Castle"), "Rook")
    with pytest.raises(NoSuchAlt, match="They have no alts"):
        rules.alt_of(a_raider("Rook"), "Castle")


def test_alts_need_a_verified_main_and_are_limited() -> None:
    with pytest.raises(NotVerified, match="/verify"):
        rules.check_another_alt(a_raider(status=RaiderStatus.UNVERIFIED))
    with pytest.raises(TooManyAlts, match="/removealt"):
        rules.check_another_alt(a_raider("Rook", *["Castle"] * rules.MOST_ALTS))


def test_an_alt_that_becomes_the_main_is_no_alt_any_more() -> None:
    before = a_raider("Rook", "Castle", "Pawn", status=RaiderStatus.UNVERIFIED)

    assert rules.with_main(before, "castle") == a_raider("castle", "Pawn")


def test_a_guild_chooses_what_nicknames_say() -> None:
    raider = a_raider("Rook", "Castle", "Pawn")

    assert [rules.nickname(raider, one) for one in NicknameFormat] == ["Rook | Castle | Pawn", "Rook", None]


def test_a_raider_is_found_by_any_name_and_those_that_look_alike_are_named() -> None:
    alike = [a_raider("Rook", "Castle"), a_raider("Rookie")]

    assert rules.only("CASTLE", alike) is alike[0]
    with pytest.raises(UnknownRaider, match="Did you mean Castle or Rookie"):
        rules.only("cas", alike)
    with pytest.raises(UnknownRaider, match="Check the spelling"):
        rules.only("Knight", [])


def test_raiders_see_their_own_name_and_organizers_every_one() -> None:
    rules.check_look(UserId(1), Rank.MEMBER, UserId(1))
    rules.check_look(UserId(2), Rank.ORGANIZER, UserId(1))
    with pytest.raises(NotYourName, match="Ask an organizer"):
        rules.check_look(UserId(2), Rank.VERIFIED_RAIDER, UserId(1))
