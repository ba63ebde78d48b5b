"""Questions that forms left open, in PostgreSQL: they survive a restart between typing and answering."""

from datetime import datetime
from typing import Any

import msgspec

from raidbot.core.ids import RunId, UserId
from raidbot.database.transaction import Transaction


class Asked(msgspec.Struct, frozen=True):
    """What somebody typed while somebody else changed the same."""

    detail: dict[str, Any]


async def ask(tx: Transaction, run_id: RunId, user_id: UserId, detail: dict[str, Any], at: datetime) -> int:
    """Write down what was typed and not set; return the number of the entry."""
    number = await tx.value(
        int,
        """
        INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
        VALUES ($1, $2, 'form_asked', $3, $4) RETURNING id
        """,
        run_id,
        user_id,
        detail,
        at,
    )
    return number or 0


async def find_asked(tx: Transaction, run_id: RunId, user_id: UserId, entry_id: int) -> Asked | None:
    """Return what somebody typed, or None if they have no such question."""
    return await tx.maybe(
        Asked,
        "SELECT detail FROM run_entry WHERE id = $3 AND run_id = $1 AND user_id = $2 AND kind = 'form_asked'",
        run_id,
        user_id,
        entry_id,
    )
