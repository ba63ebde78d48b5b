"""What a guild has set about verification."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, MessageId, UserId
from raidbot.features.realmeye.model.requirements import Check, Requirements

PANEL, QUEUE, SHOT = "verification_panel", "verification_queue", "verification_shot"
"""The kinds of postings: where members begin, where staff go on, and a member's picture."""

LONGEST_TEXT = 1500
LONGEST_URL = 500
LONGEST_LABEL = 40
LONGEST_HOW = 300
MOST_LINKS = 5
MOST_PRESETS = 20

Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
Url = Annotated[str, msgspec.Meta(max_length=LONGEST_URL)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_LABEL)]


class Page(StrEnum):
    """A place where a guild says something in its own words."""

    PANEL = "panel"
    REALMEYE = "realmeye"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        """How staff read it."""
        return {
            Page.PANEL: "Panel message",
            Page.REALMEYE: "RealmEye instructions",
            Page.MANUAL: "Screenshot instructions",
        }[self]


class Words(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guild's own words at one place, with a picture."""

    text: str = ""
    image_url: str = ""


class Link(msgspec.Struct, frozen=True):
    """Where a member goes once verified."""

    label: str
    url: str


class Preset(msgspec.Struct, frozen=True):
    """Why a screenshot is denied, and how to do better."""

    name: str
    how: str


class Config(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a guild has set. What it left out is as it comes."""

    words: dict[Page, Words] = {}
    requirements: Requirements = Requirements()
    links: list[Link] = []
    presets: list[Preset] = []

    def said(self, page: Page) -> Words:
        """Return the guild's words at a place, empty if it has none."""
        return self.words.get(page, Words())


class ConfigShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a guild has set, as members and the panel need it."""

    config: Config
    wanted: list[str]
    """Its requirements in words: `at least 60 stars`."""
    version: int
    panel: int
    """Which panel stands; 0: none was sent."""
    channel_id: ChannelId | None
    """Where the panel belongs."""


class PanelPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the panel stands or is going to."""

    panel: int
    channel_id: ChannelId
    message_id: MessageId | None
    """None: it is posted in a moment."""


class Cleared(StrEnum):
    """What can be cleared."""

    PANEL = "panel"
    REALMEYE = "realmeye"
    MANUAL = "manual"
    REQUIREMENTS = "requirements"
    LINKS = "links"
    PRESETS = "presets"

    @property
    def label(self) -> str:
        """How staff read it."""
        return Page(self).label if self in set(Page) else self.value.title()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of what a guild has set."""

    what: str
    old: Any
    new: Any
    changed_by: UserId


@event
class VerificationConfigured(Event, frozen=True, kw_only=True):
    """A guild has set something about verification, or its panel moves."""

    panel: int


class BadAddress(Refusal):
    """That is no address that Discord shows."""

    status = 400


class BadPart(Refusal):
    """That is nothing that a guild sets about verification."""

    status = 400


class BadRequirement(Refusal):
    """What was typed does not fit the requirement."""

    status = 400


class NothingSaid(Refusal):
    """Neither a text nor a picture was given."""

    status = 400


class TooMany(Refusal):
    """There is no room for another one."""


class UnknownPreset(NotFound):
    """The guild has no such preset, or no such link."""


def in_words(checks: list[Check]) -> list[str]:
    """Return what is asked, without how far somebody is."""
    return [one.wanted for one in checks]
