"""A crowd presses Join on one panel; what members feel is what is measured."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

from tests.support.house import House
from tests.support.raid import Raid
from tests.support.reading import buttons, words

from bench.machine import Usage, family, usage
from bench.spread import spread
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

    def lines(self) -> list[str]:
        """Return the figures as rows of a table."""
        rows = [
            ("clicks", f"{self.clicks} in {self.seconds:.0f} s, {self.unanswered} unanswered"),
            ("answered, p50 / p99 / max", spread(self.answered)),
            ("read by the member, p50 / p99 / max", spread(self.done)),
            ("panel right after the last click", f"{self.lag_s:.2f} s"),
            ("edits of the panel, answers with 429", f"{self.edits}, {self.refused_429}"),
        ]
        rows += [
            (f"{name}: CPU a click, memory", f"{used.cpu_s * 1000 / self.clicks:.2f} ms, {used.rss_mb:.0f} MB")
            for name, used in self.used.items()
        ]
        return [f"| {name} | {value} |" for name, value in rows]


async def play(postgres: EmbeddedServer, clicks: int, seconds: float, raid: Raid) -> Result:
    """Let `clicks` members press Join within `seconds`."""
    await raid.open()
    panel = await raid.panel("1 raider")
    await raid.hands.reset_stats()
    before = _used(raid.house, postgres)
    told = await _press_all(raid, panel, clicks, seconds)
    last = time.monotonic()
    await _until_counted(raid, clicks + 1)
    lag = time.monotonic() - last
    stats = await raid.hands.stats()
    after = _used(raid.house, postgres)
    return Result(
        clicks=clicks,
        seconds=seconds,
        answered=[one["first_ms"] for one in told if one["first_ms"] is not None],
        done=[one["final_ms"] for one in told if one["final_ms"] is not None],
        unanswered=sum("You are in" not in words(one["message"]) for one in told),
        lag_s=lag,
        edits=await _edits(raid, panel["id"]),
        refused_429=stats["count_429"],
        used={name: after[name].since(before[name]) for name in after},
    )


async def _press_all(raid: Raid, panel: dict[str, Any], clicks: int, seconds: float) -> list[dict[str, Any]]:
    custom_id, start = buttons(panel)["Join"], time.monotonic()

    async def press(raider: int, number: int) -> dict[str, Any]:
        await asyncio.sleep(max(0.0, start + seconds * number / clicks - time.monotonic()))  # noqa: TID251 - real time is measured
        return await raid.hands.click(raider, int(panel["id"]), custom_id, timeout=60)

    return await asyncio.gather(*(press(raider, number) for number, raider in enumerate(raid.extra[:clicks])))


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


def _used(house: House, postgres: EmbeddedServer) -> dict[str, Usage]:
    pids = {name: [process.pid] for name, process in house.processes.items()}
    return {name: usage(*ids) for name, ids in (pids | {"PostgreSQL": family(postgres.pid)}).items()}
