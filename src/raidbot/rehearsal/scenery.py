"""What a rehearsal builds in the test server, and taking all of it down again.

Everything carries one name that the progress file holds before the first request, so that a rehearsal that was killed
between two requests leaves nothing that the next one would not find, and nothing of others is ever touched.
"""

import secrets
from dataclasses import dataclass
from http import HTTPStatus

from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.permissions import Permission
from raidbot.rehearsal.model import Json
from raidbot.rehearsal.rest import Reply, Rest

CATEGORY, TEXT = 4, 0
"""docs: Channel Resource, Channel Types."""
ROLE, MEMBER = 0, 1
"""docs: Channel Resource, Overwrite Structure."""

CREATES = "a category with three channels, a role that the bot wears, a webhook, a command and, if you agree, 51 emojis"


@dataclass(frozen=True)
class Scenery:
    """What was built."""

    name: str
    guild_id: GuildId
    role_id: RoleId
    category_id: ChannelId
    open_id: ChannelId
    """Where everybody may read and press."""
    closed_id: ChannelId
    """What only holders of the role see, and the bot as long as it wears it."""
    narrow_id: ChannelId
    """Where nobody may embed links or open threads; what needs neither is tried here, so that budgets last."""


class NotDown(Exception):  # noqa: N818 - the name is what happened
    """Something could not be taken down; the text names it."""


def new_name() -> str:
    """Return a name that nothing in the server has."""
    return f"rehearsal-{secrets.token_hex(3)}"


async def build(rest: Rest, guild_id: GuildId, bot_id: UserId, name: str) -> Scenery:
    """Build everything.

    Raises:
        Differs: Discord refuses a part of it.
        Away: it does not answer.
    """
    role = await rest.made("POST", f"/guilds/{guild_id}/roles", {"name": name, "permissions": "0"})
    await rest.made("PUT", f"/guilds/{guild_id}/members/{bot_id}/roles/{role['id']}")
    category = await rest.made("POST", f"/guilds/{guild_id}/channels", {"name": name, "type": CATEGORY})

    async def channel(kind: str, *overwrites: Json) -> ChannelId:
        asked = {
            "name": f"{name}-{kind}",
            "type": TEXT,
            "parent_id": category["id"],
            "permission_overwrites": list(overwrites),
        }
        return ChannelId(int((await rest.made("POST", f"/guilds/{guild_id}/channels", asked))["id"]))

    denied = Permission.EMBED_LINKS | Permission.CREATE_PUBLIC_THREADS
    sees = _overwrite(Snowflake(int(role["id"])), allow=Permission.VIEW_CHANNEL)
    return Scenery(
        name=name,
        guild_id=guild_id,
        role_id=RoleId(int(role["id"])),
        category_id=ChannelId(int(category["id"])),
        open_id=await channel("open"),
        closed_id=await channel("closed", _overwrite(guild_id, deny=Permission.VIEW_CHANNEL), sees),
        narrow_id=await channel("narrow", _overwrite(guild_id, deny=denied)),
    )


def _overwrite(role_id: Snowflake, *, allow: int = 0, deny: int = 0) -> Json:
    return {"id": str(role_id), "type": ROLE, "allow": str(int(allow)), "deny": str(int(deny))}


async def take_down(rest: Rest, guild_id: GuildId, application_id: Snowflake, bot_id: UserId, name: str) -> None:
    """Delete everything that carries a name, whoever built it and how far that came.

    Raises:
        NotDown: something of it is left.
        Away: Discord does not answer.
    """
    guild, application = f"/guilds/{guild_id}", f"/applications/{application_id}"
    commands, emojis = f"{application}/guilds/{guild_id}/commands", f"{application}/emojis"
    roles = [one for one in await _list(rest, f"{guild}/roles") if one["name"] == name]
    for role in roles:  # the bot has to see what it deletes
        await rest.ask("PUT", f"{guild}/members/{bot_id}/roles/{role['id']}")
    channels = [one for one in await _list(rest, f"{guild}/channels") if _is_ours(one["name"], name)]
    channels.sort(key=lambda one: one["type"] == CATEGORY)  # what is inside first
    paths = [f"/channels/{one['id']}" for one in channels]
    paths += [f"{commands}/{one['id']}" for one in await _list(rest, commands) if _is_ours(one["name"], name)]
    mine = emoji_prefix(name)
    paths += [f"{emojis}/{one['id']}" for one in await _list(rest, emojis) if one["name"].startswith(mine)]
    paths += [f"{guild}/roles/{one['id']}" for one in roles]
    replies = {path: await rest.ask("DELETE", path) for path in paths}
    if left := [f"{path} ({reply})" for path, reply in replies.items() if not _is_gone(reply)]:
        raise NotDown(f"Not taken down of {name}: {', '.join(left)}. Delete it by hand, or run this again.")


def _is_gone(reply: Reply) -> bool:
    return reply.status < HTTPStatus.BAD_REQUEST or reply.status == HTTPStatus.NOT_FOUND


def emoji_prefix(name: str) -> str:
    """Return how emojis of a scenery begin: their names may hold no hyphen."""
    return name.replace("-", "_") + "_"


def _is_ours(called: str, name: str) -> bool:
    return called == name or called.startswith(f"{name}-")


async def _list(rest: Rest, path: str) -> list[Json]:
    reply = await rest.ask("GET", path)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise NotDown(f"Discord does not tell what is there: {path} was answered with {reply}. Run this again.")
    body = reply.body
    return body["items"] if isinstance(body, dict) else body
