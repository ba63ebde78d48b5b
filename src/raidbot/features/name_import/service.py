"""What the backend does about taking over names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from raidbot.backend.serving import Call, serves
from raidbot.core.errors import Refusal
from raidbot.core.ids import GuildId
from raidbot.core.nicknames import main_name
from raidbot.database.transaction import Transaction
from raidbot.features.name_import import api, rules
from raidbot.features.name_import.model import Import, ImportGoesOn, ImportState, Line, UnknownNameImport
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
    if not call.ask.more:
        await store.judge(call.tx, call.ask.guild_id, one.id)
    return await _held(call)


@serves(api.move_import)
async def move_import(call: Call[api.MoveImport]) -> Import:
    """Start, stop, resume or drop an import."""
    one = await _held(call)
    rules.check_move(one, call.ask.to)
    if one.state is ImportState.ASKED and call.ask.to is ImportState.RUNNING:
        await store.judge(call.tx, call.ask.guild_id, one.id)  # the record may have moved on since
    await store.move(call.tx, one.id, call.ask.to)
    return await _held(call)


@serves(api.read_lines)
async def read_lines(call: Call[api.ReadLines]) -> list[Line]:
    """Return what is not taken over, with why."""
    return await store.left_out(call.tx, (await _held(call)).id)


async def take_over(tx: Transaction, lines: Sequence[store.Due], now: datetime) -> None:
    """Verify members as an import says: most at once, those with something to decide one by one."""
    guild_id = lines[0].guild_id
    namings = [Naming(user_id=one.user_id, ign=one.ign, by=one.begun_by, how=How.IMPORT, in_bulk=True) for one in lines]
    verified = await raiders.assign_many(tx, guild_id, namings, now)
    refused = {one.user_id: await _refusal(tx, guild_id, one, now) for one in namings if one.user_id not in verified}
    await store.settle(tx, lines[0].import_id, [(one.user_id, refused.get(one.user_id)) for one in lines])


async def _refusal(tx: Transaction, guild_id: GuildId, naming: Naming, now: datetime) -> str | None:
    """Verify one member, or return why not; nobody is stamped over."""
    known = await raiders.find(tx, guild_id, naming.user_id)
    if known is not None:
        return f"is on record as {known.ign}"
    try:
        await raiders.assign(tx, guild_id, naming, now)
    except Refusal as refused:  # a rule said no before anything was written
        return refused.sentence
    return None


def _known(one: Import | None) -> Import:
    if one is None:
        raise UnknownNameImport("There is no such import on this server. /forcesync begins one.")
    return one


async def _held(call: Call[Any]) -> Import:
    ask: api.OfImport = call.ask
    return _known(await store.hold(call.tx, ask.guild_id, ask.import_id))
