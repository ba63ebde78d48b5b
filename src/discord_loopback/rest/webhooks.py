"""Webhooks of channels, and what is posted through them. docs: Webhook."""

import secrets

from discord_loopback import audit_log, buckets, components, places, posts, render
from discord_loopback.calls import Call, Handler, Route, snowflake
from discord_loopback.components import INTERACTIVE
from discord_loopback.errors import ApiError, Problems, wrong
from discord_loopback.events import Event
from discord_loopback.model import (
    ANNOUNCEMENT,
    COMPONENTS_V2,
    SILENT,
    SUPPRESS_EMBEDS,
    TEXT,
    VOICE,
    Channel,
    Json,
    Message,
    User,
    Webhook,
)
from discord_loopback.posts import Draft
from discord_loopback.rest import interactions, standing

NAME, MOST = 80, 15
FORBIDDEN = ("clyde", "discord")
"""docs: Webhook, Create Webhook: what a name may not contain."""


def _named(name: object, path: str) -> str:
    problems = Problems()
    problems.length((path,), name or "", 1, NAME)
    for each in FORBIDDEN:
        if each in str(name).casefold():
            problems.add(
                (path,),
                "USERNAME_INVALID_CONTAINS",
                f'Username cannot contain "{each}"',
            )
    problems.raise_any()
    return str(name)


def _managed(call: Call, channel: Channel) -> None:
    call.world.bot_may(channel, "MANAGE_WEBHOOKS")
    if channel.type not in (TEXT, ANNOUNCEMENT, VOICE):
        raise ApiError(50024)


async def create(call: Call) -> Json:
    """Make a webhook."""
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    _managed(call, channel)
    name, by = _named(call.body.get("name"), "name"), call.by
    if sum(1 for each in world.webhooks.values() if each.channel_id == channel.id) >= MOST:
        raise ApiError(30007)
    hook = Webhook(
        id=world.ids.new(),
        channel_id=channel.id,
        guild_id=channel.guild_id or 0,
        name=name,
        token=secrets.token_urlsafe(51),
        user_id=world.application_id,
        application_id=world.application_id,
    )
    world.webhooks[hook.id] = hook
    _told(call, hook.guild_id, hook.channel_id)
    changes = audit_log.changes({}, render.webhook(world, hook), audit_log.WEBHOOK_KEYS)
    audit_log.note(world, world.guild(hook.guild_id), audit_log.WEBHOOK_CREATE, hook.id, by, changes)
    return render.webhook(world, hook)


def _told(call: Call, guild_id: int, channel_id: int) -> None:
    data: Json = {"guild_id": str(guild_id), "channel_id": str(channel_id)}
    call.world.bus.emit(Event("WEBHOOKS_UPDATE", data, guild_id, call.world.channel(channel_id)))


async def of_channel(call: Call) -> list[Json]:
    """Return the webhooks of a channel."""
    channel = call.world.channel(call.id("channel_id"))
    _managed(call, channel)
    return [render.webhook(call.world, each) for each in call.world.webhooks.values() if each.channel_id == channel.id]


async def of_guild(call: Call) -> list[Json]:
    """Return the webhooks of a guild."""
    guild = standing.guild_where(call, "MANAGE_WEBHOOKS")
    return [render.webhook(call.world, each) for each in call.world.webhooks.values() if each.guild_id == guild.id]


def _by_id(call: Call, *, owner_may: bool = False) -> Webhook:
    """Return a webhook that the bot may manage; its owner may read it in any case. docs: Webhook, Get Webhook."""
    hook = call.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise ApiError(10015)
    if not (owner_may and hook.application_id == call.world.application_id):
        _managed(call, call.world.channel(hook.channel_id))
    return hook


def _by_token(call: Call) -> Webhook:
    hook = call.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise ApiError(10015)
    if hook.token != call.request.match_info["webhook_token"]:
        raise ApiError(50027)
    return hook


async def read(call: Call) -> Json:
    """Return a webhook."""
    return render.webhook(call.world, _by_id(call, owner_may=True))


async def read_by_token(call: Call) -> Json:
    """Return a webhook to one who knows its token."""
    return render.webhook(call.world, _by_token(call), with_user=False)


async def change(call: Call) -> Json:
    """Rename a webhook, or move it to another channel."""
    hook = _by_id(call)
    if call.body.get("channel_id"):
        channel = call.world.channel(snowflake(call.body["channel_id"], "channel_id"))
        _managed(call, channel)
        return render.webhook(call.world, _changed(call, hook, channel.id))
    return render.webhook(call.world, _changed(call, hook, hook.channel_id))


async def change_by_token(call: Call) -> Json:
    """Rename a webhook."""
    hook = _by_token(call)
    return render.webhook(call.world, _changed(call, hook, hook.channel_id), with_user=False)


def _changed(call: Call, hook: Webhook, channel_id: int) -> Webhook:
    before, by = render.webhook(call.world, hook), call.by
    if "name" in call.body:
        hook.name = _named(call.body["name"], "name")
    hook.channel_id = channel_id
    _told(call, hook.guild_id, hook.channel_id)
    changes = audit_log.changes(before, render.webhook(call.world, hook), audit_log.WEBHOOK_KEYS)
    guild = call.world.guild(hook.guild_id)
    audit_log.note(call.world, guild, audit_log.WEBHOOK_UPDATE, hook.id, by, changes)
    return hook


