"""The decisions about raiders. Pure: what is and who asks in, a refusal or nothing out."""

from collections.abc import Sequence

from raidbot.core.ids import UserId
from raidbot.core.igns import IGN
from raidbot.core.ranks import Rank
from raidbot.core.text import shown
from raidbot.features.guild_config.model import NicknameFormat
from raidbot.features.raiders.model import (
    Entry,
    History,
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

MOST_ALTS = 20

ON_A_PAGE = 10
"""So many changes of names are shown at once."""


def checked_ign(typed: str) -> str:
    """Return what was typed as an IGN, in its own capitals.

    Raises:
        InvalidIgn: the game knows no such names.
    """
    ign = typed.strip()
    if not IGN.fullmatch(ign):
        raise InvalidIgn("An IGN has 1 to 16 letters from A to Z and nothing else. Type it as the game shows it.")
    return ign


def takes_over(owner: Owner | None, naming: Naming) -> bool:
    """Tell whether a name is to be taken from somebody first.

    Raises:
        IgnLeftBehind: its owner is gone or not verified any more, and nobody has confirmed that it is taken.
        IgnTaken: somebody has it. The sentence does not say who: members may read it.
    """
    if owner is None or owner.user_id == naming.user_id:
        return False
    whose = str(int(owner.user_id))
    if not owner.left_it_behind:
        raise IgnTaken(
            "Another raider of this server has that IGN. Check the spelling, or let staff sort out whose it is.",
            user_id=whose,
        )
    if not naming.proven and naming.take_from != owner.user_id:
        raise IgnLeftBehind(
            f"**{shown(naming.ign)}** is the name of somebody who left or is not verified any more. "
            "Staff may give it to somebody else.",
            user_id=whose,
            present=owner.present,
        )
    return True


def check_may_decide(caller: UserId, rank: Rank, user_id: UserId) -> None:
    """Check that staff do not decide about themselves. Administrators may: above them is nobody.

    Raises:
        NotOnYourself: they do.
    """
    if caller == user_id and rank < Rank.ADMINISTRATOR:
        raise NotOnYourself("Nobody decides about themselves. Ask somebody else of the staff.")


def check_outranks(caller: UserId, rank: Rank, user_id: UserId, their_rank: Rank) -> None:
    """Check that staff take something only from those below them; administrators from themselves too.

    Raises:
        OutranksYou: the member's rank is not below theirs.
    """
    if caller != user_id and their_rank >= rank:
        raise OutranksYou(f"They hold the rank {their_rank.label}, which is not below yours. Ask somebody above them.")


def check_look(caller: UserId, rank: Rank, user_id: UserId) -> None:
    """Check that a member may see whose IGN it is: their own always, of others from organizer on.

    Raises:
        NotYourName: neither.
    """
    if caller != user_id and rank < Rank.ORGANIZER:
        raise NotYourName("You can look up your own IGN only. Ask an organizer for that of somebody else.")


def check_another_alt(raider: Raider) -> None:
    """Check that a raider may have one more alt.

    Raises:
        NotVerified: their main name is not known to be theirs.
        TooManyAlts: they have enough.
    """
    if raider.status is not RaiderStatus.VERIFIED:
        raise NotVerified("They are not verified. Use /verify with their main IGN first.")
    if len(raider.alts) >= MOST_ALTS:
        raise TooManyAlts(f"They have {MOST_ALTS} alts, and more are not kept. Take one away with /removealt.")


def alt_of(raider: Raider, ign: str) -> str:
    """Return an alt of a raider as it is written.

    Raises:
        NoSuchAlt: they have none of that name.
    """
    found = next((one for one in raider.alts if one.lower() == ign.strip().lower()), None)
    if found is None:
        has = f"Their alts: {', '.join(raider.alts)}." if raider.alts else "They have no alts."
        raise NoSuchAlt(f"They have no alt of that name. {has}")
    return found


def with_main(raider: Raider, ign: str) -> Raider:
    """Return a verified raider under that main name; an alt that becomes the main is no alt any more."""
    alts = [one for one in raider.alts if one.lower() != ign.lower()]
    return Raider(guild_id=raider.guild_id, user_id=raider.user_id, ign=ign, status=RaiderStatus.VERIFIED, alts=alts)


def nickname(raider: Raider, form: NicknameFormat) -> str | None:
    """Return what a verified raider's nickname is to say, before it is cut; None leaves it as it is."""
    return {
        NicknameFormat.MAIN_AND_ALTS: " | ".join(raider.names),
        NicknameFormat.MAIN: raider.ign,
        NicknameFormat.UNTOUCHED: None,
    }[form]


def page(found: Sequence[Entry], raider: Raider | None) -> History:
    """Return a page of what happened; more than fits on it was found if there is an older one."""
    shown = list(found[:ON_A_PAGE])
    return History(raider=raider, entries=shown, older=shown[-1].id if len(found) > ON_A_PAGE else None)


def only(ign: str, alike: Sequence[Raider]) -> Raider:
    """Return the one raider who has a name in any spelling of capitals, out of those whose names look alike.

    Raises:
        UnknownRaider: nobody has it.
    """
    wanted = ign.lower()
    found = next((one for one in alike if wanted in [name.lower() for name in one.names]), None)
    if found is not None:
        return found
    near = [next((name for name in one.names if wanted in name.lower()), one.ign) for one in alike]
    hint = (
        f"Did you mean {' or '.join(near)}? Type the whole name."
        if near
        else "Check the spelling, or choose the member."
    )
    raise UnknownRaider(f"No raider of this server has exactly that IGN. {hint}", alike=near)
