"""Which changes by hand are shown, and who decides about them. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import RoleId, UserId
from raidbot.core.nicknames import worn
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.discord_state.model import A_CROWD, HARMLESS, STAYS, ChoreKind, NoticeWish, Wish
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.hands.model import (
    ACTS,
    PRUNED,
    CannotPutBack,
    CannotRecord,
    Change,
    DoneByHigher,
    Hand,
    HandDecided,
    HandKind,
    HandState,
    OneOfMany,
    Prune,
    TimeIsUp,
)
from raidbot.features.raiders.model import Raider, RaiderStatus
from raidbot.features.reconciliation.model import Decision

WATCHED = {RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED, RoleKey.MUTED, RoleKey.TEAM}
"""The roles that this bot gives and takes by the record."""

EARNED = "earned"
"""What stands for a mapping at roles that members earn, which are mapped to nothing."""

GIVEN_AS = {EARNED: HARMLESS, RoleKey.SUSPENDED: STAYS, RoleKey.MUTED: STAYS}
"""In which way a role is given back that somebody took: nobody sheds a restriction by leaving meanwhile."""

DECIDED = {
    HandState.NOTED: "There is nothing to decide about this.",
    HandState.RECORDED: "This is the record already, by <@{by}>.",
    HandState.PUT_BACK: "This was put back already, by <@{by}>.",
    HandState.LEFT: "This was left as it is, by <@{by}>.",
}

BY_PLAN = {
    Decision.ENFORCED: HandState.PUT_BACK,
    Decision.ADOPTED: HandState.RECORDED,
    Decision.LEFT: HandState.LEFT,
}
"""What becomes of a change that was asked about together with others."""


def differs(change: Change, raider: Raider | None, nickname: str | None, earned: Collection[RoleId] = ()) -> bool:
    """Tell whether a change by hand is against the record, or is a fact for it.

    Args:
        change: What was changed.
        raider: What is known of the member.
        nickname: What their nickname is to say; None: anything.
        earned: Roles that they have earned.
    """
    if change.kind in ACTS:
        return True
    if change.role_key == EARNED:
        return (change.role_id in earned) is (change.kind is HandKind.ROLE_LOST)
    verified = raider is not None and raider.status is RaiderStatus.VERIFIED
    if change.kind is HandKind.NICKNAME:
        return verified and nickname is not None and worn(change.new, nickname) != change.new
    if change.role_key == RoleKey.VERIFIED_RAIDER:
        return verified is (change.kind is HandKind.ROLE_LOST)
    return change.role_key in WATCHED


def timeout_kind(before: datetime | None, after: datetime | None, at: datetime) -> HandKind | None:
    """Return what was done to a timeout; None where one was cleared away that had ended by itself."""
    if after is not None and after > at:
        return HandKind.TIMEOUT
    return HandKind.TIMEOUT_ENDED if before is not None and before > at else None


def first_state(change: Change) -> HandState:
    """Return whether a change is to be decided about: nobody puts a kick back, and the Team role follows ranks."""
    undecided = change.kind is not HandKind.KICK and change.role_key != RoleKey.TEAM
    return HandState.OPEN if undecided else HandState.NOTED


WITHIN = timedelta(minutes=10)
"""More changes of one person than a crowd has members, within this time, are one message and one question."""

QUIET = timedelta(minutes=1)
"""A crowd is asked about once nothing was added for so long."""

SHOWN_FOR = timedelta(days=7)
"""So long a message of a change is kept drawn, and posted where it could not be before."""


def is_much(changes: Sequence[Change]) -> bool:
    """Tell whether so many members were changed that an administrator is asked about all at once."""
    return len({one.user_id for one in changes}) > A_CROWD


def asked_at(began_at: datetime, now: datetime) -> datetime:
    """Return when a crowd is asked about that grows now: when it is quiet, and at the latest after ten minutes."""
    return min(now + QUIET, began_at + WITHIN)


def check_open(hand: Hand) -> None:
    """Check that nobody has decided about a change.

    Raises:
        HandDecided: somebody has, or nobody has to.
        OneOfMany: an administrator is asked about it and others.
    """
    if hand.state is not HandState.OPEN:
        raise HandDecided(DECIDED[hand.state].format(by=hand.decided_by))
    if hand.plan_id is not None:
        raise OneOfMany("This is one of many. An administrator decides about all of them at once: /plans.")


def check_recordable(hand: Hand) -> None:
    """Check that there is a choice: what puts somebody out is on record as it is.

    Raises:
        CannotRecord: there is none.
    """
    if hand.kind in {HandKind.BAN, HandKind.UNBAN}:
        raise CannotRecord("This is on record already. You can only put it back.")


NEEDED = {HandKind.BAN: Rank.OFFICER, HandKind.UNBAN: Rank.OFFICER}
"""Whoever puts a ban back lifts it, and needs the rank for that; everything else is for the rank of the endpoint."""


def check_reach(kind: HandKind, rank: Rank, their_rank: Rank) -> None:
    """Check that somebody may decide about a change: about one of that kind, and not about what a higher rank did.

    Raises:
        NotAllowed: it takes a higher rank.
        DoneByHigher: it was somebody above them.
    """
    needed = NEEDED.get(kind, rank)
    if rank < needed:
        raise NotAllowed(f"Bans are for the rank {needed.label} or higher. Ask one of them.")
    if their_rank > rank:
        raise DoneByHigher(f"Somebody with the rank {their_rank.label} did that. Ask them, or somebody of their rank.")


def undone(hand: Hand, now: datetime) -> Wish:
    """Return what puts a change back that is not about a nickname.

    Raises:
        TimeIsUp: it is a timeout that would have ended by now.
        CannotPutBack: nothing does.
    """
    match hand.kind:
        case HandKind.ROLE_GAINED:
            return Wish(user_id=hand.user_id, kind=ChoreKind.TAKE_ROLE, target=hand.role_id)
        case HandKind.ROLE_LOST:
            value = GIVEN_AS.get(hand.role_key, "")
            return Wish(user_id=hand.user_id, kind=ChoreKind.GIVE_ROLE, target=hand.role_id, value=value)
        case HandKind.TIMEOUT:
            return _timeout(hand, hand.was_until if hand.was_until and hand.was_until > now else None)
        case HandKind.TIMEOUT_ENDED:
            if hand.was_until is None or hand.was_until <= now:
                raise TimeIsUp("That timeout would be over by now. There is nothing to put back.")
            return _timeout(hand, hand.was_until)
        case HandKind.BAN:
            return Wish(user_id=hand.user_id, kind=ChoreKind.UNBAN)
        case HandKind.UNBAN:
            return Wish(user_id=hand.user_id, kind=ChoreKind.BAN)
        case _:
            raise CannotPutBack("That cannot be put back. If it was wrong, send them an invitation.")


def told_of(prune: Prune) -> NoticeWish:
    """Return what tells the log of the bot, once, that many were put out."""
    body = {
        "by": str(int(prune.pruned_by)),
        "by_bot": prune.by_bot,
        "members": prune.members,
        "inactive_days": prune.inactive_days,
        "reason": prune.reason,
    }
    return NoticeWish(
        name=f"hand-prune-{int(prune.entry_id)}",
        kind=PRUNED,
        subject_id=int(prune.entry_id),
        channel=ChannelKey.BOT_LOG,
        body=body,
        lapses_s=int(SHOWN_FOR.total_seconds()),
    )


CHORES = {
    HandKind.ROLE_GAINED: ChoreKind.TAKE_ROLE,
    HandKind.ROLE_LOST: ChoreKind.GIVE_ROLE,
    HandKind.NICKNAME: ChoreKind.NICKNAME,
    HandKind.TIMEOUT: ChoreKind.TIMEOUT,
    HandKind.TIMEOUT_ENDED: ChoreKind.TIMEOUT,
    HandKind.BAN: ChoreKind.UNBAN,
    HandKind.UNBAN: ChoreKind.BAN,
}
"""What puts a change back."""


def first_of_each(wishes: Iterable[Wish]) -> list[Wish]:
    """Return of wishes, the oldest change first, what leads back to how it was before all of them."""
    first = dict[tuple[UserId, int, ChoreKind | None], Wish]()
    for one in wishes:
        kind = None if one.target else ChoreKind.BAN if one.kind is ChoreKind.UNBAN else one.kind
        first.setdefault((one.user_id, one.target, kind), one)
    return list(first.values())


def _timeout(hand: Hand, until: datetime | None) -> Wish:
    return Wish(user_id=hand.user_id, kind=ChoreKind.TIMEOUT, value=until.isoformat() if until else "")
