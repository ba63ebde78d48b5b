"""Which connection hears of what, and how much of it. docs: Gateway, Gateway Intents."""

from discord_loopback import permissions
from discord_loopback.events import Event
from discord_loopback.model import Json
from discord_loopback.world import World

GUILDS, GUILD_MEMBERS, GUILD_MODERATION = 1 << 0, 1 << 1, 1 << 2
GUILD_WEBHOOKS = 1 << 5
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, DIRECT_TYPING, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 14, 1 << 15
ALL_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))

NEEDED = {
    "GUILD_MEMBER_ADD": (GUILD_MEMBERS, 0),
    "GUILD_MEMBER_UPDATE": (GUILD_MEMBERS, 0),
    "GUILD_MEMBER_REMOVE": (GUILD_MEMBERS, 0),
    "GUILD_BAN_ADD": (GUILD_MODERATION, 0),
    "GUILD_BAN_REMOVE": (GUILD_MODERATION, 0),
    "GUILD_AUDIT_LOG_ENTRY_CREATE": (GUILD_MODERATION, 0),
    "WEBHOOKS_UPDATE": (GUILD_WEBHOOKS, 0),
    "MESSAGE_REACTION_ADD": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE_ALL": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE_EMOJI": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_CREATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (GUILD_MESSAGES, 0),
    "TYPING_START": (GUILD_TYPING, DIRECT_TYPING),
    "INTERACTION_CREATE": (0, 0),
}
"""Event to the intent it needs in a guild and in a DM; all others need GUILDS."""
WITH_TEXT = ("MESSAGE_CREATE", "MESSAGE_UPDATE")


def carried(world: World, intents: int, event: Event) -> bool:
    """Tell whether a connection with these intents hears of an event."""
    if event.name.startswith("LOOPBACK_"):
        return False
    needed = NEEDED.get(event.name, (GUILDS, GUILDS))[event.guild_id is None]
    if needed and not intents & needed:
        return False
    if event.name == "INTERACTION_CREATE" or event.channel is None or event.channel.id not in world.channels:
        return True
    return bool(world.granted(world.application_id, event.channel) & permissions.VIEW)


def veiled(world: World, intents: int, event: Event) -> Json:
    """Return the event's data, without the text of messages that are none of the bot's business."""
    if event.name not in WITH_TEXT or intents & MESSAGE_CONTENT or event.guild_id is None or event.message is None:
        return event.data
    if world.application_id in (event.message.author_id, *event.message.mentions):
        return event.data
    return {**event.data, "content": "", "embeds": [], "attachments": [], "components": []}
