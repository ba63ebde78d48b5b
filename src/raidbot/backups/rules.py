"""When a backup is due, which ones may go, and when somebody has to be told. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from raidbot.backups.model import Backup, Kind, age
from raidbot.core.alerts import Condition, RunbookPage

HOUR = timedelta(hours=1)

KEPT = {Kind.HOURLY: 24, Kind.DAILY: 7, Kind.BEFORE_UPDATE: 5}
"""How many of each kind stay. Those that a person asked for stay until a person deletes them."""

LATE_AFTER = timedelta(hours=2)
"""A newest good backup older than this is told: one hour was missed."""

COPY_AGAIN_AFTER = timedelta(minutes=5)

SCHEDULED = (Kind.HOURLY, Kind.DAILY)

SPARE = 64_000_000
"""Bytes that a backup leaves free on its disk."""


def due(backups: Sequence[Backup], now: datetime) -> Kind | None:
    """Return which backup is to be taken now: the first of a day (UTC) is the daily one."""
    taken = [one for one in backups if one.kind in SCHEDULED]
    if not any(one.kind is Kind.DAILY and one.taken_at.date() >= now.date() for one in taken):
        return Kind.DAILY
    return Kind.HOURLY if max(one.taken_at for one in taken) <= now - HOUR else None


def next_due(backups: Sequence[Backup], now: datetime) -> datetime:
    """Return when the next one falls due, if none is due now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(midnight, max((one.taken_at for one in backups if one.kind in SCHEDULED), default=now - HOUR) + HOUR)


def expendable(backups: Sequence[Backup]) -> list[Backup]:
    """Return which ones may be deleted. The newest verified backup of all never may."""
    newest_first = sorted(backups, key=lambda one: one.taken_at, reverse=True)
    good = next((one for one in newest_first if one.is_verified), None)
    return [
        one
        for kind, kept in KEPT.items()
        for one in [one for one in newest_first if one.kind is kind][kept:]
        if one is not good
    ]


def newest_verified(backups: Sequence[Backup]) -> datetime | None:
    """Return when the newest backup that was verified was taken."""
    return max((one.taken_at for one in backups if one.is_verified), default=None)


def newest_copied(backups: Sequence[Backup]) -> datetime | None:
    """Return when the newest backup that lies elsewhere too was taken."""
    return max((one.taken_at for one in backups if one.sheet and one.sheet.copied_at), default=None)


def late(backups: Sequence[Backup], now: datetime) -> Condition | None:
    """Tell when the newest backup that was verified is older than it should be."""
    newest = newest_verified(backups)
    if newest is not None and now - newest <= LATE_AFTER:
        return None
    fault = _last_fault(backups)
    why = f" The newest could not be verified: {fault}" if fault else ""
    since = f"The newest good backup is {age(now - newest)} old." if newest else "There is no good backup."
    return Condition("backup_late", since + why, RunbookPage.BACKUP_LATE)


def uncopied(backups: Sequence[Backup], now: datetime) -> list[Backup]:
    """Return which ones are to be copied now, the newest first: a failed copy rests for five minutes."""
    waiting = [one for one in backups if one.sheet is not None and one.sheet.copied_at is None]
    return sorted((one for one in waiting if _copy_may_start(one, now)), key=lambda one: one.taken_at, reverse=True)


def fits(last: Backup | None, free: int) -> bool:
    """Tell whether a disk has room for one more backup, going by the size of the last one."""
    return free >= SPARE + (last.size * 2 if last else 0)


def _copy_may_start(one: Backup, now: datetime) -> bool:
    tried = one.sheet.copy_tried_at if one.sheet else None
    return tried is None or now - tried >= COPY_AGAIN_AFTER


def _last_fault(backups: Sequence[Backup]) -> str | None:
    newest = max(backups, key=lambda one: one.taken_at, default=None)
    return newest.sheet.verify_fault if newest and newest.sheet else None
