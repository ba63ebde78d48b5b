"""An evening: a chain of halls with sixty raiders and twelve who wait, Oryx 3 beside it, and parts that are killed.

Everything is pressed by members, and everything that is asserted is what members see, but for the sums of the ledger.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, parts, words

from raidbot.database.pool import Database

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PLACES, WAITING = 60, 12
LOST_HALLS, ORYX_3 = "Lost Halls", "Oryx 3"
PLACE = "USSouth Bilgewater"


@dataclass
class Evening:
    """What the people of the evening do again and again, and try again as people do."""

    raid: Raid
    expected: dict[int, int] = field(default_factory=dict[int, int])
    """The completions that each raider of the halls is to have."""

    @property
    def raiders(self) -> list[int]:
        return self.raid.extra[: PLACES + WAITING]

    async def insist(self, act: Callable[[], Awaitable[Json | None]]) -> Json:
        """Do something until it worked, as one does who got no answer or pressed too fast."""

        async def once() -> Json | None:
            done = await act()
            if done is None:
                await asyncio.sleep(0.4)
            return done

        return await until(once, "it to work")

    async def press(self, who: int, message: Json, label: str, says: str) -> Json:
        """Press a button until its answer says that."""

        async def pressed() -> Json | None:
            told = await self.raid.hands.click(who, int(message["id"]), buttons(message)[label], timeout=30)
            return told["message"] if says in words(told["message"]) else None

        return await self.insist(pressed)

    async def panel_of(self, dungeon: str, *says: str) -> Json:
        """Wait until the panel of a dungeon says all of that."""

        async def found() -> Json | None:
            shown = [one for one in await self.raid.panels() if f" {dungeon}" in words(one).splitlines()[0]]
            right = [one for one in shown if all(part in words(one) for part in says)]
            return right[0] if right else None

        return await until(found, f"the panel of {dungeon} to say {says}")

    async def private(self, who: str, says: str = "your panel") -> Json:
        """Bring up the panel of the run that somebody leads."""

        async def asked() -> Json | None:
            told = await self.raid.use(who, "panel")
            return told["message"] if says in words(told["message"]) else None

        return await self.insist(asked)

    async def all_press(self, who: Sequence[int], dungeon: str, label: str, says: str) -> None:
        panel = await self.panel_of(dungeon)
        named = {name: custom_id for name, custom_id in buttons(panel).items() if name.startswith(label)}
        custom_id = next(iter(named.values()))

        async def pressed(one: int) -> Json:
            async def once() -> Json | None:
                told = await self.raid.hands.click(one, int(panel["id"]), custom_id, timeout=30)
                return told["message"] if says in words(told["message"]) else None

            return await self.insist(once)

        for start in range(0, len(who), 12):
            await asyncio.gather(*(pressed(one) for one in who[start : start + 12]))

    async def kill(self, *names: str) -> None:
        """Kill parts, and start them again."""
        house = self.raid.house
        for name in names:
            await house.kill(name)
        if "backend" in names:
            await house.start_backend()
        if "bot" in names:
            await house.start_bot()

    async def pick(self, who: int, message: Json, menu: str, value: str) -> Json:
        ids = [str(one.get("custom_id", "")) for one in parts(message)]
        custom_id = next(one for one in ids if one.startswith(menu))
        told = await self.raid.hands.select(who, int(message["id"]), custom_id, [value])
        return told["message"]

    def count(self, who: Sequence[int]) -> None:
        for one in who:
            self.expected[one] = self.expected.get(one, 0) + 1


@pytest_asyncio.fixture
async def evening(database_url: str, tmp_path: Path) -> AsyncGenerator[Evening]:
    async with a_house(database_url, tmp_path, PLACES + WAITING) as (house, hands):
        yield Evening(await Raid.of(house, hands))


class Sum(msgspec.Struct, frozen=True):
    user_id: int
    kind: str
    quantity: int
    points: Decimal


async def sums(database: Database, dungeon: str) -> dict[tuple[int, str], Sum]:
    async with database.transaction() as tx:
        found = await tx.many(
            Sum,
            """
            SELECT user_id, kind, sum(quantity)::bigint AS quantity, sum(points) AS points
              FROM award WHERE dungeon = $1 GROUP BY user_id, kind
            """,
            dungeon,
        )
    return {(one.user_id, one.kind): one for one in found}


async def test_an_evening_of_halls_and_oryx_with_everything_that_goes_wrong(
    evening: Evening, database: Database
) -> None:
    odalys, quill = (evening.raid.people[name] for name in ("Odalys", "Quill"))

    await fills(evening)
    popper = await lines_up(evening, odalys)
    after_first = await first_pop(evening, odalys, popper)
    after_second = await second_pop(evening, after_first)
    taken = await takes_over(evening, quill)
    assert "You lead it now" in words(taken)
    await next_pop(evening, "Quill", 3)
    await oryx_beside(evening, database)
    await evening.kill("bot")
    await next_pop(evening, "Quill", 4, window=False)
    for _ in range(2):
        evening.count(after_second)
    run_id = await ends(evening, quill)

    found = await sums(database, "lost_halls")
    completions = {who: one.quantity for (who, kind), one in found.items() if kind == "completion"}
    assert {who: completions.get(who, 0) for who in evening.raiders} == {
        who: evening.expected.get(who, 0) for who in evening.raiders
    }
    assert {who: one.quantity for (who, kind), one in found.items() if kind == "lead"} == {odalys: 2, quill: 2}
    await logs_keys(evening, quill, run_id, popper)
    await corrects(evening, run_id, evening.raid.people["Rook"])
    found = await sums(database, "lost_halls")
    assert (found[popper, "key"].quantity, found[popper, "key"].points) == (2, Decimal(10))
    assert found[evening.raid.people["Rook"], "completion"].quantity == 1
    await reads_why(evening, evening.raiders[3], run_id)


async def fills(evening: Evening) -> None:
    """Sixty find a place and twelve wait, though the bot is killed in between."""
    inside, waiting = evening.raiders[:PLACES], evening.raiders[PLACES:]
    await evening.raid.open(party="Halls", location=PLACE, max_raiders=PLACES, chain=4)
    await evening.all_press(inside, LOST_HALLS, "Join", "You are in")
    await evening.kill("bot")
    for one in waiting:  # one after the other: who stands where in line counts later
        await evening.all_press([one], LOST_HALLS, "Waiting list", "You wait")
    await evening.panel_of(LOST_HALLS, f"**{PLACES + 1} raiders**", f"{WAITING} waiting")


async def lines_up(evening: Evening, organizer: int) -> int:
    """Two hold a key and read the location early, nobody else does; the first of them does not pop."""
    absent, popper, other = evening.raiders[1], evening.raiders[0], evening.raiders[2]
    for holder in (absent, popper):
        await offer(evening, holder)
    await evening.press(organizer, await open_line(evening, organizer), "Accept all", "accepted")
    assert PLACE in words(await card(evening, absent))
    assert PLACE not in words(await card(evening, other))

    await evening.press(organizer, await evening.private("Odalys"), "Start", "Live")
    await evening.panel_of(LOST_HALLS, "Live")
    assert PLACE in words(await card(evening, other))
    assert PLACE not in words(await evening.panel_of(LOST_HALLS))
    line = await open_line(evening, organizer)
    first = next(one["custom_id"] for one in parts(line) if one.get("label") == "Did not pop")
    told = await evening.raid.hands.click(organizer, int(line["id"]), first, timeout=30)
    assert "1 offer" in words(told["message"])
    return popper


async def first_pop(evening: Evening, organizer: int, popper: int) -> list[int]:
    """A key pops; somebody leaves inside the window, and who waited first comes in."""
    inside, first = evening.raiders[:PLACES], evening.raiders[PLACES]
    await evening.kill("backend")
    popped = await evening.press(organizer, await evening.private("Odalys"), "Key popped", "Counted")
    told = await evening.pick(organizer, popped, "run:popper:", str(popper))
    assert f"Popped by: <@{popper}>" in words(told)
    await evening.all_press([inside[3]], LOST_HALLS, "Leave", "You left")
    await moves_up(evening, first)
    await evening.raid.hands.shift_clock(26)
    await evening.panel_of(LOST_HALLS, "Chain 1/4")
    counted = [one for one in inside if one != inside[3]] + [first]
    evening.count(counted)
    return counted


async def second_pop(evening: Evening, counted: list[int]) -> list[int]:
    """Somebody leaves between two keys, and both parts are killed."""
    leaver, comes = evening.raiders[4], evening.raiders[PLACES + 1]
    await evening.all_press([leaver], LOST_HALLS, "Leave", "You left")
    await moves_up(evening, comes)
    await evening.kill("bot", "backend")
    await next_pop(evening, "Odalys", 2)
    counted = [one for one in counted if one != leaver] + [comes]
    evening.count(counted)
    return counted


async def ends(evening: Evening, leader: int) -> int:
    """The run ends; returns its number."""
    asked = await evening.press(leader, await evening.private("Quill"), "End", "End **Lost Halls**")
    ended = await evening.press(leader, asked, "End it", "ended after")
    over = await evening.panel_of(LOST_HALLS, "ended after")
    assert not {"Join", "Leave", "Cult Key"} & buttons(over).keys()
    return int(buttons(ended)["Reopen"].split(":")[2])


async def reads_why(evening: Evening, who: int, run_id: int) -> None:
    """Who left inside the first window reads why they were not paid."""
    where = (evening.raid.house.guild_id, evening.raid.channels["bot-commands"])
    info = await evening.raid.hands.command(who, *where, "runinfo", {"run": run_id})
    assert "left" in words(info["message"]).lower()


async def offer(evening: Evening, who: int) -> None:
    panel = await evening.panel_of(LOST_HALLS)
    asked = await evening.press(who, panel, "Cult Key", "will you pop it")
    await evening.press(who, asked, "Yes, I have it", "in line")


async def open_line(evening: Evening, who: int) -> Json:
    panel = await evening.private("Odalys")
    return await evening.press(who, panel, "Keys", "offer")


async def card(evening: Evening, who: int) -> Json:
    where = (evening.raid.house.guild_id, evening.raid.channels["bot-commands"])

    async def asked() -> Json | None:
        told = await evening.raid.hands.command(who, *where, "myrun", {})
        return told["message"] if "You are in" in words(told["message"]) else None

    return await evening.insist(asked)


async def moves_up(evening: Evening, who: int) -> None:
    """Let somebody who waits be called, and say that they are here."""
    where = (evening.raid.house.guild_id, evening.raid.channels["bot-commands"])

    async def here() -> Json | None:
        told = await evening.raid.hands.command(who, *where, "myrun", {})
        if "I'm here" not in buttons(told["message"]):
            return told["message"] if "You are in" in words(told["message"]) else None
        pressed = await evening.raid.hands.click(who, int(told["message"]["id"]), buttons(told["message"])["I'm here"])
        return pressed["message"] if "You are in" in words(pressed["message"]) else None

    await evening.insist(here)


async def next_pop(evening: Evening, who: str, number: int, *, window: bool = True) -> None:
    leader = evening.raid.people[who]
    await evening.press(leader, await evening.private(who), "Key popped", "Counted")
    await evening.panel_of(LOST_HALLS, f"Key {number} popped")
    if window:
        await evening.raid.hands.shift_clock(26)
        await evening.panel_of(LOST_HALLS, f"Chain {number}/4", "Live")


async def takes_over(evening: Evening, who: int) -> Json:
    """The organizer's client is gone: another organizer takes the run over, into a party of their own."""
    panel = await evening.panel_of(LOST_HALLS)
    confirm = await evening.press(who, panel, "Organizer", "leads this run, not you")
    opened = await evening.press(who, confirm, "Open it", "panel")
    asked = await evening.press(who, opened, "Take over", "Take it over")
    form = await evening.raid.hands.click(who, int(asked["id"]), buttons(asked)["Take over"], wait="first")
    told = await evening.raid.hands.submit(who, int(form["id"]), {"party": "Quills", "location": ""})
    return told["message"]


