"""The hands: looking on live, moving the clock, breaking things."""

import asyncio
import json
from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import BOT_COMMANDS, GUILD, NEWT, RAID, RAID_LOG, ROOK, RULES, TANSY
from tests.loopback.test_messages import button, row

from discord_loopback.client import HandsError


async def look(here: Here, user: int) -> "asyncio.Queue[dict[str, Any]]":
    """Return what a member's page is told from now on."""
    socket = await here.session.ws_connect(f"{here.world.url}/control/stream?as={user}")
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def read() -> None:
        async for frame in socket:
            told.put_nowait(json.loads(frame.data))

    reader = asyncio.create_task(read())
    here.stack.push_async_callback(asyncio.wait, [reader])
    here.stack.push_async_callback(socket.close)
    return told


async def next_of(told: "asyncio.Queue[dict[str, Any]]", kind: str) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while (event := await told.get())["type"] != kind:
            pass
    return event


async def test_a_page_is_told_what_its_member_may_see(here: Here) -> None:
    bot = await here.connect()
    rook, tansy = await look(here, ROOK), await look(here, TANSY)
    await here.post(RAID_LOG, content="for staff")
    sent = await here.post(RAID, content="for all", components=[row(button())])
    await here.hands.click(ROOK, sent.body["id"], "a", wait=None)
    await here.callback(await bot.event("INTERACTION_CREATE"), 4, {"content": "for one", "flags": 64})
    await here.call("DELETE", f"/channels/{RAID}/messages/{sent.body['id']}")

    seen = [(await next_of(rook, "message_create"))["message"]["content"] for _ in range(2)]
    assert seen == ["for all", "for one"]
    assert (await next_of(rook, "interaction"))["interaction"]["state"] == "answered"
    assert (await next_of(rook, "message_delete"))["message_id"] == sent.body["id"]
    assert (await next_of(tansy, "message_create"))["message"]["content"] == "for all"
    assert (await tansy.get())["type"] == "message_delete"


async def test_a_page_is_told_of_members_and_channels(here: Here) -> None:
    told = await look(here, NEWT)
    await here.hands.set_roles(GUILD, ROOK, [])
    await here.hands.edit_channel(RAID, overwrites=[])

    assert (await next_of(told, "member"))["data"]["user"]["id"] == str(ROOK)
    assert (await next_of(told, "channel"))["event"] == "CHANNEL_UPDATE"


async def test_requests_fail_on_demand(here: Here) -> None:
    sent = await here.post(RAID, content="x")
    path = f"/channels/{RAID}/messages/{sent.body['id']}"
    await here.hands.faults(fail=[{"route": "PATCH /channels/*/messages/*", "status": 503, "times": 2}])
    answers = [await here.call("PATCH", path, {"content": "y"}) for _ in range(3)]

    assert [each.status for each in answers] == [503, 503, 200]


async def test_requests_are_late_on_demand(here: Here) -> None:
    await here.hands.faults(latency_ms=60)
    await here.call("GET", f"/users/{ROOK}")
    await here.hands.faults(latency_ms=3_600_000)
    await here.hands.faults()
    await here.call("GET", f"/users/{ROOK}")  # or it took an hour

    late, _ = (await here.hands.log())["requests"]
    assert late["ms"] >= 60


async def test_the_clock_runs_ahead_for_all_who_read_its_file(here: Here) -> None:
    before = (await here.hands.state())["now"]
    await here.hands.shift_clock(100)
    await here.hands.shift_clock(50.5)

    assert (await here.hands.state())["now"] - before == pytest.approx(150.5, abs=5)
    assert here.world.clock.shift == 150.5


async def test_members_write_where_they_may(here: Here) -> None:
    said = await here.hands.say(ROOK, BOT_COMMANDS, "hello")

    assert said["author"]["global_name"] == "Rook"
    for user, channel in ((ROOK, RULES), (NEWT, BOT_COMMANDS)):
        with pytest.raises(HandsError):
            await here.hands.say(user, channel, "hello")
    with pytest.raises(HandsError, match="may not delete"):
        await here.hands.delete(TANSY, said["id"])
    await here.hands.delete(ROOK, said["id"])


async def test_the_state_names_who_there_is(here: Here) -> None:
    state = await here.hands.state()

    assert state["guilds"] == [{"id": str(GUILD), "name": "Oryx's Raiders"}]
    assert {"id": str(ROOK), "name": "Rook", "bot": False} in state["users"]


async def test_a_dm_has_two_sides(here: Here) -> None:
    bot = await here.connect()
    channel = (await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})).body["id"]
    await here.post(int(channel), content="hello")
    said = await here.hands.say(ROOK, int(channel), "hi")
    heard = await bot.until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["content"] == "hi")

    assert "guild_id" not in heard["d"]
    assert (await here.hands.view(GUILD, ROOK))["dms"] == [
        {"id": channel, "name": "Raid Bot", "last_message_id": said["id"]}
    ]
    assert (await here.hands.view(GUILD, TANSY))["dms"] == []
    with pytest.raises(HandsError):
        await here.hands.messages(int(channel), TANSY)
