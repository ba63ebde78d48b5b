"""Builds the server that a file describes, and fills it with as many members as are asked for."""

from pathlib import Path

from discord_loopback import permissions, server_file
from discord_loopback.events import Event
from discord_loopback.model import (
    ANNOUNCEMENT,
    CATEGORY,
    FORUM,
    STAGE,
    TEXT,
    VOICE,
    Channel,
    Guild,
    Member,
    Overwrite,
    Role,
    User,
)
from discord_loopback.server_file import ChannelPart, InvalidServerError, ServerFile
from discord_loopback.snowflakes import born_at
from discord_loopback.world import World

PACKAGED = Path(__file__).parent / "servers" / "raid_server.yaml"
KINDS = {
    "text": TEXT,
    "voice": VOICE,
    "category": CATEGORY,
    "announcement": ANNOUNCEMENT,
    "stage": STAGE,
    "forum": FORUM,
}
FIRST_EXTRA_MEMBER = 510_000_000_000_000_000
BETWEEN_EXTRA_MEMBERS = 40_000_000_000


def load(world: World, file: Path = PACKAGED, number: int = 0) -> Guild:
    """Put the guild of a file into the world, or with a number one that is like it.

    Raises:
        InvalidServerError: the file describes no server.
    """
    return put(world, server_file.alike(server_file.read(file), number))


def found(world: World, content: ServerFile) -> Guild:
    """Take the bot into one more guild, and let it know. docs: Gateway Events, Guild Create.

    Raises:
        InvalidServerError: its parts do not fit together, or an id is taken.
    """
    for complaint in (*server_file.misfits(content), *_taken(world, content)):
        raise InvalidServerError(complaint)
    guild = put(world, content)
    guild.founded = True
    world.bus.emit(Event("GUILD_CREATE", {"id": str(guild.id)}, guild.id))
    return guild


def _taken(world: World, content: ServerFile) -> list[str]:
    """Return which ids stand for something else already. A member's is the account that is in several guilds."""
    roles = {role_id for guild in world.guilds.values() for role_id in guild.roles}
    used = roles | world.channels.keys() | {world.application_id}
    listed = [("$.guild.id", content.guild.id)]
    for key, parts in (("roles", content.roles), ("channels", content.channels)):
        listed += [(f"$.{key}[{index}].id", each.id) for index, each in enumerate(parts)]
    taken = [(where, one) for where, one in listed if one in used or one in world.users]
    taken += [(f"$.members[{index}].id", each.id) for index, each in enumerate(content.members) if each.id in used]
    return [f"`{where}`: {one} is taken already" for where, one in taken]


def put(world: World, content: ServerFile) -> Guild:
    """Put a guild into the world. Who is in another one already keeps their account."""
    about = content.guild
    guild = Guild(about.id, about.name, about.owner, born_at(about.id))
    world.guilds[guild.id] = guild
    _roles(world, guild, content)
    _members(world, guild, content)
    for each in content.channels:
        _channel(world, guild, each)
    return guild


def _granted(names: list[str]) -> int:
    return permissions.ALL if "ALL" in names else permissions.bits(*names)


def _roles(world: World, guild: Guild, content: ServerFile) -> None:
    guild.roles[guild.id] = Role(guild.id, "@everyone", permissions=_granted(content.guild.everyone))
    for position, each in enumerate(reversed(content.roles), start=1):
        guild.roles[each.id] = Role(
            id=each.id,
            name=each.name,
            color=int(each.color, 16),
            permissions=_granted(each.permissions),
            position=position,
            hoist=each.hoist,
            managed=each.bot,
            mentionable=each.mentionable,
            bot_id=world.application_id if each.bot else None,
        )


def _members(world: World, guild: Guild, content: ServerFile) -> None:
    by_name = {role.name: role.id for role in guild.roles.values()}
    own = [role.id for role in guild.roles.values() if role.bot_id]
    bot = world.users.setdefault(world.application_id, User(world.application_id, content.guild.bot, bot=True))
    guild.members[bot.id] = Member(bot, guild.created, own)
    for each in content.members:
        new = User(each.id, each.name.lower().replace(" ", "."), each.name, dms_closed=each.dms_closed)
        user = world.users.setdefault(each.id, new)
        guild.members[user.id] = Member(user, guild.created, [by_name[name] for name in each.roles], each.nick)


def _channel(world: World, guild: Guild, part: ChannelPart) -> None:
    channel = Channel(part.id, KINDS[part.kind], part.name, guild.id, len(guild.channels), part.parent, part.topic)
    channel.slowmode = part.slowmode
    if part.parent is not None:  # as Discord does: a new channel starts with its category's overwrites
        inherited = guild.channels[part.parent].overwrites
        channel.overwrites = {key: Overwrite(o.id, o.type, o.allow, o.deny) for key, o in inherited.items()}
    by_name = {role.name: role.id for role in guild.roles.values()}
    for kind, listed in (("allow", part.allow), ("deny", part.deny)):
        for name, what in listed.items():
            overwrite = channel.overwrites.setdefault(by_name[name], Overwrite(by_name[name], 0))
            setattr(overwrite, kind, _granted(what))
    guild.channels[channel.id] = world.channels[channel.id] = channel


def add_members(world: World, guild: Guild, count: int) -> None:
    """Add verified raiders without a story."""
    role = next((each.id for each in guild.roles.values() if each.name == "Verified Raider"), None)
    for number in range(1, count + 1):
        name = f"raider{number:05}"
        user_id = FIRST_EXTRA_MEMBER + number * BETWEEN_EXTRA_MEMBERS
        user = world.users.setdefault(user_id, User(user_id, name, name))
        guild.members[user.id] = Member(user, guild.created, [role] if role else [])
