"""What is kept from one run to the next: messages, and what members and channels have become."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from discord_loopback.model import Channel, Emoji, Guild, Json, Member, Message, Role, User, Webhook
from discord_loopback.world import World


@dataclass
class SavedMember:
    """A member's changeable side."""

    user_id: int
    joined_at: float
    roles: list[int]
    nick: str | None = None
    timeout_until: float | None = None


@dataclass
class Founding:
    """What no file says of a guild that the bot was taken into meanwhile."""

    owner_id: int
    created: float
    accounts: list[User]


@dataclass
class SavedGuild:
    """A guild as it became."""

    roles: list[Role]
    members: list[SavedMember]
    bans: dict[int, str | None] = field(default_factory=dict[int, str | None])
    audit_log: list[Json] = field(default_factory=list[Json])
    name: str = ""
    founding: Founding | None = None


@dataclass
class Saved:
    """The whole file."""

    url: str
    guilds: dict[int, SavedGuild]
    channels: list[Channel]
    messages: list[Message]
    dms: dict[int, int]
    commands: dict[str, list[Json]]
    files: dict[str, tuple[str, bytes]]
    webhooks: list[Webhook] = field(default_factory=list[Webhook])
    emojis: list[Emoji] = field(default_factory=list[Emoji])
    command_permissions: list[tuple[int, int, list[Json]]] = field(default_factory=list[tuple[int, int, list[Json]]])


def save(world: World, file: Path) -> None:
    """Write everything that a server file does not say."""
    saved = Saved(
        url=world.url,
        guilds={guild_id: _guild(world, guild_id) for guild_id in world.guilds},
        channels=[dataclasses.replace(each, messages={}) for each in world.channels.values()],
        messages=[dataclasses.replace(each, rendered=None) for each in world.messages.values()],
        dms=world.dms,
        commands={str(scope or ""): listed for scope, listed in world.commands.items()},
        files=world.files,
        webhooks=list(world.webhooks.values()),
        emojis=list(world.emojis.values()),
        command_permissions=[(*key, said) for key, said in world.command_permissions.items()],
    )
    partial = file.with_name(file.name + ".new")
    partial.write_bytes(msgspec.json.encode(saved))
    partial.replace(file)


def _guild(world: World, guild_id: int) -> SavedGuild:
    guild = world.guilds[guild_id]
    members = [
        SavedMember(each.user.id, each.joined_at, each.roles, each.nick, each.timeout_until)
        for each in guild.members.values()
    ]
    accounts = [dataclasses.replace(each.user, rendered=None) for each in guild.members.values()]
    founding = Founding(guild.owner_id, guild.created, accounts) if guild.founded else None
    return SavedGuild(list(guild.roles.values()), members, guild.bans, guild.audit_log, guild.name, founding)


def load(world: World, file: Path) -> None:
    """Go on from where an earlier run ended. Without a file there is nothing to go on from."""
    if not file.exists():
        return
    raw = file.read_bytes()
    saved = msgspec.json.decode(raw, type=Saved)
    if saved.url and world.url and saved.url != world.url:  # files are read at another port now
        saved = msgspec.json.decode(raw.replace(saved.url.encode(), world.url.encode()), type=Saved)
    for guild_id, kept in saved.guilds.items():
        if kept.founding is not None and guild_id not in world.guilds:
            _found_again(world, guild_id, kept, kept.founding)
    for guild_id, kept in saved.guilds.items():
        if guild_id in world.guilds:
            _restore_guild(world, guild_id, kept)
    _restore_places(world, saved)
    world.commands = {int(scope) if scope else None: listed for scope, listed in saved.commands.items()}
    world.files = saved.files
    world.webhooks = {each.id: each for each in saved.webhooks}
    world.emojis = {each.id: each for each in saved.emojis}
    world.command_permissions = {(guild_id, about): said for guild_id, about, said in saved.command_permissions}


def _found_again(world: World, guild_id: int, kept: SavedGuild, founding: Founding) -> None:
    guild = Guild(guild_id, kept.name, founding.owner_id, founding.created, founded=True)
    world.guilds[guild_id] = guild
    for account in founding.accounts:
        world.users.setdefault(account.id, account)


def _restore_guild(world: World, guild_id: int, kept: SavedGuild) -> None:
    guild = world.guilds[guild_id]
    guild.roles = {role.id: role for role in kept.roles}
    guild.bans, guild.audit_log = kept.bans, kept.audit_log
    guild.name = kept.name or guild.name
    known = [each for each in kept.members if each.user_id in world.users]
    guild.members = {
        each.user_id: Member(world.users[each.user_id], each.joined_at, each.roles, each.nick, each.timeout_until)
        for each in known
    }


def _restore_places(world: World, saved: Saved) -> None:
    for guild in (world.guilds[each] for each in saved.guilds if each in world.guilds):
        for channel_id in (*guild.channels, *guild.threads):
            del world.channels[channel_id]
        guild.channels, guild.threads = {}, {}
    for channel in saved.channels:
        guild = world.guilds.get(channel.guild_id or 0)
        if guild is None and channel.guild_id is not None:
            continue  # what stood in a guild that is not served any more
        world.channels[channel.id] = channel
        if guild is not None:
            (guild.threads if channel.thread else guild.channels)[channel.id] = channel
    world.dms = saved.dms
    for message in saved.messages:
        _restore_message(world, message)


def _restore_message(world: World, message: Message) -> None:
    channel = world.channels.get(message.channel_id)
    if channel is None or (message.author is None and message.author_id not in world.users):
        return
    channel.messages[message.id] = world.messages[message.id] = message
    world.ids.used(message.id)
    if message.pings.users or message.pings.roles or message.pings.everyone:
        world.pinged.append(message)
