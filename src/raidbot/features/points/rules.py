"""The decisions about the ledger. Pure: what was paid and what is owed in, entries out."""

from collections.abc import Sequence

from raidbot.features.points.model import Award, Difference, Pay


def difference(entries: Sequence[Award], owed: Sequence[Pay]) -> Difference:
    """Compare all entries about some things with what is owed for them; what is right already stays.

    Args:
        entries: Everything ever written about these things, corrections too.
        owed: What should stand, as if nothing had been paid before.
    """
    answered = {one.corrects for one in entries}
    paid = [one for one in entries if one.corrects is None]
    standing = {one.thing: one for one in paid if one.id not in answered}
    before: dict[str, int] = {}
    for one in paid:
        before[one.thing] = max(before.get(one.thing, 0), one.times)
    wrong = [one for one in owed if not _same(standing.get(one.subject), one)]
    right = {one.subject for one in owed} - {one.subject for one in wrong}
    return Difference(
        back=[one for thing, one in standing.items() if thing not in right],
        pays=[one.again(before.get(one.subject, 0)) for one in wrong],
    )


def _same(award: Award | None, pay: Pay) -> bool:
    if award is None:
        return False
    told = (award.user_id, award.kind, award.dungeon, award.quantity, award.points)
    return told == (pay.user_id, pay.kind, pay.dungeon, pay.quantity, pay.points)
