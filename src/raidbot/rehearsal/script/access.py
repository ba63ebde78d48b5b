"""Steps about who may do and see what."""

from raidbot.rehearsal.line import GUILDS, MESSAGES
from raidbot.rehearsal.model import Seen
from raidbot.rehearsal.scene import Scene, confirmed, expect

FORBIDDEN, NO_ACCESS, NO_PERMISSION, NOT_FOR_BOTS = 403, 50001, 50013, 20001
"""docs: Opcodes and Status Codes."""
SLASH_COMMAND, FOR_ROLE, THREAD = 1, 1, 11


async def hidden_or_forbidden(scene: Scene) -> Seen:
    """Ask for a channel that the bot does not see, and for an act that it may not do in one that it sees."""
    closed, narrow = scene.scenery.closed_id, scene.scenery.narrow_id
    async with scene.without_role():
        hidden = (await scene.rest.ask("GET", f"/channels/{closed}")).refused(FORBIDDEN, NO_ACCESS)
        (await scene.rest.ask("POST", f"/channels/{closed}/messages", {"content": "?"})).refused(FORBIDDEN, NO_ACCESS)
    asked = {"name": "a thread", "type": THREAD}
    seen = (await scene.rest.ask("POST", f"/channels/{narrow}/threads", asked)).refused(FORBIDDEN, NO_PERMISSION)
    return f"Hidden: {hidden} Seen: {seen}"


async def embeds_forbidden(scene: Scene) -> Seen:
    """Send an embed where embedding links is not allowed."""
    body = {"content": "Rehearsal.", "embeds": [{"description": "An embed."}]}
    reply = await scene.rest.ask("POST", f"/channels/{scene.scenery.narrow_id}/messages", body)
    return reply.refused(FORBIDDEN, NO_PERMISSION)


async def hidden_channels(scene: Scene) -> Seen:
    """Log in while the bot does not see a channel, and let a webhook write there."""
    closed = str(scene.scenery.closed_id)
    hook = await scene.temporary_webhook(scene.scenery.closed_id)
    line = await scene.listening()
    async with scene.without_role(), scene.another_line(GUILDS | MESSAGES) as fresh:
        guild = await fresh.event("GUILD_CREATE", lambda one: one["id"] == str(scene.scenery.guild_id))
        begin = len(line.heard)
        await scene.rest.made(
            "POST", f"{hook}?wait=true", {"content": "Rehearsal: written where the bot does not look."}
        )
        await scene.marker(line, begin)
        heard = line.told("MESSAGE_CREATE", lambda one: one["channel_id"] == closed, after=begin)
    expect("The guild's introduction left the hidden channel out.", that=closed in {c["id"] for c in guild["channels"]})
    expect("A message in the hidden channel was told of.", that=not heard)
    return "The introduction listed the hidden channel, and its message was not told of."


async def permissions_of_commands(scene: Scene) -> Seen:
    """Set who may use a command, with a bot's token."""
    commands = f"/applications/{scene.application_id}/guilds/{scene.scenery.guild_id}/commands"
    body = {"name": f"{scene.scenery.name}-2", "description": "Belongs to a rehearsal", "type": SLASH_COMMAND}
    command = await scene.rest.made("POST", commands, body)
    wanted = {"permissions": [{"id": str(scene.scenery.role_id), "type": FOR_ROLE, "permission": True}]}
    reply = await scene.rest.ask("PUT", f"{commands}/{command['id']}/permissions", wanted)
    return reply.refused(FORBIDDEN, NOT_FOR_BOTS)


async def commands_keep_ids(scene: Scene) -> Seen:
    """Register a command twice by the same name."""
    commands = f"/applications/{scene.application_id}/guilds/{scene.scenery.guild_id}/commands"
    body = {"name": f"{scene.scenery.name}-1", "description": "Belongs to a rehearsal", "type": SLASH_COMMAND}
    first = await scene.rest.ask("POST", commands, body)
    again = await scene.rest.ask("POST", commands, {**body, "description": "Still belongs to a rehearsal"})
    ids = first.made()["id"], again.made()["id"]
    kept = "the same id" if ids[0] == ids[1] else "another id"
    told = f"First {first.status}, then {again.status} with {kept}."
    return confirmed(told, that=(first.status, again.status) == (201, 200) and ids[0] == ids[1])


async def webhooks_mention_everyone(scene: Scene) -> Seen:
    """Let a webhook write @everyone where only the bot and administrators look."""
    hook = await scene.temporary_webhook(scene.scenery.closed_id)
    body = {"content": "Rehearsal: @everyone", "allowed_mentions": {"parse": ["everyone"]}}
    sent = await scene.rest.made("POST", f"{hook}?wait=true", body)
    told = f"mention_everyone was {str(sent['mention_everyone']).lower()}."
    return confirmed(told, that=sent["mention_everyone"])
