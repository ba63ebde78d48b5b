"""What a feature says about something that is told once: the words, and what they lead to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from raidbot.bot.backend import Backend
from raidbot.core.ids import GuildId, RoleId, UserId

MARKS_FROM = 1_000_000
"""Discord numbers the parts of a message from 1; ours begin far above. docs: Component Reference, Anatomy"""

MARKS = 1_000_000_000
"""So many marks fit below 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to be told, as the words need it."""

    guild_id: GuildId
    id: int
    subject_id: int
    body: Mapping[str, Any]
    here: bool
    role_ids: Sequence[RoleId]
    user_ids: Sequence[UserId]
    link: str | None
    """The address of the panel that it leads to, where that stands."""

    @property
    def calls(self) -> str:
        """Everybody whom it pings, as it stands in the message."""
        roles = [f"<@&{one}>" for one in self.role_ids]
        return " ".join([*["@here"] * self.here, *roles, *(f"<@{one}>" for one in self.user_ids)])

    @property
    def mentions(self) -> discord.AllowedMentions:
        """Who is pinged: exactly these, whatever the text says."""
        return discord.AllowedMentions(
            everyone=self.here,
            roles=[discord.Object(one) for one in self.role_ids],
            users=[discord.Object(one) for one in self.user_ids],
            replied_user=False,
        )


NO_POSTING = "none"
"""In the place of a kind of posting: it leads to no panel, or has no thread."""

Words: TypeAlias = Callable[[Told, Backend], Awaitable[discord.ui.LayoutView | None]]
"""Words what is to be told; None: it is no longer true, and is not told."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice."""

    words: Words
    panel: str
    """The kind of posting that it leads to."""
    desk: str
    """The kind of posting whose thread it may belong to."""
    instead: str
    """The key of the channel where it is told if it has no thread."""


notices: dict[str, NoticeKind] = {}
"""Every kind, filled as the features are loaded."""


def notice(kind: str, *, instead: str, panel: str = NO_POSTING, desk: str = NO_POSTING) -> Callable[[Words], Words]:
    """Let the decorated function word notices of a kind.

    Args:
        kind: The kind.
        instead: The key of the channel where it is told if it has no thread.
        panel: The kind of posting that it leads to, if it leads to one.
        desk: The kind of posting whose thread it may belong to, if to any.

    Raises:
        ValueError: somebody words that kind already.
    """

    def register(words: Words) -> Words:
        if kind in notices:
            raise ValueError(f"two functions word {kind}")
        notices[kind] = NoticeKind(words, panel, desk, instead)
        return words

    return register


def mark_of(notice_id: int) -> int:
    """Return the number by which the message of a notice is found again."""
    return MARKS_FROM + notice_id % MARKS
