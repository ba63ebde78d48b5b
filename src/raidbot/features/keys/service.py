"""What the backend does about used keys: it asks whose they were, and pays for them."""

from datetime import datetime
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from raidbot.backend import callers
from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.keys import api, rules, store
from raidbot.features.keys.model import KeyLog, KeyNamed, KeyState, KeyUseId, UnknownKeyUse, Unlogged
from raidbot.features.points import service as points
from raidbot.features.points.model import Award, Difference, Hand, Pay
from raidbot.features.raiders import service as raiders


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a used key from now on; None: that stays as it is."""

    state: KeyState | None = None
    user_id: UserId | None = None
    key: str | None = None
    dungeon: str | None = None


class Asked(msgspec.Struct, frozen=True):
    """What came of asking whose the keys of a run were."""

    owed: list[Pay]
    """What holders are to be paid who are known already."""
    unnamed: int
    """How many have no name."""


async def open_keys(tx: Transaction, guild_id: GuildId, run_id: RunId, dungeon: Dungeon, at: datetime) -> Asked:
    """Ask whose the keys of a run were that is over now. One statement. The run's row must be held."""
    every = catalogue.all_dungeons()
    opening = store.Opening(
        guild_id=guild_id,
        run_id=run_id,
        keys_at_once=[] if dungeon.pops else [one.key for one in dungeon.keys],
        dungeons=[one.key for one in every],
        first_keys=[one.keys[0].key for one in every],
    )
    opened = await store.open_keys(tx, opening, at)
    owed = [
        rules.pay(one.id, 0, one.user_id, catalogue.known(one.dungeon), (run_id, one.pop_id, one.used_at))
        for one in opened
        if one.user_id is not None
    ]
    return Asked(owed, sum(one.state is KeyState.OPEN for one in opened))


async def drop_pop(tx: Transaction, pop_id: int) -> None:
    """Let the keys of a pop that was taken back count as not used; its awards are taken back with the pop's."""
    await store.drop_pop(tx, pop_id)


async def would_write(tx: Transaction, guild_id: GuildId, run_id: RunId, pop_id: int, told: Told) -> Difference:
    """Return what telling more of the keys of a pop would write into the ledger."""
    uses = await store.of_pop(tx, pop_id)
    found = [await _difference(tx, guild_id, run_id, use, _with(use, told)) for use in uses]
    return Difference([one for part in found for one in part.back], [one for part in found for one in part.pays])


async def tell(tx: Transaction, guild_id: GuildId, run_id: RunId, pop_id: int, told: Told, hand: Hand) -> None:
    """Tell more of the keys of a pop, and pay accordingly. The run's row must be held."""
    for use in await store.of_pop(tx, pop_id):
        await _put(tx, guild_id, run_id, (use, _with(use, told)), hand)


async def _put(
    tx: Transaction, guild_id: GuildId, run_id: RunId, change: tuple[store.Row, store.Row], hand: Hand
) -> None:
    old, new = change
    if old == new:
        return
    await points.settle(tx, guild_id, await _difference(tx, guild_id, run_id, old, new), hand)
    await store.save(tx, new, hand.by, hand.at)
    named = KeyNamed(
        guild_id=guild_id,
        run_id=run_id,
        pop_id=old.pop_id,
        by=hand.by,
        at=hand.at,
        key=new.key,
        old_user_id=old.user_id,
        user_id=new.user_id,
        state=new.state,
    )
    await emit(tx, named, hand.at)


def _with(use: store.Row, told: Told) -> store.Row:
    """Return a used key with what is told of it, with the next revision if that changes anything."""
    user_id = told.user_id or use.user_id
    state = told.state or (KeyState.LOGGED if told.user_id else use.state)
    new = replace(
        use,
        user_id=user_id if state is KeyState.LOGGED else None,
        state=state,
        key=told.key or use.key,
        dungeon=told.dungeon or use.dungeon,
    )
    return new if new == use else replace(new, revision=use.revision + 1)


async def _difference(tx: Transaction, guild_id: GuildId, run_id: RunId, old: store.Row, new: store.Row) -> Difference:
    before, after = _pay(old, run_id), _pay(new, run_id)
    if (before and (before.user_id, before.dungeon)) == (after and (after.user_id, after.dungeon)):
        return Difference([], [])
    return Difference(await _standing(tx, guild_id, old), [after] if after else [])


async def _standing(tx: Transaction, guild_id: GuildId, use: store.Row) -> list[Award]:
    """Return the entry that stands for a used key: it was written when the name was, some revisions ago."""
    thing = f"key:{use.id}"
    subjects = [thing, *(f"{thing}#{times}" for times in range(2, use.revision + 2))]
    return await points.standing(tx, guild_id, subjects)


def _pay(use: store.Row, run_id: RunId) -> Pay | None:
    if use.user_id is None:
        return None
    return rules.pay(use.id, use.revision, use.user_id, catalogue.known(use.dungeon), (run_id, use.pop_id, use.used_at))


