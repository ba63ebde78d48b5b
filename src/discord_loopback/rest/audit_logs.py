"""Reading what was done to a guild. docs: Audit Log, Get Guild Audit Log."""

from discord_loopback import audit_log, render
from discord_loopback.calls import Call, Route
from discord_loopback.model import Json
from discord_loopback.rest import standing

MOST, USUAL = 100, 50


async def read(call: Call) -> Json:
    """Return entries: the newest first, or from one on with the oldest first."""
    guild = standing.guild_where(call, "VIEW_AUDIT_LOG")
    limit, before, after = call.number("limit", USUAL, 1, MOST), call.moment("before"), call.moment("after")
    user_id, action = call.query("user_id"), call.query("action_type")
    entries = [
        each
        for each in audit_log.kept(call.world, guild)
        if user_id in (None, each["user_id"]) and action in (None, str(each["action_type"]))
    ]
    if after is not None:
        entries = [each for each in entries if int(each["id"]) > after]
    else:
        entries = [each for each in reversed(entries) if before is None or int(each["id"]) < before]
    return _with_what_they_name(call, entries[:limit])


def _with_what_they_name(call: Call, entries: list[Json]) -> Json:
    world = call.world
    named = {int(each[key]) for each in entries for key in ("user_id", "target_id") if each[key] is not None}
    threads = [world.channels[each] for each in sorted(named) if each in world.channels]
    return {
        "audit_log_entries": entries,
        "users": [render.user(world.users[each]) for each in sorted(named) if each in world.users],
        "webhooks": [render.webhook(world, world.webhooks[each]) for each in sorted(named) if each in world.webhooks],
        "threads": [render.channel(world, each) for each in threads if each.thread],
        "integrations": [],
        "guild_scheduled_events": [],
        "application_commands": [],
        "auto_moderation_rules": [],
    }


ROUTES = [Route("GET", "/guilds/{guild_id}/audit-logs", read, major="guild_id")]