async def delete(call: Call) -> None:
    """Delete a webhook."""
    _deleted(call, _by_id(call))


async def delete_by_token(call: Call) -> None:
    """Delete a webhook by its token."""
    _deleted(call, _by_token(call))


def _deleted(call: Call, hook: Webhook) -> None:
    by = call.by
    del call.world.webhooks[hook.id]
    _told(call, hook.guild_id, hook.channel_id)
    changes = audit_log.changes(render.webhook(call.world, hook), {}, audit_log.WEBHOOK_KEYS)
    guild = call.world.guild(hook.guild_id)
    audit_log.note(call.world, guild, audit_log.WEBHOOK_DELETE, hook.id, by, changes)


def _place(call: Call, hook: Webhook) -> Channel:
    """Return where a webhook posts: its channel, or a thread in it."""
    thread_id = call.moment("thread_id")
    if thread_id is None:
        return call.world.channel(hook.channel_id)
    thread = call.world.channel(thread_id)
    if thread.parent_id != hook.channel_id or thread.thread is None:
        raise ApiError(10003)
    if thread.thread.locked:  # to confirm
        raise ApiError(160005)
    return thread


async def execute(call: Call) -> Json | None:
    """Post through a webhook; without `wait` nothing comes back."""
    hook = _by_token(call)
    if call.body.get("thread_name"):
        raise ApiError(220003)
    channel, body = _place(call, hook), _with_fitting_components(call, hook)
    name = body.get("username")
    draft = Draft(
        author_id=hook.id,
        body=body,
        uploads=call.uploads,
        flags=int(body.get("flags") or 0) & (SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2),
        webhook_id=hook.id,
        author={
            **render.user(User(hook.id, _named(name, "username") if name else hook.name, bot=True)),
            "discriminator": "0000",
        },
    )
    posts.check(draft)
    places.wake(call.world, channel, audit_log.By(hook.id))
    message = posts.send(call.world, channel, draft)
    return render.message(call.world, message) if call.flag("wait") else None


def _with_fitting_components(call: Call, hook: Webhook) -> Json:
    """Return the body with the components that the webhook may send. docs: Webhook, Execute Webhook."""
    body: Json = call.body
    if hook.application_id is not None or not body.get("components"):
        return body
    if not call.flag("with_components"):
        return {key: value for key, value in body.items() if key != "components"}
    if any(each.get("type") in INTERACTIVE for each in components.walk(body["components"])):
        raise wrong(("components",), "BASE_TYPE_CHOICES", "This webhook cannot send interactive components.")
    return body


def _message(call: Call, hook: Webhook) -> Message:
    channel = _place(call, hook)
    message = call.world.message(channel.id, call.id("message_id"))
    if message.webhook_id != hook.id:
        raise ApiError(10008)
    return message


async def read_message(call: Call) -> Json:
    """Return a message of a webhook."""
    return render.message(call.world, _message(call, _by_token(call)))


async def edit_message(call: Call) -> Json:
    """Change a message of a webhook."""
    hook = _by_token(call)
    body = _with_fitting_components(call, hook)
    return render.message(call.world, posts.change(call.world, _message(call, hook), body, call.uploads))


async def delete_message(call: Call) -> None:
    """Delete a message of a webhook."""
    posts.remove(call.world, _message(call, _by_token(call)))


def _either(of_interaction: Handler, of_webhook: Handler) -> Handler:
    """Return what tells a webhook from an interaction, whose answers have the application's id for a webhook."""

    async def handle(call: Call) -> object:
        mine = call.id("webhook_id") == call.world.application_id
        return await (of_interaction if mine else of_webhook)(call)

    return handle


ONE, TOKEN = "/webhooks/{webhook_id}", "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL, MESSAGE = TOKEN + "/messages/@original", TOKEN + "/messages/{message_id}"
ROUTES = [
    Route("POST", "/channels/{channel_id}/webhooks", create, major="channel_id"),
    Route("GET", "/channels/{channel_id}/webhooks", of_channel, major="channel_id"),
    Route("GET", "/guilds/{guild_id}/webhooks", of_guild, major="guild_id"),
    Route("GET", ONE, read, major="webhook_id"),
    Route("PATCH", ONE, change, major="webhook_id"),
    Route("DELETE", ONE, delete, major="webhook_id"),
    *(
        Route(method, path, handler, buckets.WEBHOOKS, by_token=True)
        for method, path, handler in (
            ("GET", TOKEN, read_by_token),
            ("PATCH", TOKEN, change_by_token),
            ("DELETE", TOKEN, delete_by_token),
            ("POST", TOKEN, _either(interactions.follow_up, execute)),
            ("GET", ORIGINAL, interactions.read),
            ("PATCH", ORIGINAL, interactions.edit),
            ("DELETE", ORIGINAL, interactions.delete),
            ("GET", MESSAGE, _either(interactions.read, read_message)),
            ("PATCH", MESSAGE, _either(interactions.edit, edit_message)),
            ("DELETE", MESSAGE, _either(interactions.delete, delete_message)),
        )
    ),
]
