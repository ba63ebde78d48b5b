"""Waiting for what a member sees, and for what pings them."""

import asyncio

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import BOT_COMMANDS, BRAM, GUILD, NEWT, ORYX_3, RAID, RAID_LOG, ROOK, TANSY, VERIFIED
from tests.loopback.test_messages import button, row

from discord_loopback.client import HandsError


async def test_a_panel_is_waited_for_until_it_says_and_offers_what_it_should(here: Here) -> None:
    panel = (await here.post(RAID, content="Raiders 0", components=[row(button("j", label="Join"))])).body
    waiting = asyncio.create_task(here.hands.wait_for(ROOK, RAID, "Raiders 1", without=["closed"], button="Leave"))
    path = f"/channels/{RAID}/messages/{panel['id']}"
    disabled = [row(button("l", label="Leave", disabled=True))]
    await here.call("PATCH", path, {"content": "Raiders 1", "components": disabled})
    await here.call("PATCH", path, {"content": "Raiders 1", "components": [row(button("l", label="Leave"))]})
    seen = await waiting

    assert seen["id"] == panel["id"]
    assert not seen["components"][0]["components"][0].get("disabled")


async def test_words_of_embeds_and_panels_are_found(here: Here) -> None:
    await here.post(RAID, embeds=[{"title": "Lost Halls", "fields": [{"name": "Party", "value": "USS"}]}])
    text = {"type": 10, "content": "## The Shatters"}
    await here.post(RAID, flags=1 << 15, components=[{"type": 17, "components": [text]}])

    assert (await here.hands.wait_for(ROOK, RAID, embed="USS"))["embeds"][0]["title"] == "Lost Halls"
    assert (await here.hands.wait_for(ROOK, RAID, "Shatters"))["flags"] & 1 << 15
    with pytest.raises(HandsError, match=r"they see: .*Shatters"):
        await here.hands.wait_for(ROOK, RAID, embed="Shatters", timeout=0.05)


async def test_nobody_waits_where_they_cannot_see(here: Here) -> None:
    with pytest.raises(HandsError, match="403"):
        await here.hands.wait_for(ROOK, RAID_LOG, "x", timeout=1)
    with pytest.raises(HandsError, match=r"408: .*they see: nothing"):
        await here.hands.wait_for(ROOK, None, "x", timeout=0.01)


async def test_a_private_answer_is_waited_for_by_the_one_who_sees_it(here: Here) -> None:
    bot = await here.connect()
    panel = await here.post(RAID, content="x", components=[row(button("a"))])
    await here.hands.click(ROOK, panel.body["id"], "a", wait=None)
    await here.callback(await bot.event("INTERACTION_CREATE"), 4, {"content": "You are in", "flags": 64})

    assert (await here.hands.wait_for(ROOK, RAID, "You are in"))["ephemeral_for"] == str(ROOK)
    with pytest.raises(HandsError, match="408"):
        await here.hands.wait_for(TANSY, RAID, "You are in", timeout=0.05)


async def test_a_direct_message_is_waited_for_without_knowing_its_channel(here: Here) -> None:
    waiting = asyncio.create_task(here.hands.wait_for(ROOK, None, "Location"))
    channel = (await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})).body["id"]
    await here.post(int(channel), content="Location: USS")

    assert (await waiting)["content"] == "Location: USS"


async def test_a_ping_is_waited_for_and_tells_who_was_left_out(here: Here) -> None:
    await here.hands.set_roles(GUILD, ROOK, [VERIFIED, ORYX_3])
    waiting = asyncio.create_task(here.hands.wait_for_ping(ROOK, RAID))
    sent = (await here.post(RAID, content=f"<@&{ORYX_3}> <@{BRAM}>")).body
    ping = await waiting
    told = await here.hands.pinged(sent["id"])

    assert (ping["message_id"], ping["by"]) == (sent["id"], "role")
    assert {each["name"]: each["by"] for each in told["pinged"]} == {"Rook": ["role"], "Bram": ["user"]}
    assert "Tansy" in {each["name"] for each in told["unpinged"]}
    assert "Newt" not in {each["name"] for each in told["unpinged"]}  # who cannot see the channel
    assert (told["pinged_count"], told["unpinged_count"]) == (2, 11)
    for user, after in ((TANSY, 0), (ROOK, sent["id"])):
        with pytest.raises(HandsError, match="408"):
            await here.hands.wait_for_ping(user, RAID, after=after, timeout=0.02)


async def test_a_direct_message_has_one_reader(here: Here) -> None:
    said = await here.hands.dm(NEWT, "help")

    assert (await here.hands.pinged(said["id"]))["unpinged_count"] == 0
    assert [each["content"] for each in await here.hands.dms(NEWT)] == ["help"]
    assert await here.hands.dms(ROOK) == []


async def test_a_press_is_measured_until_its_first_and_its_final_answer(here: Here) -> None:
    bot = await here.connect()
    panel = await here.post(BOT_COMMANDS, content="x", components=[row(button("a"))])
    press = await here.hands.click(ROOK, panel.body["id"], "a", wait=None)
    told = await bot.event("INTERACTION_CREATE")
    await here.callback(told, 5)
    first = await here.hands.wait(press["id"], "first")
    await here.webhook("PATCH", told, "/messages/@original", {"content": "done"})
    final = await here.hands.wait(press["id"])

    assert (press["state"], first["state"], final["state"]) == ("pending", "deferred", "answered")
    assert first["final_ms"] is None
    assert 0 < first["first_ms"] == final["first_ms"] < final["final_ms"]
