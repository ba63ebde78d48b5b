"""What the record says after a crowd, against what members were told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from raidbot.core.ids import RunId
from raidbot.database.connection import DatabaseSettings, open_connection

Part = tuple[int, int]
"""A run, and who is in it."""

TOTALS = "SELECT run_id, count(*) FROM run_join WHERE state = 'join' GROUP BY run_id"
INSIDE = "SELECT run_id, user_id FROM run_join WHERE state = 'join'"
TWICE = """
SELECT count(*) FROM (SELECT FROM run_entry WHERE kind = 'joined' GROUP BY run_id, user_id HAVING count(*) > 1) twice
"""


@dataclass(frozen=True)
class Tally:
    """How the clicks of a crowd stand in the record."""

    raiders: dict[RunId, int]
    """How many are in which run."""
    lost: int
    """Clicks that were confirmed and are not in the record."""
    twice: int
    """Clicks that are in it more than once."""
    silent: int
    """Clicks that are in it although nobody confirmed them."""


async def tally(url: str, pressed: Iterable[Part], confirmed: Iterable[Part]) -> Tally:
    """Compare what members were told with the record."""
    connection = await open_connection(DatabaseSettings(url))
    try:
        totals: list[Any] = await connection.fetch(TOTALS)
        inside = {(row["run_id"], row["user_id"]) for row in await connection.fetch(INSIDE)}
        twice: Any = await connection.fetchval(TWICE)
    finally:
        await connection.close()
    told = set(confirmed)
    return Tally(
        raiders={RunId(run_id): count for run_id, count in totals},
        lost=len(told - inside),
        twice=twice,
        silent=len((set(pressed) & inside) - told),
    )


def run_of(custom_id: str) -> RunId:
    """Return the run that a button is about."""
    return RunId(int(custom_id.split(":")[2]))
