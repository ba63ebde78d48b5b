"""What a dungeon is to a raid: how it looks, what opens it, what it asks raiders to bring.

A guild may override caps, needs and points; what stands here is where it starts from.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

Key = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{1,39}$")]
"""A name that code, SQL and custom ids use. It never changes once released."""

Label = Annotated[str, msgspec.Meta(min_length=1, max_length=14)]
"""Words on a button: short enough that a row of buttons fits a phone."""

Emoji = Annotated[str, msgspec.Meta(min_length=1, max_length=8)]
"""A Unicode emoji. An emoji that the operator uploaded to the application under the same key is shown instead."""

Cap = Annotated[int, msgspec.Meta(ge=0, le=99)]
"""How many raiders."""


class Category(StrEnum):
    """The shelf a dungeon stands on."""

    EXALTATION = "Exaltation Dungeons"
    HEROIC = "Heroic Dungeons"
    EPIC = "Epic Dungeons"
    EVENT = "Event Dungeons"
    GODLAND = "Godland Dungeons"
    MINI = "Mini Dungeons"
    BASIC = "Basic Dungeons"


class KeyKind(StrEnum):
    """Whether a key can carry dungeon modifiers."""

    KEY = "key"
    PLAIN = "plain"
    """Takes no modifiers: runes, the incantation, the vial."""


class WantKind(StrEnum):
    """What a raider brings."""

    CLASS = "class"
    ITEM = "item"
    EFFECT = "effect"
    """A status that somebody puts on the boss."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of everything in the catalogue: a misspelt field is a fault."""


class DungeonKey(Part, frozen=True, kw_only=True):
    """A key, rune, incantation or vial that opens a dungeon."""

    key: Key
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    label: Label = "Key"
    """On the button that offers it; differs from the dungeon's other keys."""
    kind: KeyKind = KeyKind.KEY
    emoji: Emoji = "🔑"
    early_location: Cap
    """How many holders learn party and location before the others."""
    needed: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    """How many offers make this key complete."""
    former_codes: tuple[str, ...] = ()
    """Other codes under which imported records know it, besides `key` in capitals."""


class Want(Part, frozen=True, kw_only=True):
    """A class, item or effect that a dungeon asks for besides its keys."""

    key: Key
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    kind: WantKind
    emoji: Emoji
    needed: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    """How many raiders should bring it."""
    early_location: Cap = 0
    """How many of those who bring it learn party and location before the others."""
    former_codes: tuple[str, ...] = ()


class Miniboss(Part, frozen=True, kw_only=True):
    """One of the four whom a run may meet in Oryx's Sanctuary."""

    key: Key
    name: Label
    title: str
    """Its name in the game. RotMG wiki, "Oryx's Sanctuary"."""


class Points(Part, frozen=True, kw_only=True):
    """What is paid unless the guild says otherwise."""

    organizer: Decimal = Decimal(1)
    """Quota points to the leader, once a pop."""
    raider: Decimal = Decimal(1)
    """To each raider of a completion."""
    key_pop: Decimal = Decimal(5)
    """To the holder, for each key popped."""


class Dungeon(Part, frozen=True, kw_only=True):
    """One dungeon of the game."""

    key: Key
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    short: Annotated[str, msgspec.Meta(max_length=14)] = ""
    """The name where room is scarce; the whole name if that is short enough."""
    aliases: tuple[str, ...] = ()
    """What players call it: `lh`, `o3`. Search knows these."""
    category: Category
    colour: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFF)]
    emoji: Emoji
    keys: Annotated[tuple[DungeonKey, ...], msgspec.Meta(min_length=1, max_length=5)]
    wants: tuple[Want, ...] = ()
    oryx3: bool = False
    """Whether the run follows Oryx's Sanctuary: realm score, miniboss, third room; no key pops and no chain."""
    minibosses: tuple[Miniboss, ...] = ()
    needs_party: bool = True
    """Whether Start asks for the party first."""
    needs_location: bool = True
    """Whether Start asks for the location first."""
    points: Points = Points()
    former_codes: tuple[str, ...] = ()
    """Other codes under which imported records know it, besides `key` in capitals."""

    @property
    def exalt(self) -> bool:
        """Whether completions count towards exaltations."""
        return self.category is Category.EXALTATION

    @property
    def pops(self) -> bool:
        """Whether keys are popped one after the other, with a window and a chain."""
        return not self.oryx3

    @property
    def short_name(self) -> str:
        """The name in at most 14 characters."""
        return self.short or self.name

    def find_key(self, key: str) -> DungeonKey | None:
        """Return the dungeon's key of that name."""
        return next((one for one in self.keys if one.key == key), None)

    def find_want(self, key: str) -> Want | None:
        """Return what the dungeon wants under that name."""
        return next((one for one in self.wants if one.key == key), None)

    def find_miniboss(self, key: str) -> Miniboss | None:
        """Return the dungeon's miniboss of that name."""
        return next((one for one in self.minibosses if one.key == key), None)
