"""Whom runs call, in PostgreSQL."""

from datetime import datetime

from raidbot.core.ids import GuildId, RunId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pings import Ping, PingMoment


async def find_ping(tx: Transaction, run_id: RunId, moment: PingMoment) -> Ping | None:
    """Return whom a run called at a moment, or None while that is undecided."""
    return await tx.maybe(
        Ping, "SELECT here, role_id, here_left_out FROM run_ping WHERE run_id = $1 AND moment = $2", run_id, moment
    )


async def last_call(tx: Transaction, run_id: RunId) -> datetime | None:
    """Return when whoever leads last called the raiders of a run."""
    return await tx.value(
        datetime, "SELECT max(happened_at) FROM run_entry WHERE run_id = $1 AND kind = 'raiders_called'", run_id
    )


async def hold_here(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time decide about a guild's @here."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('here ' || $1::bigint, 0))", guild_id)


async def last_here(tx: Transaction, guild_id: GuildId) -> datetime | None:
    """Return when a guild's last @here was decided."""
    return await tx.value(datetime, "SELECT max(decided_at) FROM run_ping WHERE guild_id = $1 AND here", guild_id)


async def save_ping(tx: Transaction, of: Run, moment: PingMoment, ping: Ping, at: datetime) -> None:
    """Write down whom a run calls at a moment."""
    await tx.run(
        """
        INSERT INTO run_ping (run_id, moment, guild_id, here, role_id, here_left_out, decided_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        of.id,
        moment,
        of.guild_id,
        ping.here,
        ping.role_id,
        ping.here_left_out,
        at,
    )
