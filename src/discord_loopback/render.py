"""How things look in JSON. docs: the resource pages (User, Guild, Channel, Message)."""

from collections.abc import Iterable

from discord_loopback import links
from discord_loopback.clock import timestamp
from discord_loopback.model import (
    DM,
    FORUM,
    STAGE,
    VOICE,
    Channel,
    Emoji,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Role,
    User,
    Webhook,
)
from discord_loopback.world import World


def user(account: User) -> Json:
    """Return an account. It never changes, so one object is shared."""
    if account.rendered is None:
        account.rendered = {
            "id": str(account.id),
            "username": account.name,
            "global_name": account.global_name,
            "discriminator": "0",
            "avatar": None,
            "bot": account.bot,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
            "avatar_decoration_data": None,
            "collectibles": None,
        }
    return account.rendered


def member(of: Member) -> Json:
    """Return a member without the account, as it stands on a message."""
    return {
        "roles": [str(role) for role in of.roles],
        "nick": of.nick,
        "avatar": None,
        "banner": None,
        "joined_at": timestamp(of.joined_at),
        "premium_since": None,
        "communication_disabled_until": timestamp(of.timeout_until) if of.timeout_until else None,
        "deaf": of.deaf,
        "mute": of.mute,
        "pending": False,
        "flags": 0,
    }


def full_member(of: Member) -> Json:
    """Return a member with the account."""
    return {**member(of), "user": user(of.user)}


def role(of: Role) -> Json:
    """Return a role."""
    rendered: Json = {
        "id": str(of.id),
        "name": of.name,
        "color": of.color,
        "colors": {"primary_color": of.color, "secondary_color": None, "tertiary_color": None},
        "permissions": str(of.permissions),
        "position": of.position,
        "hoist": of.hoist,
        "managed": of.managed,
        "mentionable": of.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if of.bot_id is not None:
        rendered["tags"] = {"bot_id": str(of.bot_id)}
    return rendered


def overwrite(of: Overwrite) -> Json:
    """Return what a channel allows or denies someone."""
    return {"id": str(of.id), "type": of.type, "allow": str(of.allow), "deny": str(of.deny)}


def last_pin(of: Channel) -> str | None:
    """Return when a channel's latest pinned message was pinned."""
    return timestamp(of.last_pin) if of.last_pin else None


def channel(world: World, of: Channel) -> Json:
    """Return a channel, a thread or a DM."""
    last = next(reversed(of.messages), None)
    rendered: Json = {
        "id": str(of.id),
        "type": of.type,
        "flags": 0,
        "last_message_id": str(last) if last else None,
        "last_pin_timestamp": last_pin(of),
    }
    if of.type == DM:
        return {**rendered, "recipients": [user(world.users[of.recipient_id or 0])]}
    rendered |= {
        "guild_id": str(of.guild_id),
        "name": of.name,
        "parent_id": str(of.parent_id) if of.parent_id else None,
        "rate_limit_per_user": of.slowmode,
    }
    if of.thread is not None:
        return rendered | _thread(world, of)
    if of.auto_archive is not None:
        rendered["default_auto_archive_duration"] = of.auto_archive
    if of.type in (VOICE, STAGE):
        rendered |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
    if of.type == FORUM:
        rendered |= {"available_tags": [], "default_sort_order": None, "default_forum_layout": 0}
        rendered |= {"default_reaction_emoji": None}
    return rendered | {
        "position": of.position,
        "topic": of.topic,
        "nsfw": of.nsfw,
        "permission_overwrites": [overwrite(each) for each in of.overwrites.values()],
    }


def _thread(world: World, of: Channel) -> Json:
    thread = of.thread
    if thread is None:
        return {}
    mine = {"member": thread_member(of, world.application_id)} if world.application_id in thread.members else {}
    return {
        **mine,
        "owner_id": str(thread.owner_id),
        "message_count": thread.message_count,
        "total_message_sent": thread.total_sent,
        "member_count": min(len(thread.members), 50),
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": timestamp(thread.archive_timestamp),
            "auto_archive_duration": thread.auto_archive_duration,
            "locked": thread.locked,
            "create_timestamp": timestamp(thread.created),
            **({"invitable": thread.invitable} if of.type == 12 else {}),  # noqa: PLR2004 - a private thread
        },
    }


