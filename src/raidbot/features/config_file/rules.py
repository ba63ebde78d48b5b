"""How a configuration file is written, read and compared. Pure: texts and values in, texts and changes out."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import yaml

from raidbot.core.ids import GuildId
from raidbot.features.config_file.model import BadConfigFile, Change, SectionShown, Written

LARGEST = 256 * 1024
"""Bytes of a file; one with everything set has a tenth."""

DEEPEST = 3
"""Mappings inside each other: the file, a section, a dungeon."""

MOST_COMPLAINTS = 10

VERSION = "1"
GENERAL = ("version", "guild")
"""What stands in the file besides sections."""

UNPRINTABLE = re.compile("[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not take as it is, or takes for the end of a line. docs: YAML 1.2.2, Character Set."""

NOTHING = {"~", "null", "Null", "NULL"}
"""How YAML writes, without quotes, that there is no value: the same as leaving it out."""

Sections = dict[str, dict[str, Written]]


def written(guild_id: GuildId, sections: Iterable[SectionShown], names: Mapping[str, str], now: datetime) -> str:
    """Return the file: every value as text, with what an id is called as a comment beside it."""
    lines = [
        f"# The configuration of {_comment(names.get(str(int(guild_id)), 'this server'))}, {now:%Y-%m-%d %H:%M} UTC.",
        "# Change it and hand it to /config import. A section that is left out stays as it is;",
        "# in a section that is there, whatever is left out is cleared.",
        f'version: "{VERSION}"',
        f'guild: "{int(guild_id)}"',
    ]
    for one in sections:
        lines += ["", f"# {one.about}", f"{one.name}:" if one.entries else f"{one.name}: {{}}"]
        lines += _entries(one, names)
    return "\n".join(lines) + "\n"


def read(text: str) -> tuple[dict[str, Written], Sections]:
    """Return what a file says in general, and its sections.

    Every value is taken as the text that it is, so `on` is no truth value and an id no number.

    Raises:
        BadConfigFile: it is too large or no YAML, or holds what has no place here; the sentence names the line.
    """
    if len(text.encode()) > LARGEST:
        raise BadConfigFile(f"The file is larger than {LARGEST // 1024} KiB. An export is far smaller.", limit=LARGEST)
    general: dict[str, Written] = {}
    sections: Sections = {}
    for path, value in _values(text):
        if len(path) == 1 and path[0] in GENERAL:
            general[path[0]] = value
        elif len(path) == 1 and not value.value:
            sections.setdefault(path[0], {})
        elif len(path) == 1:
            raise _at(value.line, path[0], "a section holds names and values below it, each indented")
        elif value.value:
            sections.setdefault(path[0], {})["/".join(path[1:])] = value
        else:
            sections.setdefault(path[0], {})
    return general, sections


def check_general(general: Mapping[str, Written], guild_id: GuildId) -> None:
    """Check that a file is of this version and this guild.

    Raises:
        BadConfigFile: it is of another.
    """
    version = general.get("version")
    if version is None:
        raise _at(1, "version", 'it is missing. Add the line `version: "1"`, or begin with /config export')
    if version.value != VERSION:
        raise _at(version.line, "version", f"I read version {VERSION} alone. Begin with a new /config export")
    guild = general.get("guild")
    if guild is not None and guild.value != str(int(guild_id)):
        raise _at(
            guild.line,
            "guild",
            "this file is of another server, whose roles and channels have other ids. "
            "Take this line out if you have replaced them all",
        )


def changes(held: Mapping[str, SectionShown], wanted: Mapping[str, Mapping[str, str]]) -> list[Change]:
    """Return what differs in the sections that are wanted, in the order of the file."""
    return [
        Change(name, section.holds, key, section.entries.get(key), wanted[name].get(key))
        for name, section in held.items()
        if name in wanted
        for key in sorted({*section.entries, *wanted[name]})
        if section.entries.get(key) != wanted[name].get(key)
    ]


