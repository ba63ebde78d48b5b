"""Accounts, the application, and where the gateway is. docs: User; Application; Gateway."""

from discord_loopback import buckets, people, permissions, render
from discord_loopback.calls import Call, Route, only, snowflake
from discord_loopback.errors import ApiError, Problems
from discord_loopback.intents import application_flags
from discord_loopback.model import Guild, Json

MOST = 200


async def me(call: Call) -> Json:
    """Return the bot's own account."""
    extra = {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}
    return {**render.user(call.world.bot), **extra}


async def change_me(call: Call) -> Json:
    """Give the bot's account another name. docs: User, Modify Current User."""
    only(call, "username")
    problems = Problems()
    problems.length(("username",), call.body.get("username") or "", 2, 32)
    problems.raise_any()
    people.renamed(call.world, call.world.bot, call.body["username"])
    return await me(call)


async def user(call: Call) -> Json:
    """Return an account."""
    return render.user(call.world.user(call.id("user_id")))


async def my_guilds(call: Call) -> list[Json]:
    """Return the guilds the bot is in, by id. docs: User, Get Current User Guilds."""
    before, after, limit = call.moment("before"), call.moment("after"), call.number("limit", MOST, 1, MOST)
    ids = sorted(
        each.id
        for each in call.world.own_guilds
        if (before is None or each.id < before) and (after is None or each.id > after)
    )
    return [_mine(call, call.world.guilds[each]) for each in ids[:limit]]


def _mine(call: Call, guild: Guild) -> Json:
    granted = permissions.base(guild, guild.members[call.world.application_id])
    shown: Json = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner_id == call.world.application_id,
        "permissions": str(granted),
        "features": [],
    }
    if call.flag("with_counts"):
        shown |= {"approximate_member_count": len(guild.members), "approximate_presence_count": len(guild.members)}
    return shown


async def application(call: Call) -> Json:
    """Return the application."""
    world = call.world
    owner = next(iter(world.guilds.values())).owner_id
    flags = application_flags(world.starts.terms.denied)
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": render.user(world.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "owner": render.user(world.users[owner]),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(world.own_guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }


async def gateway(call: Call) -> Json:
    """Return the gateway's address."""
    return {"url": call.world.url.replace("http", "ws", 1) + "/gateway"}


async def gateway_bot(call: Call) -> Json:
    """Return the gateway's address and how many shards to start."""
    starts = call.world.starts
    return {**await gateway(call), "shards": starts.terms.shards, "session_start_limit": starts.limit()}


async def open_dm(call: Call) -> Json:
    """Open a conversation. Only sending tells that it is closed. docs: User, Create DM."""
    user_id = snowflake(call.body.get("recipient_id"), "recipient_id")
    if user_id == call.world.application_id:
        raise ApiError(50033)
    if call.world.user(user_id).id not in call.world.dms:
        taken = call.server.buckets.take("opened dms", buckets.OPENED_DMS)
        if not taken.allowed:
            raise ApiError(40003)
    return render.channel(call.world, call.world.dm_with(user_id))


ROUTES = [
    Route("GET", "/users/@me", me),
    Route("PATCH", "/users/@me", change_me),
    Route("GET", "/users/@me/guilds", my_guilds),
    Route("POST", "/users/@me/channels", open_dm),
    Route("GET", "/users/{user_id}", user),
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/applications/@me", application),
    Route("GET", "/gateway", gateway),
    Route("GET", "/gateway/bot", gateway_bot),
]
