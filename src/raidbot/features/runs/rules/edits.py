"""The decisions about corrections. Pure: what is and what is asked in, what would be out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons.model import Dungeon
from raidbot.features.points.model import Difference
from raidbot.features.runs.model.edits import (
    Change,
    Edit,
    EditOutdated,
    EditRefused,
    EditState,
    Line,
    NotYourEdit,
)
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Pop, PopPaid
from raidbot.features.runs.rules.pops import Told, told

OWNER_FOR = timedelta(hours=24)
"""How long after its end who led a run may correct it."""


def check_editor(run: Run, caller: UserId, rank: Rank, now: datetime) -> None:
    """Check that a member may correct a run: its owner for a day, officers at any time.

    Raises:
        NotYourEdit: neither.
    """
    if rank >= Rank.OFFICER:
        return
    if caller not in {run.organizer_id, run.leader_id}:
        raise NotYourEdit("Only who led this run, or an officer, can correct it. Ask one of them.")
    if run.closed_at is not None and now - run.closed_at > OWNER_FOR:
        raise NotYourEdit("The day in which you could correct this run is over. Ask an officer.")


def chosen(pops: Sequence[Pop], change: Change) -> list[Pop]:
    """Return the pops that a change is about.

    Raises:
        EditRefused: there is none, its window is open, or the change must name one pop and does not.
    """
    found = [one for one in pops if change.pop in {None, one.number}]
    if not found:
        listed = ", ".join(str(one.number) for one in pops) or "none yet"
        raise EditRefused(f"There is no such key in this run. Its keys: {listed}. Name one of them with pop.")
    for one in found:
        if one.closed_at is None:
            closes = f"<t:{int(one.window_ends_at.timestamp())}:R>"
            raise EditRefused(f"The window of key {one.number} is still open. It closes {closes}: correct it then.")
    if len(found) > 1 and (change.popper_id or change.key):
        raise EditRefused(f"Which of the {len(found)} keys? Say so with pop: a number from 1 to {found[-1].number}.")
    return found


def changed(pop: Pop, old: Dungeon, new: Dungeon | None, change: Change) -> Pop:
    """Return a pop of a dungeon as it is after a change."""
    more = Told(popper_id=change.popper_id, key=change.key, dungeon=new, outcome=change.outcome)
    after = told(pop, old, more)
    return replace(after, leader_id=change.leader_id or pop.leader_id)


def counted(paid: PopPaid, pop: Pop, change: Change) -> PopPaid:
    """Return who counts for a pop, and for what, after a change."""
    user_ids = {*paid.user_ids, *change.add} - {*change.strike}
    return replace(paid, dungeon=pop.dungeon, outcome=pop.outcome, leader_id=pop.leader_id, user_ids=sorted(user_ids))


def lines(found: Difference) -> list[Line]:
    """Return the entries that a difference writes, first what is taken back."""
    back = [(one, -one.quantity, -one.points) for one in found.back]
    pays = [(one, one.quantity, one.points) for one in found.pays]
    return [
        Line(user_id=one.user_id, kind=one.kind, dungeon=one.dungeon, quantity=quantity, points=points)
        for one, quantity, points in (*back, *pays)
    ]


def check_same(shown: Sequence[Line], now: Sequence[Line]) -> None:
    """Check that a correction writes what was shown.

    Raises:
        EditOutdated: the run was changed meanwhile.
    """
    if sorted(shown, key=str) != sorted(now, key=str):
        raise EditOutdated("This run was changed meanwhile, so other entries would be written. Use /runedit again.")


def check_asked(edit: Edit) -> None:
    """Check that a correction is still open.

    Raises:
        EditRefused: it was carried out or dropped.
    """
    if edit.state is not EditState.ASKED:
        raise EditRefused(f"This correction is {edit.state} already. Use /runedit for another one.")
