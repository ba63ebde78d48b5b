"""Who may do what, where. docs: Permissions, with its pseudocode for overwrites."""

from discord_loopback.errors import ApiError
from discord_loopback.model import PRIVATE_THREAD, Channel, Guild, Member, Role

NAMES = {
    "CREATE_INSTANT_INVITE": 0,
    "KICK_MEMBERS": 1,
    "BAN_MEMBERS": 2,
    "ADMINISTRATOR": 3,
    "MANAGE_CHANNELS": 4,
    "MANAGE_GUILD": 5,
    "ADD_REACTIONS": 6,
    "VIEW_AUDIT_LOG": 7,
    "PRIORITY_SPEAKER": 8,
    "STREAM": 9,
    "VIEW_CHANNEL": 10,
    "SEND_MESSAGES": 11,
    "SEND_TTS_MESSAGES": 12,
    "MANAGE_MESSAGES": 13,
    "EMBED_LINKS": 14,
    "ATTACH_FILES": 15,
    "READ_MESSAGE_HISTORY": 16,
    "MENTION_EVERYONE": 17,
    "USE_EXTERNAL_EMOJIS": 18,
    "VIEW_GUILD_INSIGHTS": 19,
    "CONNECT": 20,
    "SPEAK": 21,
    "MUTE_MEMBERS": 22,
    "DEAFEN_MEMBERS": 23,
    "MOVE_MEMBERS": 24,
    "USE_VAD": 25,
    "CHANGE_NICKNAME": 26,
    "MANAGE_NICKNAMES": 27,
    "MANAGE_ROLES": 28,
    "MANAGE_WEBHOOKS": 29,
    "MANAGE_GUILD_EXPRESSIONS": 30,
    "USE_APPLICATION_COMMANDS": 31,
    "REQUEST_TO_SPEAK": 32,
    "MANAGE_EVENTS": 33,
    "MANAGE_THREADS": 34,
    "CREATE_PUBLIC_THREADS": 35,
    "CREATE_PRIVATE_THREADS": 36,
    "USE_EXTERNAL_STICKERS": 37,
    "SEND_MESSAGES_IN_THREADS": 38,
    "USE_EMBEDDED_ACTIVITIES": 39,
    "MODERATE_MEMBERS": 40,
    "VIEW_CREATOR_MONETIZATION_ANALYTICS": 41,
    "USE_SOUNDBOARD": 42,
    "CREATE_GUILD_EXPRESSIONS": 43,
    "CREATE_EVENTS": 44,
    "USE_EXTERNAL_SOUNDS": 45,
    "SEND_VOICE_MESSAGES": 46,
    "SET_VOICE_CHANNEL_STATUS": 48,
    "SEND_POLLS": 49,
    "USE_EXTERNAL_APPS": 50,
    "PIN_MESSAGES": 51,
    "BYPASS_SLOWMODE": 52,
}
ALL = sum(1 << bit for bit in NAMES.values())


def bits(*names: str) -> int:
    """Return the number that stands for these permissions."""
    return sum(1 << NAMES[name] for name in names)


ADMINISTRATOR = bits("ADMINISTRATOR")
VIEW = bits("VIEW_CHANNEL")
SEND = bits("SEND_MESSAGES")
SEND_IN_THREADS = bits("SEND_MESSAGES_IN_THREADS")
HISTORY = bits("READ_MESSAGE_HISTORY")
MANAGE_THREADS = bits("MANAGE_THREADS")
TIMED_OUT = VIEW | HISTORY
IN_DM = bits(
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "EMBED_LINKS",
    "ATTACH_FILES",
    "READ_MESSAGE_HISTORY",
    "ADD_REACTIONS",
    "USE_APPLICATION_COMMANDS",
    "PIN_MESSAGES",
)


def base(guild: Guild, member: Member) -> int:
    """Return what a member may do in the guild, before any channel has a say."""
    if guild.owner_id == member.user.id:
        return ALL
    granted = guild.everyone.permissions
    for role_id in member.roles:
        granted |= guild.roles[role_id].permissions
    return ALL if granted & ADMINISTRATOR else granted


def within(guild: Guild, member: Member, channel: Channel, now: float) -> int:
    """Return what a member may do in a channel; a thread follows its parent."""
    granted = base(guild, member)
    if granted & ADMINISTRATOR:
        return ALL
    place = guild.channels[channel.parent_id] if channel.thread is not None and channel.parent_id else channel
    granted = _overwritten(guild, member, place, granted)
    # docs: Guild, Timeouts: "will temporarily lose all permissions except VIEW_CHANNEL and READ_MESSAGE_HISTORY"
    if member.timeout_until is not None and member.timeout_until > now:
        granted &= TIMED_OUT
    granted = _implied(channel, granted)
    return 0 if _is_closed(channel, member, granted) else granted


def _is_closed(channel: Channel, member: Member, granted: int) -> bool:
    """Tell whether a private thread is none of a member's business. docs: Threads, Permissions."""
    if channel.thread is None or channel.type != PRIVATE_THREAD:
        return False
    return member.user.id not in channel.thread.members and not granted & MANAGE_THREADS


def _overwritten(guild: Guild, member: Member, channel: Channel, granted: int) -> int:
    overwrites = channel.overwrites
    if not overwrites:
        return granted
    if everyone := overwrites.get(guild.id):
        granted = granted & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in member.roles:
        if overwrite := overwrites.get(role_id):
            allow |= overwrite.allow
            deny |= overwrite.deny
    granted = granted & ~deny | allow
    if own := overwrites.get(member.user.id):
        granted = granted & ~own.deny | own.allow
    return granted


def _implied(channel: Channel, granted: int) -> int:
    """Take away what cannot be used. docs: Permissions, Implicit Permissions."""
    if not granted & VIEW:
        return 0
    if not granted & SEND and channel.thread is None:
        granted &= ~bits("MENTION_EVERYONE", "SEND_TTS_MESSAGES", "ATTACH_FILES", "EMBED_LINKS")
    return granted


def highest(guild: Guild, member: Member) -> tuple[int, int]:
    """Return the rank of a member's highest role; the owner stands above all."""
    if guild.owner_id == member.user.id:
        return (1 << 30, 0)
    ranks = [rank(guild.roles[role_id]) for role_id in member.roles]
    return max(ranks, default=rank(guild.everyone))


def rank(role: Role) -> tuple[int, int]:
    """Return a value that is larger for a higher role. Of two in one place the older is higher."""
    return (role.position, -role.id)


def demand(granted: int, *names: str) -> None:
    """Insist on permissions.

    Raises:
        ApiError: 50001 where the channel cannot even be seen, else 50013.
    """
    if "VIEW_CHANNEL" in names and not granted & VIEW:
        raise ApiError(50001)
    wanted = bits(*names)
    if granted & wanted != wanted:
        raise ApiError(50013)
