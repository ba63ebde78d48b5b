"""What the bench has found, kept in a file, and compared with what it found before."""

from datetime import date
from pathlib import Path

import msgspec

from bench.machine import Calibration
from bench.tables import Table

KEYS = ("json_ms", "select_ms")

BEGIN, END = "<!-- tables of just bench -->", "<!-- end of the tables -->"


class Result(msgspec.Struct):
    """All that one call of the bench has found."""

    calibration: Calibration
    tables: list[Table]

    @property
    def figures(self) -> dict[str, float]:
        """All figures by their names."""
        return {name: value for one in self.tables for name, value in one.figures.items()}


def save(result: Result, file: Path) -> None:
    """Write a result down."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(result)))


def load(file: Path) -> Result:
    """Read a result.

    Raises:
        ValueError: the file holds none.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Result)
    except msgspec.DecodeError as wrong:
        raise ValueError(f"{file} holds no result of this bench: {wrong}") from wrong


def lines(result: Result) -> list[str]:
    """Return all tables with what the machine was worth above them, in Markdown."""
    tables = [line for one in result.tables for line in ("", *one.lines())]
    return [f"calibration: {result.calibration.line()}", *tables]


def document(result: Result, file: Path, day: date) -> None:
    """Put all tables into a page, between its marks, where those of another day stood.

    Raises:
        ValueError: the page has no marks.
    """
    before, begin, rest = file.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no place for the tables: it lacks {BEGIN} and {END}")
    told = "\n".join([f"Measured on {day:%d %B %Y}, {lines(result)[0]}.", *lines(result)[1:]])
    file.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}")


def compared(before: Result, now: Result) -> list[str]:
    """Return both results side by side with their ratios, in Markdown.

    Nothing is corrected by the calibration, which stands above: 1.00 there means that the machine was as fast.
    """
    old, new = (
        {f"calibration.{key}": getattr(one.calibration, key) for key in KEYS} | one.figures for one in (before, now)
    )
    both = [(name, old[name], new[name]) for name in old if name in new]
    rows = [f"| {name} | {one:.4g} | {other:.4g} | {_ratio(one, other)} |" for name, one, other in both]
    missing = sorted(old.keys() ^ new.keys())
    return [
        "| figure | before | now | now / before |",
        "| --- | --- | --- | --- |",
        *rows,
        *([f"\nOnly in one of the two: {', '.join(missing)}"] if missing else []),
    ]


def _ratio(old: float, new: float) -> str:
    return f"{new / old:.2f}" if old else "-"