@serves(api.read_keys)
async def read_keys(call: Call[api.ReadKeys]) -> KeyLog:
    """Return the used keys of a run."""
    return await _log(call, await _held(call, call.ask.run_id))


@serves(api.read_key)
async def read_key(call: Call[api.ReadKey]) -> KeyLog:
    """Return the used keys of the run that one belongs to."""
    return await _log(call, await _held(call, await _run_of(call)))


@serves(api.name_key)
async def name_key(call: Call[api.NameKey]) -> KeyLog:
    """Write down whose a key was, and pay them; who was paid by mistake is not any more."""
    run = await _held(call, await _run_of(call))
    user_id = call.ask.user_id
    if call.ask.ign:
        user_id = (await raiders.by_ign(call.tx, call.ask.guild_id, call.ask.ign)).user_id
    return await _told(call, run, Told(user_id=user_id))


@serves(api.retype_key)
async def retype_key(call: Call[api.RetypeKey]) -> KeyLog:
    """Write down which key it was."""
    run = await _held(call, await _run_of(call))
    use = await _use(call)
    return await _told(call, run, Told(key=rules.checked_key(catalogue.known(use.dungeon), call.ask.key)))


@serves(api.dismiss_key)
async def dismiss_key(call: Call[api.DismissKey]) -> KeyLog:
    """Write down that a key was not used."""
    return await _told(call, await _held(call, await _run_of(call)), Told(state=KeyState.DISMISSED))


@serves(api.dismiss_keys)
async def dismiss_keys(call: Call[api.DismissKeys]) -> KeyLog:
    """Write down that nobody knows whose the keys without a name were."""
    run = await _held(call, call.ask.run_id)
    await give_up(call.tx, call.ask.guild_id, run.run_id, Hand(call.caller, call.now))
    return await _log(call, run)


@serves(api.add_key)
async def add_key(call: Call[api.AddKey]) -> KeyLog:
    """Write down one more used key."""
    run = await _held(call, call.ask.run_id)
    key = rules.checked_key(catalogue.known(run.dungeon), call.ask.key)
    await store.add(call.tx, call.ask.guild_id, run, key, call.now)
    added = KeyNamed(
        guild_id=call.ask.guild_id,
        run_id=run.run_id,
        pop_id=None,
        by=call.caller,
        at=call.now,
        key=key,
        old_user_id=None,
        user_id=None,
        state=KeyState.OPEN,
    )
    await emit(call.tx, added, call.now)
    return await _log(call, run)


@serves(api.list_unlogged)
async def list_unlogged(call: Call[api.ListUnlogged]) -> list[Unlogged]:
    """Return the runs that have keys without a name, the caller's own first."""
    return await store.unlogged(call.tx, call.ask.guild_id, call.caller)


async def give_up(tx: Transaction, guild_id: GuildId, run_id: RunId, hand: Hand) -> None:
    """Let the keys of a run that have no name stay without one. The run's row must be held."""
    for use in await store.open_uses(tx, run_id):
        await _put(tx, guild_id, run_id, (use, _with(use, Told(state=KeyState.UNKNOWN))), hand)


class OfUse(Protocol):
    """What names a used key of a guild."""

    @property
    def guild_id(self) -> GuildId: ...  # noqa: D102 - named

    @property
    def use_id(self) -> KeyUseId: ...  # noqa: D102 - named


async def _told(call: Call[Any], run: store.Steered, told: Told) -> KeyLog:
    use = await _use(call)
    rules.check_revision(call.ask.revision, use.revision)
    change = (use, _with(use, told))
    await _put(call.tx, call.ask.guild_id, run.run_id, change, Hand(call.caller, call.now))
    return await _log(call, run)


async def _use(call: Call[Any]) -> store.Row:
    ask: OfUse = call.ask
    found = await store.find(call.tx, ask.guild_id, ask.use_id)
    if found is None:
        raise UnknownKeyUse("That key was taken back with its pop. Open the keys again to see which ones there are.")
    return found


async def _run_of(call: Call[Any]) -> RunId:
    ask: OfUse = call.ask
    found = await store.run_of(call.tx, ask.guild_id, ask.use_id)
    if found is None:
        raise UnknownKeyUse("This server has no such key. /unlogged lists the runs whose keys have no name.")
    return found


async def _held(call: Call[Any], run_id: RunId) -> store.Steered:
    """Return a run that is over and whose keys the caller may log, with its row held."""
    guild_id: GuildId = call.ask.guild_id
    run = await store.hold_run(call.tx, guild_id, run_id, call.caller)
    if run is None:
        raise UnknownKeyUse(f"This server has no run {run_id}. /unlogged lists the runs whose keys have no name.")
    rules.check_logger(await callers.rank(call.tx, guild_id, call.caller), leads=run.leads)
    rules.check_over(over=run.over)
    return run


async def _log(call: Call[Any], run: store.Steered) -> KeyLog:
    return KeyLog(
        run_id=run.run_id,
        dungeon=run.dungeon,
        uses=await store.uses(call.tx, run.run_id),
        holders=await store.holders(call.tx, run.run_id),
    )
