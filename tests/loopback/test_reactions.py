"""Reactions, pins and the emojis of the application."""

from typing import Any
from urllib.parse import quote

import pytest
from tests.loopback.conftest import Answer, Here
from tests.loopback.ids import APPLICATION, BOT_COMMANDS, GUILD, RAID, RAID_LOG, ROOK, TANSY
from tests.loopback.rules import rule

from discord_loopback import reactions

EMOJIS = f"/applications/{APPLICATION}/emojis"
PNG = "data:image/png;base64,iVBORw0KGgo="
KINDS = "Reactions: 20 kinds on a message, ADD_REACTIONS only for a new kind"


async def reacted(here: Here, message: str, rest: str, method: str = "PUT") -> Answer:
    """Ask until the small budget of reactions lets it through."""
    return await here.patiently(method, f"/channels/{RAID}/messages/{message}/reactions{rest}")


async def test_reactions_come_and_go_and_are_heard_of(here: Here) -> None:
    bot = await here.connect()
    sent = (await here.post(RAID, content="x")).body["id"]
    message = here.world.messages[int(sent)]
    tick = "/" + quote("✅")
    await reacted(here, sent, f"{tick}/@me")
    for user in (ROOK, TANSY):
        reactions.add(here.world, message, user, "✅")
    reactions.add(here.world, message, ROOK, "❌")
    users = await here.call("GET", f"/channels/{RAID}/messages/{sent}/reactions{tick}?limit=2&after={APPLICATION}")
    shown = (await here.call("GET", f"/channels/{RAID}/messages/{sent}")).body["reactions"]
    taken = await reacted(here, sent, f"{tick}/{ROOK}", "DELETE")
    again = await reacted(here, sent, f"{tick}/{ROOK}", "DELETE")
    await reacted(here, sent, tick, "DELETE")
    await reacted(here, sent, "", "DELETE")

    assert [each["username"] for each in users.body] == ["rook", "tansy"]
    assert [(each["emoji"]["name"], each["count"], each["me"]) for each in shown] == [("✅", 3, True), ("❌", 1, False)]
    assert (taken.status, again.status, again.code) == (204, 404, 10014)
    assert (await bot.event("MESSAGE_REACTION_ADD"))["user_id"] == str(APPLICATION)
    assert (await bot.event("MESSAGE_REACTION_REMOVE"))["user_id"] == str(ROOK)
    assert (await bot.event("MESSAGE_REACTION_REMOVE_EMOJI"))["emoji"] == {"id": None, "name": "✅"}
    assert (await bot.event("MESSAGE_REACTION_REMOVE_ALL"))["message_id"] == sent
    assert "reactions" not in (await here.call("GET", f"/channels/{RAID}/messages/{sent}")).body


@rule(KINDS)
async def test_a_message_has_twenty_kinds_of_reactions(here: Here) -> None:
    sent = (await here.post(RAID, content="x")).body["id"]
    for each in range(20):
        reactions.add(here.world, here.world.messages[int(sent)], ROOK, chr(0x1F600 + each))
    one_more = await reacted(here, sent, f"/{quote('✅')}/@me")
    joined = await reacted(here, sent, f"/{quote(chr(0x1F600))}/@me")

    assert (one_more.status, one_more.code) == (400, 30010)
    assert joined.status == 204


@rule(KINDS)
async def test_only_the_first_of_its_kind_needs_the_permission(here: Here) -> None:
    here.revoke("ADD_REACTIONS")
    await here.hands.edit_channel(RAID, overwrites=[{"id": str(GUILD), "type": 0, "deny": "64"}])
    sent = (await here.post(RAID, content="x")).body["id"]
    refused = await reacted(here, sent, f"/{quote('✅')}/@me")
    reactions.add(here.world, here.world.messages[int(sent)], ROOK, "✅")
    joined = await reacted(here, sent, f"/{quote('✅')}/@me")

    assert (refused.status, refused.code) == (403, 50013)
    assert joined.status == 204


@rule("1 reaction in 0.25 s of a channel")
async def test_reactions_have_a_small_budget(here: Here) -> None:
    sent = (await here.post(RAID, content="x")).body["id"]
    path = f"/channels/{RAID}/messages/{sent}/reactions"
    answers = [await here.call("PUT", f"{path}/{quote(each)}/@me") for each in "✅❌"]

    assert answers[0].headers["X-RateLimit-Limit"] == "1"
    assert answers[1].status == 429
    assert answers[1].body["retry_after"] <= 0.25


@pytest.mark.parametrize("emoji", ["tick", "void:1", "void:x"])
async def test_what_is_no_emoji_is_refused(here: Here, emoji: str) -> None:
    sent = (await here.post(RAID, content="x")).body["id"]
    answer = await reacted(here, sent, f"/{emoji}/@me")

    assert (answer.status, answer.code) == (404, 10014)


