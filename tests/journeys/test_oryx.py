"""Oryx 3 through every layer, as its organizer, another organizer and raiders meet it."""

from typing import Any

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, menus, parts, words

from discord_loopback.client import file
from raidbot.database.pool import Database

pytestmark = pytest.mark.journey

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200
GIF = b"GIF89a" + b"\0" * 20


async def open_oryx(raid: Raid) -> Json:
    opened = await raid.open(dungeon="oryx_3", party="O3 Odalys", location="USWest3 Knight")
    return opened["message"]


async def upload(raid: Raid, who: str, private: Json, data: bytes, name: str = "shot.png") -> Json:
    form = await raid.press(who, private, "Screenshot", wait="first")
    return await raid.hands.submit(raid.people[who], int(form["id"]), {"screenshot": [file(name, data)]})


async def log_thread(raid: Raid) -> Json:
    """Wait until the log thread of the run stands, and return the desk on top of it."""
    desk = await raid.desk("Oryx 3")
    await raid.logged(desk, "Opened")
    return desk


def pictures(message: Json) -> list[str]:
    return [item["media"]["url"] for one in parts(message) for item in one.get("items", ())]


async def step(raid: Raid, private: Json, label: str) -> Json:
    return (await raid.press("Odalys", private, label))["message"]


async def test_a_screenshot_is_kept_in_the_log_and_reviewed_by_somebody_else_raids_11(raid: Raid) -> None:
    private = await open_oryx(raid)
    desk = await log_thread(raid)
    refused = await raid.press("Odalys", private, "Start")
    assert "Give a screenshot first" in words(refused["message"])

    animated = await upload(raid, "Odalys", private, GIF)
    assert "no PNG, JPEG or WEBP" in words(animated["message"])
    given = await upload(raid, "Odalys", private, PNG)
    assert "The screenshot is in the log" in words(given["message"])
    assert "Screenshot" not in buttons(given["message"])

    post = await raid.in_thread(desk, "Screenshot of run", "Somebody else")
    [address] = pictures(post)
    assert await read(raid, address) == PNG
    own = await raid.press("Odalys", post, "Good")
    assert "Somebody else reviews" in words(own["message"])
    started = await step(raid, private, "Start")
    assert "It is live" in words(started)
    await raid.press("Quill", post, "Good")
    reviewed = await raid.in_thread(desk, "Good", f"says <@{raid.people['Quill']}>")
    assert (reviewed["id"], buttons(reviewed), len(pictures(reviewed))) == (post["id"], {}, 1)


async def test_oryx_3_goes_from_the_realm_score_to_the_third_room_and_back_by_a_step_raids_29(raid: Raid) -> None:
    private = await open_oryx(raid)
    taken = await raid.use("Odalys", "taken", screenshot=file("shot.png", PNG))
    assert "The screenshot is in the log" in words(taken["message"])
    started = await step(raid, private, "Start")

    form = await raid.press("Odalys", started, "Realm score", wait="first")
    scored = await raid.hands.submit(raid.people["Odalys"], int(form["id"]), {"score": "63%"})
    await raid.panel("Realm score **63 %**", number=0)
    older = (await raid.use("Odalys", "panel"))["message"]
    closed = await step(raid, scored["message"], "Realm closed")
    again = await raid.press("Odalys", older, "Realm closed")
    assert "closed already" in words(again["message"])
    await raid.panel("Realm closed", number=0)
    asked = await step(raid, closed, "Miniboss")
    assert next(iter(menus(asked).values())) == ["dammah", "gemsbok", "leucoryx", "beisa"]
    named = await raid.choose("Odalys", asked, "gemsbok")
    await raid.panel("Treasurer Gemsbok", number=0)

    back = await step(raid, named["message"], "Undo")
    await raid.panel("Realm closed", without="Gemsbok", number=0)
    asked = await step(raid, back, "Miniboss")
    named = await raid.choose("Odalys", asked, "beisa")
    last = await step(raid, named["message"], "Third room")
    await raid.panel("Third room", number=0)
    assert {"Realm score", "Realm closed", "Miniboss", "Third room"}.isdisjoint(buttons(last))


async def read(raid: Raid, address: str) -> bytes:
    async with raid.hands._session().get(address) as answer:
        return await answer.read()


async def test_a_screenshot_posted_by_a_bot_that_was_killed_stands_once(raid: Raid, database: Database) -> None:
    """The backend is away while the picture is posted, so the bot cannot write it down before it is killed itself."""
    private = await open_oryx(raid)
    desk = await log_thread(raid)
    form = await raid.press("Odalys", private, "Screenshot", wait="first")
    await raid.hands.faults(latency_ms=1500)
    await raid.hands.submit(raid.people["Odalys"], int(form["id"]), {"screenshot": [file("shot.png", PNG)]}, wait=None)
    await until(lambda: intents(database), "the bot to be about to post")
    await raid.house.kill("backend")
    await raid.hands.faults()
    await raid.in_thread(desk, "Screenshot of run")
    await raid.house.kill("bot")

    await raid.house.start_backend()
    await raid.house.start_bot()

    async def written() -> int | None:
        async with database.transaction() as tx:
            return await tx.value(int, "SELECT count(*) FROM run_screenshot")

    assert await until(written, "the screenshot to be on record") == 1
    started = await raid.use("Odalys", "panel")
    assert "nobody has reviewed it yet" in words(started["message"])
    assert await intents(database) == 0


async def intents(database: Database) -> int | Any:
    async with database.transaction() as tx:
        return await tx.value(int, "SELECT count(*) FROM posting WHERE kind = 'run_screenshot' AND NOT final")


async def test_a_picture_pasted_into_the_log_thread_is_the_screenshot(raid: Raid) -> None:
    private = await open_oryx(raid)
    desk = await log_thread(raid)
    thread = int(desk["id"])

    await raid.hands.say(raid.people["Odalys"], thread, "look", files={"cat.gif": GIF})
    await raid.in_thread(desk, "no PNG, JPEG or WEBP")
    await raid.hands.say(raid.people["Odalys"], thread, "taken", files={"shot.png": PNG})
    post = await raid.in_thread(desk, "Screenshot of run")
    reviewed = await raid.press("Quill", post, "Bad")
    assert "Bad" in words(reviewed["message"])

    started = await raid.press("Odalys", private, "Start")
    assert "It is live" in words(started["message"])
    panel = (await raid.use("Odalys", "panel"))["message"]
    assert "bad, says" in words(panel)
    assert "Screenshot" in buttons(panel)
    told = await raid.in_thread(desk, "found to be bad", "/taken")
    assert "Screenshot" in buttons(told)
    await raid.hands.say(raid.people["Odalys"], thread, "again", files={"again.png": PNG})

    async def given() -> bool:
        return "nobody has reviewed it yet" in words((await raid.use("Odalys", "panel"))["message"])

    await until(given, "the second screenshot")
