"""How what a guild sets about verification stands in its configuration file. Pure."""

from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from raidbot.features.realmeye.model.requirements import MaxedCharacters, Requirement
from raidbot.features.verification.model.config import (
    LONGEST_HOW,
    LONGEST_LABEL,
    LONGEST_TEXT,
    MOST_LINKS,
    MOST_PRESETS,
    BadPart,
    BadRequirement,
    Config,
    Link,
    Page,
    Preset,
    Words,
)
from raidbot.features.verification.rules.config import READERS, checked_url, with_requirement

PAGES = {"panel": Page.PANEL, "realmeye": Page.REALMEYE, "screenshot": Page.MANUAL}
"""The places where a guild says something, as a file calls them."""

LINK, REASON = ("label", "url"), ("name", "how")
"""What belongs together below each number."""

Values = Mapping[str, str]


def words(config: Config) -> dict[str, str]:
    """Return a guild's own words by names such as `panel/text`."""
    said = {name: config.said(page) for name, page in PAGES.items()}
    texts = {f"{name}/text": one.text for name, one in said.items() if one.text}
    return texts | {f"{name}/picture": one.image_url for name, one in said.items() if one.image_url}


def check_words(name: str, value: str) -> str:
    """Return a text or the address of a picture.

    Raises:
        BadPart: there is no such place, or it is too long.
        BadAddress: it is no address.
    """
    head, _, part = name.partition("/")
    if head not in PAGES or part not in {"text", "picture"}:
        raise BadPart(f"there are {', '.join(PAGES)}, each with text and picture.")
    return checked_url(value) if part == "picture" else _short(value, LONGEST_TEXT)


def words_of(values: Values, name: str) -> Words:
    """Return what is said at one place."""
    return Words(text=values.get(f"{name}/text", ""), image_url=values.get(f"{name}/picture", ""))


def requirements(config: Config) -> dict[str, str]:
    """Return what a guild asks of players, in the form in which it is typed."""
    asked = {one: getattr(config.requirements, one.value) for one in Requirement}
    return {str(one): _typed(value) for one, value in asked.items() if value is not None and value is not False}


def _typed(value: object) -> str:
    if isinstance(value, MaxedCharacters):
        return f"{value.characters}x{value.stats}"
    return "yes" if value is True else str(value)


def check_requirement(name: str, value: str) -> str:
    """Return what is asked as it is stored.

    Raises:
        BadRequirement: there is no such requirement, or the value does not fit it.
    """
    if name not in set(Requirement):
        raise BadRequirement(f"there is no such requirement. Choose one of {', '.join(Requirement)}.")
    one = Requirement(name)
    stored = requirements(with_requirement(Config(), one, value)).get(name)
    if stored is None:
        raise BadRequirement(f"leave {name} out to not ask it. It takes {READERS[one][1]}.")
    return stored


def links(config: Config) -> dict[str, str]:
    """Return where members go once verified, numbered in their order."""
    return _numbered(LINK, ((one.label, one.url) for one in config.links))


def reasons(config: Config) -> dict[str, str]:
    """Return why screenshots are denied, numbered in their order."""
    return _numbered(REASON, ((one.name, one.how) for one in config.presets))


def _numbered(parts: tuple[str, str], pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    return {
        f"{number:02}/{part}": value
        for number, pair in enumerate(pairs, 1)
        for part, value in zip(parts, pair, strict=True)
    }


def check_link(name: str, value: str) -> str:
    """Return a label or an address.

    Raises:
        BadPart: it belongs to no number, or is too long.
        BadAddress: it is no address.
    """
    part = _part(name, LINK, MOST_LINKS)
    return checked_url(value) if part == "url" else _short(value.strip(), LONGEST_LABEL)


def check_reason(name: str, value: str) -> str:
    """Return a reason, or how to do better.

    Raises:
        BadPart: it belongs to no number, or is too long.
    """
    part = _part(name, REASON, MOST_PRESETS)
    return _short(value.strip(), LONGEST_HOW if part == "how" else LONGEST_LABEL)


def _part(name: str, parts: tuple[str, str], most: int) -> str:
    head, _, part = name.partition("/")
    if not head.isascii() or not head.isdigit() or not 1 <= int(head) <= most or part not in parts:
        raise BadPart(f"there are numbers from 01 to {most:02}, each with {' and '.join(parts)} below it.")
    return part


def _short(value: str, longest: int) -> str:
    if not 1 <= len(value) <= longest:
        raise BadPart(f"it has {len(value)} characters; 1 to {longest} fit.")
    return value


def links_of(values: Values) -> list[Link]:
    """Return the links in the order of their numbers.

    Raises:
        BadPart: a half is missing, or two have one label.
    """
    return [Link(*pair) for pair in _pairs(values, LINK)]


def reasons_of(values: Values) -> list[Preset]:
    """Return the reasons in the order of their numbers.

    Raises:
        BadPart: a half is missing, or two have one name.
    """
    return [Preset(*pair) for pair in _pairs(values, REASON)]


def check_links(values: Values) -> None:
    """Check that links fit together.

    Raises:
        BadPart: a half is missing, or two have one label.
    """
    links_of(values)


def check_reasons(values: Values) -> None:
    """Check that reasons fit together.

    Raises:
        BadPart: a half is missing, or two have one name.
    """
    reasons_of(values)


def _pairs(values: Values, parts: tuple[str, str]) -> list[tuple[str, str]]:
    numbered = sorted((int(name.partition("/")[0]), name.partition("/")[2], value) for name, value in values.items())
    found: list[tuple[str, str]] = []
    for number, own in groupby(numbered, key=lambda one: one[0]):
        pair = {part: value for _, part, value in own}
        if len(pair) != len(parts):
            raise BadPart(f"{number:02} needs {' and '.join(parts)}.")
        found.append((pair[parts[0]], pair[parts[1]]))
    if len({first.casefold() for first, _ in found}) != len(found):
        raise BadPart(f"two have the same {parts[0]}. Give each another one.")
    return found


def with_words(config: Config, page: Page, said: Words) -> Config:
    """Return the configuration with what is said at one place, or with nothing said there."""
    others = {key: one for key, one in config.words.items() if key is not page}
    return msgspec.structs.replace(config, words={**others, **({page: said} if said != Words() else {})})


def with_requirements(config: Config, values: Values) -> Config:
    """Return the configuration with exactly these requirements."""
    asked = Config()
    for name, value in values.items():
        asked = with_requirement(asked, Requirement(name), value)
    return msgspec.structs.replace(config, requirements=asked.requirements)
