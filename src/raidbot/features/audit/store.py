"""The audit trail in PostgreSQL."""

from datetime import datetime

from raidbot.database.transaction import Transaction
from raidbot.disk.rules import Level
from raidbot.features.audit.api import NoteCommand, ReadCommands
from raidbot.features.audit.model import CommandUse, Pause


async def add_use(tx: Transaction, use: NoteCommand, at: datetime) -> bool:
    """Write down a use of a command; tell whether it was new."""
    added = await tx.run(
        """
        INSERT INTO command_use (interaction_id, guild_id, user_id, command, options, outcome, used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (interaction_id) DO NOTHING
        """,
        use.interaction_id,
        use.guild_id,
        use.user_id,
        use.command,
        use.options,
        use.outcome,
        at,
    )
    return added == 1


async def uses(tx: Transaction, ask: ReadCommands) -> list[CommandUse]:
    """Return the latest uses, newest first. Ids of interactions grow with time."""
    return await tx.many(
        CommandUse,
        """
        SELECT interaction_id, user_id, command, options, outcome, used_at
          FROM command_use
         WHERE guild_id = $1 AND ($2::bigint IS NULL OR user_id = $2) AND ($3::bigint IS NULL OR interaction_id < $3)
         ORDER BY used_at DESC, interaction_id DESC
         LIMIT $4
        """,
        ask.guild_id,
        ask.user_id,
        ask.before,
        ask.limit,
    )


async def pause(tx: Transaction) -> Pause | None:
    """Return when the disk was short of room the last time; nothing that can wait was written then."""
    return await tx.maybe(
        Pause, "SELECT raised_at AS since, over_at AS until FROM alert WHERE name = $1", Level.SHORT.alert
    )


async def forget(tx: Transaction, before: datetime, most: int) -> int:
    """Delete the oldest uses, a batch at a time."""
    return await tx.run(
        """
        DELETE FROM command_use
         WHERE interaction_id IN (SELECT interaction_id FROM command_use WHERE used_at < $1
                                   ORDER BY used_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        before,
        most,
    )
