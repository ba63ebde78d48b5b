"""Who was shown party and location, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.places import Grounds, Shown, Stage


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


async def newly_shown(tx: Transaction, run: Run, stage: Stage, wants: list[str]) -> list[Knower]:
    """Return who is in and may read party and location from a stage on, but was not shown them yet.

    `wants` are those of the dungeon by which one may read them early.
    """
    return await tx.many(
        Knower,
        """
        SELECT j.user_id FROM run_join j
         WHERE j.run_id = $1 AND j.state = 'join' AND NOT j.user_id = ANY ($2::bigint[])
           AND ($3 = 'raiders' OR EXISTS (SELECT FROM run_bring b
                 WHERE b.run_id = $1 AND b.user_id = j.user_id AND b.want = ANY ($4::text[])))
           AND NOT EXISTS (SELECT FROM run_reveal v
                            WHERE v.run_id = $1 AND v.user_id = j.user_id AND v.placed = $5)
         ORDER BY j.changed_at, j.user_id
        """,
        run.id,
        sorted(run.led_by),
        stage.value,
        wants,
        run.placed,
    )


async def knowers(tx: Transaction, guild_id: GuildId, run_id: RunId) -> list[Knower]:
    """Return who knows party or location and is still in, the leaders left out.

    They were shown it, or hold an accepted key; where the panel shows it, everybody knows.
    """
    return await tx.many(
        Knower,
        """
        SELECT j.user_id
          FROM run r JOIN run_join j ON j.run_id = r.id AND j.state = 'join'
         WHERE r.guild_id = $1 AND r.id = $2
           AND j.user_id NOT IN (r.organizer_id, coalesce(r.leader_id, r.organizer_id))
           AND (r.stage = 'all'
                OR EXISTS (SELECT FROM run_reveal v WHERE v.run_id = r.id AND v.user_id = j.user_id)
                OR EXISTS (SELECT FROM run_offer o
                            WHERE o.run_id = r.id AND o.user_id = j.user_id AND o.state IN ('accepted', 'popped')))
         ORDER BY j.user_id
        """,
        guild_id,
        run_id,
    )
