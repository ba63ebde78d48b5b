"""Reading pages of RealmEye.

A fact is taken only from where it is expected, in the form that is expected; a page that is cut off, or built in
another way than we know, tells nothing. So it can never make a player look better than the whole page does.

What is known of the markup comes from public readers of these pages, see docs/reference/local-realmeye.md.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from raidbot.core.igns import IGN
from raidbot.features.realmeye.model.facts import (
    ABSENT,
    HIDDEN,
    ClassExaltations,
    Fact,
    Facts,
    FormerName,
    GuildRank,
    Kind,
    Reading,
    Standing,
    known,
)

Value = TypeVar("Value")

NUMBER = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,2}", re.ASCII)
PLACE = re.compile(r" \( ?[\d,]+ ?(?:st|nd|rd|th)\)", re.ASCII)
"""A number may be followed by the player's place in the ranking: `16108 (7492nd)`."""
AGE = re.compile(r"~?(?:(?P<years>\d{1,2}) years?)?(?: and )?(?:(?P<days>\d{1,3}) days?)? ago", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)Z?\b.*", re.ASCII)
MAXED = re.compile(r"([0-8])/8")
EXALTED = re.compile(r"\+?(\d{1,2})", re.ASCII)
LONGEST_LINE = 200
BOXES = {"div", "p", "ul", "table", "h3"}
"""What never stands in a line of the description; if it does, a tag is missing."""
DAYS_A_YEAR = 365
A_NAME_ROW, A_DEATHS_ROW, AN_EXALTATION_ROW = 3, 11, 11
"""How many cells a row has: name, from, to; class, 0/8 to 8/8, total; picture, class, total, eight stats."""
POINTS_A_LEVEL = 5
"""An exaltation of hp or mp is worth five points, of other stats one; the page shows points."""
MOST_EXALTED = 5


def read(kind: Kind, page: str, ign: str) -> Reading:
    """Return what a page says of the player that was asked for."""
    tree = LexborHTMLParser(page)
    nothing = Facts(ign=ign)
    if not _is_whole(page):
        return Reading(Standing.UNREADABLE, nothing)
    names = tree.css("h1 .entity-name")
    if not names and _says_not_shown(tree):
        return Reading(Standing.NOT_SHOWN, nothing)
    spelled = _text(names[0]) if len(names) == 1 else ""
    if not IGN.fullmatch(spelled) or spelled.lower() != ign.lower():
        return Reading(Standing.UNREADABLE, nothing)
    facts = _READERS[kind](tree, spelled)
    if facts == Facts(ign=spelled):
        return Reading(Standing.UNREADABLE, nothing)
    return Reading(Standing.SHOWN, facts)


def _is_whole(page: str) -> bool:
    """Tell whether a page came to its end: it says so, or every box that was opened is closed."""
    if page.rstrip().lower().endswith("</html>"):
        return True
    opened, closed = (len(re.findall(tag, page, re.IGNORECASE)) for tag in (r"<div\b", r"</div\s*>"))
    return opened == closed > 0


def _says_not_shown(tree: LexborHTMLParser) -> bool:
    if tree.css_first("ul.player-not-found") is not None:
        return True
    return any(_text(heading).startswith("Sorry, but we either") for heading in tree.css("h2"))


def _profile(tree: LexborHTMLParser, ign: str) -> Facts:
    summary = _summary(tree)

    def number(row: str) -> Fact[int]:
        return _fact(summary.get(row), _number)

    age = _fact(summary.get("created"), _age)
    return Facts(
        ign=ign,
        stars=number("rank"),
        alive_fame=number("fame"),
        account_fame=number("account fame"),
        age_days=_fact(summary.get("first seen"), _age) if age == ABSENT else age,
        last_seen=_fact(summary.get("last seen"), _moment),
        guild=_fact(summary.get("guild"), lambda text: text[:50]),
        guild_rank=_fact(summary.get("guild rank"), _guild_rank),
        maxed=_maxed(tree, _fact(summary.get("characters"), _number).value),
        description=_description(tree),
    )


