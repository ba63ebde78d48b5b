"""Threads and channels."""

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import GUILD, MIRA, RAID, RAID_LOG, ROOK

from discord_loopback.client import HandsError


async def started(here: Here) -> int:
    sent = await here.post(RAID, content="log")
    answer = await here.call("POST", f"/channels/{RAID}/messages/{sent.body['id']}/threads", {"name": "Run 1"})
    assert answer.body["id"] == sent.body["id"]
    return int(answer.body["id"])


async def test_a_message_starts_one_thread(here: Here) -> None:
    bot = await here.connect()
    thread = await started(here)
    again = await here.call("POST", f"/channels/{RAID}/messages/{thread}/threads", {"name": "Run 1"})
    message = await here.call("GET", f"/channels/{RAID}/messages/{thread}")

    assert (again.status, again.code) == (400, 160004)
    assert message.body["thread"]["name"] == "Run 1"
    assert (await bot.event("THREAD_CREATE"))["newly_created"] is True
    assert "Run 1" in {each["name"] for each in (await here.hands.view(GUILD, ROOK))["channels"]}


async def test_writing_opens_an_archived_thread_unless_it_is_locked(here: Here) -> None:
    thread = await started(here)
    await here.call("PATCH", f"/channels/{thread}", {"archived": True})
    await here.hands.say(ROOK, thread, "hello")
    opened = await here.call("GET", f"/channels/{thread}")
    await here.call("PATCH", f"/channels/{thread}", {"archived": True, "locked": True})

    assert opened.body["thread_metadata"]["archived"] is False
    assert opened.body["message_count"] == 1
    with pytest.raises(HandsError, match="locked"):
        await here.hands.say(ROOK, thread, "hello")
    archived = await here.call("GET", f"/channels/{RAID}/threads/archived/public")
    active = await here.call("GET", f"/guilds/{GUILD}/threads/active")
    assert [each["name"] for each in archived.body["threads"]] == ["Run 1"]
    assert active.body["threads"] == []


async def test_a_message_in_an_archived_thread_is_not_edited(here: Here) -> None:
    thread = await started(here)
    sent = await here.post(thread, content="x")
    await here.call("PATCH", f"/channels/{thread}", {"archived": True})
    refused = await here.call("PATCH", f"/channels/{thread}/messages/{sent.body['id']}", {"content": "y"})

    assert (refused.status, refused.code) == (400, 50083)


async def test_a_thread_without_a_message_has_members(here: Here) -> None:
    answer = await here.call("POST", f"/channels/{RAID_LOG}/threads", {"name": "Evidence", "type": 12})
    path = f"/channels/{answer.body['id']}/thread-members"
    added = await here.call("PUT", f"{path}/{MIRA}")
    members = await here.call("GET", path)

    assert answer.body["type"] == 12
    assert added.status == 204
    assert {each["user_id"] for each in members.body} == {str(here.world.application_id), str(MIRA)}


async def test_channels_are_made_changed_and_deleted(here: Here) -> None:
    bot = await here.connect()
    made = await here.call("POST", f"/guilds/{GUILD}/channels", {"name": "temp", "type": 0})
    path = f"/channels/{made.body['id']}"
    nameless = await here.call("PATCH", path, {"name": ""})
    hidden = await here.call("PUT", f"{path}/permissions/{GUILD}", {"type": 0, "deny": str(1 << 11), "allow": "0"})
    gone = await here.call("DELETE", path)
    await bot.event("CHANNEL_DELETE")
    missing = await here.call("GET", path)

    assert (nameless.status, hidden.status, gone.status, missing.code) == (400, 204, 200, 10003)
    assert bot.names()[2:] == ["CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"]


async def test_typing_shows(here: Here) -> None:
    bot = await here.connect()

    assert (await here.call("POST", f"/channels/{RAID}/typing")).status == 204
    assert (await bot.event("TYPING_START"))["channel_id"] == str(RAID)


async def test_pins_and_reactions_show(here: Here) -> None:
    sent = await here.post(RAID, content="x")
    path = f"/channels/{RAID}/messages/{sent.body['id']}"
    await here.call("PUT", f"/channels/{RAID}/messages/pins/{sent.body['id']}")
    await here.call("PUT", f"{path}/reactions/%E2%9C%85/@me")
    message = await here.call("GET", path)
    pins = await here.call("GET", f"/channels/{RAID}/pins")

    assert message.body["pinned"] is True
    assert message.body["reactions"][0]["emoji"]["name"] == "✅"
    assert [each["id"] for each in pins.body] == [sent.body["id"]]
