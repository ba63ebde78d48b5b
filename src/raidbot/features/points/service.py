"""What other features do with the ledger, in the transaction that decides it."""

from collections.abc import Callable, Sequence

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.points import rules, store
from raidbot.features.points.model import Award, Difference, Hand, Pay


async def pay(tx: Transaction, guild_id: GuildId, pays: Sequence[Pay], hand: Hand) -> int:
    """Pay each subject that was not paid before; return how many were. One statement, none for nothing."""
    return await store.add(tx, guild_id, pays, hand) if pays else 0


async def take_back_pop(tx: Transaction, guild_id: GuildId, pop_id: int, hand: Hand) -> int:
    """Answer everything paid for a pop by an entry that takes it back; return how many. One statement."""
    return await store.reverse_pop(tx, guild_id, pop_id, hand)


async def take_back(tx: Transaction, guild_id: GuildId, awards: Sequence[Award], hand: Hand) -> int:
    """Answer these entries by ones that take them back; return how many. One statement, none for nothing."""
    return await store.reverse(tx, guild_id, [one.id for one in awards], hand) if awards else 0


async def compare(
    tx: Transaction, guild_id: GuildId, pop_ids: Sequence[int], about: Callable[[Award], bool], owed: Sequence[Pay]
) -> Difference:
    """Return what has to be written so that what `about` takes of some pops is paid as owed. One statement."""
    entries = await store.of_pops(tx, guild_id, pop_ids)
    paid = {one.id: one for one in entries if one.corrects is None and about(one)}
    return rules.difference([one for one in entries if one.id in paid or one.corrects in paid], owed)


async def settle(tx: Transaction, guild_id: GuildId, difference: Difference, hand: Hand) -> None:
    """Write what was found to be missing or wrong. Two statements at the most."""
    await take_back(tx, guild_id, difference.back, hand)
    await pay(tx, guild_id, difference.pays, hand)


async def standing(tx: Transaction, guild_id: GuildId, subjects: Sequence[str]) -> list[Award]:
    """Return what was paid for these subjects and stands. One statement."""
    return await store.standing(tx, guild_id, subjects)


async def of_run(tx: Transaction, guild_id: GuildId, run_id: int, user_id: UserId | None = None) -> list[Award]:
    """Return every entry about a run, or about one member in it. One statement."""
    return await store.of_run(tx, guild_id, run_id, user_id)
