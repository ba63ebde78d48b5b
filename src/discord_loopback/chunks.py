"""Lists of members on request. docs: Gateway Events, Request Guild Members."""

from collections.abc import Iterator
from itertools import islice

from discord_loopback import render
from discord_loopback.intents import GUILD_MEMBERS
from discord_loopback.model import Guild, Json, Member
from discord_loopback.world import World

SIZE = 1000
MOST_BY_QUERY = 100


def requested(world: World, intents: int, data: Json) -> Iterator[Json]:
    """Go through the chunks that answer a request."""
    guild = world.guilds.get(int(data.get("guild_id") or 0))
    if guild is None:
        return
    members, missing = _chosen(guild, intents, data)
    count = max(1, -(-len(members) // SIZE))
    for index in range(count):
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [render.full_member(each) for each in members[index * SIZE : (index + 1) * SIZE]],
            "chunk_index": index,
            "chunk_count": count,
        }
        if missing:
            chunk["not_found"] = missing
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        yield chunk


def _chosen(guild: Guild, intents: int, data: Json) -> tuple[list[Member], list[str]]:
    if listed := data.get("user_ids"):
        wanted = [str(each) for each in (listed if isinstance(listed, list) else [listed])][:MOST_BY_QUERY]
        found = [guild.members[int(each)] for each in wanted if int(each) in guild.members]
        return found, [each for each in wanted if int(each) not in guild.members]
    query, limit = str(data.get("query") or "").casefold(), int(data.get("limit") or 0)
    if not query and not limit:  # everyone, which needs the intent
        return (list(guild.members.values()) if intents & GUILD_MEMBERS else []), []
    named = (each for each in guild.members.values() if each.name.casefold().startswith(query))
    return list(islice(named, min(limit or MOST_BY_QUERY, MOST_BY_QUERY))), []
