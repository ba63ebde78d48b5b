"""The control API: act as a member, look around, and break things."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from discord_loopback import jsons, people, places, render, stream, views
from discord_loopback.acts import Acts
from discord_loopback.audit_log import By
from discord_loopback.calls import Server, parsed, refused
from discord_loopback.errors import ApiError
from discord_loopback.gateway import Gateway
from discord_loopback.interactions import Interaction, seen
from discord_loopback.model import Json

Handler = Callable[[web.Request], Awaitable[Any]]
LONGEST_WAIT = 60.0


def _id(body: Json, key: str) -> int:
    value = str(body.get(key, ""))
    if not value.isdigit():
        raise ApiError(0, f"{key!r} must be an id", status=400)
    return int(value)


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    return parsed(raw) if raw else {}


class Hands:
    """Serves /control."""

    def __init__(self, server: Server, gateway: Gateway) -> None:
        self.server = server
        self.world = server.world
        self.gateway = gateway
        self.acts = Acts(server.interactions)

    def routes(self) -> list[web.RouteDef]:
        """Return everything the hands can do."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/state", self.state),
            ("GET", "/guilds/{guild_id}/view", self.view),
            ("GET", "/channels/{channel_id}/messages", self.messages),
            ("GET", "/interactions/{interaction_id}", self.interaction),
            ("GET", "/interactions/{interaction_id}/wait", self.wait),
            ("POST", "/act/command", self.command),
            ("POST", "/act/autocomplete", self.autocomplete),
            ("POST", "/act/click", self.click),
            ("POST", "/act/select", self.select),
            ("POST", "/act/modal", self.modal),
            ("POST", "/act/message", self.say),
            ("POST", "/act/delete", self.delete),
            ("POST", "/act/leave", self.leave),
            ("POST", "/act/join", self.join),
            ("POST", "/act/roles", self.roles),
            ("POST", "/act/edit_channel", self.edit_channel),
            ("POST", "/act/dms", self.dms),
            ("POST", "/clock", self.clock),
            ("POST", "/faults", self.faults),
            ("DELETE", "/faults", self.no_faults),
            ("GET", "/log", self.log),
            ("GET", "/stats", self.stats),
            ("DELETE", "/stats", self.reset_stats),
            ("GET", "/pings", self.pings),
        ]
        served = [web.route(method, "/control" + path, _guarded(handler)) for method, path, handler in table]
        return [*served, web.get("/control/stream", self.stream)]

    async def state(self, _: web.Request) -> Json:
        """Return what there is at all."""
        return views.state(self.world)

    async def view(self, request: web.Request) -> Json:
        """Return a guild as a member sees it."""
        guild = self.world.guild(int(request.match_info["guild_id"]))
        return views.guild(self.world, guild, int(request.query["as"]))

    async def messages(self, request: web.Request) -> list[Json]:
        """Return a channel's messages as a member sees them."""
        channel = self.world.channel(int(request.match_info["channel_id"]))
        limit = int(request.query.get("limit", "50"))
        return views.messages(self.world, channel, int(request.query["as"]), limit)

    async def interaction(self, request: web.Request) -> Json:
        """Return how far an interaction is."""
        found = self.server.interactions.find(int(request.match_info["interaction_id"]))
        return self.server.interactions.shown(found)

    async def wait(self, request: web.Request) -> Json:
        """Return an interaction once it has come that far."""
        found = self.server.interactions.find(int(request.match_info["interaction_id"]))
        return await self._waited(found, request.query.get("until", "answered"), request)

    async def _waited(self, found: Interaction, until: str, request: web.Request) -> Json:
        timeout = min(float(request.query.get("timeout", "10")), LONGEST_WAIT)
        await self.server.interactions.wait(found, until, timeout)
        return self.server.interactions.shown(found)

    async def _opened(self, request: web.Request, found: Interaction) -> Json:
        until = request.query.get("wait", "none")
        if until in ("first", "answered"):
            return {"interaction": await self._waited(found, until, request)}
        return {"interaction": self.server.interactions.shown(found)}

    async def command(self, request: web.Request) -> Json:
        """Type a command."""
        body = await _body(request)
        found = self.acts.command(
            _id(body, "as"), _id(body, "channel_id"), str(body["name"]), body.get("options") or {}
        )
        return await self._opened(request, found)

    async def autocomplete(self, request: web.Request) -> Json:
        """Type into an option that suggests; answers with the suggestions."""
        body = await _body(request)
        options, focused = body.get("options") or {}, str(body["focused"])
        found = self.acts.autocomplete(_id(body, "as"), _id(body, "channel_id"), str(body["name"]), options, focused)
        return {"interaction": await self._waited(found, "first", request)}

    async def click(self, request: web.Request) -> Json:
        """Press a button."""
        body = await _body(request)
        return await self._opened(
            request, self.acts.click(_id(body, "as"), _id(body, "message_id"), str(body["custom_id"]))
        )

    async def select(self, request: web.Request) -> Json:
        """Choose from a menu."""
        body = await _body(request)
        values = [str(each) for each in body.get("values") or []]
        found = self.acts.select(_id(body, "as"), _id(body, "message_id"), str(body["custom_id"]), values)
        return await self._opened(request, found)

    async def modal(self, request: web.Request) -> Json:
        """Send a form."""
        body = await _body(request)
        found = self.acts.submit(_id(body, "as"), _id(body, "interaction_id"), body.get("values") or {})
        return await self._opened(request, found)

    async def say(self, request: web.Request) -> Json:
        """Write a message."""
        body = await _body(request)
        message = self.acts.say(_id(body, "as"), _id(body, "channel_id"), str(body.get("content", "")))
        return {"message": seen(self.world, message)}

    async def delete(self, request: web.Request) -> Json:
        """Delete a message."""
        body = await _body(request)
        self.acts.delete(_id(body, "as"), _id(body, "message_id"))
        return {}

    async def leave(self, request: web.Request) -> Json:
        """Leave a guild."""
        body = await _body(request)
        member = self.world.member(_id(body, "guild_id"), _id(body, "as"))
        people.leave(self.world, self.world.guild(_id(body, "guild_id")), member.user)
        return {}

    async def join(self, request: web.Request) -> Json:
        """Join a guild, unless banned."""
        body = await _body(request)
        guild, user = self.world.guild(_id(body, "guild_id")), self.world.user(_id(body, "as"))
        if user.id in guild.bans:
            raise ApiError(0, "They are banned", status=403)
        if user.id not in guild.members:
            people.join(self.world, guild, user)
        return {}

    async def roles(self, request: web.Request) -> Json:
        """Set someone's roles, as an administrator could."""
        body = await _body(request)
        guild = self.world.guild(_id(body, "guild_id"))
        member = self.world.member(guild.id, _id(body, "user_id"))
        wanted = [int(each) for each in body["roles"]]
        if unknown := [each for each in wanted if each not in guild.roles]:
            raise ApiError(10011, f"Unknown Role {unknown[0]}")
        before = render.member(member)
        member.roles = wanted
        people.changed(self.world, guild, member, before, By(guild.owner_id))
        return {}

    async def edit_channel(self, request: web.Request) -> Json:
        """Change who may do what in a channel, or delete it, as an administrator could."""
        body = await _body(request)
        channel = self.world.channel(_id(body, "channel_id"))
        if body.get("delete"):
            places.remove(self.world, channel)
            return {}
        before = places.described(self.world, channel)
        if body.get("overwrites") is not None:
            channel.overwrites = places.overwrites(body["overwrites"])
        channel.name = body.get("name") or channel.name
        channel.slowmode = int(body.get("slowmode", channel.slowmode))
        places.changed(self.world, channel, before, By(self.world.guild(channel.guild_id or 0).owner_id))
        return {}

    async def dms(self, request: web.Request) -> Json:
        """Close or open one's direct messages."""
        body = await _body(request)
        self.world.user(_id(body, "as")).dms_closed = bool(body.get("closed", True))
        return {}

    async def clock(self, request: web.Request) -> Json:
        """Run the clock further ahead."""
        shift = self.world.clock.advance(float((await _body(request)).get("shift", 0)))
        return {"shift": shift, "now": self.world.clock.now()}

    async def faults(self, request: web.Request) -> Json:
        """Let things go wrong."""
        body = await _body(request)
        self.server.faults.set(body)
        if body.get("gateway"):
            await self.gateway.fault(str(body["gateway"]))
        return {}

    async def no_faults(self, _: web.Request) -> Json:
        """Let everything go well again."""
        self.server.faults.clear()
        self.server.addresses.forgive()
        return {}

    async def log(self, request: web.Request) -> Json:
        """Return the requests of the application."""
        journal = self.server.journal
        return {"requests": journal.after(int(request.query.get("after", "0"))), "next": journal.next - 1}

    async def stats(self, _: web.Request) -> Json:
        """Return the counts."""
        return self.server.journal.stats()

    async def reset_stats(self, _: web.Request) -> Json:
        """Count from nothing."""
        self.server.journal.reset()
        return {}

    async def pings(self, request: web.Request) -> list[Json]:
        """Return who was notified by what."""
        return views.pings(self.world, int(request.query["user"]))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Serve a page."""
        return await stream.serve(self.server.interactions, request)


def _guarded(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return jsons.answer(await handler(request))
        except ApiError as error:
            return refused(error)
        except (KeyError, ValueError, TypeError) as error:
            return jsons.answer({"message": f"{type(error).__name__}: {error}", "code": 0}, 400)

    return handle