def digest(held: Mapping[str, SectionShown]) -> str:
    """Return a text that differs for another configuration."""
    whole = {name: one.entries for name, one in held.items()}
    return hashlib.sha256(msgspec.json.encode(whole, order="sorted")).hexdigest()


def complaint(sentences: Sequence[str]) -> BadConfigFile:
    """Return all that is wrong with a file as one refusal, nothing of which was applied."""
    more = len(sentences) - MOST_COMPLAINTS
    lines = [*sentences[:MOST_COMPLAINTS], *([f"… and {more} more."] if more > 0 else [])]
    return BadConfigFile("\n".join(["Nothing was changed. Mend this in the file, and give it again:", *lines]))


def at(line: int, path: str, what: str) -> str:
    """Return where something is wrong, and what."""
    return f"Line {line}: `{path}`: {what}"


def _at(line: int, path: str, what: str) -> BadConfigFile:
    return complaint([at(line, path, f"{what}.")])


def _entries(section: SectionShown, names: Mapping[str, str]) -> Iterator[str]:
    opened = ""
    for key, value in sorted(section.entries.items()):
        head, _, rest = key.partition("/")
        if rest and head != opened:
            yield f"  {head}:"
            opened = head
        called = names.get(value) if section.holds != "texts" else None
        beside = f"  # {_comment(called)}" if called else ""
        yield f"{'    ' if rest else '  '}{rest or head}: {_quoted(value)}{beside}"


def _quoted(value: str) -> str:
    """Return a text as YAML takes it whatever is in it: JSON's strings are strings of YAML."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", msgspec.json.encode(value).decode())


def _comment(name: str) -> str:
    return " ".join(UNPRINTABLE.sub(" ", name).split())


def _values(text: str) -> Iterator[tuple[list[str], Written]]:
    """Go through a file's values, each with the names that lead to it.

    Events are read one by one: nothing is built, so a file cannot grow while it is read.
    """
    path: list[str] = []
    key: str | None = None
    depth = documents = 0
    seen: set[tuple[str, ...]] = set()
    for event in _events(text):
        line = event.start_mark.line + 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        where = path if key is None else [*path, key]
        _check_kind(event, where, depth, is_key=key is None, documents=documents)
        if isinstance(event, yaml.MappingStartEvent):
            depth += 1
            if key is not None:
                path, key = [*path, key], None
                yield path[:1], Written("", line)
        elif isinstance(event, yaml.MappingEndEvent):
            path, depth = path[:-1], depth - 1
        elif isinstance(event, yaml.ScalarEvent):
            if key is None:
                key = _key(event, tuple(path), seen)
            else:
                yield [*path, key], Written(_text(event), line)
                key = None


def _check_kind(event: Any, path: list[str], depth: int, *, is_key: bool, documents: int) -> None:
    """Refuse what has no place in the file: references, lists, a second document, depth."""
    line, where = event.start_mark.line + 1, ".".join(path) or "file"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _at(line, where, "anchors and aliases are not taken. Write the value out")
    if isinstance(event, yaml.SequenceStartEvent) or documents > 1:
        raise _at(line, where, "only names with values may stand here, no lists")
    if isinstance(event, yaml.MappingStartEvent) and depth and (is_key or depth >= DEEPEST):
        raise _at(line, where, "nothing stands that deep")


def _text(event: Any) -> str:
    return "" if event.style is None and event.value in NOTHING else event.value


def _key(event: Any, path: tuple[str, ...], seen: set[tuple[str, ...]]) -> str:
    line, name = event.start_mark.line + 1, event.value
    if (*path, name) in seen:
        raise _at(line, ".".join([*path, name]), "it stands there twice")
    seen.add((*path, name))
    return name


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = 1 if mark is None else int(mark.line) + 1
        raise _at(line, "file", f"this is no YAML: {getattr(broken, 'problem', None) or broken}") from None
