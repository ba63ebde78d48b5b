"""What other features do with the ledger, in the transaction that decides it."""

from collections.abc import Sequence

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.points import store
from raidbot.features.points.model import Award, Pay
from raidbot.features.points.store import Hand


async def pay(tx: Transaction, guild_id: GuildId, pays: Sequence[Pay], hand: Hand) -> int:
    """Pay each subject that was not paid before; return how many were. One statement, none for nothing."""
    return await store.add(tx, guild_id, pays, hand) if pays else 0


async def take_back_pop(tx: Transaction, guild_id: GuildId, pop_id: int, hand: Hand) -> int:
    """Answer everything paid for a pop by an entry that takes it back; return how many. One statement."""
    return await store.reverse_pop(tx, guild_id, pop_id, hand)


async def take_back(tx: Transaction, guild_id: GuildId, awards: Sequence[Award], hand: Hand) -> int:
    """Answer these entries by ones that take them back; return how many. One statement, none for nothing."""
    return await store.reverse(tx, guild_id, [one.id for one in awards], hand) if awards else 0


async def standing(tx: Transaction, guild_id: GuildId, subjects: Sequence[str]) -> list[Award]:
    """Return what was paid for these subjects and stands. One statement."""
    return await store.standing(tx, guild_id, subjects)


async def of_run(tx: Transaction, guild_id: GuildId, run_id: int, user_id: UserId | None = None) -> list[Award]:
    """Return every entry about a run, or about one member in it. One statement."""
    return await store.of_run(tx, guild_id, run_id, user_id)
