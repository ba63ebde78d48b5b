"""One press of a button, one submitted form, one command: what a feature's function is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import discord

from raidbot.bot.backend import Backend
from raidbot.bot.files import Upload
from raidbot.bot.painter import Painter
from raidbot.bot.pictures import Pictures
from raidbot.bot.replies import Answer
from raidbot.core.endpoint import Endpoint
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import ChannelId, GuildId, InteractionId, MessageId, UserId

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


class Screen(Protocol):
    """The private message that a press leaves, for as long as Discord lets it be edited."""

    async def show(self, answer: Answer) -> bool:
        """Show something else there; tell whether the member can see it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Who pressed what, where, and the way to the backend in their name."""

    backend: Backend
    painter: Painter
    pictures: Pictures
    guild: discord.Guild
    member: discord.Member
    channel_id: ChannelId
    key: InteractionId
    gateway_s: float = 0.0
    """How long Discord's gateway took to answer the last heartbeat, in seconds."""
    application_flags: int = 0
    """What Discord says of the bot's application, such as which intents it may use."""
    ids: Mapping[str, int] = field(default_factory=dict[str, int])
    """The numbers in the custom id, by name."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """The words in the custom id, by name."""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """What was typed into a form, by the custom id of its inputs."""
    choices: tuple[str, ...] = ()
    """What was chosen in a menu."""
    files: tuple[Upload, ...] = ()
    """What was uploaded in a form."""
    message_id: MessageId | None = None
    """The message that holds the button."""
    screen: Screen | None = None
    """Where the answer stands, to be shown anew when something happens by itself. None: nothing was pressed."""
    shared: bool = False
    """Whether others read that message too."""

    @property
    def guild_id(self) -> GuildId:
        """The server it happened in."""
        return GuildId(self.guild.id)

    @property
    def user_id(self) -> UserId:
        """Who pressed."""
        return UserId(self.member.id)

    @property
    def choice(self) -> str:
        """The one thing that was chosen in a menu.

        Raises:
            InvalidRequest: nothing was.
        """
        if not self.choices:
            raise InvalidRequest("Nothing was chosen. Open the menu again and choose one.")
        return self.choices[0]

    async def ask(self, endpoint: Endpoint[Ask, Reply], ask: Ask) -> Reply:
        """Call the backend in the name of the one who pressed.

        Raises:
            Refusal: a rule said no.
            Fault: the backend failed.
        """
        return await self.backend.call(endpoint, ask, actor=self.user_id, key=self.key)
