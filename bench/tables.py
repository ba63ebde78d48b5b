"""Tables as the document shows them, with their figures by name so that two results can be compared."""

from collections.abc import Sequence
from statistics import median, quantiles

import msgspec


class Table(msgspec.Struct, frozen=True):
    """What one part of the bench has found."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    figures: dict[str, float]
    """The same as numbers, by names that stay the same from one result to the next."""

    def lines(self) -> list[str]:
        """Return it in Markdown."""
        return [f"**{self.title}**", "", _row(self.heads), _row(["---"] * len(self.heads)), *map(_row, self.rows)]


FACTS = ["what", "measured", "aim at most", "met"]


def fact(what: str, measured: str, aim: str = "", misses: Sequence[str] = ()) -> list[str]:
    """Return a row of a table of facts; what nothing is aimed at is neither met nor missed."""
    return [what, measured, aim, verdict(misses) if aim else ""]


def verdict(misses: Sequence[str]) -> str:
    """Return `met`, or what was missed and by what."""
    return "; ".join(misses) or "met"


def over(name: str, measured: float, most: float | None, unit: str = "") -> list[str]:
    """Return what is missed where something is more than aimed at."""
    return [] if most is None or measured <= most else [_missed(name, f"{measured:.3g}{unit} over {most:.3g}{unit}")]


def under(name: str, measured: float, least: float | None, unit: str = "") -> list[str]:
    """Return what is missed where something is less than aimed at."""
    return (
        [] if least is None or measured >= least else [_missed(name, f"{measured:.0f}{unit} under {least:.0f}{unit}")]
    )


def _missed(name: str, told: str) -> str:
    return f"{name} {told}".strip()


def p50(times: Sequence[float]) -> float:
    """Return the median."""
    return median(times) if times else 0.0


def p99(times: Sequence[float]) -> float:
    """Return what 99 of a hundred do not exceed."""
    if len(times) < 2:  # noqa: PLR2004 - quantiles need two
        return max(times, default=0.0)
    return quantiles(times, n=100, method="inclusive")[98]


def spread(times: Sequence[float]) -> str:
    """Return median, 99th percentile and maximum of milliseconds."""
    return f"{p50(times):.0f} / {p99(times):.0f} / {max(times):.0f} ms" if times else "none"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
