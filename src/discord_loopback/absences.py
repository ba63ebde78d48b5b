"""The bot is taken out of guilds and invited again; outages hide guilds. docs: Gateway Events, Guild Delete."""

from discord_loopback import audit_log, people, permissions
from discord_loopback.audit_log import By
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.model import Guild, Json, Member, Role
from discord_loopback.world import World


def take_out(world: World, guild: Guild) -> None:
    """Let the owner kick the bot. Its messages stay; its role and its commands go, which is to confirm.

    Raises:
        ApiError: 403 where it is not.
    """
    if world.application_id not in guild.members:
        raise ApiError(0, "The bot is not in this server", status=403)
    by = By(guild.owner_id)
    world.commands.pop(guild.id, None)
    world.bus.emit(Event("GUILD_DELETE", {"id": str(guild.id)}, guild.id))
    people.kick(world, guild, world.bot, by)
    for role_id in [each.id for each in guild.roles.values() if each.bot_id == world.application_id]:
        del guild.roles[role_id]
        data: Json = {"guild_id": str(guild.id), "role_id": str(role_id)}
        world.bus.emit(Event("GUILD_ROLE_DELETE", data, guild.id))


def bring_back(world: World, guild: Guild, granted: list[str], *, dragged_up: bool) -> None:
    """Let the owner invite the bot again: with a new role, the lowest until somebody drags it up.

    Raises:
        ApiError: 403 where it is.
    """
    if world.application_id in guild.members:
        raise ApiError(0, "The bot is in this server", status=403)
    allowed = permissions.ALL if "ALL" in granted else permissions.bits(*granted)
    for each in guild.roles.values():
        each.position += int(each.id != guild.id and not dragged_up)
    highest = max(each.position for each in guild.roles.values())
    role = Role(
        id=world.ids.new(),
        name=world.bot.name,
        permissions=allowed,
        position=highest + 1 if dragged_up else 1,
        managed=True,
        bot_id=world.application_id,
    )
    guild.roles[role.id] = role
    guild.members[world.application_id] = Member(world.bot, world.clock.now(), [role.id])
    world.bus.emit(Event("GUILD_CREATE", {"id": str(guild.id)}, guild.id))
    audit_log.note(world, guild, audit_log.BOT_ADD, world.application_id, By(guild.owner_id))


def outage(world: World, guild: Guild, *, over: bool) -> None:
    """Let Discord lose sight of a guild, or see it again."""
    if guild.unavailable is not over:
        return
    data: Json = {"id": str(guild.id), "unavailable": not over}
    guild.unavailable = not over
    world.bus.emit(Event("GUILD_CREATE" if over else "GUILD_DELETE", data, guild.id))
