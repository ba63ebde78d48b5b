"""Which changes by hand are shown, and who decides about them. Pure."""

from collections.abc import Sequence

from raidbot.core.nicknames import worn
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.hands.model import Change, DoneByHigher, Hand, HandDecided, HandKind, HandState
from raidbot.features.raiders.model import Raider, RaiderStatus

WATCHED = {RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED, RoleKey.TEAM}
"""The roles that this bot gives and takes by the record."""

DECIDED = {HandState.RECORDED: "is the record already", HandState.PUT_BACK: "was put back already"}


def differs(change: Change, raider: Raider | None, nickname: str | None) -> bool:
    """Tell whether a change by hand is against the record.

    Args:
        change: What was changed.
        raider: What is known of the member.
        nickname: What their nickname is to say; None: anything.
    """
    verified = raider is not None and raider.status is RaiderStatus.VERIFIED
    if change.kind is HandKind.NICKNAME:
        return verified and nickname is not None and worn(change.new, nickname) != change.new
    if change.role_key == RoleKey.VERIFIED_RAIDER:
        return verified is (change.kind is HandKind.ROLE_LOST)
    return change.role_key in WATCHED


A_CROWD = 20
"""More members than that are not shown one by one: what was done to them is one question."""


def is_much(changes: Sequence[Change]) -> bool:
    """Tell whether so many members were changed that an administrator is asked about all at once."""
    return len({one.user_id for one in changes}) > A_CROWD


def check_open(hand: Hand) -> None:
    """Check that nobody has decided about a change.

    Raises:
        HandDecided: somebody has.
    """
    if hand.state is not HandState.OPEN:
        raise HandDecided(f"This {DECIDED[hand.state]}, by <@{hand.decided_by}>.")


def check_reach(rank: Rank, their_rank: Rank) -> None:
    """Check that nobody decides about what somebody above them did.

    Raises:
        DoneByHigher: it was somebody above them.
    """
    if their_rank > rank:
        raise DoneByHigher(f"Somebody with the rank {their_rank.label} did that. Ask them, or somebody of their rank.")
