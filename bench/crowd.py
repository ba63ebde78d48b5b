"""A crowd presses Join on one panel; what members feel is what is measured."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

from tests.support.house import House
from tests.support.raid import Raid
from tests.support.reading import buttons, words

from bench.machine import Usage, family, statements, usages, used_since
from bench.record import Tally, run_of, tally
from bench.tables import FACTS, Table, fact, over, p50, p99, spread
from raidbot.database.embedded import EmbeddedServer

LOOK_S = 0.05


@dataclass(frozen=True)
class Result:
    """What a crowd met with."""

    clicks: int
    seconds: float
    answered: list[float]
    """Milliseconds until Discord had the first answer, one a click that got one."""
    done: list[float]
    """Milliseconds until the member read it."""
    unanswered: int
    lag_s: float
    """Seconds from the last click's answer until the panel showed the final count."""
    edits: int
    refused_429: int
    used: dict[str, Usage]
    statements: int
    tally: Tally

    def table(self) -> Table:
        """Return the figures as a table."""
        lost, twice, slow, slowest = self.tally.lost, self.tally.twice, p99(self.answered), max(self.done, default=0)
        refused = over("", self.refused_429, 0)
        rows = [
            fact("unanswered", f"{self.unanswered}", "0", over("", self.unanswered, 0)),
            fact("lost, counted twice", f"{lost}, {twice}", "0, 0", over("", lost + twice, 0)),
            fact("answered, p50 / p99 / max", spread(self.answered), "p99 1 s", over("p99", slow, 1000, " ms")),
            fact("read by the member, p50 / p99 / max", spread(self.done), "2 s", over("max", slowest, 2000, " ms")),
            fact("panel right after the last click", f"{self.lag_s:.2f} s", "2 s", over("", self.lag_s, 2, " s")),
            fact("answers with 429; edits of the panel", f"{self.refused_429}; {self.edits}", "no 429", refused),
            fact("SQL a click, drawing and jobs included", f"{self.statements / self.clicks:.2f}"),
            *[
                fact(f"{name}: CPU a click, memory", f"{one.cpu_s * 1000 / self.clicks:.2f} ms, {one.rss_mb:.0f} MB")
                for name, one in self.used.items()
            ],
        ]
        name = f"crowd.{self.clicks}_in_{self.seconds:.0f}"
        return Table(
            f"{self.clicks:,} clicks on one panel in {self.seconds:.0f} s",
            FACTS,
            rows,
            {f"{name}.{key}": value for key, value in self._figures().items()},
        )

    def _figures(self) -> dict[str, float]:
        return {
            "unanswered": self.unanswered,
            "answered_p50_ms": p50(self.answered),
            "answered_p99_ms": p99(self.answered),
            "lag_s": self.lag_s,
            "edits": self.edits,
            "refused_429": self.refused_429,
            "sql": self.statements / self.clicks,
            **{f"cpu_ms_{name}": one.cpu_s * 1000 / self.clicks for name, one in self.used.items()},
        }


async def play(postgres: EmbeddedServer, clicks: int, seconds: float, raid: Raid) -> Result:
    """Let `clicks` members press Join within `seconds`."""
    await raid.open()
    panel = await raid.panel("1 raider")
    await raid.hands.reset_stats()
    before, ran = usages(_pids(raid.house, postgres)), await statements(raid.house.database_url)
    told = await _press_all(raid, panel, clicks, seconds)
    last = time.monotonic()
    await _until_counted(raid, clicks + 1)
    lag = time.monotonic() - last
    used = used_since(before, usages(_pids(raid.house, postgres)))
    ran = await statements(raid.house.database_url) - ran
    run_id = run_of(buttons(panel)["Join"])
    parts = {(run_id, raider): "You are in" in words(one["message"]) for raider, one in told.items()}
    return Result(
        clicks=clicks,
        seconds=seconds,
        answered=[one["first_ms"] for one in told.values() if one["first_ms"] is not None],
        done=[one["final_ms"] for one in told.values() if one["final_ms"] is not None],
        unanswered=sum(not confirmed for confirmed in parts.values()),
        lag_s=lag,
        edits=await _edits(raid, panel["id"]),
        refused_429=(await raid.hands.stats())["count_429"],
        used=used,
        statements=ran,
        tally=await tally(raid.house.database_url, parts, [part for part, confirmed in parts.items() if confirmed]),
    )


async def _press_all(raid: Raid, panel: dict[str, Any], clicks: int, seconds: float) -> dict[int, dict[str, Any]]:
    custom_id, start, raiders = buttons(panel)["Join"], time.monotonic(), raid.extra[:clicks]

    async def press(raider: int, number: int) -> dict[str, Any]:
        await asyncio.sleep(max(0.0, start + seconds * number / clicks - time.monotonic()))  # noqa: TID251 - real time is measured
        return await raid.hands.click(raider, int(panel["id"]), custom_id, timeout=60)

    told = await asyncio.gather(*(press(raider, number) for number, raider in enumerate(raiders)))
    return dict(zip(raiders, told, strict=True))


async def _until_counted(raid: Raid, raiders: int) -> None:
    async with asyncio.timeout(120):
        while True:
            shown = re.search(r"\*\*(\d+) raiders?\*\*", words((await raid.panels())[-1]))
            if shown and int(shown[1]) == raiders:
                return
            await asyncio.sleep(LOOK_S)  # noqa: TID251 - real time is measured


async def _edits(raid: Raid, message_id: str) -> int:
    requests = (await raid.hands.log())["requests"]
    return sum(one["method"] == "PATCH" and one.get("message_id") == message_id for one in requests)


def _pids(house: House, postgres: EmbeddedServer) -> dict[str, list[int]]:
    """Return the processes whose work is measured; the crowd and its Discord are none of them."""
    return {name: [house.processes[name].pid] for name in ("bot", "backend")} | {"PostgreSQL": family(postgres.pid)}
