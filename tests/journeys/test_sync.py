"""The names of a server are taken over: tried first, stopped and resumed, whatever is killed in between."""

from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import words

from discord_loopback.client import file
from raidbot.database.pool import Database

pytestmark = pytest.mark.journey

MEMBERS = 40


@pytest_asyncio.fixture
async def crowded(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path, MEMBERS) as (house, hands):
        yield await Raid.of(house, hands)


def name(number: int) -> str:
    return f"Pawn{chr(97 + number // 26)}{chr(97 + number % 26)}"


async def changes(raid: Raid) -> Counter[int]:
    """How often Discord was asked to change each member."""
    requests = (await raid.hands.log())["requests"]
    paths = [one["path"].split("/members/") for one in requests if one["method"] in {"PATCH", "PUT"}]
    return Counter(int(parts[1].split("/")[0]) for parts in paths if len(parts) == 2 and parts[1][0].isdigit())


async def kill_all(raid: Raid) -> None:
    await raid.house.kill("backend")
    await raid.house.kill("bot")


async def start_all(raid: Raid) -> None:
    await raid.house.start_backend()
    await raid.house.start_bot()


async def until_changed(raid: Raid, members: int, since: float = 0) -> None:
    """Wait until so many members were changed, while time passes quickly."""
    shift = since

    async def enough() -> bool:
        nonlocal shift
        shift += 3
        await raid.hands.shift_clock(shift)
        return len(await changes(raid)) >= members

    await until(enough, f"{members} members to be changed")


async def test_a_server_is_synced_once_though_stopped_and_killed_and_the_report_says_so(
    crowded: Raid, database: Database
) -> None:
    raid = crowded
    await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign=name(0))
    lines = "\n".join(f"{member},{name(number)}" for number, member in enumerate(raid.extra))

    asked = (await raid.use("Alwyn", "forcesync", file=file("names.csv", lines.encode())))["message"]
    assert "39 to be verified\n- 1 in conflict" in words(asked)
    assert await verified(database, raid) == []

    await raid.press("Alwyn", asked, "Start")
    await until_changed(raid, 12)
    await kill_all(raid)
    await start_all(raid)

    goes_on = (await raid.use("Alwyn", "forcesync"))["message"]
    stopped = (await raid.press("Alwyn", goes_on, "Stop"))["message"]
    assert "stopped" in words(stopped)
    await kill_all(raid)
    before = await changes(raid)  # what was begun before the stop is done, or was killed
    await raid.hands.shift_clock(7200)
    await start_all(raid)
    assert await changes(raid) == before

    resumed = (await raid.press("Alwyn", stopped, "Resume"))["message"]
    await until_changed(raid, MEMBERS, since=7200)  # Newt, and all but the one in conflict

    async def done() -> bool | None:
        async with database.transaction() as tx:
            return await tx.value(bool, "SELECT state = 'done' FROM name_import")

    await until(done, "the import to be done")
    report = (await raid.press("Alwyn", resumed, "Refresh"))["message"]
    assert "discord shows it" in words(report)
    assert "39 verified\n- 1 in conflict" in words(report)
    assert await verified(database, raid) == raid.extra[1:]
    assert await nicknames(raid) == [None, *(name(number) for number in range(1, MEMBERS))]
    assert {times for who, times in (await changes(raid)).items() if who in raid.extra} == {1}
    assert (await raid.hands.stats())["count_429"] == 0


async def verified(database: Database, raid: Raid) -> list[int]:
    """Who was verified, each as often as the record says so."""
    async with database.transaction() as tx:
        found = await tx.value(
            list[int],
            "SELECT array_agg(user_id ORDER BY user_id) FROM raider_entry WHERE kind = 'verified' AND user_id <> $1",
            raid.people["Newt"],
        )
    return found or []


async def nicknames(raid: Raid) -> list[str | None]:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    by_id = {int(one["id"]): one["nick"] for one in view["members"]}
    return [by_id[one] for one in raid.extra]
