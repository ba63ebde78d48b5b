"""What was done to a guild, by whom and why. docs: Audit Log."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from discord_loopback.events import Event
from discord_loopback.model import Guild, Json
from discord_loopback.snowflakes import born_at
from discord_loopback.world import World

GUILD_UPDATE = 1
CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE = 10, 11, 12
OVERWRITE_CREATE, OVERWRITE_UPDATE, OVERWRITE_DELETE = 13, 14, 15
MEMBER_KICK, MEMBER_PRUNE, BAN_ADD, BAN_REMOVE, MEMBER_UPDATE, MEMBER_ROLES = 20, 21, 22, 23, 24, 25
BOT_ADD = 28
ROLE_CREATE, ROLE_UPDATE, ROLE_DELETE = 30, 31, 32
WEBHOOK_CREATE, WEBHOOK_UPDATE, WEBHOOK_DELETE = 50, 51, 52
MESSAGE_DELETE, MESSAGES_DELETE, MESSAGE_PIN, MESSAGE_UNPIN = 72, 73, 74, 75
THREAD_CREATE, THREAD_UPDATE, THREAD_DELETE = 110, 111, 112
COMMAND_PERMISSIONS = 121
AUTOMOD_TIMEOUT = 145

KEPT = 45 * 86_400.0
"""Seconds an entry is kept. docs: Audit Log: "stored for 45 days"."""
ROLE_KEYS = ("name", "permissions", "color", "hoist", "mentionable")
CHANNEL_KEYS = ("name", "type", "topic", "nsfw", "rate_limit_per_user", "permission_overwrites", "parent_id")
THREAD_KEYS = ("name", "type", "rate_limit_per_user", "archived", "locked", "auto_archive_duration", "invitable")
MEMBER_KEYS = ("nick", "communication_disabled_until", "mute", "deaf")
WEBHOOK_KEYS = ("name", "type", "channel_id", "application_id")


class By(NamedTuple):
    """Who did it, and the reason given."""

    user_id: int
    reason: str | None = None


def note(
    world: World,
    guild: Guild,
    action: int,
    target_id: int | None,
    by: By,
    changes: Sequence[Json] = (),
    **options: object,
) -> None:
    """Add an entry and tell of it."""
    entry: Json = {
        "id": str(world.ids.new()),
        "action_type": action,
        "user_id": str(by.user_id),
        "target_id": str(target_id) if target_id is not None else None,
    }
    if changes:
        entry["changes"] = list(changes)
    if options:
        entry["options"] = {key: str(value) for key, value in options.items()}
    if by.reason:
        entry["reason"] = by.reason
    oldest = world.clock.now() - KEPT
    guild.audit_log = [each for each in guild.audit_log if born_at(int(each["id"])) >= oldest]
    guild.audit_log.append(entry)
    world.bus.emit(Event("GUILD_AUDIT_LOG_ENTRY_CREATE", {**entry, "guild_id": str(guild.id)}, guild.id))


def changes(before: Json, after: Json, keys: Iterable[str]) -> list[Json]:
    """Return what differs; a value that is absent was or became nothing. docs: Audit Log, Change Object."""
    found: list[Json] = []
    for key in keys:
        old, new = before.get(key), after.get(key)
        if old != new:
            change: Json = {"key": key}
            change |= {"old_value": old} if old is not None else {}
            change |= {"new_value": new} if new is not None else {}
            found.append(change)
    return found


def kept(world: World, guild: Guild) -> list[Json]:
    """Return the entries that are not too old, oldest first."""
    oldest = world.clock.now() - KEPT
    return [each for each in guild.audit_log if born_at(int(each["id"])) >= oldest]
