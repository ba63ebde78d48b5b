"""Registering slash commands in each guild, only where something changed."""

from typing import Any

import discord
import structlog
from discord import app_commands

from raidbot.core.ids import GuildId

log: structlog.stdlib.BoundLogger = structlog.get_logger()

COMPARED = (
    "type",
    "name",
    "description",
    "required",
    "autocomplete",
    "choices",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "channel_types",
    "default_member_permissions",
)
"""What makes two commands differ. docs: Application Command Object"""


async def register(client: discord.Client, tree: app_commands.CommandTree[Any], guild_id: GuildId) -> bool:
    """Let Discord know the commands of `tree` in a guild; return whether anything changed.

    Raises:
        discord.HTTPException: Discord refused.
    """
    application_id = client.application_id
    if application_id is None:
        raise RuntimeError("the client has not logged in yet")
    wanted = [one.to_dict(tree) for one in tree.get_commands()]
    known = await client.http.get_guild_commands(application_id, guild_id)
    if _essence(wanted) == _essence(known):
        return False
    await client.http.bulk_upsert_guild_commands(application_id, guild_id, payload=wanted)
    log.info("Commands registered", guild=str(guild_id), commands=len(wanted))
    return True


def _essence(commands: Any) -> list[Any]:
    """Return what counts of commands or options, without what Discord adds and without their order of fields."""
    return sorted((_essence_of(one) for one in commands), key=lambda one: str(one["name"]))


def _essence_of(one: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {name: one[name] for name in COMPARED if one.get(name) not in (None, [], False)}
    kept.setdefault("type", 1)
    if "choices" in kept:
        kept["choices"] = [(choice["name"], choice["value"]) for choice in kept["choices"]]
    if "default_member_permissions" in kept:
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    kept["options"] = [_essence_of(option) for option in one.get("options") or []]
    return kept
