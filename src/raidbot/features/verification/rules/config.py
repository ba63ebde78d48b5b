"""What may stand in a guild's configuration. Pure."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from raidbot.features.realmeye.model.facts import GuildRank
from raidbot.features.realmeye.model.requirements import MaxedCharacters, Requirement, Requirements
from raidbot.features.verification.model.config import (
    LONGEST_URL,
    MOST_LINKS,
    MOST_PRESETS,
    BadAddress,
    BadRequirement,
    Config,
    Link,
    NothingSaid,
    Page,
    Preset,
    TooMany,
    UnknownPreset,
    Words,
)

PRESETS = (
    Preset("Name not readable", "Send the whole window of the game, in full size, so that your IGN can be read."),
    Preset("Discord name missing", "Type your Discord name into the game's chat, so that it stands in the picture."),
    Preset("Not in the vault", "Stand in your vault, so that it is clear that the account is yours."),
    Preset("Requirements not met", "Press What do I need? and come back when you have all of it."),
)
"""What a guild starts with until it has presets of its own."""


def presets_of(config: Config) -> Sequence[Preset]:
    """Return why screenshots are denied in a guild."""
    return config.presets or PRESETS


def checked_url(typed: str) -> str:
    """Return an address that Discord shows and opens.

    Raises:
        BadAddress: it is none.
    """
    url = typed.strip()
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username
        _ = parts.port
    except ValueError:
        whole = False
    if not whole or len(url) > LONGEST_URL or any(one.isspace() or not one.isprintable() for one in url):
        raise BadAddress(f"That is no address. It starts with https:// and has at most {LONGEST_URL} characters.")
    return url


def with_words(config: Config, page: Page, text: str | None, image_url: str | None) -> Config:
    """Return the configuration with a guild's own words; what is left out stays as it was.

    Raises:
        NothingSaid: neither a text nor a picture was given.
        BadAddress: the picture has no good address.
    """
    if not text and not image_url:
        raise NothingSaid("Give a text, a picture, or both. To take them away use /configverification clear.")
    before = config.said(page)
    said = Words(
        text=text.replace("\\n", "\n").strip() if text else before.text,
        image_url=checked_url(image_url) if image_url else before.image_url,
    )
    return msgspec.structs.replace(config, words={**config.words, page: said})


def without_words(config: Config, page: Page) -> Config:
    """Return the configuration without a guild's own words."""
    return msgspec.structs.replace(config, words={key: said for key, said in config.words.items() if key is not page})


def with_link(config: Config, label: str, url: str) -> Config:
    """Return the configuration with a link at the end, in the place of one of the same name.

    Raises:
        BadAddress: it leads nowhere.
        TooMany: there are enough.
    """
    others = [one for one in config.links if one.label.casefold() != label.strip().casefold()]
    if len(others) >= MOST_LINKS:
        raise TooMany(f"{MOST_LINKS} links fit below the answer. Clear them, or name one that is there.")
    return msgspec.structs.replace(config, links=[*others, Link(label.strip(), checked_url(url))])


def with_preset(config: Config, name: str, how: str) -> Config:
    """Return the configuration with a preset at the end, in the place of one of the same name.

    Raises:
        TooMany: there are enough.
    """
    others = [one for one in presets_of(config) if one.name.casefold() != name.strip().casefold()]
    if len(others) >= MOST_PRESETS:
        raise TooMany(f"{MOST_PRESETS} presets fit into the menu. Remove one with /configverification preset-remove.")
    return msgspec.structs.replace(config, presets=[*others, Preset(name.strip(), how.strip())])


def without_preset(config: Config, name: str) -> Config:
    """Return the configuration without a preset. Without the last one it starts as at first.

    Raises:
        UnknownPreset: there is none of that name.
    """
    known = presets_of(config)
    others = [one for one in known if one.name.casefold() != name.strip().casefold()]
    if len(others) == len(known):
        names = ", ".join(one.name for one in known)
        raise UnknownPreset(f"There is no such preset. There are: {names}.")
    return msgspec.structs.replace(config, presets=others)


def _whole(typed: str) -> int:
    return int(typed.replace(",", "").replace(".", "").removesuffix("%"))


def _maxed(typed: str) -> MaxedCharacters:
    count, _, stats = typed.replace(" ", "").partition("x")
    return MaxedCharacters(int(count), int(stats.partition("/")[0]) if stats else 8)


def _yes(typed: str) -> bool:
    return {"yes": True, "no": False}[typed.casefold()]


READERS: dict[Requirement, tuple[Callable[[str], Any], str]] = {
    Requirement.STARS: (_whole, "a number from 1 to 100: 60"),
    Requirement.ALIVE_FAME: (_whole, "a number: 2000"),
    Requirement.ACCOUNT_MONTHS: (_whole, "a number of months: 6"),
    Requirement.MAXED: (_maxed, "how many and how far: 2 (so many 8/8), or 3x6 (three of at least 6/8)"),
    Requirement.DEATHS_AT_LEAST: (_whole, "a number: 10"),
    Requirement.DEATHS_AT_MOST: (_whole, "a number: 500"),
    Requirement.LAST_SEEN_HIDDEN: (_yes, "yes or no"),
    Requirement.GUILD: (str.strip, "the guild's name, as the game shows it"),
    Requirement.GUILD_RANK: (lambda typed: GuildRank(typed.strip().title()), "one of " + ", ".join(GuildRank)),
}
"""How what was typed is read, and what it has to be."""


def with_requirement(config: Config, requirement: Requirement, typed: str | None) -> Config:
    """Return the configuration with one thing asked for, or not any more.

    Raises:
        BadRequirement: it does not fit; the sentence says what does.
    """
    reads, fits = READERS[requirement]
    asked = msgspec.to_builtins(config.requirements)
    asked.pop(requirement.value, None)
    try:
        if typed is not None:
            asked[requirement.value] = msgspec.to_builtins(reads(typed.strip()))
        wanted = msgspec.convert(asked, Requirements)
    except (ValueError, KeyError):  # msgspec's faults are ValueErrors
        raise BadRequirement(f"`{requirement}` takes {fits}.") from None
    return msgspec.structs.replace(config, requirements=wanted)
