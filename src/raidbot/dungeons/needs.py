"""How many of each key, class and item a raid needs, where somebody wants other numbers than the catalogue has."""

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from raidbot.dungeons.model import Dungeon, DungeonKey, Want

MOST = 99
"""How many of one kind may be needed."""

PAIR = re.compile(r"(?P<name>[^,;]*?\w)[\s:=]+(?P<number>\d{1,2})")
"""One name and its number: `Helm Rune 2`, `helm_rune: 2`."""

LIMITS = f"names with numbers from 0 to {MOST}, such as `Helm Rune 2, Curse 1`"


def read_needs(text: str, dungeons: Iterable[Dungeon]) -> dict[str, int] | None:
    """Return what a text asks for, as numbers by the key of a key or want; None where it does not say that.

    Args:
        text: Names and numbers with commas between; a name may be typed as it is shown, or as its key.
        dungeons: Whose keys and wants may be named.
    """
    known = _names(dungeons)
    needs: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        pair = PAIR.fullmatch(part)
        key = known.get(pair["name"].strip().casefold()) if pair else None
        if pair is None or key is None or key in needs:
            return None
        needs[key] = int(pair["number"])
    return needs or None


def worded(needs: Mapping[str, int], dungeons: Iterable[Dungeon]) -> str:
    """Return needs as a text that reads back as the same: `Helm Rune 2, Curse 1`."""
    names = {one.key: one.name for one in _parts(dungeons)}
    return ", ".join(f"{names.get(key, key)} {number}" for key, number in needs.items())


def needing(dungeon: Dungeon, needs: Mapping[str, int]) -> Dungeon:
    """Return a dungeon as a raid sees it that needs other numbers; 0 means that nobody is asked to bring it."""
    if not needs:
        return dungeon
    return replace(
        dungeon,
        keys=tuple(replace(one, needed=needs.get(one.key, one.needed)) for one in dungeon.keys),
        wants=tuple(replace(one, needed=needs.get(one.key, one.needed)) for one in dungeon.wants),
    )


def _names(dungeons: Iterable[Dungeon]) -> dict[str, str]:
    return {name.casefold(): one.key for one in _parts(dungeons) for name in (one.name, one.key)}


def _parts(dungeons: Iterable[Dungeon]) -> list[DungeonKey | Want]:
    return [one for dungeon in dungeons for one in (*dungeon.keys, *dungeon.wants)]
