"""Which connection hears of what, and how much of it. docs: Gateway, Gateway Intents."""

from discord_loopback import permissions
from discord_loopback.events import Event
from discord_loopback.model import Json
from discord_loopback.world import World

GUILDS, GUILD_MEMBERS, GUILD_MODERATION = 1 << 0, 1 << 1, 1 << 2
GUILD_EXPRESSIONS, GUILD_WEBHOOKS, GUILD_PRESENCES = 1 << 3, 1 << 5, 1 << 8
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, DIRECT_TYPING = 1 << 12, 1 << 13, 1 << 14
MESSAGE_CONTENT, SCHEDULED_EVENTS = 1 << 15, 1 << 16
ALL_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))

PRIVILEGED = {"presences": GUILD_PRESENCES, "members": GUILD_MEMBERS, "content": MESSAGE_CONTENT}
"""docs: Gateway, Privileged Intents."""
FLAGS = {GUILD_PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}
"""How an application in few guilds shows a privileged intent. docs: Application, Application Flags."""

MEMBERS, MODERATION = (GUILD_MEMBERS, 0), (GUILD_MODERATION, 0)
MESSAGES, REACTIONS = (GUILD_MESSAGES, DIRECT_MESSAGES), (GUILD_REACTIONS, DIRECT_REACTIONS)
NEEDED = {
    "CHANNEL_PINS_UPDATE": (GUILDS, DIRECT_MESSAGES),
    "GUILD_AUDIT_LOG_ENTRY_CREATE": MODERATION,
    "GUILD_BAN_ADD": MODERATION,
    "GUILD_BAN_REMOVE": MODERATION,
    "GUILD_EMOJIS_UPDATE": (GUILD_EXPRESSIONS, 0),
    "GUILD_MEMBER_ADD": MEMBERS,
    "GUILD_MEMBER_UPDATE": MEMBERS,
    "GUILD_MEMBER_REMOVE": MEMBERS,
    "GUILD_SCHEDULED_EVENT_CREATE": (SCHEDULED_EVENTS, 0),
    "GUILD_SCHEDULED_EVENT_UPDATE": (SCHEDULED_EVENTS, 0),
    "GUILD_SCHEDULED_EVENT_DELETE": (SCHEDULED_EVENTS, 0),
    "MESSAGE_CREATE": MESSAGES,
    "MESSAGE_UPDATE": MESSAGES,
    "MESSAGE_DELETE": MESSAGES,
    "MESSAGE_DELETE_BULK": MESSAGES,
    "MESSAGE_REACTION_ADD": REACTIONS,
    "MESSAGE_REACTION_REMOVE": REACTIONS,
    "MESSAGE_REACTION_REMOVE_ALL": REACTIONS,
    "MESSAGE_REACTION_REMOVE_EMOJI": REACTIONS,
    "THREAD_MEMBERS_UPDATE": (GUILDS | GUILD_MEMBERS, 0),
    "TYPING_START": (GUILD_TYPING, DIRECT_TYPING),
    "WEBHOOKS_UPDATE": (GUILD_WEBHOOKS, 0),
    "INTERACTION_CREATE": (0, 0),
    "USER_UPDATE": (0, 0),
}
"""Event to the intents of which it needs one, in a guild and in a DM; all others need GUILDS."""
PERMITTED = {
    "GUILD_AUDIT_LOG_ENTRY_CREATE": "VIEW_AUDIT_LOG",
    "GUILD_BAN_ADD": "BAN_MEMBERS",
    "GUILD_BAN_REMOVE": "BAN_MEMBERS",
}
"""Event to the permission it needs beside the intent. docs: Gateway Events."""
EVERYWHERE = ("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "INTERACTION_CREATE")
"""Told also where the bot cannot look. To confirm: as channels of a guild's introduction, which lists hidden ones."""
WITH_TEXT = ("MESSAGE_CREATE", "MESSAGE_UPDATE")


def application_flags(denied: int) -> int:
    """Return the flags of an application that may not use these privileged intents."""
    return sum(flag for intent, flag in FLAGS.items() if not intent & denied)


def carried(world: World, intents: int, event: Event) -> bool:
    """Tell whether a connection with these intents hears of an event."""
    if event.name.startswith("LOOPBACK_"):
        return False
    if event.only is not None:
        return _private(world, intents, event)
    needed = NEEDED.get(event.name, (GUILDS, GUILDS))[event.guild_id is None]
    own = world.application_id in event.about
    if needed and not intents & needed and not (own and event.name == "GUILD_MEMBER_UPDATE"):  # docs: Caveats
        return False
    if event.name == "THREAD_MEMBERS_UPDATE" and not own and not intents & GUILD_MEMBERS:  # docs: Caveats
        return False
    return _visible(world, event)


def _private(world: World, intents: int, event: Event) -> bool:
    """Tell of the bot's own private messages. docs: Gateway Events, Messages: they need DIRECT_MESSAGES."""
    written = event.message is not None and event.message.author_id == world.application_id
    return written and event.name in WITH_TEXT and bool(intents & DIRECT_MESSAGES)


def _visible(world: World, event: Event) -> bool:
    if (permission := PERMITTED.get(event.name)) and event.guild_id is not None:
        guild = world.guilds[event.guild_id]
        own = permissions.base(guild, guild.members[world.application_id])
        return bool(own & permissions.bits(permission))
    if event.name in EVERYWHERE or event.channel is None or event.channel.id not in world.channels:
        return True
    return bool(world.granted(world.application_id, event.channel) & permissions.VIEW)


def veiled(world: World, intents: int, event: Event) -> Json:
    """Return the event's data, without the text of messages that are none of the bot's business."""
    if event.name not in WITH_TEXT or intents & MESSAGE_CONTENT or event.guild_id is None or event.message is None:
        return event.data
    if world.application_id in (event.message.author_id, *event.message.mentions):
        return event.data
    return {**event.data, "content": "", "embeds": [], "attachments": [], "components": []}
