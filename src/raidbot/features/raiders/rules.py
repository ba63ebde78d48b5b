"""The decisions about raiders. Pure: what is and who asks in, a refusal or nothing out."""

import re
from collections.abc import Sequence

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.raiders.model import IgnTaken, InvalidIgn, NotYourName, Raider, UnknownRaider

IGN = re.compile(r"[A-Za-z]{1,16}")
"""What the game allows as a name."""


def checked_ign(typed: str) -> str:
    """Return what was typed as an IGN, in its own capitals.

    Raises:
        InvalidIgn: the game knows no such names.
    """
    ign = typed.strip()
    if not IGN.fullmatch(ign):
        raise InvalidIgn("An IGN has 1 to 16 letters from A to Z and nothing else. Type it as the game shows it.")
    return ign


def check_owner(owner: UserId | None, user_id: UserId) -> None:
    """Check that nobody else owns an IGN.

    Raises:
        IgnTaken: somebody does. The sentence does not say who: members may read it.
    """
    if owner is not None and owner != user_id:
        raise IgnTaken(
            "Another raider of this server has that IGN. Check the spelling, or let staff sort out whose it is.",
            user_id=str(int(owner)),
        )


def check_look(caller: UserId, rank: Rank, user_id: UserId) -> None:
    """Check that a member may see whose IGN it is: their own always, of others from organizer on.

    Raises:
        NotYourName: neither.
    """
    if caller != user_id and rank < Rank.ORGANIZER:
        raise NotYourName("You can look up your own IGN only. Ask an organizer for that of somebody else.")


def only(ign: str, alike: Sequence[Raider]) -> Raider:
    """Return the one raider who has an IGN in any spelling of capitals, out of those whose IGNs look alike.

    Raises:
        UnknownRaider: nobody has it.
    """
    found = next((one for one in alike if one.ign.lower() == ign.lower()), None)
    if found is not None:
        return found
    meant = " or ".join(one.ign for one in alike)
    hint = f"Did you mean {meant}? Type the whole name." if alike else "Check the spelling, or choose the member."
    raise UnknownRaider(f"No raider of this server has exactly that IGN. {hint}", alike=[one.ign for one in alike])
