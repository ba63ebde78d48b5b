"""The decisions about the ledger. Pure: what was paid and what is owed in, entries out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from raidbot.core.ids import UserId
from raidbot.dungeons.model import Dungeon, DungeonKey
from raidbot.features.points.model import (
    Award,
    BadDay,
    BelowZero,
    Credit,
    CreditDecided,
    CreditState,
    Difference,
    NothingLogged,
    NotYourOwnCredit,
    Pay,
    SelfCreditCap,
)

DAYS_BACK = 14
"""So many days back an entry by hand may lie."""

NOON = time(12, tzinfo=UTC)
"""The hour of an entry of which only the day is known."""


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


def checked_amount(amount: int) -> int:
    """Return an amount that says something.

    Raises:
        NothingLogged: it is 0.
    """
    if amount == 0:
        raise NothingLogged("An amount of 0 changes nothing. Give a number from 1 to 99, or below 0 to correct.")
    return amount


def moment_of(day: date | None, now: datetime) -> datetime:
    """Return when something happened on a day in UTC; today it is now.

    Raises:
        BadDay: the day lies ahead, or more than 14 days back.
    """
    today = now.astimezone(UTC).date()
    if day is None or day == today:
        return now
    first = today - timedelta(days=DAYS_BACK)
    if not first <= day < today:
        raise BadDay(f"Choose a day from {first} to {today} (UTC). Periods before that are closed.")
    return datetime.combine(day, NOON)


def checked_key(dungeon: Dungeon, key: str | None) -> DungeonKey:
    """Return a key of a dungeon by its key or name; its first if none is given.

    Raises:
        NothingLogged: it has none of that name.
    """
    if key is None:
        return dungeon.keys[0]
    found = next((one for one in dungeon.keys if key.lower() in {one.key, one.name.lower()}), None)
    if found is None:
        names = ", ".join(one.name for one in dungeon.keys)
        raise NothingLogged(f"{dungeon.name} has no such key. Choose one of: {names}.")
    return found


def check_taken(amount: int, total: int) -> None:
    """Check that nobody takes away by hand what is not there.

    Raises:
        BelowZero: they have less than that.
    """
    if total >= amount:
        return
    if total < 0:
        raise BelowZero(
            f"They stand at {total}: what was taken away by hand was taken back with its run as well. "
            f"Log {-total} to bring them to 0."
        )
    raise BelowZero(f"They have {total} of that, so at most {total} can be taken away. Check the dungeon.")


def within_cap(amount: int, today: int, most: int) -> bool:
    """Return whether a member may credit so much to themselves without an officer."""
    return amount <= 0 or today + amount <= most


def check_asked(amount: int, most: int, today: int, *, asked: bool) -> None:
    """Check that there is somewhere to ask an officer about what is above the cap.

    Raises:
        SelfCreditCap: there is not.
    """
    if not asked:
        raise SelfCreditCap(
            f"You may credit {most} entries a day to yourself, {today} are used, and these are {amount}. "
            "Ask an officer other than yourself to log it for you: the same command with member.",
            most=most,
            used=today,
        )


def check_credit(credit: Credit, caller: UserId) -> None:
    """Check that a member may decide what another wants credited.

    Raises:
        NotYourOwnCredit: it is their own.
        CreditDecided: an officer was faster.
    """
    if credit.user_id == caller:
        raise NotYourOwnCredit("Nobody confirms what is credited to themselves. Ask another officer.")
    if credit.state is not CreditState.OPEN:
        raise CreditDecided(f"<@{credit.decided_by}> has decided that already: {credit.state}.")
