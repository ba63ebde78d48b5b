"""What the backend does about taking over names."""

from datetime import datetime
from typing import Any

from raidbot.backend.serving import Call, serves
from raidbot.core.errors import Refusal
from raidbot.core.nicknames import main_name
from raidbot.database.transaction import Transaction
from raidbot.features.name_import import api, rules
from raidbot.features.name_import.model import Import, ImportGoesOn, ImportState, Line, LineState, UnknownNameImport
from raidbot.features.name_import.store import imports as store
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import How, Naming


@serves(api.begin_import)
async def begin_import(call: Call[api.BeginImport]) -> Import:
    """Begin an import."""
    import_id = await store.begin(call.tx, call.ask.guild_id, call.caller, call.now)
    if import_id is None:
        raise ImportGoesOn("An import goes on. /forcesync shows it; stop and drop it first.")
    return Import(id=import_id, begun_by=call.caller, state=ImportState.ASKED, counts={})


@serves(api.latest_import)
async def latest_import(call: Call[api.LatestImport]) -> Import:
    """Return the latest import."""
    return _known(await store.latest(call.tx, call.ask.guild_id))


@serves(api.add_lines)
async def add_lines(call: Call[api.AddLines]) -> Import:
    """Judge what is said about members. No text is trusted that is no IGN by the game's own rules."""
    one = await _held(call)
    rules.check_move(one, ImportState.RUNNING)
    said = call.ask.lines
    await store.add_lines(call.tx, one.id, said, [main_name(line.text) for line in said])
    await store.judge(call.tx, call.ask.guild_id, one.id)
    return await _held(call)


@serves(api.move_import)
async def move_import(call: Call[api.MoveImport]) -> Import:
    """Start, stop, resume or drop an import."""
    one = await _held(call)
    rules.check_move(one, call.ask.to)
    await store.move(call.tx, one.id, call.ask.to)
    return await _held(call)


@serves(api.read_lines)
async def read_lines(call: Call[api.ReadLines]) -> list[Line]:
    """Return what is not taken over, with why."""
    return await store.left_out(call.tx, (await _held(call)).id)


async def take_over(tx: Transaction, line: store.Due, now: datetime) -> None:
    """Verify one member as an import says; nobody is stamped over."""
    known = await raiders.find(tx, line.guild_id, line.user_id)
    if known is not None:
        await store.settle(tx, line, LineState.CONFLICT, f"is on record as {known.ign}")
        return
    naming = Naming(user_id=line.user_id, ign=line.ign, by=line.begun_by, how=How.IMPORT)
    try:
        await raiders.assign(tx, line.guild_id, naming, now)
    except Refusal as refused:  # a rule said no before anything was written
        await store.settle(tx, line, LineState.CONFLICT, refused.sentence)
        return
    await store.settle(tx, line, LineState.DONE, None)


def _known(one: Import | None) -> Import:
    if one is None:
        raise UnknownNameImport("There is no such import on this server. /forcesync begins one.")
    return one


async def _held(call: Call[Any]) -> Import:
    ask: api.OfImport = call.ask
    return _known(await store.hold(call.tx, ask.guild_id, ask.import_id))
