"""The decisions about pops: which one may be counted or taken back, and who is paid what for it."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from raidbot.core.ids import UserId
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config.model import ASSIST_PERCENT, FAILED_LEADER_PERCENT, FAILED_RAIDERS_PERCENT, Settings
from raidbot.features.points.model import AwardKind, Pay
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.pops import NothingToUndo, Outcome, Pop, PopCounted, PopPaid, PopRefused
from raidbot.features.runs.rules.offers import checked_key

MOST_POPS = 999
"""So many pops has a run at the most. Limit of `run_pop.number` in the database."""

WHOLE = 100
"""In percent."""

CENT = Decimal("0.01")
"""The smallest part of a point."""


def check_pop(run: Run, dungeon: Dungeon, number: int) -> None:
    """Check that a key can be counted as the pop of that number, in a run that is not over.

    Raises:
        PopRefused: the dungeon has no pops, the run is not live, or an earlier pop was taken back meanwhile.
        PopCounted: that pop was counted already.
    """
    if not dungeon.pops:
        raise PopRefused(f"{dungeon.name} is opened once, not key by key. Everybody who is in at the end is paid.")
    if run.status is not RunStatus.LIVE:
        raise PopRefused("This run has not started. Press Start first, then count its keys.")
    if number <= run.pops:
        raise PopCounted(
            f"Key {number} is counted already, so nothing was done twice. "
            "Did another key pop? Press Refresh, then Key popped.",
            number=number,
        )
    if number > min(run.pops + 1, MOST_POPS):
        raise PopRefused(f"This run stands at {run.pops} of its keys by now. Press Refresh, then Key popped.")


def check_undo(run: Run, number: int) -> None:
    """Check that a pop can be taken back, in a run that is not over.

    Raises:
        NothingToUndo: it is not the newest one.
    """
    if run.pops == 0:
        raise NothingToUndo("No key is counted in this run, so there is nothing to take back. Press Refresh.")
    if number != run.pops:
        raise NothingToUndo(
            f"Only the last key can be taken back, and that is key {run.pops}. Officers correct others with /runedit."
        )


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody tells of a pop; None: that stays as it is."""

    popper_id: UserId | None = None
    key: str | None = None
    dungeon: Dungeon | None = None
    outcome: Outcome | None = None


def told(pop: Pop, dungeon: Dungeon, more: Told) -> Pop:
    """Return a pop of a dungeon with what is told of it; another dungeon has other keys.

    Raises:
        UnknownKey: the dungeon has none of that name.
    """
    place = more.dungeon or dungeon
    key = checked_key(place, more.key).key if more.key else pop.key
    return replace(
        pop,
        dungeon=place.key,
        key=key if key and place.find_key(key) else only_key(place),
        popper_id=more.popper_id or pop.popper_id,
        outcome=more.outcome or pop.outcome,
    )


def changes(old: Pop, new: Pop) -> dict[str, Any]:
    """Return what differs between two states of a pop, old and new, as its entry keeps it."""
    names = ("dungeon", "key", "popper_id", "leader_id", "outcome")
    return {
        name: [_plain(getattr(one, name)) for one in (old, new)]
        for name in names
        if getattr(old, name) != getattr(new, name)
    }


def _plain(value: Any) -> str | None:
    return None if value is None else str(int(value) if isinstance(value, UserId) else value)


def only_key(dungeon: Dungeon) -> str | None:
    """Return the key that a pop must have been, where the dungeon has no other."""
    return dungeon.keys[0].key if len(dungeon.keys) == 1 else None


def pays(pop: PopPaid, run_id: int, dungeon: Dungeon, settings: Settings) -> list[Pay]:
    """Return who is paid what for a pop whose window is closed."""
    raiders, leader = _percents(pop.outcome, settings)
    for_raiders, for_leader = share(dungeon.points.raider, raiders), share(dungeon.points.organizer, leader)
    for_helpers = share(for_leader, settings.get(ASSIST_PERCENT))
    completed, led = int(pop.outcome is Outcome.COMPLETED), int(pop.outcome is not Outcome.NOBODY)

    def pay(user_id: UserId, kind: AwardKind, points: Decimal, quantity: int) -> Pay:
        return Pay(
            user_id=user_id,
            kind=kind,
            dungeon=dungeon.key,
            quantity=quantity,
            points=points,
            subject=_subject(pop, kind, user_id),
            happened_at=pop.popped_at,
            run_id=run_id,
            pop_id=pop.id,
        ).again(pop.before)

    owed = [
        *(pay(one, AwardKind.COMPLETION, for_raiders, completed) for one in sorted(pop.user_ids)),
        pay(pop.leader_id, AwardKind.LEAD, for_leader, led),
        *(pay(one, AwardKind.ASSIST, for_helpers, led) for one in sorted({*pop.helper_ids} - {pop.leader_id})),
    ]
    return [one for one in owed if one.points or one.quantity]


def _subject(pop: PopPaid, kind: AwardKind, user_id: UserId) -> str:
    """Return what names a payment: of each pop one is for leading, whoever that was."""
    if kind is AwardKind.LEAD:
        return f"lead:{pop.id}"
    return f"{'assist' if kind is AwardKind.ASSIST else 'pop'}:{pop.id}:{int(user_id)}"


def _percents(outcome: Outcome, settings: Settings) -> tuple[int, int]:
    if outcome is Outcome.FAILED:
        return settings.get(FAILED_RAIDERS_PERCENT), settings.get(FAILED_LEADER_PERCENT)
    return (WHOLE, WHOLE) if outcome is Outcome.COMPLETED else (0, 0)


def share(points: Decimal, percent: int) -> Decimal:
    """Return a share of points to the cent; half a cent counts as one."""
    return points if percent == WHOLE else (points * percent / 100).quantize(CENT, ROUND_HALF_UP)