def thread_member(of: Channel, user_id: int) -> Json:
    """Return someone's membership in a thread."""
    joined = of.thread.members.get(user_id, 0.0) if of.thread else 0.0
    return {"id": str(of.id), "user_id": str(user_id), "join_timestamp": timestamp(joined), "flags": 0}


def message(world: World, of: Message) -> Json:
    """Return a message. The result is shared until the message changes: copy before adding to it.

    docs: API Reference, Signed Attachment CDN URLs: links are valid in whatever an application receives.
    """
    now = world.clock.now()
    if of.rendered is None or now - of.signed_at > links.FRESH:
        of.rendered = _message(world, of)
        of.signed_at = now
    return of.rendered


def _message(world: World, of: Message) -> Json:
    rendered: Json = {
        "id": str(of.id),
        "channel_id": str(of.channel_id),
        "type": of.type,
        "author": of.author or user(world.users[of.author_id]),
        "content": of.content,
        "timestamp": timestamp(of.created),
        "edited_timestamp": timestamp(of.edited) if of.edited else None,
        "tts": of.tts,
        "mention_everyone": of.mention_everyone,
        "mentions": [user(world.users[each]) for each in of.mentions if each in world.users],
        "mention_roles": [str(each) for each in of.mention_roles],
        "attachments": links.signed(world, of.attachments),
        "embeds": links.signed(world, of.embeds),
        "components": links.signed(world, of.components),
        "pinned": of.pinned_at is not None,
        "flags": of.flags,
    }
    if of.webhook_id is not None:
        rendered["webhook_id"] = str(of.webhook_id)
        hook = world.webhooks.get(of.webhook_id)
        if of.webhook_id == world.application_id or (hook and hook.application_id):
            rendered["application_id"] = str(world.application_id)
    if of.metadata is not None:
        rendered["interaction_metadata"] = of.metadata
    if of.reactions:
        rendered["reactions"] = [_reaction(world, *each) for each in of.reactions.items()]
    if of.reference is not None:
        rendered |= _reference(world, of.reference)
    if started := world.channels.get(of.id):  # docs: Threads: a thread has the id of the message it started from
        rendered["thread"] = channel(world, started)
    return rendered


def _reference(world: World, reference: Json) -> Json:
    original = world.messages.get(int(reference["message_id"]))
    plain = {**message(world, original)} if original else None
    if plain is not None:
        plain.pop("referenced_message", None)
    return {"message_reference": reference, "referenced_message": plain}


def reaction_emoji(emoji: str) -> Json:
    """Return the emoji of a reaction: a character, or `name:id`."""
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name}


def _reaction(world: World, emoji: str, users: set[int]) -> Json:
    return {
        "emoji": reaction_emoji(emoji),
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me": world.application_id in users,
        "me_burst": False,
    }


def webhook(world: World, of: Webhook, *, with_user: bool = True) -> Json:
    """Return a webhook. docs: Webhook; what its token reads names no user."""
    rendered: Json = {
        "id": str(of.id),
        "type": 1,
        "guild_id": str(of.guild_id),
        "channel_id": str(of.channel_id),
        "name": of.name,
        "avatar": None,
        "token": of.token,
        "application_id": str(of.application_id) if of.application_id else None,
        "url": f"{world.url}/api/webhooks/{of.id}/{of.token}",
    }
    return {**rendered, "user": user(world.users[of.user_id])} if with_user else rendered


def emoji(world: World, of: Emoji) -> Json:
    """Return an emoji of the application. docs: Emoji, Application-Owned Emoji."""
    return {
        "id": str(of.id),
        "name": of.name,
        "roles": [],
        "user": user(world.users[of.user_id]),
        "require_colons": True,
        "managed": False,
        "animated": of.animated,
        "available": True,
    }


def guild(of: Guild) -> Json:
    """Return a guild as REST answers it."""
    return {
        "id": str(of.id),
        "name": of.name,
        "owner_id": str(of.owner_id),
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "application_id": None,
        "features": [],
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each) for each in of.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(world: World, of: Guild, members: Iterable[Member], *, large: bool) -> Json:
    """Return a guild as the gateway introduces it. docs: Gateway Events, Guild Create."""
    return {
        **guild(of),
        "joined_at": timestamp(of.members[world.application_id].joined_at),
        "large": large,
        "unavailable": False,
        "member_count": len(of.members),
        "voice_states": [],
        "members": [full_member(each) for each in members],
        "channels": [channel(world, each) for each in of.channels.values()],
        "threads": [channel(world, each) for each in of.threads.values() if each.thread and not each.thread.archived],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