OWN = "Emojis of the application: 2,000, 256 KiB, names of 2 to 32"


@rule(OWN)
async def test_an_emoji_is_uploaded_used_renamed_and_deleted(here: Here) -> None:
    made = await here.call("POST", EMOJIS, {"name": "void", "image": PNG})
    emoji = made.body["id"]
    sent = (await here.post(RAID, content=f"<:void:{emoji}>")).body["id"]
    used = await reacted(here, sent, f"/void:{emoji}/@me")
    async with here.session.get(f"{here.world.url}/cdn/emojis/{emoji}.png") as picture:
        content = await picture.read()
    renamed = await here.call("PATCH", f"{EMOJIS}/{emoji}", {"name": "cult"})
    listed = await here.call("GET", EMOJIS)
    await here.call("DELETE", f"{EMOJIS}/{emoji}")
    gone = await here.call("GET", f"{EMOJIS}/{emoji}")

    assert made.status == 201
    assert used.status == 204
    assert content == b"\x89PNG\r\n\x1a\n"
    assert renamed.body["name"] == "cult"
    assert [each["id"] for each in listed.body["items"]] == [emoji]
    assert (gone.status, gone.code) == (404, 10014)


@rule(OWN)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x", "image": PNG}, 50035),
        ({"name": "x" * 33, "image": PNG}, 50035),
        ({"name": "no-dash", "image": PNG}, 50035),
        ({"name": "void", "image": "nothing"}, 50035),
        ({"name": "void", "image": "data:image/png;base64,!"}, 50035),
        ({"name": "void", "image": "data:image/png;base64," + "AAAA" * 90_000}, 50138),
        ({"name": "taken", "image": PNG}, 50035),
    ],
)
async def test_a_wrong_emoji_is_refused(here: Here, body: dict[str, Any], code: int) -> None:
    await here.call("POST", EMOJIS, {"name": "taken", "image": PNG})
    answer = await here.call("POST", EMOJIS, body)

    assert (answer.status, answer.code) == (400, code)


PINS = "Pins: 250 of a channel, PIN_MESSAGES"
SYSTEM = "Messages of Discord's own for pins, starts, names and members of threads"


@rule(PINS, SYSTEM)
async def test_a_pin_is_listed_told_and_said_by_discord(here: Here) -> None:
    bot = await here.connect()
    ids = [(await here.post(RAID, content=str(n))).body["id"] for n in range(2)]
    for each in ids:
        await here.call("PUT", f"/channels/{RAID}/messages/pins/{each}")
    listed = (await here.call("GET", f"/channels/{RAID}/messages/pins?limit=1")).body
    older = (
        await here.call("GET", f"/channels/{RAID}/messages/pins?before={quote(listed['items'][0]['pinned_at'])}")
    ).body
    said = (await here.hands.messages(RAID, ROOK))[-1]
    refused = await here.call("PATCH", f"/channels/{RAID}/messages/{said['id']}", {"content": "x"})
    unpinned = await here.call("DELETE", f"/channels/{RAID}/messages/pins/{ids[1]}")

    assert [each["message"]["id"] for each in listed["items"]] == [ids[1]]
    assert listed["has_more"] is True
    assert [each["message"]["id"] for each in older["items"]] == [ids[0]]
    assert (said["type"], said["message_reference"]["message_id"]) == (6, ids[1])
    assert (refused.status, refused.code) == (400, 50021)
    assert unpinned.status == 204
    assert (await bot.event("CHANNEL_PINS_UPDATE"))["channel_id"] == str(RAID)


@rule(PINS)
async def test_pins_need_their_permission_and_end_at_250(here: Here) -> None:
    sent = (await here.post(RAID, content="x")).body["id"]
    here.revoke("PIN_MESSAGES")
    refused = await here.call("PUT", f"/channels/{RAID}/messages/pins/{sent}")
    here.grant("PIN_MESSAGES")
    for each in range(250):
        said = await here.hands.say(ROOK, BOT_COMMANDS, str(each))
        here.world.messages[int(said["id"])].pinned_at = float(each)
    last = (await here.post(BOT_COMMANDS, content="x")).body["id"]
    full = await here.call("PUT", f"/channels/{BOT_COMMANDS}/messages/pins/{last}")
    elsewhere = await here.call("PUT", f"/channels/{RAID_LOG}/messages/pins/{sent}")

    assert (refused.status, refused.code) == (403, 50013)
    assert (full.status, full.code) == (400, 30003)
    assert (elsewhere.status, elsewhere.code) == (400, 50019)
