"""Guilds as the bot may see them, for rules."""

import msgspec

from raidbot.core.checkup import Configured
from raidbot.core.guilds import ChannelSeen, GuildSeen, OverwriteSeen, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.permissions import Permission, together
from raidbot.features.setup.rules.checks import ask_for

GUILD, BOT = GuildId(1), UserId(9)
EVERYONE, BOT_ROLE, VERIFIED, SUSPENDED, BOSS = (RoleId(n) for n in (1, 10, 11, 12, 13))
RAID, NOTICES, GETVERIFIED = (ChannelId(n) for n in (20, 21, 22))

READS = together((Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY))


def role(role_id: RoleId, name: str, position: int = 1, permissions: int = 0, **more: bool) -> RoleSeen:
    return RoleSeen(role_id, name, position, permissions, **more)


def denied(channel: ChannelId, name: str, target: int, deny: int, allow: int = 0) -> ChannelSeen:
    return ChannelSeen(channel, name, [OverwriteSeen(Snowflake(target), allow, deny)])


def guild(**differs: object) -> GuildSeen:
    """A guild in which nothing is wrong, but for what differs."""
    well = GuildSeen(
        id=GUILD,
        roles=[
            role(EVERYONE, "@everyone", 0, READS),
            role(BOT_ROLE, "Raid Bot", 5, int(ask_for()), managed=True),
            role(VERIFIED, "Verified"),
            role(SUSPENDED, "Suspended"),
            role(BOSS, "Boss", 9, Permission.BAN_MEMBERS),
        ],
        channels=[ChannelSeen(RAID, "raid"), ChannelSeen(NOTICES, "notices"), ChannelSeen(GETVERIFIED, "verify")],
        bot_id=BOT,
        bot_role_ids=[EVERYONE, BOT_ROLE],
    )
    return msgspec.structs.replace(well, **differs)


def with_role(changed: RoleSeen) -> GuildSeen:
    return guild(roles=[changed if one.id == changed.id else one for one in guild().roles])


def with_channel(changed: ChannelSeen) -> GuildSeen:
    return guild(channels=[changed if one.id == changed.id else one for one in guild().channels])


def configured(**differs: object) -> Configured:
    """A configuration in which nothing is missing, but for what differs."""
    well: dict[str, object] = {
        "roles": {"verified_raider": VERIFIED, "suspended": SUSPENDED, "organizer": BOSS},
        "channels": {"raid": RAID, "raid_log": RAID, "notices": NOTICES, "getverified": GETVERIFIED},
        "dungeon_roles": {"shatters": BOSS},
        "settings": {"ping_at_open": frozenset({"dungeon_role"})},
    }
    return Configured(**{**well, **differs})  # pyright: ignore[reportArgumentType]
