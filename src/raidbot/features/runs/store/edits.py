"""Corrections in PostgreSQL."""

from datetime import datetime
from typing import Any

import msgspec

from raidbot.core.ids import GuildId, InteractionId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.edits import Edit, EditId, EditState


class NewEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that is asked about."""

    guild_id: GuildId
    run_id: RunId
    interaction: InteractionId
    by: UserId
    plan: dict[str, Any]
    reason: str


async def add(tx: Transaction, new: NewEdit, at: datetime) -> Edit:
    """Write down a correction and what it would write; asked by the same press again, it is the same one."""
    return await tx.one(
        Edit,
        """
        INSERT INTO run_edit AS e (run_id, guild_id, interaction, asked_by, asked_at, change, reason, state)
        VALUES ($2, $1, $3, $4, $5, $6, $7, 'asked')
            ON CONFLICT (interaction) DO UPDATE SET asked_at = e.asked_at
        RETURNING e.id, e.run_id, e.change AS plan, e.reason, e.asked_by, e.state
        """,
        new.guild_id,
        new.run_id,
        new.interaction,
        new.by,
        at,
        new.plan,
        new.reason,
    )


async def find(tx: Transaction, guild_id: GuildId, edit_id: EditId) -> Edit | None:
    """Return a correction, or None."""
    return await tx.maybe(
        Edit,
        """
        SELECT id, run_id, change AS plan, reason, asked_by, state FROM run_edit WHERE guild_id = $1 AND id = $2
        """,
        guild_id,
        edit_id,
    )


async def settle(tx: Transaction, edit_id: EditId, state: EditState, at: datetime) -> None:
    """Write down what became of a correction."""
    await tx.run("UPDATE run_edit SET state = $2, decided_at = $3 WHERE id = $1", edit_id, state, at)
