"""What a run tells whom, in the transaction that decides it."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.backend.events import on
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import Settings, scopes_of
from raidbot.features.runs.model.joins import RaidersMovedUp
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.offers import HoldersAccepted
from raidbot.features.runs.model.pings import Ping
from raidbot.features.runs.rules import notices as rules
from raidbot.features.runs.rules.follows import FOLLOWED_FOR
from raidbot.features.runs.rules.notices import Message
from raidbot.features.runs.store import notices as store


async def tell_raiders(tx: Transaction, run: Run, message: Message, settings: Settings, now: datetime) -> int:
    """Ping everybody who is in, those who lead left out; return how many that are. Two statements."""
    inside = await store.in_run(tx, run.id)
    called = [one for one in inside.user_ids if one not in run.led_by]
    wishes = rules.to_raiders(run.id, message, called, settings, inside.role_id)
    await discord_state.tell(tx, run.guild_id, wishes, now)
    return len(called)


async def tell_start(tx: Transaction, run: Run, ping: Ping, settings: Settings, now: datetime) -> None:
    """Ping the joined of a run that goes live, and besides whom the guild wants called. Two statements."""
    inside = await store.in_run(tx, run.id)
    called = [one for one in inside.user_ids if one not in run.led_by]
    message = Message(saying=Saying.STARTED, of="start", body={"raiders": True})
    wishes = rules.to_raiders(run.id, message, called, settings, inside.role_id)
    if ping.here or ping.role_id:
        wishes.append(
            NoticeWish(
                name=f"run-{run.id}-{Saying.STARTED}-call",
                kind=Saying.STARTED,
                subject_id=run.id,
                channel=rules.RAID,
                here=ping.here,
                role_ids=[ping.role_id] if ping.role_id else [],
            )
        )
    await discord_state.tell(tx, run.guild_id, wishes, now)


async def tell_cancelled(tx: Transaction, run: Run, settings: Settings, now: datetime) -> None:
    """Tell everybody who is in that the run is cancelled, and why; what it called them for before vanishes."""
    await clear_calls(tx, run.guild_id, run.id, now)
    message = Message(saying=Saying.CANCELLED, of=str(run.version), body={"reason": run.reason}, lapses_s=rules.LONG_S)
    await tell_raiders(tx, run, message, settings, now)


async def clear_calls(tx: Transaction, guild_id: GuildId, run_id: RunId, now: datetime) -> None:
    """Let the pings of a run that is over vanish where they still stand. One statement for each kind."""
    for saying in rules.CALLS:
        await discord_state.withdraw(tx, guild_id, f"run-{run_id}-{saying}-", now)


async def tell_lost(tx: Transaction, run: Run, raiders: int, holders: int, now: datetime) -> None:
    """Tell those who lead that raiders are out who did not leave by themselves, and how many of them held a key.

    Nobody is named: without a channel for logs everybody reads it. One statement.
    """
    message = Message(
        saying=Saying.LOST,
        of=_time_of(now),
        body={"raiders": raiders, "holders": holders},
        channel=rules.THREAD,
        lapses_s=rules.LONG_S,
    )
    wish = rules.to_leaders(run.id, message, [run.leader_id, *run.co_leader_ids])
    await discord_state.tell(tx, run.guild_id, [wish], now)


def ending_soon(run: Run) -> NoticeWish:
    """Return the warning that a run ends by itself, for those who can extend it."""
    message = Message(
        saying=Saying.ENDING,
        of=f"{run.auto_end_at.timestamp():.0f}",
        body={"ends_at": run.auto_end_at.isoformat()},
        channel=rules.THREAD,
        lapses_s=rules.LONG_S,
    )
    return rules.to_leaders(run.id, message, [run.leader_id, *run.co_leader_ids])


def not_followed(run: Run) -> NoticeWish | None:
    """Return the notice that the run which was to follow did not open, for those who can open it; None if none was."""
    if run.left_unopened is None:
        return None
    message = Message(
        saying=Saying.NOT_FOLLOWED,
        of=str(run.endings),
        body={"dungeon": run.left_unopened},
        channel=rules.THREAD,
        lapses_s=round(FOLLOWED_FOR.total_seconds()),
    )
    return rules.to_leaders(run.id, message, [run.leader_id, *run.co_leader_ids])


async def tell_early(tx: Transaction, run: Run, now: datetime) -> None:
    """Ping the dungeon's role in the early location channel; the ping before vanishes. Three statements at the most.

    The message that stays is drawn there from the record, and edited.
    """
    found = await store.early(tx, run.guild_id, scopes_of(run.dungeon))
    if found is None:
        return
    name = f"run-{run.id}-{Saying.EARLY}-"
    await discord_state.withdraw(tx, run.guild_id, name, now)
    if run.party or run.location:
        wish = NoticeWish(
            name=f"{name}{run.placed}",
            kind=Saying.EARLY,
            subject_id=run.id,
            channel=found.channel,
            role_ids=[found.role_id],
            keep_s=rules.LONG_S,
        )
        await discord_state.tell(tx, run.guild_id, [wish], now)


async def tell_some(
    tx: Transaction, guild_id: GuildId, run_id: RunId, message: Message, user_ids: Sequence[UserId], now: datetime
) -> None:
    """Ping some of those who are in. Two statements, none for nobody."""
    if user_ids:
        settings = await guild_config.settings_of(tx, guild_id)
        await discord_state.tell(tx, guild_id, rules.to_raiders(run_id, message, user_ids, settings), now)


@on(RaidersMovedUp)
async def tell_moved_up(tx: Transaction, happened: RaidersMovedUp) -> None:
    """Ping those for whom a place became free."""
    until = happened.until.isoformat() if happened.until else None
    lapses_s = int((happened.until - happened.at).total_seconds()) if happened.until else 240
    message = Message(
        saying=Saying.MOVED_UP, of=_time_of(happened.at), body={"until": until}, lapses_s=max(1, lapses_s)
    )
    await tell_some(tx, happened.guild_id, RunId(happened.run_id), message, happened.user_ids, happened.at)


@on(HoldersAccepted)
async def tell_accepted(tx: Transaction, happened: HoldersAccepted) -> None:
    """Ping those who hold a key and may read party and location now."""
    message = Message(saying=Saying.ACCEPTED, of=_time_of(happened.at))
    await tell_some(tx, happened.guild_id, RunId(happened.run_id), message, happened.user_ids, happened.at)


def _time_of(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
