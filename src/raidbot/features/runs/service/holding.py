"""How every page of this part begins and ends: the run with its row held, and the change written down."""

from typing import Any, Protocol

from msgspec.structs import replace

from raidbot.backend import callers
from raidbot.backend.serving import Call
from raidbot.core.ids import GuildId, RunId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import Settings
from raidbot.features.runs.model.life import Run, UnknownDungeon, UnknownRun
from raidbot.features.runs.rules import life as rules
from raidbot.features.runs.store import life as store


class OfRun(Protocol):
    """What names a run of a guild."""

    @property
    def guild_id(self) -> GuildId: ...  # noqa: D102 - named

    @property
    def run_id(self) -> RunId: ...  # noqa: D102 - named


async def found(call: Call[Any], run_id: RunId) -> Run:
    """Return a run of the guild that is asked about, held by nobody.

    Raises:
        UnknownRun: the guild has no such run.
    """
    run = await store.find_run(call.tx, call.ask.guild_id, run_id)
    if run is None:
        raise unknown(run_id)
    return run


async def held(call: Call[Any]) -> tuple[Run, Rank]:
    """Return the run that is asked about, with its row held, and the caller's rank. Two statements.

    Raises:
        UnknownRun: the guild has no such run.
    """
    ask: OfRun = call.ask
    standing = await store.hold_run_as(call.tx, ask.guild_id, ask.run_id, call.caller)
    if standing is None:
        raise unknown(ask.run_id)
    return await found(call, ask.run_id), standing.rank


async def led(call: Call[Any]) -> Run:
    """Return the run that the caller may steer, with its row held. Two statements.

    Raises:
        UnknownRun: the guild has no such run.
        NotYourRun: the caller may not.
    """
    run, rank = await held(call)
    rules.check_leader(run, call.caller, rank)
    return run


async def going_on(call: Call[Any]) -> Run:
    """Return the run that the caller may steer and that is not over, with its row held. Two statements.

    Raises:
        UnknownRun: the guild has no such run.
        NotYourRun: the caller may not.
        RunOver: it is over.
    """
    run = await led(call)
    rules.check_unfinished(run)
    return run


async def steered(call: Call[Any]) -> Run:
    """Return the run that the caller may steer, held by nobody.

    Raises:
        UnknownRun: the guild has no such run.
        NotYourRun: the caller may not.
    """
    run = await found(call, call.ask.run_id)
    rules.check_leader(run, call.caller, await callers.rank(call.tx, run.guild_id, call.caller))
    return run


async def saved(call: Call[Any], run: Run, kind: str, **detail: Any) -> Run:
    """Write down a change of a run with its entry. One statement."""
    warn_at = rules.warn_at(run.auto_end_at, call.now)
    await store.save_run(
        call.tx, run, store.Act(by=call.caller, kind=kind, detail=detail, at=call.now, warn_at=warn_at)
    )
    return replace(run, version=run.version + 1, urgent_version=run.version + 1)


async def acted(call: Call[Any], run: Run, kind: str, **detail: Any) -> Run:
    """Write down an act of a leader, from which the automatic end counts anew. Two statements."""
    spans = rules.spans_of(await settings_of(call))
    return await saved(call, rules.acted(run, spans, call.now), kind, **detail)


async def stirred(call: Call[Any], run: Run) -> None:
    """Let the automatic end count anew from an act of a leader that has an entry of its own. Two statements."""
    later = rules.acted(run, rules.spans_of(await settings_of(call)), call.now)
    if later.auto_end_at != run.auto_end_at:
        await store.prolong(call.tx, run.id, later.auto_end_at, rules.warn_at(later.auto_end_at, call.now))


async def settings_of(call: Call[Any]) -> Settings:
    """Return what the guild has set. One statement."""
    return await guild_config.settings_of(call.tx, call.ask.guild_id)


def dungeon_of(key: str) -> Dungeon:
    """Return a dungeon of the catalogue.

    Raises:
        UnknownDungeon: it has none of that key.
    """
    dungeon = catalogue.find(key)
    if dungeon is None:
        raise UnknownDungeon("There is no such dungeon. Pick one from the list that /run offers.", dungeon=key)
    return dungeon


def unknown(run_id: int) -> UnknownRun:
    """Return the refusal of a run that is not there."""
    return UnknownRun(f"This server has no run {run_id}. Those that go on stand in the raid channel.")
