"""One press of a button, one submitted form, one command: what a feature's function is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from raidbot.bot.backend import Backend
from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, InteractionId, UserId

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed what, where, and the way to the backend in their name."""

    backend: Backend
    guild_id: GuildId
    user_id: UserId
    channel_id: ChannelId
    key: InteractionId
    ids: Mapping[str, int] = field(default_factory=dict[str, int])
    """The numbers in the custom id, by name."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """The words in the custom id, by name."""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """What was typed into a form, by the custom id of its inputs."""

    async def ask(self, endpoint: Endpoint[Ask, Reply], ask: Ask) -> Reply:
        """Call the backend in the name of the one who pressed.

        Raises:
            Refusal: a rule said no.
            Fault: the backend failed.
        """
        return await self.backend.call(endpoint, ask, actor=self.user_id, key=self.key)
