"""Interactions: their deadline, their answers, and who waits for them. docs: Receiving and Responding."""

import asyncio
import secrets
from dataclasses import dataclass, field

from discord_loopback import render
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.model import Channel, Json, Message
from discord_loopback.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
DEADLINE = 3.0
"""Seconds until the first answer. docs: Receiving and Responding, Followup Messages."""
TOKEN_LIFE = 15 * 60.0
REMEMBERED = 20_000
SILENCE = "The application did not respond"


@dataclass(slots=True)
class Interaction:
    """One press, command, form or completion, and what became of it."""

    id: int
    token: str
    type: int
    user_id: int
    guild_id: int | None
    channel_id: int
    data: Json
    opened: float
    born: float
    source: Message | None = None
    parent: "Interaction | None" = None
    state: str = "pending"
    callback: int | None = None
    first_ms: float | None = None
    final_ms: float | None = None
    message: Message | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    followups: list[Message] = field(default_factory=list[Message])
    error: str | None = None
    deadline: asyncio.TimerHandle | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]])

    def reached(self, until: str) -> bool:
        """Tell whether it has come as far as someone waits for."""
        done = self.state in ("answered", "unanswered")
        return done or (until == "first" and self.callback is not None)


class Interactions:
    """Opens interactions and keeps them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_id: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}

    def open(
        self,
        kind: int,
        user_id: int,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        parent: Interaction | None = None,
    ) -> Interaction:
        """Make an interaction, tell the application and start the clock.

        Raises:
            ApiError: 403 where the application is not; that the app says so is to confirm.
        """
        if channel.guild_id is not None and not self.world.reaches(channel.guild_id):
            raise ApiError(0, "The application did not respond", status=403)
        interaction = Interaction(
            id=self.world.ids.new(),
            token=secrets.token_urlsafe(32),
            type=kind,
            user_id=user_id,
            guild_id=channel.guild_id,
            channel_id=channel.id,
            data=data,
            opened=self.world.clock.elapsed(),
            born=self.world.clock.now(),
            source=source,
            parent=parent,
        )
        self.by_id[interaction.id] = self.by_token[interaction.token] = interaction
        self._forget_old()
        interaction.deadline = asyncio.get_running_loop().call_later(DEADLINE, self._expire, interaction)
        event = Event("INTERACTION_CREATE", self._payload(interaction, channel), channel.guild_id, channel)
        self.world.bus.emit(event)
        return interaction

    def find(self, interaction_id: int) -> Interaction:
        """Return an interaction.

        Raises:
            ApiError: 10062.
        """
        interaction = self.by_id.get(interaction_id)
        if interaction is None:
            raise ApiError(10062)
        return interaction

    def awaiting(self, interaction_id: int, token: str) -> Interaction:
        """Return an interaction that still waits for its first answer.

        Raises:
            ApiError: 10062 after 3 s, 40060 after an answer.
        """
        interaction = self.find(interaction_id)
        if interaction.token != token or interaction.state == "unanswered":
            raise ApiError(10062)
        if interaction.callback is not None:
            raise ApiError(40060)
        return interaction

    def open_token(self, token: str) -> Interaction:
        """Return the answered interaction that a token belongs to.

        Raises:
            ApiError: 10015 before any answer (to confirm), 50027 after 15 minutes.
        """
        interaction = self.by_token.get(token)
        if interaction is None:
            raise ApiError(50027)
        if self.world.clock.now() - interaction.born > TOKEN_LIFE:
            raise ApiError(50027)
        if interaction.callback is None:
            raise ApiError(10015)
        return interaction

    def acknowledge(self, interaction: Interaction, callback: int) -> None:
        """Remember the first answer."""
        interaction.callback = callback
        interaction.first_ms = self._ms(interaction)
        if interaction.deadline is not None:
            interaction.deadline.cancel()
            interaction.deadline = None
        interaction.state = "deferred"

    def settled(self, interaction: Interaction) -> None:
        """Remember that the member can read the answer now."""
        if interaction.final_ms is None:
            interaction.final_ms = self._ms(interaction)
        interaction.state = "answered"

    def tell(self, interaction: Interaction) -> None:
        """Wake who waits for this interaction and tell the page."""
        waiters, interaction.waiters = interaction.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        channel = self.world.channels.get(interaction.channel_id)
        data: Json = {"interaction": interaction}
        self.world.bus.emit(
            Event("LOOPBACK_INTERACTION", data, interaction.guild_id, channel, only=interaction.user_id)
        )

    async def wait(self, interaction: Interaction, until: str, timeout: float) -> None:  # noqa: ASYNC109 - part of the contract
        """Wait until it is answered (or first answered), at most `timeout` seconds."""
        end = self.world.clock.elapsed() + timeout
        while not interaction.reached(until) and (left := end - self.world.clock.elapsed()) > 0:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            interaction.waiters.append(waiter)
            await asyncio.wait([waiter], timeout=left)

    def shown(self, interaction: Interaction) -> Json:
        """Return an interaction as the hands see it."""
        message = interaction.message
        return {
            "id": str(interaction.id),
            "type": interaction.type,
            "user_id": str(interaction.user_id),
            "state": interaction.state,
            "first_ms": interaction.first_ms,
            "final_ms": interaction.final_ms,
            "message": seen(self.world, message) if message else None,
            "modal": interaction.modal,
            "choices": interaction.choices,
            "followups": [seen(self.world, each) for each in interaction.followups],
            "error": interaction.error,
        }

    def _ms(self, interaction: Interaction) -> float:
        return round((self.world.clock.elapsed() - interaction.opened) * 1000, 3)

    def _expire(self, interaction: Interaction) -> None:
        interaction.state = "unanswered"
        interaction.error = SILENCE
        self.tell(interaction)

    def _forget_old(self) -> None:
        if len(self.by_id) > REMEMBERED:
            oldest = self.by_id.pop(next(iter(self.by_id)))
            self.by_token.pop(oldest.token, None)

    def _payload(self, interaction: Interaction, channel: Channel) -> Json:
        """Return what the gateway sends. docs: Receiving and Responding, Interaction Structure."""
        world = self.world
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.application_id),
            "type": interaction.type,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "token": interaction.token,
            "version": 1,
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
            "context": 0 if channel.guild_id else 1,
            "attachment_size_limit": 10 * 1024 * 1024,
            "app_permissions": str(world.granted(world.application_id, channel)),
        }
        granted = str(world.granted(interaction.user_id, channel))
        payload["channel"] = {**render.channel(world, channel), "permissions": granted}
        if interaction.source is not None:
            payload["message"] = render.message(world, interaction.source)
        member = world.find_member(channel.guild_id, interaction.user_id)
        if member is None:
            payload["user"] = render.user(world.users[interaction.user_id])
            return payload
        payload |= {
            "guild_id": str(channel.guild_id),
            "guild": {"id": str(channel.guild_id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": {**render.full_member(member), "permissions": granted},
        }
        return payload


def metadata(world: World, interaction: Interaction) -> Json:
    """Return what a message says about the interaction it answers. docs: Message, Interaction Metadata."""
    about: Json = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": render.user(world.users[interaction.user_id]),
        "authorizing_integration_owners": {"0": str(interaction.guild_id or 0)},
    }
    if interaction.type == COMMAND:
        about["name"] = interaction.data.get("name")
    if interaction.type == COMPONENT and interaction.source is not None:
        about["interacted_message_id"] = str(interaction.source.id)
    if interaction.type == MODAL and interaction.parent is not None:
        about["triggering_interaction_metadata"] = metadata(world, interaction.parent)
    return about


def seen(world: World, message: Message) -> Json:
    """Return a message with what the page and tests want to know beside Discord's keys."""
    user = ((message.metadata or {}).get("user") or {}) if message.metadata else {}
    return {
        **render.message(world, message),
        "guild_id": str(message.guild_id) if message.guild_id else None,
        "ephemeral_for": str(message.ephemeral_for) if message.ephemeral_for else None,
        "interaction_user": user.get("global_name") or user.get("username"),
        "pinged": [str(each) for each in sorted(message.pings.users)],
        "pinged_roles": [str(each) for each in sorted(message.pings.roles)],
        "pinged_everyone": message.pings.everyone,
        "reacted": {emoji: [str(each) for each in users] for emoji, users in message.reactions.items()},
    }
