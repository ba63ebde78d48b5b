"""What the backend does about the watch list."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from raidbot.backend.events import on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import MembersArrived, NoticeWish, StrangersArrived
from raidbot.features.watch_list import api, rules
from raidbot.features.watch_list.model import (
    WATCH_HIT,
    AlreadyWatched,
    Claim,
    Imported,
    NoSuchWatch,
    Occasion,
    Seen,
    Watch,
)
from raidbot.features.watch_list.store import watches as store

DAY_S = 24 * 60 * 60


async def hits(tx: Transaction, guild_id: GuildId, user_id: UserId, names: list[str], now: datetime) -> list[Watch]:
    """Return which entries are about an account or one of its names, present, former or claimed. One statement."""
    return await store.hits(tx, guild_id, user_id, names, now)


async def looks_out(tx: Transaction, guild_id: GuildId) -> bool:
    """Tell whether a guild looks out for anybody, so that it is worth reading what somebody was called before."""
    return await store.any_about(tx, guild_id)


async def suspects(tx: Transaction, guild_id: GuildId, claims: Sequence[Claim], now: datetime) -> set[UserId]:
    """Return about whom of many an entry may be, with the names that they claim. Two statements at most."""
    if not claims or not await store.any_about(tx, guild_id):
        return set()
    return await store.suspects(tx, guild_id, {one.user_id: one.ign for one in claims}, now)


async def tell(tx: Transaction, guild_id: GuildId, seen: Seen, found: list[Watch], now: datetime) -> None:
    """Tell security who turned up; the same thing once a day, be it before a verification or after one."""
    if not found or (channel := await store.log_channel(tx, guild_id)) is None:
        return
    told_as = Occasion.VERIFY if seen.occasion is Occasion.HISTORY else seen.occasion
    role = await store.security_role(tx, guild_id)
    wishes = [
        NoticeWish(
            name=f"watch-{one.id}-{seen.user_id}-{told_as}-{now:%Y%m%d}",
            kind=WATCH_HIT,
            subject_id=one.id,
            channel=channel,
            body={
                "user_id": str(int(seen.user_id)),
                "names": seen.names,
                "occasion": seen.occasion,
                "effect": one.effect,
                "reason": one.reason,
                "evidence": one.evidence,
            },
            role_ids=[role] if role else [],
            lapses_s=DAY_S,
        )
        for one in found
    ]
    await discord_state.tell(tx, guild_id, wishes, now)


async def check(tx: Transaction, guild_id: GuildId, seen: Seen, now: datetime, *, in_bulk: bool = False) -> None:
    """Let the list decide whether somebody may get a name, and tell security of what it lets through.

    Raises:
        OnWatchList: it does not.
    """
    found = await store.hits(tx, guild_id, seen.user_id, seen.names, now)
    rules.check_verifiable(found, in_bulk=in_bulk)
    await tell(tx, guild_id, seen, found, now)


async def look_back(tx: Transaction, guild_id: GuildId, seen: Seen, now: datetime) -> list[Watch]:
    """Tell security if somebody on the list was called one of these names before; return the entries."""
    found = await store.hits(tx, guild_id, seen.user_id, seen.names, now)
    watched = {one.ign.lower() for one in found if one.ign is not None}
    names = [*seen.names[:1], *(one for one in seen.names[1:] if one.lower() in watched)]
    await tell(tx, guild_id, msgspec.structs.replace(seen, names=names), found, now)
    return found


@serves(api.add_watch)
async def add_watch(call: Call[api.AddWatch]) -> Watch:
    """Put somebody on the list."""
    suspect = rules.checked(call.ask.suspect, call.now)
    added = await store.add(call.tx, call.ask.guild_id, suspect, call.caller, call.now)
    if added is None:
        raise AlreadyWatched("They are on the watch list. /watch list shows why; /watch remove makes room.")
    return added


@serves(api.remove_watch)
async def remove_watch(call: Call[api.RemoveWatch]) -> Watch:
    """Take an entry off the list; who did it and when stays on record."""
    ask = call.ask
    removed = await store.remove(call.tx, ask.guild_id, ask.watch_id, call.caller, call.now)
    if removed is None:
        raise NoSuchWatch("The watch list has no such number. /watch list shows them.")
    return removed


@serves(api.list_watches)
async def list_watches(call: Call[api.ListWatches]) -> list[Watch]:
    """Return whom staff look out for."""
    return await store.watches(call.tx, call.ask.guild_id, call.now)


@serves(api.import_watches)
async def import_watches(call: Call[api.ImportWatches]) -> Imported:
    """Take in a file: what can be read is added, the rest is named."""
    suspects, unreadable = rules.read_csv(call.ask.csv, call.now)
    added = 0
    for one in suspects:
        if await store.add(call.tx, call.ask.guild_id, one, call.caller, call.now):
            added += 1
    return Imported(added=added, known=len(suspects) - added, unreadable=unreadable)


@on(MembersArrived)
async def look_at_arrivals(tx: Transaction, happened: MembersArrived) -> None:
    """Tell security of those on the list who come in."""
    if not await store.any_about(tx, happened.guild_id):
        return
    for one in happened.members:
        found = await store.hits(tx, happened.guild_id, one.user_id, [], happened.at)
        await tell(tx, happened.guild_id, Seen(user_id=one.user_id, occasion=Occasion.JOIN), found, happened.at)


@on(StrangersArrived)
async def look_at_strangers(tx: Transaction, happened: StrangersArrived) -> None:
    """Tell security of those on the list among many who came while the bot was away."""
    guild_id, at = happened.guild_id, happened.at
    if not await store.any_about(tx, guild_id):
        return
    for user_id in sorted(await store.suspects(tx, guild_id, dict.fromkeys(happened.user_ids, ""), at)):
        found = await store.hits(tx, guild_id, user_id, [], at)
        await tell(tx, guild_id, Seen(user_id=user_id, occasion=Occasion.JOIN), found, at)
