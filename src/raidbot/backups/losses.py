"""What a restore would lose: what was done in the present record after the backup was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import asyncpg

from raidbot.backups.model import age


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that people did and would have to do again: a table, and when a row of it came to be."""

    table: str
    column: str
    noun: str
    """In the plural, as an operator reads it."""
    only: str = "true"
    """Which rows, as SQL."""


DEEDS = (
    Deed("run", "opened_at", "runs"),
    Deed("key_use", "logged_at", "keys logged"),
    Deed("award", "written_at", "awards of points"),
    Deed("raider_entry", "changed_at", "verifications", "kind = 'verified'"),
    Deed("guild_change", "changed_at", "changes of settings"),
)


async def count(present: asyncpg.Connection, taken_at: datetime) -> list[tuple[int, str]]:
    """Return how much of each was done since; tables that are not there are left out."""
    found = [(await _since(present, one, taken_at), one.noun) for one in DEEDS]
    return [(number, noun) for number, noun in found if number]


def told(since: timedelta, lost: Sequence[tuple[int, str]]) -> str:
    """Return it as one sentence."""
    what = ", ".join(f"{number:,} {noun}" for number, noun in lost) or "nothing that is counted"
    return f"Would be lost: {age(since)}: {what}."


async def _since(present: asyncpg.Connection, deed: Deed, taken_at: datetime) -> int:
    there = await present.fetchval(
        "SELECT count(*) FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = $1 AND column_name = $2",
        deed.table,
        deed.column,
    )
    if not there:
        return 0
    counting = f"SELECT count(*) FROM public.{deed.table} WHERE {deed.column} > $1 AND {deed.only}"  # noqa: S608 - DEEDS
    return cast("int", await present.fetchval(counting, taken_at))
