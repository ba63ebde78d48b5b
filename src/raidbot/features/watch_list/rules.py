"""The decisions about the watch list. Pure."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from raidbot.core.ids import UserId, snowflake
from raidbot.core.igns import IGN
from raidbot.core.text import shown
from raidbot.features.watch_list.model import (
    AlreadyOver,
    Effect,
    NobodyNamed,
    NoIgn,
    NotADay,
    OnWatchList,
    Suspect,
    Unreadable,
    Watch,
)

COLUMNS = ("discord_id", "ign", "reason", "evidence", "effect", "until")


def checked(suspect: Suspect, now: datetime) -> Suspect:
    """Return whom to look out for.

    Raises:
        NobodyNamed: there is neither an account nor a name.
        NoIgn: the game knows no such names.
        AlreadyOver: it has ended already.
    """
    if suspect.user_id is None and suspect.ign is None:
        raise NobodyNamed("Say whom to look out for: a member, an IGN, or both.")
    if suspect.ign is not None and not IGN.fullmatch(suspect.ign):
        raise NoIgn("An IGN has 1 to 16 letters from A to Z and nothing else. Type it as the game shows it.")
    if suspect.until is not None and suspect.until <= now:
        raise AlreadyOver("That day has passed. Choose a later one, or leave it out.")
    return suspect


def end_of(day: str) -> datetime:
    """Return the end of a day that staff typed, in UTC.

    Raises:
        NotADay: it is none.
    """
    try:
        start = datetime.strptime(day.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise NotADay("Type the day in UTC as 2026-12-31.") from None
    return start + timedelta(days=1)


def check_verifiable(hits: Iterable[Watch], *, in_bulk: bool = False) -> None:
    """Check that the list lets somebody be verified, alone or as one of many that nobody looks at.

    Raises:
        OnWatchList: it does not.
    """
    for one in hits:
        if one.effect is Effect.REFUSE:
            raise OnWatchList(
                f"Number {one.id} of the watch list says no ({shown(one.reason)}). "
                "If that is over, an officer uses /watch remove.",
                watch=one.id,
            )
        if in_bulk and one.effect is Effect.REVIEW:
            raise OnWatchList(
                f"Number {one.id} of the watch list leaves them to a person ({shown(one.reason)}). Use /verify.",
                watch=one.id,
            )


def read_csv(text: str, now: datetime) -> tuple[list[Suspect], list[Unreadable]]:
    """Return whom a file names, and which of its lines cannot be taken in, with why."""
    suspects: list[Suspect] = []
    unreadable: list[Unreadable] = []
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    missing = [name for name in COLUMNS[:3] if name not in (rows.fieldnames or ())]
    if missing:
        return [], [Unreadable(1, f"The first line names no column {', '.join(missing)}.")]
    try:
        for row in rows:
            try:
                suspects.append(checked(_suspect(row), now))
            except (msgspec.ValidationError, ValueError) as wrong:
                unreadable.append(Unreadable(rows.line_num, str(wrong)))
            except (NobodyNamed, NoIgn, AlreadyOver, NotADay) as refused:
                unreadable.append(Unreadable(rows.line_num, refused.sentence))
    except csv.Error as wrong:
        unreadable.append(Unreadable(rows.line_num, str(wrong)))
    return suspects, unreadable


def _suspect(row: dict[str, str | None]) -> Suspect:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    told = {"reason": cell["reason"], "evidence": cell["evidence"], "effect": cell["effect"] or Effect.ALERT}
    plain = msgspec.convert({**told, **({"ign": cell["ign"]} if cell["ign"] else {})}, Suspect)
    user_id = snowflake(UserId, cell["discord_id"]) if cell["discord_id"] else None
    until = _moment(cell["until"]) if cell["until"] else None
    return msgspec.structs.replace(plain, user_id=user_id, until=until)


def _moment(text: str) -> datetime:
    """Return a moment as a file of ours has it, or the end of a day."""
    if "T" not in text:
        return end_of(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_csv(watches: Iterable[Suspect]) -> str:
    """Return entries as a file that can be read in again, here or elsewhere."""
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    for one in watches:
        who = str(int(one.user_id)) if one.user_id is not None else ""
        until = one.until.astimezone(UTC).isoformat() if one.until else ""
        rows.writerow((who, one.ign or "", one.reason, one.evidence, one.effect, until))
    return file.getvalue()
