"""Reads the catalogue, checks it, and finds dungeons in it."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from raidbot.dungeons.model import Dungeon

HERE = Path(__file__).parent

SUGGESTIONS = 25
"""How many a search answers. Discord: 25 choices in an autocomplete. docs: Application Commands."""

RECENT = 10
"""How many of the dungeons run lately come first."""


class CatalogueFault(Exception):  # noqa: N818 - it is a fault in a file, told to who edits it
    """A file of the catalogue is wrong. The sentence names the file and the field."""


@cache
def all_dungeons() -> tuple[Dungeon, ...]:
    """Return every dungeon, by name. The files are read once.

    Raises:
        CatalogueFault: a file is wrong, or two files disagree.
    """
    return read_catalogue(HERE / "catalogue", HERE / "wanted.toml")


def find(key: str) -> Dungeon | None:
    """Return the dungeon of that key."""
    return _by_key().get(key)


def known(key: str) -> Dungeon:
    """Return the dungeon of a key that stands in the record: what is written down was in the catalogue once.

    Raises:
        LookupError: it is there no longer, which is a fault of the release.
    """
    dungeon = find(key)
    if dungeon is None:
        raise LookupError(f"the catalogue no longer has {key}")
    return dungeon


def key_name(key: str) -> str:
    """Return the name of a key, the same in all dungeons that it opens; one that is gone stays as written."""
    found = (each.find_key(key) for each in all_dungeons())
    return next((one.name for one in found if one), key)


def search(text: str, recent: Sequence[str] = ()) -> list[Dungeon]:
    """Return the dungeons that somebody who typed `text` may mean, best first, at most 25.

    Without text: the guild's recent dungeons, then Oryx 3, then the other exalts. With text:
    what matches, Oryx 3 before the other exalts and those before the rest.

    Args:
        text: What was typed so far.
        recent: Keys of the dungeons that the guild ran lately, newest first.
    """
    asked = _folded(text)
    if not asked:
        newest = [dungeon for key in recent[:RECENT] if (dungeon := find(key))]
        exalts = sorted((one for one in all_dungeons() if one.exalt), key=_shelf)
        return list(dict.fromkeys([*newest, *exalts]))[:SUGGESTIONS]
    scores = {one: _score(one, asked) for one in all_dungeons()}
    found = [one for one, score in scores.items() if score]
    return sorted(found, key=lambda one: (_shelf(one)[0], -scores[one], one.name))[:SUGGESTIONS]


def read_catalogue(folder: Path, wanted: Path) -> tuple[Dungeon, ...]:
    """Read one dungeon from each file of `folder`. The name of the file is its key.

    Args:
        folder: Holds the dungeons.
        wanted: The file that tells name, kind and emoji of what dungeons want.

    Raises:
        CatalogueFault: a file is wrong, or two files disagree.
    """
    known = _read(wanted)
    dungeons = [_dungeon(path, known) for path in sorted(folder.glob("*.toml"))]
    _check_shared_keys(dungeons)
    return tuple(sorted(dungeons, key=lambda one: one.name))


@cache
def _by_key() -> dict[str, Dungeon]:
    return {one.key: one for one in all_dungeons()}


def _shelf(dungeon: Dungeon) -> tuple[int, str]:
    return (0 if dungeon.oryx3 else 1 if dungeon.exalt else 2, dungeon.name)


def _score(dungeon: Dungeon, asked: str) -> int:
    """Rate a match by name higher than one by key or nickname, and a beginning higher than a middle."""
    name = _folded(dungeon.name)
    codes = [_folded(code) for code in (dungeon.key, *dungeon.aliases)]
    by_name = 3 if name.startswith(asked) else 2 if asked in name else 0
    by_code = 2 if any(one.startswith(asked) for one in codes) else 1 if any(asked in one for one in codes) else 0
    return by_name + by_code


def _folded(text: str) -> str:
    """Make apostrophes, underscores, capitals and spaces at the ends not matter."""
    return " ".join(text.casefold().replace("'", "").replace("\u2019", "").replace("_", " ").split())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise CatalogueFault(f"{path.name}: {fault}") from fault


def _dungeon(path: Path, known: dict[str, Any]) -> Dungeon:
    fields = _read(path)
    asked: dict[str, Any] = fields.get("wants", {})
    if strangers := asked.keys() - known.keys():
        raise CatalogueFault(f"{path.name}: wants: {', '.join(sorted(strangers))} is not in wanted.toml")
    wants = [{"key": key, **known[key], **amounts} for key, amounts in asked.items()]
    try:
        dungeon = msgspec.convert({**fields, "key": path.stem, "wants": wants}, Dungeon)
    except msgspec.ValidationError as fault:
        raise CatalogueFault(f"{path.name}: {fault}") from fault
    _check(dungeon, path)
    return dungeon


def _check(dungeon: Dungeon, path: Path) -> None:
    """Refuse what the fields allow one by one but not together."""
    if len(dungeon.short_name) > 14:  # noqa: PLR2004 - the length of model.Label
        raise CatalogueFault(f"{path.name}: short: missing, for a name above 14 characters")
    for field, values in (
        ("keys: key", [one.key for one in dungeon.keys]),
        ("keys: label", [one.label for one in dungeon.keys]),
        ("keys: emoji", [one.emoji for one in dungeon.keys]),
        ("wants: emoji", [one.emoji for one in dungeon.wants]),
    ):
        if twice := _twice(values):
            raise CatalogueFault(f"{path.name}: {field}: {twice} stands there twice")
    if dungeon.oryx3 and not dungeon.minibosses:
        raise CatalogueFault(f"{path.name}: minibosses: missing, for a dungeon with oryx3")


def _check_shared_keys(dungeons: Iterable[Dungeon]) -> None:
    """Refuse a key that opens two dungeons under two names: it is one thing in a raider's pocket."""
    names: dict[str, str] = {}
    for dungeon in dungeons:
        for one in dungeon.keys:
            if names.setdefault(one.key, one.name) != one.name:
                raise CatalogueFault(f"{dungeon.key}.toml: keys: {one.key} is called {names[one.key]} elsewhere")


def _twice(values: list[str]) -> str | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)
