"""Thirty live runs in one raid channel, ten of their panels over an hour old: the times that members feel."""

import asyncio
import time
from dataclasses import dataclass

from tests.support.raid import Raid
from tests.support.reading import words
from tests.support.thirty import RUNS, Thirty, most_within

from bench.tables import FACTS, Table, fact, over, p50, p99, spread

LOCKED = (2, 5, 17)
"""Runs that are locked while the crowd presses, old ones and young ones."""


@dataclass(frozen=True)
class Evening:
    """What a crowd met with that is spread over all runs."""

    clicks: int
    seconds: float
    answered: list[float]
    """Milliseconds until Discord had the first answer."""
    unanswered: int
    """Clicks that nobody answered; a button that is grey, because its run is locked, is none."""
    locks_s: list[float]
    """Seconds from the press of Lock until everybody saw it."""
    lag_s: float
    """Seconds from the last click's answer until every panel showed the right count."""
    edits: int
    most_in_5_s: int
    refused_429: int

    def table(self) -> Table:
        """Return the figures as a table."""
        slow, locks = p99(self.answered), ", ".join(f"{one:.1f} s" for one in self.locks_s)
        rows = [
            fact("unanswered", f"{self.unanswered}", "0", over("", self.unanswered, 0)),
            fact("answered, p50 / p99 / max", spread(self.answered), "p99 1 s", over("p99", slow, 1000, " ms")),
            fact("a lock shown after", locks, "6 s", over("", max(self.locks_s), 6, " s")),
            fact(
                "every count right after the last click", f"{self.lag_s:.1f} s", "35 s", over("", self.lag_s, 35, " s")
            ),
            fact("answers with 429", f"{self.refused_429}", "0", over("", self.refused_429, 0)),
            fact("edits of panels, most in 5 s", f"{self.edits}, {self.most_in_5_s}"),
        ]
        name = f"thirty.{self.clicks}_in_{self.seconds:.0f}"
        figures = {
            "unanswered": self.unanswered,
            "answered_p50_ms": p50(self.answered),
            "answered_p99_ms": p99(self.answered),
            "lock_s": max(self.locks_s),
            "lag_s": self.lag_s,
            "edits": self.edits,
            "refused_429": self.refused_429,
        }
        return Table(
            f"{self.clicks:,} clicks over {RUNS} runs in one channel in {self.seconds:.0f} s",
            FACTS,
            rows,
            {f"{name}.{key}": float(value) for key, value in figures.items()},
        )


async def play(raid: Raid, clicks: int, seconds: float) -> Evening:
    """Let members press Join in thirty runs, and organizers lock three of them meanwhile."""
    evening = Thirty(raid)
    await evening.open()
    await evening.begin()

    async def locks() -> list[float]:
        await asyncio.sleep(seconds / 3)  # noqa: TID251 - real time is measured
        return await asyncio.gather(*(evening.lock(number) for number in LOCKED))

    told, locked = await asyncio.gather(evening.press_all(clicks, seconds), locks())
    last = time.monotonic()
    joined = [1] * RUNS
    for number, one in enumerate(told):
        joined[number % RUNS] += "You are in" in words(one["message"])
    await evening.all_count(joined)
    lag, edits = time.monotonic() - last, await evening.edits()
    return Evening(
        clicks=clicks,
        seconds=seconds,
        answered=[one["first_ms"] for one in told if one["first_ms"] is not None],
        unanswered=sum(one["first_ms"] is None for one in told if "id" in one),  # else the button was grey
        locks_s=locked,
        lag_s=lag,
        edits=len(edits),
        most_in_5_s=most_within([at for at, _ in edits], 5.0),
        refused_429=(await raid.hands.stats())["count_429"],
    )
