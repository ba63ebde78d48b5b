"""What the backend does about corrections: it shows what they would write, then writes exactly that."""

from typing import Any

import msgspec
from msgspec.structs import replace

from raidbot.backend import callers
from raidbot.backend.serving import Call, serves
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import GuildId, UserId, snowflake
from raidbot.core.wire import encode_hook
from raidbot.database.transaction import Transaction
from raidbot.features.keys import service as keys
from raidbot.features.points import service as points
from raidbot.features.points.model import Difference
from raidbot.features.raiders import service as raiders
from raidbot.features.runs.api import edits as api
from raidbot.features.runs.model.edits import Change, Edit, EditId, EditRefused, EditState, Plan, UnknownEdit
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Pop, PopPaid
from raidbot.features.runs.rules import edits as rules
from raidbot.features.runs.service.holding import dungeon_of, saved, unknown
from raidbot.features.runs.service.pops import outstanding
from raidbot.features.runs.store import edits as store
from raidbot.features.runs.store import life, pops


class Correction(msgspec.Struct, frozen=True):
    """The pops of a run before and after a change, and what follows from it."""

    before: list[Pop]
    after: list[Pop]
    paid: list[PopPaid]
    for_pops: Difference
    for_keys: Difference

    @property
    def difference(self) -> Difference:
        """All that is written into the ledger."""
        return Difference([*self.for_pops.back, *self.for_keys.back], [*self.for_pops.pays, *self.for_keys.pays])


@serves(api.ask_edit)
async def ask_edit(call: Call[api.AskEdit]) -> Edit:
    """Show what a correction would write, and remember it."""
    ask = call.ask
    if call.key is None:
        raise InvalidRequest("The Idempotency-Key header is missing: it makes a repeated request ask once.")
    run = await _held(call, ask.guild_id, ask.run_id)
    change = Change(
        pop=ask.pop,
        add=[await _member(call.tx, ask.guild_id, one) for one in ask.add],
        strike=[await _member(call.tx, ask.guild_id, one) for one in ask.strike],
        popper_id=ask.popper_id,
        key=ask.key,
        outcome=ask.outcome,
        leader_id=ask.leader_id,
        dungeon=dungeon_of(ask.dungeon).key if ask.dungeon else None,
    )
    found = await _correction(call.tx, run, _moment(call, run, ask.reason), change)
    lines = rules.lines(found.difference)
    if not lines and found.before == found.after:
        raise EditRefused("That changes nothing: it is so already. Look at the run with /runinfo first.")
    new = store.NewEdit(
        guild_id=ask.guild_id,
        run_id=run.id,
        interaction=call.key,
        by=call.caller,
        plan=msgspec.to_builtins(Plan(change=change, lines=lines), enc_hook=encode_hook),
        reason=ask.reason,
    )
    return await store.add(call.tx, new, call.now)


@serves(api.confirm_edit)
async def confirm_edit(call: Call[api.ConfirmEdit]) -> Edit:
    """Write what was shown; pressed twice, it is written once."""
    edit, run = await _asked(call)
    at = _moment(call, run, edit.reason)
    found = await _correction(call.tx, run, at, edit.plan.change)
    rules.check_same(edit.plan.lines, rules.lines(found.difference))
    await _carry_out(call.tx, run, at, edit.plan.change, found)
    await store.settle(call.tx, edit.id, EditState.DONE, call.now)
    run = await _again(call, run)
    await saved(call, run, "edited", edit=edit.id, reason=edit.reason, **_told(edit.plan.change))
    return replace(edit, state=EditState.DONE)


@serves(api.drop_edit)
async def drop_edit(call: Call[api.DropEdit]) -> Edit:
    """Let a correction be."""
    edit, _ = await _asked(call)
    await store.settle(call.tx, edit.id, EditState.DROPPED, call.now)
    return replace(edit, state=EditState.DROPPED)


async def _correction(tx: Transaction, run: Run, at: pops.Moment, change: Change) -> Correction:
    before = rules.chosen(await pops.of_run(tx, run.id), change)
    new = dungeon_of(change.dungeon) if change.dungeon else None
    after = [rules.changed(one, dungeon_of(one.dungeon), new, change) for one in before]
    by_id = {one.id: one for one in await pops.paid(tx, run.id)}
    paid = [rules.counted(by_id[one.id], one, change) for one in after]
    for_pops = await outstanding(tx, at, paid)
    for_keys = [
        await keys.would_write(tx, run.guild_id, run.id, two.id, _for_keys(one, two, change))
        for one, two in zip(before, after, strict=True)
    ]
    return Correction(
        before,
        after,
        paid,
        for_pops,
        Difference([one for part in for_keys for one in part.back], [one for part in for_keys for one in part.pays]),
    )


def _for_keys(before: Pop, after: Pop, change: Change) -> keys.Told:
    moved = before.dungeon != after.dungeon
    first = dungeon_of(after.dungeon).keys[0].key
    key = after.key or first if moved or change.key else None
    return keys.Told(user_id=change.popper_id, key=key, dungeon=after.dungeon if moved else None)


async def _carry_out(tx: Transaction, run: Run, at: pops.Moment, change: Change, found: Correction) -> None:
    ids = [one.id for one in found.after]
    if change.add:
        await pops.add_to_snapshots(tx, at, ids, change.add)
    if change.strike:
        await pops.strike_from_snapshots(tx, at, ids, change.strike)
    await points.settle(tx, run.guild_id, found.for_pops, at.hand)
    for before, after in zip(found.before, found.after, strict=True):
        await pops.save(tx, after)
        await keys.tell(tx, run.guild_id, run.id, after.id, _for_keys(before, after, change), at.hand)


def _told(change: Change) -> dict[str, Any]:
    """Return what a change says, as its entry keeps it."""
    told: dict[str, Any] = msgspec.to_builtins(change, enc_hook=encode_hook)
    return {name: value for name, value in told.items() if value not in (None, [])}


async def _member(tx: Transaction, guild_id: GuildId, name: str) -> UserId:
    if name.isascii() and name.isdigit():  # IGNs have no digits
        return snowflake(UserId, name)
    return (await raiders.by_ign(tx, guild_id, name)).user_id


async def _asked(call: Call[Any]) -> tuple[Edit, Run]:
    """Return a correction that is still open, and its run with its row held."""
    guild_id: GuildId = call.ask.guild_id
    edit_id: EditId = call.ask.edit_id
    edit = await store.find(call.tx, guild_id, edit_id)
    if edit is None:
        raise UnknownEdit("This server has no such correction. Use /runedit to ask for one.")
    run = await _held(call, guild_id, edit.run_id)
    edit = await store.find(call.tx, guild_id, edit_id) or edit
    rules.check_asked(edit)
    return edit, run


async def _held(call: Call[Any], guild_id: GuildId, run_id: Any) -> Run:
    if not await life.hold_run(call.tx, guild_id, run_id):
        raise unknown(run_id)
    run = await life.find_run(call.tx, guild_id, run_id)
    if run is None:
        raise unknown(run_id)
    rank = await callers.rank(call.tx, guild_id, call.caller)
    rules.check_editor(run, call.caller, rank, call.now)
    return run


async def _again(call: Call[Any], run: Run) -> Run:
    return await life.find_run(call.tx, run.guild_id, run.id) or run


def _moment(call: Call[Any], run: Run, reason: str) -> pops.Moment:
    return pops.Moment(guild_id=run.guild_id, run_id=run.id, by=call.caller, at=call.now, reason=reason)
