"""Lists of members on request. docs: Gateway Events, Request Guild Members."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from discord_loopback import render
from discord_loopback.buckets import Limit
from discord_loopback.intents import GUILD_MEMBERS, GUILD_PRESENCES
from discord_loopback.model import Guild, Json, Member
from discord_loopback.packets import RequestMembers
from discord_loopback.world import World

SIZE = 1000
MOST = 100
"""Members that a name or a list of ids finds."""
LONGEST_NONCE = 32
PRESENT_IN = 75_000
"""Members up to which a guild's introduction shows more than the bot."""
ALL_MEMBERS = Limit(1, 30.0)
"""Requests for everyone, by guild and session. docs: Change Log, Rate Limit When Requesting All Guild Members."""


def guild_of(world: World, asked: RequestMembers) -> Guild | None:
    """Return the guild that a request names, or nothing where the bot is not in it.

    Raises:
        ValidationError: it names none, or several, or neither a name nor ids.
    """
    named = asked.guild_id if isinstance(asked.guild_id, list) else [asked.guild_id]
    if len(named) != 1 or not str(named[0]).isdigit() or (asked.query is None and asked.user_ids is None):
        raise msgspec.ValidationError("one guild, and a name or ids")
    guild_id = int(named[0])
    return world.guilds[guild_id] if world.reaches(guild_id) else None


def everyone(asked: RequestMembers) -> bool:
    """Tell whether a request is for all members."""
    return asked.user_ids is None and asked.query == "" and asked.limit == 0


def too_many(guild: Guild, asked: RequestMembers, retry_after: float) -> Json:
    """Return the answer to a request that came too soon. docs: Gateway Events, Rate Limited."""
    meta: Json = {"guild_id": str(guild.id), **_nonce(asked)}
    return {"opcode": 8, "retry_after": round(retry_after, 3), "meta": meta}


def introduction(world: World, guild: Guild, intents: int, large_threshold: int) -> Json:
    """Return a guild as a session is told of it. docs: Gateway Events, Guild Create."""
    members = _introduced(world, guild, intents, large_threshold)
    return render.guild_create(world, guild, members, large=len(guild.members) > large_threshold)


def _introduced(world: World, guild: Guild, intents: int, large_threshold: int) -> Iterable[Member]:
    """Return the members that a guild's introduction shows; nobody is online or in voice here."""
    bot = guild.members[world.application_id]
    if not intents & GUILD_PRESENCES or len(guild.members) > PRESENT_IN:
        return [bot]
    if len(guild.members) <= large_threshold:
        return guild.members.values()
    return (each for each in guild.members.values() if each is bot or each.roles or each.nick)


def requested(guild: Guild, intents: int, asked: RequestMembers) -> Iterator[Json]:
    """Go through the chunks that answer a request."""
    members, missing = _chosen(guild, intents, asked)
    count = max(1, -(-len(members) // SIZE))
    for index in range(count):
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [render.full_member(each) for each in members[index * SIZE : (index + 1) * SIZE]],
            "chunk_index": index,
            "chunk_count": count,
            **_nonce(asked),
        }
        if missing:
            chunk["not_found"] = missing
        if asked.presences and intents & GUILD_PRESENCES:
            chunk["presences"] = []  # nobody is online here
        yield chunk


def _nonce(asked: RequestMembers) -> Json:
    if asked.nonce is None or len(str(asked.nonce).encode()) > LONGEST_NONCE:
        return {}
    return {"nonce": asked.nonce}


def _chosen(guild: Guild, intents: int, asked: RequestMembers) -> tuple[list[Member], list[str]]:
    if asked.user_ids is not None:
        listed = asked.user_ids if isinstance(asked.user_ids, list) else [asked.user_ids]
        wanted = [str(each) for each in listed[:MOST]]
        found = {each: guild.members.get(int(each)) if each.isdigit() else None for each in wanted}
        return [each for each in found.values() if each], [each for each, member in found.items() if member is None]
    if not asked.query:  # docs: without the intent nobody is listed; that the answer is empty is to confirm
        everybody = list(guild.members.values()) if intents & GUILD_MEMBERS else []
        return everybody[: asked.limit or None], []
    query = asked.query.casefold()
    named = (each for each in guild.members.values() if _begins(each, query))
    return list(islice(named, min(asked.limit or MOST, MOST))), []


def _begins(member: Member, query: str) -> bool:
    # docs: "string that username starts with"; nicknames and display names to confirm
    return member.user.name.casefold().startswith(query) or member.name.casefold().startswith(query)
