"""Who was shown party and location, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.places import Grounds, Shown


async def reveals(tx: Transaction, run_id: RunId) -> list[Shown]:
    """Return who was shown what, by which right, the first one first."""
    return await tx.many(
        Shown,
        """
        SELECT user_id, grounds, placed, party, location, first_at, last_at, times
          FROM run_reveal WHERE run_id = $1 ORDER BY first_at, user_id
        """,
        run_id,
    )


async def note_reveal(tx: Transaction, run: Run, user_id: UserId, grounds: Grounds, at: datetime) -> None:
    """Write down that somebody was shown party and location as they are now."""
    await tx.run(
        """
        INSERT INTO run_reveal AS v (run_id, user_id, grounds, placed, party, location, first_at, last_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            ON CONFLICT (run_id, user_id, grounds, placed) DO UPDATE
           SET last_at = excluded.last_at, times = v.times + 1
        """,
        run.id,
        user_id,
        grounds,
        run.placed,
        run.party,
        run.location,
        at,
    )


class Knower(msgspec.Struct, frozen=True):
    """Somebody who knows where the run is."""

    user_id: UserId


async def knowers(tx: Transaction, guild_id: GuildId, run_id: RunId) -> list[Knower]:
    """Return who was shown party or location and is still in, the leaders left out."""
    return await tx.many(
        Knower,
        """
        SELECT DISTINCT v.user_id
          FROM run_reveal v
          JOIN run r ON r.id = v.run_id AND r.guild_id = $1
          JOIN run_join j ON j.run_id = v.run_id AND j.user_id = v.user_id AND j.state = 'join'
         WHERE v.run_id = $2 AND v.user_id NOT IN (r.organizer_id, coalesce(r.leader_id, r.organizer_id))
         ORDER BY v.user_id
        """,
        guild_id,
        run_id,
    )
