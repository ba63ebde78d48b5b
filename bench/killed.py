"""Thirty live runs and a crowd, while the bot, the backend and PostgreSQL are killed one after the other.

What members were told is compared with the record: who read that they are in must be in, once.
"""

import asyncio
import time
from dataclasses import dataclass, field

from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words
from tests.support.thirty import RUNS, Thirty

from bench.record import Part, Tally, run_of, tally
from bench.tables import FACTS, Table, fact, over, p99, spread
from raidbot.core.ids import RunId
from raidbot.database.embedded import EmbeddedServer

VICTIMS = ("bot", "backend", "PostgreSQL")
WAIT_S = 15
"""So long a member looks at their phone; Discord gives up after 3 seconds."""


@dataclass
class Blow:
    """Something that was killed, and what came of it."""

    victim: str
    at: float
    back_s: float = 0
    """Seconds until it was there again."""
    unanswered: int = 0
    """Clicks that nobody answered, from this blow to the next."""
    refused: int = 0
    """Clicks that were answered by a sentence that says what is wrong."""


@dataclass
class Killed:
    """What a crowd met with meanwhile."""

    clicks: int
    seconds: float
    answered: list[float] = field(default_factory=list[float])
    """Milliseconds until Discord had the first answer, also where it was that something is away."""
    confirmed: int = 0
    blows: list[Blow] = field(default_factory=list[Blow])
    lag_s: float = 0
    """Seconds from the last click's answer until every panel showed what the record holds."""
    tally: Tally | None = None

    def table(self) -> Table:
        """Return the figures as a table."""
        found = self.tally or Tally({}, 0, 0, 0)
        unanswered, wrong = sum(one.unanswered for one in self.blows), over("", found.lost + found.twice, 0)
        rows = [
            fact("clicks confirmed", f"{self.confirmed:,}"),
            fact("of them lost, counted twice", f"{found.lost}, {found.twice}", "0, 0", wrong),
            fact("clicks that nobody answered", f"{unanswered}", "counted as such"),
            fact("in the record though nobody confirmed it", f"{found.silent}"),
            fact("answered, p50 / p99 / max", spread(self.answered)),
            fact(
                "every count right after the last click", f"{self.lag_s:.1f} s", "35 s", over("", self.lag_s, 35, " s")
            ),
            *[
                fact(
                    f"{one.victim} killed: back after; clicks unanswered, told that it is away",
                    f"{one.back_s:.1f} s; {one.unanswered}, {one.refused}",
                )
                for one in self.blows
            ],
        ]
        figures = {
            "confirmed": self.confirmed,
            "lost": found.lost,
            "twice": found.twice,
            "answered_p99_ms": p99(self.answered),
            "lag_s": self.lag_s,
        }
        for one in self.blows:
            figures |= {f"{one.victim}.back_s": one.back_s, f"{one.victim}.unanswered": one.unanswered}
        title = f"{self.clicks:,} clicks over {RUNS} runs in {self.seconds:.0f} s; all is killed in turn"
        return Table(title, FACTS, rows, {f"killed.{key}": float(value) for key, value in figures.items()})


async def play(postgres: EmbeddedServer, clicks: int, seconds: float, raid: Raid) -> Killed:
    """Let members press Join in thirty runs, and kill each part once meanwhile."""
    evening, found = Thirty(raid), Killed(clicks, seconds)
    await evening.open()
    start = time.monotonic()
    moments = [start + seconds * number / clicks for number in range(clicks)]
    pressing = [asyncio.create_task(_press(evening, number, at)) for number, at in enumerate(moments)]
    striking = asyncio.create_task(_strike_all(raid, postgres, start, seconds))
    told = await asyncio.gather(*pressing)
    last = time.monotonic()
    found.blows = await striking
    confirmed: set[Part] = set()
    for number, (at, one) in enumerate(told):
        _count(found, at, one)
        if "You are in" in words(one["message"]):
            confirmed.add((_run(evening, number), evening.raiders[number]))
    found.confirmed = len(confirmed)
    pressed = [(_run(evening, number), evening.raiders[number]) for number in range(clicks)]
    found.tally = await tally(raid.house.database_url, pressed, confirmed)
    await evening.all_count([found.tally.raiders[_run(evening, number)] for number in range(RUNS)])
    found.lag_s = time.monotonic() - last
    return found


async def _press(evening: Thirty, number: int, at: float) -> tuple[float, Json]:
    """Press Join at a moment; return when that was and what came of it."""
    await asyncio.sleep(max(0.0, at - time.monotonic()))  # noqa: TID251 - real time is measured
    panel = evening.panels[number % RUNS]
    pressed = time.monotonic()
    told = await evening.raid.hands.click(
        evening.raiders[number], int(panel["id"]), buttons(panel)["Join"], timeout=WAIT_S
    )
    return pressed, told


async def _strike_all(raid: Raid, postgres: EmbeddedServer, start: float, seconds: float) -> list[Blow]:
    """Kill one after the other, spread over the crowd's time; the next one once the last one is back."""
    blows: list[Blow] = []
    for place, victim in enumerate(VICTIMS):
        moment = start + seconds * (0.5 + place) / len(VICTIMS)
        await asyncio.sleep(max(0.0, moment - time.monotonic()))  # noqa: TID251 - real time is measured
        blow = Blow(victim, time.monotonic())
        await _strike(raid, postgres, victim)
        blow.back_s = time.monotonic() - blow.at
        blows.append(blow)
    return blows


async def _strike(raid: Raid, postgres: EmbeddedServer, victim: str) -> None:
    """Kill something as kill -9 does, and start it again at once."""
    if victim == "PostgreSQL":
        await asyncio.to_thread(postgres.crash)
        await asyncio.to_thread(postgres.start)
        return
    await raid.house.kill(victim)
    await {"bot": raid.house.start_bot, "backend": raid.house.start_backend}[victim]()


def _count(found: Killed, at: float, one: Json) -> None:
    """Count a click for the last blow before it could have been answered."""
    if one["first_ms"] is not None:
        found.answered.append(one["first_ms"])
    if "You are in" in words(one["message"]):
        return
    blow = next((blow for blow in found.blows[::-1] if blow.at <= at + WAIT_S / 5), found.blows[0])
    if one["first_ms"] is None or one["message"] is None:
        blow.unanswered += 1
    else:
        blow.refused += 1


def _run(evening: Thirty, number: int) -> RunId:
    return run_of(buttons(evening.panels[number % RUNS])["Join"])
