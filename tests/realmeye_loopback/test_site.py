"""The local RealmEye: what it shows, what a person changes there, and what it counts."""

import asyncio

import aiohttp
import pytest
from tests.features.realmeye.pages import a_player
from tests.support.house import until
from tests.support.realmeye import a_realmeye

from realmeye_loopback import samples
from realmeye_loopback.app import PAGES
from realmeye_loopback.client import RealmEye
from realmeye_loopback.players import Section
from realmeye_loopback.troubles import Mode


async def page(realmeye: RealmEye, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{realmeye.url}/{path}") as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_of_a_player_begins_with_who_they_are(realmeye: RealmEye, path: str) -> None:
    await realmeye.put(a_player())

    status, text = await page(realmeye, f"{path}/rook")

    assert status == 200
    assert '<span class="entity-name">Rook</span>' in text
    assert text.endswith("</html>")


async def test_who_is_unknown_and_who_hides_everything_cannot_be_told_apart(realmeye: RealmEye) -> None:
    await realmeye.put(a_player("Ghost", private=frozenset({Section.PROFILE})))

    ghost, nobody = await page(realmeye, "player/Ghost"), await page(realmeye, "player/Nobody")

    assert ghost == (200, nobody[1].replace("Nobody", "Ghost"))


async def test_a_person_changes_their_description_in_one_box(realmeye: RealmEye) -> None:
    await realmeye.put(a_player(description=[]))
    _, form = await page(realmeye, "settings-of/Rook")

    await realmeye.describe("Rook", "first", "<script>alert(1)</script>", "third", "fourth")

    _, text = await page(realmeye, "player/Rook")
    assert "<textarea" in form
    assert '<div class="line1 description-line">first</div>' in text
    assert "<script>alert" not in text
    assert "fourth" not in text


async def test_who_is_not_known_has_no_settings(realmeye: RealmEye) -> None:
    assert (await page(realmeye, "settings-of/Nobody"))[0] == 404


async def test_a_player_can_be_forgotten(realmeye: RealmEye) -> None:
    await realmeye.put(a_player())
    await realmeye.forget("Rook")

    assert "player-not-found" in (await page(realmeye, "player/Rook"))[1]


async def test_visits_are_counted_with_who_came_and_how_many_at_once(realmeye: RealmEye) -> None:
    await realmeye.put(a_player())
    await realmeye.trouble(Mode.SLOW, seconds=0.2)
    for _ in range(2):
        await page(realmeye, "player/Rook")
    alone = await realmeye.stats()
    await realmeye.forget_stats()
    await realmeye.trouble(Mode.SLOW, seconds=600)
    waiting = [asyncio.create_task(page(realmeye, "player/Rook")) for _ in range(3)]

    async def all_wait() -> bool:
        return (await realmeye.stats()).most_at_once == len(waiting)

    await until(all_wait, "all of them to be counted")
    for one in waiting:
        one.cancel()
    await asyncio.wait(waiting)

    assert (len(alone.visits), alone.most_at_once) == (2, 1)
    assert all(visit.ended - visit.began > 0.19 for visit in alone.visits)
    assert (await realmeye.stats()).visits == []


async def test_who_waits_for_a_slow_page_has_it_once_the_trouble_is_over(realmeye: RealmEye) -> None:
    await realmeye.put(a_player())
    await realmeye.trouble(Mode.SLOW, seconds=3600, times=1)
    waiting = asyncio.create_task(page(realmeye, "player/Rook"))

    async def is_there() -> bool:
        return (await realmeye.stats()).most_at_once == 1

    await until(is_there, "the page to be asked for")
    await realmeye.no_trouble()

    assert (await waiting)[0] == 200


async def test_trouble_ends_after_as_many_pages_as_was_said(realmeye: RealmEye) -> None:
    await realmeye.put(a_player())
    await realmeye.trouble(Mode.STATUS, status=429, times=2)

    assert [(await page(realmeye, "player/Rook"))[0] for _ in range(3)] == [429, 429, 200]


async def test_what_is_no_player_is_refused() -> None:
    async with a_realmeye() as realmeye, aiohttp.ClientSession() as session:
        async with session.put(f"{realmeye.url}/control/players", data=b'{"ign": "a b"}') as answer:
            assert answer.status == 400
        async with session.put(f"{realmeye.url}/control/trouble", data=b'{"mode": "none"}') as answer:
            assert answer.status == 400


def test_the_people_of_the_practice_discord_are_there() -> None:
    names = {player.ign for player in samples.some()}

    assert {"Alwyn", "Mira", "Bram", "Odalys", "Quill", "Rook", "Tansy", "Pike"} <= names
