"""The control API: act as a member, look around, and break things."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from discord_loopback import (
    absences,
    asks,
    controls,
    jsons,
    moderating,
    people,
    render,
    servers,
    speaking,
    stream,
    views,
    waits,
)
from discord_loopback.acts import Acts
from discord_loopback.calls import Server, parsed, refused
from discord_loopback.controls import Control
from discord_loopback.errors import ApiError
from discord_loopback.gateway import Gateway
from discord_loopback.interactions import Interaction, seen
from discord_loopback.model import Channel, Json, Message
from discord_loopback.server_file import InvalidServerError
from discord_loopback.world import World

A = TypeVar("A", bound=asks.Ask)
O = TypeVar("O", bound=asks.Opening)  # noqa: E741 - what opens
Served = tuple[Control[Any], Callable[[Any], Any]]


class Hands:
    """Serves /control."""

    def __init__(self, server: Server, gateway: Gateway) -> None:
        self.server = server
        self.world = server.world
        self.gateway = gateway
        self.acts = Acts(server.interactions)

    def routes(self) -> list[web.RouteDef]:
        """Return everything the hands can do."""
        served = [*self._looking(), *self._interacting(), *self._speaking(), *self._moderating(), *self._arranging()]
        listed = [web.route(one.method, "/control" + one.path, _handler(one, act)) for one, act in served]
        return [*listed, web.get("/control/stream", self._stream)]

    def _looking(self) -> list[Served]:
        world = self.world
        return [
            _serves(controls.state, lambda _: views.state(world)),
            _serves(controls.view, lambda ask: views.guild(world, world.guild(ask.guild_id), ask.user)),
            _serves(controls.messages, self._messages),
            _serves(controls.dms, lambda ask: views.dms(world, ask.user, ask.limit)),
            _serves(controls.pings, lambda ask: views.pings(world, ask.user)),
            _serves(controls.pinged, lambda ask: views.pinged(world, ask.message_id)),
            _serves(controls.interaction, self._interaction),
            _serves(controls.wait, self._wait),
            _serves(controls.wait_for, lambda ask: waits.message(world, ask)),
            _serves(controls.wait_for_ping, lambda ask: waits.ping(world, ask)),
        ]

    def _interacting(self) -> list[Served]:
        acts = self.acts
        return [
            _serves(controls.command, self._opens(acts.command)),
            _serves(controls.autocomplete, self._opens(acts.autocomplete)),
            _serves(controls.user_command, self._opens(acts.user_command)),
            _serves(controls.message_command, self._opens(acts.message_command)),
            _serves(controls.click, self._opens(acts.click)),
            _serves(controls.select, self._opens(acts.select)),
            _serves(controls.submit, self._opens(acts.submit)),
        ]

    def _speaking(self) -> list[Served]:
        world = self.world
        return [
            _serves(controls.say, lambda ask: self._said(speaking.say(world, ask))),
            _serves(controls.dm, lambda ask: self._said(speaking.dm(world, ask))),
            _serves(controls.open_dm, lambda ask: self._opened(world.dm_with(ask.user))),
            _serves(controls.close_dms, self._close_dms),
            _serves(controls.edit, lambda ask: self._said(speaking.edit(world, ask))),
            _serves(controls.delete, _on(world, speaking.delete)),
            _serves(controls.react, _on(world, speaking.react)),
            _serves(controls.unreact, _on(world, speaking.unreact)),
            _serves(controls.open_thread, lambda ask: self._opened(speaking.open_thread(world, ask))),
            _serves(controls.join_thread, _on(world, speaking.join_thread)),
            _serves(controls.leave_thread, _on(world, speaking.leave_thread)),
            _serves(controls.leave, self._leave),
            _serves(controls.join, self._join),
        ]

    def _moderating(self) -> list[Served]:
        world = self.world
        return [
            _serves(controls.change_roles, _on(world, moderating.change_roles)),
            _serves(controls.nickname, _on(world, moderating.nickname)),
            _serves(controls.timeout, _on(world, moderating.timeout)),
            _serves(controls.kick, _on(world, moderating.kick)),
            _serves(controls.ban, _on(world, moderating.ban)),
            _serves(controls.unban, _on(world, moderating.unban)),
            _serves(controls.prune, _on(world, moderating.prune)),
            _serves(controls.pin, _on(world, moderating.pin)),
            _serves(controls.unpin, _on(world, moderating.unpin)),
            _serves(controls.change_channel, _on(world, moderating.change_channel)),
            _serves(controls.permit, _on(world, moderating.permit)),
            _serves(controls.delete_channel, _on(world, moderating.delete_channel)),
            _serves(controls.delete_role, _on(world, moderating.delete_role)),
        ]

    def _arranging(self) -> list[Served]:
        journal = self.server.journal
        return [
            _serves(controls.found_guild, self._found),
            _serves(controls.take_out, lambda ask: absences.take_out(self.world, self.world.guild(ask.guild_id))),
            _serves(controls.bring_back, self._bring_back),
            _serves(controls.outage, self._outage),
            _serves(controls.set_roles, _on(self.world, moderating.set_roles)),
            _serves(controls.automod, _on(self.world, moderating.automod)),
            _serves(controls.edit_channel, _on(self.world, moderating.edit_channel)),
            _serves(controls.reset_token, self._reset_token),
            _serves(controls.shift_clock, self._shift_clock),
            _serves(controls.faults, self._faults),
            _serves(controls.no_faults, self._no_faults),
            _serves(controls.log, lambda ask: {"requests": journal.after(ask.after), "next": journal.next - 1}),
            _serves(controls.stats, lambda _: journal.stats()),
            _serves(controls.reset_stats, lambda _: journal.reset()),
        ]

    def _messages(self, ask: asks.Messages) -> list[Json]:
        return views.messages(self.world, self.world.channel(ask.channel_id), ask.user, ask.limit)

    def _interaction(self, ask: asks.OfInteraction) -> Json:
        interactions = self.server.interactions
        return interactions.shown(interactions.find(ask.interaction_id))

    async def _wait(self, ask: asks.Wait) -> Json:
        interactions = self.server.interactions
        found = interactions.find(ask.interaction_id)
        await interactions.wait(found, ask.until, ask.timeout)
        return interactions.shown(found)

    def _opens(self, act: Callable[[O], Interaction]) -> Callable[[O], Awaitable[Json]]:
        interactions = self.server.interactions

        async def open_(ask: O) -> Json:
            found = act(ask)
            if ask.wait != "none":
                await interactions.wait(found, ask.wait, ask.timeout)
            return {"interaction": interactions.shown(found)}

        return open_

    def _said(self, message: Message) -> Json:
        return {"message": seen(self.world, message)}

    def _opened(self, channel: Channel) -> Json:
        return {"channel": render.channel(self.world, channel)}

    def _close_dms(self, ask: asks.CloseDms) -> None:
        self.world.user(ask.user).dms_closed = ask.closed

    def _found(self, ask: asks.FoundGuild) -> Json:
        try:
            guild = servers.found(self.world, ask.server)
        except InvalidServerError as invalid:
            raise ApiError(0, str(invalid), status=400) from invalid
        return {"guild": {"id": str(guild.id), "name": guild.name}}

    def _bring_back(self, ask: asks.BringBack) -> None:
        guild = self.world.guild(ask.guild_id)
        absences.bring_back(self.world, guild, ask.permissions, dragged_up=ask.dragged_up)

    def _outage(self, ask: asks.Outage) -> None:
        absences.outage(self.world, self.world.guild(ask.guild_id), over=ask.over)

    def _leave(self, ask: asks.InGuild) -> None:
        member = self.world.member(ask.guild_id, ask.user)
        people.leave(self.world, self.world.guild(ask.guild_id), member.user)

    def _join(self, ask: asks.InGuild) -> None:
        guild, user = self.world.guild(ask.guild_id), self.world.user(ask.user)
        if user.id in guild.bans:
            raise ApiError(0, "They are banned", status=403)
        if user.id not in guild.members:
            people.join(self.world, guild, user)

    async def _reset_token(self, _: asks.Ask) -> Json:
        return {"token": await self.gateway.reset_token()}

    def _shift_clock(self, ask: asks.Shift) -> Json:
        shift = self.world.clock.advance(ask.shift)
        return {"shift": shift, "now": self.world.clock.now()}

    async def _faults(self, ask: asks.SetFaults) -> None:
        self.server.faults.set(ask)
        if ask.gateway is not None:
            await self.gateway.fault(ask.gateway, ask.seconds)

    def _no_faults(self, _: asks.Ask) -> None:
        self.server.faults.clear()
        self.server.addresses.forgive()
        self.gateway.mend()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        return await stream.serve(self.server.interactions, request)


def _serves(control: Control[A], act: Callable[[A], Any]) -> Served:
    return control, act


def _on(world: World, act: Callable[[World, A], Any]) -> Callable[[A], Any]:
    return lambda ask: act(world, ask)


def _handler(control: Control[A], act: Callable[[A], Any]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            answer = act(await _asked(control, request))
            content: Any = await answer if inspect.isawaitable(answer) else answer
            return jsons.answer({} if content is None else content)
        except ApiError as error:
            return refused(error)

    return handle


async def _asked(control: Control[A], request: web.Request) -> A:
    """Read what is asked from path, query and body.

    Raises:
        ApiError: 400 with the key that is wrong.
    """
    raw = await request.read()
    body = parsed(raw) if raw else {}
    given = {**request.query, **(body if isinstance(body, dict) else {}), **request.match_info}
    try:
        return msgspec.convert(given, control.ask, strict=False)
    except msgspec.ValidationError as wrong:
        raise ApiError(0, str(wrong), status=400) from wrong
