"""Oryx 3 through every layer, as its organizer, another organizer and raiders meet it."""

from typing import Any

import aiohttp
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


async def logged(raid: Raid, *says: str) -> Json:
    """Wait until the newest message of the raid log says all of that, and return it."""

    async def found() -> Json | None:
        shown = await raid.hands.messages(raid.channels["raid-log"], raid.people["Mira"])
        newest = [one for one in shown if all(part in words(one) for part in says)]
        return newest[-1] if newest else None

    return await until(found, f"the log to say {says}")


def pictures(message: Json) -> list[str]:
    return [item["media"]["url"] for one in parts(message) for item in one.get("items", ())]


async def step(raid: Raid, private: Json, label: str) -> Json:
    return (await raid.press("Odalys", private, label))["message"]


async def test_a_screenshot_is_kept_in_the_log_and_reviewed_by_somebody_else_raids_11(raid: Raid) -> None:
    private = await open_oryx(raid)
    refused = await raid.press("Odalys", private, "Start")
    assert "Give a screenshot first" in words(refused["message"])

    animated = await upload(raid, "Odalys", private, GIF)
    assert "no PNG, JPEG or WEBP" in words(animated["message"])
    given = await upload(raid, "Odalys", private, PNG)
    assert "The screenshot is in the log" in words(given["message"])
    assert "Screenshot" not in buttons(given["message"])

    post = await logged(raid, "Screenshot of run", "Somebody else")
    [address] = pictures(post)
    assert await read(raid, address) == PNG
    own = await raid.press("Odalys", post, "Good")
    assert "Somebody else reviews" in words(own["message"])
    started = await step(raid, private, "Start")
    assert "It is live" in words(started)
    await raid.press("Quill", post, "Good")
    reviewed = await logged(raid, "Good", f"says <@{raid.people['Quill']}>")
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
    form = await raid.press("Odalys", private, "Screenshot", wait="first")
    await raid.hands.faults(latency_ms=1500)
    await raid.hands.submit(raid.people["Odalys"], int(form["id"]), {"screenshot": [file("shot.png", PNG)]}, wait=None)
    await until(lambda: intents(database), "the bot to be about to post")
    await raid.house.kill("backend")
    await raid.hands.faults()
    await logged(raid, "Screenshot of run")
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


async def log_thread(raid: Raid, database: Database, run_id: int) -> int:
    """The log thread of a run, made here where the bot makes none."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {raid.house.discord['token']}"}) as discord:
        messages = f"{raid.house.api_url}/channels/{raid.channels['raid-log']}/messages"
        async with discord.post(messages, json={"content": "The log of a run"}) as answer:
            message_id = int((await answer.json())["id"])
        async with discord.post(f"{messages}/{message_id}/threads", json={"name": "log"}) as answer:
            answer.raise_for_status()
    async with database.transaction() as tx:
        await tx.run(
            """
            INSERT INTO posting (guild_id, kind, subject_id, channel_id, message_id, attempted_at, posted_at)
            SELECT guild_id, 'run_desk', id, $2, $3, opened_at, opened_at FROM run WHERE id = $1
                ON CONFLICT DO NOTHING
            """,
            run_id,
            raid.channels["raid-log"],
            message_id,
        )

    async def stands() -> int | None:
        async with database.transaction() as tx:
            wanted = "SELECT message_id FROM posting WHERE kind = 'run_desk' AND subject_id = $1"
            return await tx.value(int, wanted, run_id)

    return await until(stands, "the log thread")


async def test_a_picture_pasted_into_the_log_thread_is_the_screenshot(raid: Raid, database: Database) -> None:
    private = await open_oryx(raid)
    async with database.transaction() as tx:
        run_id = await tx.value(int, "SELECT max(id) FROM run") or 0
    thread = await log_thread(raid, database, run_id)

    await raid.hands.say(raid.people["Odalys"], thread, "look", files={"cat.gif": GIF})

    async def told(*says: str) -> Json | None:
        shown = await raid.hands.messages(thread, raid.people["Odalys"])
        return next((one for one in shown if all(part in words(one) for part in says)), None)

    await until(lambda: told("no PNG, JPEG or WEBP"), "the bot to say what is wrong")
    await raid.hands.say(raid.people["Odalys"], thread, "taken", files={"shot.png": PNG})
    post = await until(lambda: told("Screenshot of run"), "the screenshot to be kept")
    reviewed = await raid.press("Quill", post, "Bad")
    assert "Bad" in words(reviewed["message"])

    started = await raid.press("Odalys", private, "Start")
    assert "It is live" in words(started["message"])
    assert "bad, says" in words((await raid.use("Odalys", "panel"))["message"])
