"""Many changes by hand that are told together, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.hands.model import Crowd, CrowdId, Tally
from raidbot.features.reconciliation.model import PlanId, PlanState

COLUMNS: LiteralString = """
    id, nullif(changed_by, 0) AS changed_by, coalesce(changed_by = 0, false) AS by_automod, by_bot, began_at, due_at,
    plan_id, version
"""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A crowd that is to be asked about."""

    guild_id: GuildId
    id: CrowdId
    changed_by: int | None
    """Null: several people; 0: AutoMod."""
    began_at: datetime


async def growing(tx: Transaction, guild_id: GuildId, by: UserId) -> Crowd | None:
    """Return the crowd to which somebody's changes are added, or None."""
    return await tx.maybe(
        Crowd,
        "SELECT " + COLUMNS + " FROM hand_crowd WHERE guild_id = $1 AND changed_by = $2 AND due_at IS NOT NULL",
        guild_id,
        by,
    )


async def begin(
    tx: Transaction, guild_id: GuildId, by: UserId | None, *, by_bot: bool, began_at: datetime, due_at: datetime | None
) -> Crowd:
    """Begin a crowd."""
    return await tx.one(
        Crowd,
        "INSERT INTO hand_crowd (guild_id, changed_by, by_bot, began_at, due_at) VALUES ($1, $2, $3, $4, $5)"
        " RETURNING " + COLUMNS,
        guild_id,
        by,
        by_bot,
        began_at,
        due_at,
    )


async def grow(tx: Transaction, crowd_id: CrowdId, due_at: datetime) -> bool:
    """Write down that something is added, and when it is asked about now; False if it was asked meanwhile."""
    grown = await tx.run(
        "UPDATE hand_crowd SET version = version + 1, due_at = $2 WHERE id = $1 AND due_at IS NOT NULL",
        crowd_id,
        due_at,
    )
    return grown > 0


async def finish(tx: Transaction, crowd_id: CrowdId, plan_id: PlanId | None) -> None:
    """Write down by which plan a crowd was asked about; None: there was nothing to ask."""
    await tx.run(
        "UPDATE hand_crowd SET version = version + 1, due_at = NULL, plan_id = $2 WHERE id = $1", crowd_id, plan_id
    )


async def touch(tx: Transaction, guild_id: GuildId, plan_id: PlanId) -> list[CrowdId]:
    """Let the messages of crowds be drawn anew that a plan asked about; return which."""
    found = await tx.value(
        list[CrowdId],
        """
        WITH touched AS (
            UPDATE hand_crowd SET version = version + 1 WHERE guild_id = $1 AND plan_id = $2 RETURNING id)
        SELECT array_agg(id ORDER BY id) FROM touched
        """,
        guild_id,
        plan_id,
    )
    return found or []


async def take_due(tx: Transaction, now: datetime) -> Due | None:
    """Return a crowd that is to be asked about, with its row held, or None."""
    return await tx.maybe(
        Due,
        """
        SELECT guild_id, id, changed_by, began_at FROM hand_crowd
         WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
        """,
        now,
    )


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next crowd is to be asked about."""
    return await tx.value(datetime, "SELECT min(due_at) FROM hand_crowd")


async def find(tx: Transaction, guild_id: GuildId, crowd_id: CrowdId) -> Crowd | None:
    """Return a crowd, or None."""
    return await tx.maybe(
        Crowd, "SELECT " + COLUMNS + " FROM hand_crowd WHERE guild_id = $1 AND id = $2", guild_id, crowd_id
    )


async def tallies(tx: Transaction, crowd_id: CrowdId) -> list[Tally]:
    """Return how much of each kind a crowd holds, most first."""
    return await tx.many(
        Tally,
        """
        SELECT kind, state, count(*) AS changes FROM hand_change
         WHERE crowd_id = $1 GROUP BY kind, state ORDER BY count(*) DESC, kind, state
        """,
        crowd_id,
    )


async def members(tx: Transaction, crowd_id: CrowdId) -> int:
    """Return how many members a crowd is about."""
    found = await tx.value(int, "SELECT count(DISTINCT user_id) FROM hand_change WHERE crowd_id = $1", crowd_id)
    return found or 0


async def plan_state(tx: Transaction, guild_id: GuildId, plan_id: PlanId) -> PlanState | None:
    """Return how far a plan is."""
    return await tx.value(
        PlanState, "SELECT state FROM reconciliation WHERE guild_id = $1 AND id = $2", guild_id, plan_id
    )
