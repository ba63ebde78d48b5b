"""Slash commands: features declare functions, and one frame answers for all of them."""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import discord
from discord import app_commands

from raidbot.bot.presses import Press
from raidbot.bot.rates import COMMAND, Bucket
from raidbot.bot.replies import Answer
from raidbot.core.ranks import Rank

HIDDEN_FROM = Rank.SECURITY
"""Commands of this rank and above are hidden behind Manage Messages: Discord cannot hide by our ranks."""

Runs: TypeAlias = Callable[..., Awaitable[Answer]]
AnyRuns = TypeVar("AnyRuns", bound=Runs)
Handles: TypeAlias = Callable[[discord.Interaction[Any], "Declared", dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Declared:
    """One command as its feature declares it."""

    name: str
    """With its group before it: `settings view`."""
    about: str
    needs: Rank
    bucket: Bucket
    runs: Runs

    @property
    def group(self) -> str:
        """The group that it stands in; its own name where it stands alone."""
        return self.name.partition(" ")[0]

    @property
    def is_hidden(self) -> bool:
        """Whether only those who may manage messages see it."""
        return self.needs >= HIDDEN_FROM


declared: dict[str, Declared] = {}
"""Every command by its name, filled as the features are loaded."""

GROUPS: dict[str, str] = {}
"""What a group of commands is about, by its name."""


def command(
    name: str, about: str, *, needs: Rank = Rank.MEMBER, bucket: Bucket = COMMAND
) -> Callable[[AnyRuns], AnyRuns]:
    """Make the decorated function a slash command.

    Its first parameter is the `Press`, the others are the options, in the words of discord.py.

    Args:
        name: The command, or its group and the command: `settings view`.
        about: What it does, as Discord shows it.
        needs: The lowest rank that its endpoints accept. It sorts `/help` and hides; it refuses nobody.
        bucket: How often one member may use it.

    Raises:
        ValueError: two commands have the same name.
    """

    def register(runs: AnyRuns) -> AnyRuns:
        if name in declared:
            raise ValueError(f"two commands are called /{name}")
        declared[name] = Declared(name, about, needs, bucket, runs)
        return runs

    return register


Notes: TypeAlias = Callable[[Press, str, dict[str, Any], str], Awaitable[None]]

noters: list[Notes] = []
"""Who writes down that a command was used, filled as the features are loaded."""


def notes_uses(note: Notes) -> Notes:
    """Call the decorated function after each command with its name, its options and what came of it."""
    noters.append(note)
    return note


def group(name: str, about: str) -> None:
    """Say what a group of commands is about."""
    GROUPS[name] = about


def build(handles: Handles) -> list[app_commands.Command[Any, ..., Any] | app_commands.Group]:
    """Return all declared commands as Discord knows them.

    Args:
        handles: Called with each use of a command, its declaration and its options.
    """
    built: dict[str, app_commands.Command[Any, ..., Any] | app_commands.Group] = {}
    for one in declared.values():
        head, _, rest = one.name.partition(" ")
        if not rest:
            built[head] = _command(one, head, handles)
            continue
        parent = built.setdefault(head, _group(head, [two for two in declared.values() if two.group == head]))
        if isinstance(parent, app_commands.Group):
            parent.add_command(_command(one, rest, handles))
    return list(built.values())


def _group(name: str, members: list[Declared]) -> app_commands.Group:
    hidden = all(one.is_hidden for one in members)
    permissions = discord.Permissions(manage_messages=True) if hidden else None
    return app_commands.Group(name=name, description=GROUPS[name], guild_only=True, default_permissions=permissions)


def _command(one: Declared, name: str, handles: Handles) -> app_commands.Command[Any, ..., Any]:
    @functools.wraps(one.runs)  # discord.py reads the options from the wrapped function
    async def callback(interaction: discord.Interaction[Any], /, **options: Any) -> None:
        await handles(interaction, one, options)

    made: app_commands.Command[Any, ..., Any] = app_commands.Command(
        name=name, description=one.about, callback=callback
    )
    made.guild_only = True
    if one.is_hidden and " " not in one.name:
        made.default_permissions = discord.Permissions(manage_messages=True)
    return made
