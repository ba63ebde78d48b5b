"""The table of docs/points.md, carried out row by row: what stands there is what happens."""

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.features.runs.steps import (
    cancel,
    end,
    join,
    leave,
    opened,
    pop,
    reopen,
    shown,
    sums,
    tell,
    undo,
    until,
    window_closed,
)
from tests.support.backend import GUILD, ORGANIZER, ROLES, Served

from raidbot.core.ids import UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import edits, leaders
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Outcome

PAGE = Path(__file__).parents[3] / "docs" / "points.md"
PEOPLE = {"L": ORGANIZER, "A": UserId(101), "B": UserId(102)}
Does: TypeAlias = Callable[[], Awaitable[Any]]
ROW = re.compile(r"^\| ([a-z-]+) \| (.*?) \|(.*?)\|(.*?)\|(.*?)\|(.*?)\|$", re.MULTILINE)
KINDS = ("completion", "lead", "assist", "key")


def rows() -> list[tuple[str, ...]]:
    """Return the rows of the table: name, steps, and what everybody has of each kind."""
    lines = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [tuple(cell.strip() for cell in line) for line in lines if line[0] not in {"row", "---"}]


def points(cell: str) -> dict[int, Decimal]:
    told = [one.split() for one in cell.split(", ") if one]
    return {int(PEOPLE[who]): Decimal(number) for who, number in told if Decimal(number)}


class Play:
    """A run in which the steps of a row are carried out."""

    def __init__(self, served: Served, run: Run) -> None:
        self.served = served
        self.run = run
        self.words: dict[str, Does] = {
            "start": lambda: served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER),
            "key": self.key,
            "26 s": lambda: window_closed(served, run),
            "end": lambda: end(served, run),
            "cancel": lambda: cancel(served, run),
            "auto-end": self.time_ends_it,
            "reopen": lambda: reopen(served, run),
            "undo": self.undo,
            "failed": lambda: self.told(outcome=Outcome.FAILED),
            "nobody": lambda: self.told(outcome=Outcome.NOBODY),
            "completed": lambda: self.told(outcome=Outcome.COMPLETED),
            "edit failed": lambda: self.edit(outcome=Outcome.FAILED),
            "no helpers": lambda: self.helped_by([]),
        }

    async def step(self, words: str) -> None:
        if words in self.words:
            await self.words[words]()
            return
        about = re.fullmatch(r"(edit )?(led by )?([LAB]) ?(joins|leaves|popped|suspended|helps|in|out)?", words)
        assert about, f"the table says something that no test knows: {words}"
        edited, led_by, letter, does = about.groups()
        who = PEOPLE[letter]
        if edited:
            await self.edit(**self.change(who, does, led_by=bool(led_by)))
        elif does == "joins":
            await join(self.served, self.run, who)
        elif does == "leaves":
            await leave(self.served, self.run, who)
        elif does == "helps":
            await self.helped_by([who])
        elif does == "popped":
            await self.told(popper_id=who)
        else:
            held = [ROLES[RoleKey.VERIFIED_RAIDER], ROLES[RoleKey.SUSPENDED]]
            await self.served.mirror(MirroredMember(who, held))

    def change(self, who: UserId, does: str | None, *, led_by: bool) -> dict[str, Any]:
        if led_by:
            return {"leader_id": who}
        return {"in": {"add": [str(int(who))]}, "out": {"strike": [str(int(who))]}, "popped": {"popper_id": who}}[
            does or ""
        ]

    async def key(self) -> None:
        await pop(self.served, self.run, (await shown(self.served, self.run)).pops + 1)

    async def undo(self) -> None:
        await undo(self.served, self.run, (await shown(self.served, self.run)).pops)

    async def helped_by(self, who: list[UserId]) -> None:
        await self.served.ask(leaders.name_co_leaders, leaders.NameCoLeaders(GUILD, self.run.id, who), ORGANIZER)

    async def told(self, **more: Any) -> None:
        await tell(self.served, self.run, (await shown(self.served, self.run)).pops, **more)

    async def time_ends_it(self) -> None:
        self.served.pass_time(3 * 3600)

        async def over() -> bool:
            return (await shown(self.served, self.run)).status.over

        await until(over)

    async def edit(self, **change: Any) -> None:
        ask = edits.AskEdit(GUILD, self.run.id, reason="It was so", **change)
        asked = await self.served.ask(edits.ask_edit, ask, ORGANIZER)
        await self.served.ask(edits.confirm_edit, edits.ConfirmEdit(GUILD, asked.id), ORGANIZER)


@pytest.mark.parametrize(("steps", "paid"), [pytest.param(row[1], row[2:], id=row[0]) for row in rows()])
async def test_everybody_is_paid_as_the_page_says(
    served: Served, database: Database, steps: str, paid: tuple[str, ...]
) -> None:
    raiders = [MirroredMember(PEOPLE[one], [ROLES[RoleKey.VERIFIED_RAIDER]]) for one in "AB"]
    await served.mirror(*raiders)
    play = Play(served, await opened(served, party="p", location="l"))

    for words in steps.split(", "):
        await play.step(words)

    found = {key: total for key, (_, total) in (await sums(database)).items() if total}
    told = {kind: {who: total for (who, of), total in found.items() if of == kind} for kind in KINDS}
    assert told == dict(zip(KINDS, map(points, paid), strict=True))


def test_the_page_has_a_row_for_each_way_a_run_can_go() -> None:
    every = " ".join(row[1] for row in rows())

    assert len({row[0] for row in rows()}) == len(rows()) > 40
    for word in (
        "auto-end",
        "cancel",
        "undo",
        "reopen",
        "edit",
        "failed",
        "nobody",
        "suspended",
        "popped",
        "leaves",
        "helps",
    ):
        assert word in every
