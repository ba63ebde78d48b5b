"""What a member finds when looking around."""

from discord_loopback import permissions, typed
from discord_loopback.errors import ApiError
from discord_loopback.interactions import seen
from discord_loopback.model import DM, Channel, Guild, Json, Member, Message
from discord_loopback.world import World

MOST_MEMBERS, MOST_USERS = 500, 200


def state(world: World) -> Json:
    """Return what there is at all."""
    users = list(world.users.values())[:MOST_USERS]
    return {
        "guilds": [{"id": str(each.id), "name": each.name} for each in world.guilds.values()],
        "application_id": str(world.application_id),
        "users": [{"id": str(each.id), "name": each.global_name or each.name, "bot": each.bot} for each in users],
        "now": world.clock.now(),
    }


def guild(world: World, found: Guild, user_id: int) -> Json:
    """Return a guild as a member sees it.

    Raises:
        ApiError: 403 for one who is no member.
    """
    me = found.members.get(user_id)
    if me is None:
        raise ApiError(0, "They are not in this server", status=403)
    return {
        "guild": {"id": str(found.id), "name": found.name, "owner_id": str(found.owner_id)},
        "me": {
            "id": str(user_id),
            "name": me.name,
            "roles": [str(each) for each in me.roles],
            "permissions": str(permissions.base(found, me)),
        },
        "roles": [
            {
                "id": str(each.id),
                "name": each.name,
                "color": each.color,
                "position": each.position,
                "hoist": each.hoist,
                "managed": each.managed,
            }
            for each in reversed(found.ranked())
        ],
        "members": [_member(found, each) for each in list(found.members.values())[:MOST_MEMBERS]],
        "channels": [shown for each in world.places(found) if (shown := _channel(world, each, user_id))],
        "dms": _conversations(world, user_id),
        "commands": typed.visible(world, user_id, None, found.id),
        "dm_commands": typed.visible(world, user_id, None, None),
    }


def _member(found: Guild, member: Member) -> Json:
    colored = [role for each in member.roles if (role := found.roles[each]).color]
    top = max(colored, key=permissions.rank, default=None)
    return {
        "id": str(member.user.id),
        "name": member.user.global_name or member.user.name,
        "nick": member.nick,
        "bot": member.user.bot,
        "roles": [str(each) for each in member.roles],
        "color": top.color if top else 0,
        "timeout_until": member.timeout_until,
    }


def _channel(world: World, channel: Channel, user_id: int) -> Json | None:
    granted = world.granted(user_id, channel)
    if not granted & permissions.VIEW or (channel.thread and channel.thread.archived):
        return None
    needed = permissions.SEND_IN_THREADS if channel.thread else permissions.SEND
    return {
        "id": str(channel.id),
        "name": channel.name,
        "type": channel.type,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "position": channel.position,
        "topic": channel.topic,
        "can_send": bool(granted & needed),
        "permissions": str(granted),
        "last_message_id": _last(channel, user_id),
    }


def _last(channel: Channel, user_id: int) -> str | None:
    """Return the latest message that a member can read."""
    readable = (each.id for each in reversed(channel.messages.values()) if each.ephemeral_for in (None, user_id))
    last = next(readable, None)
    return str(last) if last else None


def _conversations(world: World, user_id: int) -> list[Json]:
    if user_id == world.application_id or user_id not in world.dms:
        return []
    channel = world.channels[world.dms[user_id]]
    return [{"id": str(channel.id), "name": world.bot.name, "last_message_id": _last(channel, user_id)}]


def messages(world: World, channel: Channel, user_id: int, limit: int) -> list[Json]:
    """Return the latest messages a member may read, oldest first.

    Raises:
        ApiError: 403 where the channel is hidden from them.
    """
    granted = world.granted(user_id, channel)
    if not granted & permissions.VIEW:
        raise ApiError(0, "They cannot see this channel", status=403)
    found: list[Json] = []
    for message in reversed(channel.messages.values()):
        if len(found) >= limit:
            break
        public = granted & permissions.HISTORY or channel.type == DM
        if message.ephemeral_for == user_id or (message.ephemeral_for is None and public):
            found.append(seen(world, message))
    return found[::-1]


def dms(world: World, user_id: int, limit: int) -> list[Json]:
    """Return what an account and the bot wrote each other, oldest first."""
    world.user(user_id)
    channel_id = world.dms.get(user_id)
    return [] if channel_id is None else messages(world, world.channels[channel_id], user_id, limit)


def pinged(world: World, message_id: int) -> Json:
    """Return whom a message notified, and who can read it and was not; the first 500 of each.

    Raises:
        ApiError: 10008.
    """
    message = world.messages.get(message_id)
    if message is None:
        raise ApiError(10008)
    channel = world.channel(message.channel_id)
    answer: Json = {"pinged": [], "pinged_count": 0, "unpinged": [], "unpinged_count": 0}
    for user_id in _readers(world, channel):
        if user_id == message.author_id or message.ephemeral_for not in (None, user_id):
            continue
        by = _notified(world, message, user_id)
        key = "pinged" if by else "unpinged"
        answer[key + "_count"] += 1
        if len(answer[key]) < MOST_MEMBERS:
            user = world.users[user_id]
            answer[key].append({"id": str(user_id), "name": user.global_name or user.name, "by": by})
    return answer


def _readers(world: World, channel: Channel) -> list[int]:
    """Return who can see a channel, bots left out."""
    if channel.type == DM:
        return [channel.recipient_id or 0]
    members = world.guild(channel.guild_id or 0).members.values()
    people = [each.user.id for each in members if not each.user.bot]
    return [each for each in people if world.granted(each, channel) & permissions.VIEW]


def _notified(world: World, message: Message, user_id: int) -> list[str]:
    """Return by what a message notifies someone who can read it; nobody notifies themselves."""
    if user_id == message.author_id or message.ephemeral_for not in (None, user_id):
        return []
    member = world.find_member(message.guild_id, user_id)
    by = [("user", user_id in message.pings.users)]
    by.append(("role", bool(member and message.pings.roles & set(member.roles))))
    by.append((message.pings.everyone or "", bool(message.pings.everyone and member)))
    return [name for name, hit in by if hit]


def pings(world: World, user_id: int) -> list[Json]:
    """Return which messages notified someone, and by what."""
    found: list[Json] = []
    for message in world.pinged:
        channel = world.channels.get(message.channel_id)
        if channel is None or not (by := _notified(world, message, user_id)):
            continue
        if world.granted(user_id, channel) & permissions.VIEW:
            about: Json = {"message_id": str(message.id), "channel_id": str(channel.id), "at": message.created}
            about["guild_id"] = str(channel.guild_id) if channel.guild_id else None
            found += [{**about, "by": name} for name in by]
    return found