def _summary(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the rows of the summary by their label in small letters. A label that stands there twice tells nothing."""
    tables = tree.css("table.summary")
    if len(tables) != 1:
        return {}
    rows: dict[str, str] = {}
    twice: set[str] = set()
    for cells in _rows(tables[0], "tbody"):
        if len(cells) == 2:  # noqa: PLR2004 - label and value
            label = _text(cells[0]).lower()
            twice |= {label} & rows.keys()
            rows[label] = _text(cells[1])
    return {label: text for label, text in rows.items() if label not in twice}


def _fact(text: str | None, reader: Callable[[str], Value | None]) -> Fact[Value]:
    """Return what a row of the summary tells, if the text has the form that its reader knows."""
    if not text:
        return ABSENT
    if text.lower() == "hidden":
        return HIDDEN
    value = reader(text)
    return ABSENT if value is None else known(value)


def _number(text: str) -> int | None:
    bare = PLACE.sub("", text, count=1)
    return int(bare.replace(",", "")) if NUMBER.fullmatch(bare) else None


def _age(text: str) -> int | None:
    """Read `~6 years and 289 days ago` as days."""
    found = AGE.fullmatch(text)
    if found is None or not (found["years"] or found["days"]):
        return None
    return int(found["years"] or 0) * DAYS_A_YEAR + int(found["days"] or 0)


def _moment(text: str) -> datetime | None:
    """Read `2026-11-20 18:15:09 at USEast as Priest`. Times of the pages are in UTC."""
    found = MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _guild_rank(text: str) -> GuildRank | None:
    return next((rank for rank in GuildRank if rank == text), None)


def _maxed(tree: LexborHTMLParser, count: int | None) -> Fact[list[int]]:
    """Return how many stats of each living character are at their limit."""
    table = _one(tree, "table.tablesorter")
    if table is None:
        if _has_heading(tree, "Characters are hidden"):
            return HIDDEN
        return known([]) if count == 0 else ABSENT
    stats = [_stats(row) for row in _body(table, "tbody")]
    counted = [one for one in stats if one is not None]
    if count is None or len(stats) > count or len(counted) < len(stats):
        return ABSENT
    return known(counted)


def _stats(row: LexborNode) -> int | None:
    shown = row.css(".player-stats")
    found = MAXED.fullmatch(_text(shown[0])) if len(shown) == 1 else None
    return int(found[1]) if found else None


def _description(tree: LexborHTMLParser) -> Fact[list[str]]:
    box = _one(tree, "div.description")
    if box is None:
        return ABSENT
    lines = [line for number in (1, 2, 3) for line in box.css(f"div.line{number}")[:1]]
    if not lines or any(child.tag in BOXES for line in lines for child in line.iter()):
        return ABSENT
    return known([_text(line)[:LONGEST_LINE] for line in lines])


def _names(tree: LexborHTMLParser, ign: str) -> Facts:
    if _has_heading(tree, "Name history is hidden", "Name history is not available"):
        return Facts(ign=ign, former_names=HIDDEN)
    table = _section(tree)
    if table is None:
        never = any(_text(told) == "No name changes detected." for told in tree.css("p"))
        return Facts(ign=ign, former_names=known([]) if never else ABSENT)
    names = [_former(cells) for cells in _rows(table, "tbody")]
    found = [name for name in names if name is not None]
    if not found or len(found) < len(names):
        return Facts(ign=ign)
    return Facts(ign=ign, former_names=known([one for one in found if one.name.lower() != ign.lower()]))


def _former(cells: list[LexborNode]) -> FormerName | None:
    """Return the name that a row tells, or None if it is no such row: a name that is overlooked would be a gain."""
    if len(cells) != A_NAME_ROW or not IGN.fullmatch(_text(cells[0])):
        return None
    return FormerName(_text(cells[0]), _moment(_text(cells[2])))


def _graveyard(tree: LexborHTMLParser, ign: str) -> Facts:
    """Return how often the player died: the total below the table, if it is the sum of what stands above it."""
    hidden = any(
        text.startswith("The graveyard of") and text.rstrip(".").endswith("is hidden") for text in _headings(tree)
    )
    if hidden:
        return Facts(ign=ign, deaths=HIDDEN)
    table = _one(tree, "table.maxed-stats-by-class")
    if table is None:
        return Facts(ign=ign)
    totals = [_deaths(cells) for cells in _rows(table, "tbody")]
    below = [_deaths(cells) for cells in _rows(table, "tfoot")]
    counted = [one for one in totals if one is not None]
    if not counted or len(counted) < len(totals) or below != [sum(counted)]:
        return Facts(ign=ign)
    return Facts(ign=ign, deaths=known(sum(counted)))


def _deaths(cells: list[LexborNode]) -> int | None:
    """Return a row's total, if its figures add up to it. An empty cell is none."""
    figures = [_number(_text(cell) or "0") for cell in cells[1:]]
    counted = [one for one in figures if one is not None]
    if len(cells) != A_DEATHS_ROW or len(counted) < len(figures) or sum(counted[:-1]) != counted[-1]:
        return None
    return counted[-1]


def _exaltations(tree: LexborHTMLParser, ign: str) -> Facts:
    if _has_heading(tree, "Exaltations are hidden"):
        return Facts(ign=ign, exaltations=HIDDEN)
    if _has_heading(tree, "No exaltations"):
        return Facts(ign=ign, exaltations=known([]))
    table = _section(tree)
    rows = [_exalted(cells) for cells in _rows(table, "tbody")] if table is not None else []
    found = [row for row in rows if row is not None]
    return Facts(ign=ign, exaltations=known(found) if found and len(found) == len(rows) else ABSENT)


def _exalted(cells: list[LexborNode]) -> ClassExaltations | None:
    points = [EXALTED.fullmatch(_text(cell) or "0") for cell in cells[3:]]
    if len(cells) != AN_EXALTATION_ROW or not all(points):
        return None
    levels = [int(point[1]) for point in points if point]
    levels[:2] = [points // POINTS_A_LEVEL for points in levels[:2]]
    return ClassExaltations(_text(cells[1])[:20], *levels) if max(levels) <= MOST_EXALTED else None


def _section(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the one table besides the summary."""
    tables = [table for table in tree.css(".table-responsive table") if "summary" not in _classes(table)]
    return tables[0] if len(tables) == 1 else None


def _one(tree: LexborHTMLParser, selector: str) -> LexborNode | None:
    """Return what there is exactly once."""
    found = tree.css(selector)
    return found[0] if len(found) == 1 else None


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _headings(tree: LexborHTMLParser) -> list[str]:
    return [_text(heading) for heading in tree.css("h3")]


def _has_heading(tree: LexborHTMLParser, *wanted: str) -> bool:
    return any(text.rstrip(".") in wanted for text in _headings(tree))


def _body(table: LexborNode, part: str) -> list[LexborNode]:
    """Return the rows of a table's body or foot, without those of tables inside of it."""
    parts = [node for node in table.iter() if node.tag == part]
    return [row for one in parts for row in one.iter() if row.tag == "tr"]


def _rows(table: LexborNode, part: str) -> list[list[LexborNode]]:
    """Return the cells of each row."""
    return [[cell for cell in row.iter() if cell.tag == "td"] for row in _body(table, part)]


def _text(node: LexborNode) -> str:
    return " ".join(node.text().split())


_READERS: dict[Kind, Callable[[LexborHTMLParser, str], Facts]] = {
    Kind.PROFILE: _profile,
    Kind.NAMES: _names,
    Kind.GRAVEYARD: _graveyard,
    Kind.EXALTATIONS: _exaltations,
}
