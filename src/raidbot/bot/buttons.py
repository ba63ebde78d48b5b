"""Custom ids: one table of patterns for buttons, menus and submitted forms.

A button carries what it is about in its custom id, so it works after a restart, for ever. A
pattern that was released never changes its meaning.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import discord

from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING, Bucket
from raidbot.bot.replies import Answer
from raidbot.core.ids import LARGEST_SNOWFLAKE

LONGEST = 100
"""Characters of a custom id. docs: Component Reference, Custom ID"""

Handles: TypeAlias = Callable[[Press], Awaitable[Answer]]
Opens: TypeAlias = Callable[[Press], Awaitable[discord.ui.Modal | Answer]]
"""Returns the form, or what is answered where none is to be opened."""
Manner: TypeAlias = Literal["answers", "redraws", "replaces"]
"""`answers` leaves a private line. `redraws` replaces the private message that holds the button; on a message that
others read too it answers. `replaces` replaces the message that holds the button, whoever reads it."""
Gate: TypeAlias = Callable[[Press], Awaitable[Answer | None]]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What happens on custom ids of one pattern."""

    pattern: re.Pattern[str]
    handles: Handles
    manner: Manner
    bucket: Bucket

    @property
    def steers(self) -> bool:
        """Whether it belongs to a panel of those who lead."""
        return self.bucket is ORGANIZING and self.manner == "redraws"


@dataclass(frozen=True, slots=True)
class Opened:
    """A button whose first answer is a form."""

    pattern: re.Pattern[str]
    opens: Opens
    bucket: Bucket

    @property
    def steers(self) -> bool:
        """Whether it belongs to a panel of those who lead."""
        return self.bucket is ORGANIZING


Route: TypeAlias = Pressed | Opened

components: list[Route] = []
"""Buttons and menus, filled as the features are loaded."""
forms: list[Pressed] = []
"""Submitted forms, filled as the features are loaded."""
gates: dict[str, Gate] = {}
"""Who asks first where a panel of those who lead is read by others too, by the head of the custom ids."""


def gate(head: str) -> Callable[[Gate], Gate]:
    """Ask the decorated function before a button that steers acts on a message that others read too.

    What it answers takes the place of what the button does; None lets it act.
    """

    def register(asks: Gate) -> Gate:
        gates[head] = asks
        return asks

    return register


def button(pattern: str, *, bucket: Bucket, manner: Manner = "answers") -> Callable[[Handles], Handles]:
    """Answer presses of buttons (and choices in menus) whose whole custom id matches `pattern`.

    Named groups of digits become `Press.ids`, the others `Press.words`.
    """

    def register(handles: Handles) -> Handles:
        components.append(Pressed(re.compile(pattern), handles, manner, bucket))
        return handles

    return register


def form_button(pattern: str, *, bucket: Bucket) -> Callable[[Opens], Opens]:
    """Open the form that the decorated function returns, within a second."""

    def register(opens: Opens) -> Opens:
        components.append(Opened(re.compile(pattern), opens, bucket))
        return opens

    return register


def form(pattern: str, *, bucket: Bucket, manner: Manner = "answers") -> Callable[[Handles], Handles]:
    """Answer submitted forms whose whole custom id matches `pattern`, whichever process opened them."""

    def register(handles: Handles) -> Handles:
        forms.append(Pressed(re.compile(pattern), handles, manner, bucket))
        return handles

    return register


def _fits(match: re.Match[str]) -> bool:
    """Tell whether the numbers of a custom id are ones that a record can have."""
    return all(int(one) <= LARGEST_SNOWFLAKE for one in match.groups("") if one.isascii() and one.isdigit())


def find_component(custom_id: str) -> tuple[Route, re.Match[str]] | None:
    """Return what a button's custom id means."""
    for route in components:
        if (match := route.pattern.fullmatch(custom_id)) and _fits(match):
            return route, match
    return None


def find_form(custom_id: str) -> tuple[Pressed, re.Match[str]] | None:
    """Return what a form's custom id means."""
    for route in forms:
        if (match := route.pattern.fullmatch(custom_id)) and _fits(match):
            return route, match
    return None