async def oryx_beside(evening: Evening, database: Database) -> None:
    """Another organizer runs Oryx 3 to its end."""
    raid = evening.raid
    await raid.use("Alwyn", "settings set", setting="o3_screenshot", value="off")
    officer = raid.people["Officer Oda"]
    await raid.open("Officer Oda", "oryx_3", party="Oryx", location="USEast")
    members = evening.raiders[-3:]
    await evening.all_press(members, ORYX_3, "Join", "You are in")
    private = await evening.private("Officer Oda")
    private = await evening.press(officer, private, "Start", "Live")
    private = await evening.press(officer, private, "Realm closed", "closed")
    asked = await evening.press(officer, private, "End", "End **Oryx 3**")
    await evening.press(officer, asked, "End it", "ended after")
    await evening.panel_of(ORYX_3, "ended after")
    found = await sums(database, "oryx_3")
    assert {who for who, kind in found if kind == "completion"} == {officer, *members}


async def logs_keys(evening: Evening, who: int, run_id: int, popper: int) -> None:
    """Name the second key; the first one was named when it popped, and nobody knows the others."""
    where = (evening.raid.house.guild_id, evening.raid.channels["bot-commands"])
    told = await evening.raid.hands.command(who, *where, "unlogged", {"run": run_id})
    assert "3 of 4 keys without a name" in words(told["message"])
    naming = await evening.press(who, told["message"], "Name it", "Whose was")
    listed = await evening.pick(who, naming, "keys:member:", str(popper))
    assert "2 of 4 keys without a name" in words(listed)
    await evening.press(who, listed, "Nobody knows", "nobody knows")


async def corrects(evening: Evening, run_id: int, who: int) -> None:
    """An officer writes down somebody who was in, and sees first what that pays."""
    raid = evening.raid
    asked = await raid.use(
        "Officer Oda", "runedit", run=run_id, pop=2, add=f"<@{who}>", reason="Was there, and could not press"
    )
    assert f"<@{who}> completion +1" in words(asked["message"])
    officer = raid.people["Officer Oda"]
    await evening.press(officer, asked["message"], "Confirm", "entr")
