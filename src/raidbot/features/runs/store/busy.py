"""How much goes on just now, in PostgreSQL."""

from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.busy import Busy


async def busy(tx: Transaction) -> Busy:
    """Count runs that are open or live, in all guilds, and who is in them."""
    return await tx.one(
        Busy,
        """
        SELECT count(DISTINCT r.id) AS runs, count(j.user_id) AS raiders
          FROM run r LEFT JOIN run_join j ON j.run_id = r.id AND j.state = 'join'
         WHERE r.status IN ('open', 'live')
        """,
    )
