"""Commands with every kind of option, commands in menus, menus of every kind, and forms with every field."""

from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import BOT_COMMANDS, GUILD, NEWT, ORYX_3, RAID, RAID_LOG, ROOK, TANSY, VERIFIED
from tests.loopback.rules import rule

from discord_loopback.client import HandsError, file

Json = dict[str, Any]
KINDS = ("text", "whole", "truth", "user", "channel", "role", "mention", "number", "proof")
EVERY: Json = {
    "name": "every",
    "description": "Every kind",
    "options": [{"type": 3 + at, "name": name, "description": "x"} for at, name in enumerate(KINDS)],
}
EVERY["options"][4]["channel_types"] = [0]


async def offer(here: Here, *commands: Json) -> None:
    answer = await here.call(
        "PUT", f"/applications/{here.world.application_id}/guilds/{GUILD}/commands", list(commands)
    )
    assert answer.status == 200


@rule("Options and menus take channels of their `channel_types` only; files arrive as attachments")
async def test_every_kind_of_option_arrives_with_what_it_means(here: Here) -> None:
    bot = await here.connect()
    await offer(here, EVERY)
    values = ["hi", 3, True, str(TANSY), str(RAID), str(ORYX_3), str(ROOK), 1.5, file("pop.png", b"png")]
    given: Json = dict(zip(KINDS, values, strict=True))
    await here.hands.command(ROOK, GUILD, BOT_COMMANDS, "every", given, wait=None)
    data = (await bot.event("INTERACTION_CREATE"))["data"]
    arrived = {each["name"]: each["value"] for each in data["options"]}
    resolved = data["resolved"]

    assert {name: arrived[name] for name in KINDS[:8]} == {name: given[name] for name in KINDS[:8]}
    proof = resolved["attachments"][arrived["proof"]]
    assert proof["filename"] == "pop.png"
    async with here.session.get(proof["url"]) as read:
        assert (read.status, await read.read()) == (200, b"png")
    assert set(resolved["users"]) == set(resolved["members"]) == {str(TANSY), str(ROOK)}
    assert (resolved["roles"][str(ORYX_3)]["name"], resolved["channels"][str(RAID)]["name"]) == ("Oryx 3", "raid")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"proof": "text"}, "must be a file"),
        ({"proof": {"filename": "a", "base64": "?"}}, "must be a file"),
        ({"channel": "500000000000003001"}, "no type that is wanted"),
        ({"user": "me"}, "must be an id"),
        ({"truth": 1}, "wrong type"),
    ],
)
async def test_a_value_of_another_kind_is_refused(here: Here, options: Json, why: str) -> None:
    await offer(here, EVERY)
    with pytest.raises(HandsError, match=why):
        await here.hands.command(ROOK, GUILD, BOT_COMMANDS, "every", options)


@rule("Commands on members and messages: offered by kind, with `target_id` and what it is")
async def test_a_command_on_a_member_tells_whom(here: Here) -> None:
    bot = await here.connect()
    await offer(here, {"name": "See points", "type": 2})
    await here.hands.user_command(ROOK, BOT_COMMANDS, "See points", TANSY, wait=None)
    data = (await bot.event("INTERACTION_CREATE"))["data"]

    assert (data["type"], data["target_id"]) == (2, str(TANSY))
    assert data["resolved"]["users"][str(TANSY)]["global_name"] == "Tansy"
    assert data["resolved"]["members"][str(TANSY)]["roles"] == [str(VERIFIED)]
    with pytest.raises(HandsError, match="no command"):
        await here.hands.user_command(ROOK, BOT_COMMANDS, "Other", TANSY)


@rule("Commands on members and messages: offered by kind, with `target_id` and what it is")
async def test_a_command_on_a_message_carries_it(here: Here) -> None:
    bot = await here.connect()
    await offer(here, {"name": "Report", "type": 3, "default_member_permissions": None}, {"name": "Report", "type": 2})
    said = await here.hands.say(TANSY, BOT_COMMANDS, "buy gold")
    await here.hands.message_command(ROOK, said["id"], "Report", wait=None)
    data = (await bot.event("INTERACTION_CREATE"))["data"]

    assert (data["type"], data["target_id"]) == (3, said["id"])
    assert data["resolved"]["messages"][said["id"]]["content"] == "buy gold"
    secret = await here.post(RAID_LOG, content="x")
    with pytest.raises(HandsError, match="Unknown Message"):
        await here.hands.message_command(ROOK, secret.body["id"], "Report")
    with pytest.raises(HandsError, match="cannot see"):
        await here.hands.user_command(NEWT, BOT_COMMANDS, "Report", TANSY)


@rule("Options and menus take channels of their `channel_types` only; files arrive as attachments")
async def test_a_menu_of_channels_takes_its_kinds_only(here: Here) -> None:
    menu = {"type": 8, "custom_id": "where", "channel_types": [4]}
    sent = await here.post(BOT_COMMANDS, content="x", components=[{"type": 1, "components": [menu]}])
    with pytest.raises(HandsError, match="no type that is wanted"):
        await here.hands.select(ROOK, sent.body["id"], "where", [RAID])


async def test_a_form_carries_every_kind_of_field(here: Here) -> None:
    bot = await here.connect()
    await offer(here, {"name": "form", "description": "x"})
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    kinds: list[Json] = [
        {"type": 21, "custom_id": "one", "options": options},
        {"type": 22, "custom_id": "some", "options": options, "max_values": 2},
        {"type": 23, "custom_id": "tick"},
        {"type": 19, "custom_id": "files", "max_values": 2},
        {"type": 7, "custom_id": "who", "max_values": 2},
    ]
    labels = [{"type": 18, "label": each["custom_id"], "component": each} for each in kinds]
    opener = await here.hands.command(ROOK, GUILD, BOT_COMMANDS, "form", wait=None)
    opened = await bot.event("INTERACTION_CREATE")
    await here.callback(opened, 9, {"custom_id": "f", "title": "Form", "components": labels})
    values = {
        "one": "b",
        "some": ["a", "b"],
        "tick": True,
        "files": [file("a.txt", b"a"), file("b.txt", b"b")],
        "who": [str(TANSY), str(ORYX_3)],
    }
    await here.hands.submit(ROOK, opener["id"], values, wait=None)
    data = (await bot.until(lambda packet: packet["t"] == "INTERACTION_CREATE" and packet["d"]["type"] == 5))["d"][
        "data"
    ]
    fields = [each["component"] for each in data["components"]]

    assert [each.get("value", each.get("values")) for each in fields[:3]] == ["b", ["a", "b"], True]
    assert [data["resolved"]["attachments"][each]["filename"] for each in fields[3]["values"]] == ["a.txt", "b.txt"]
    assert set(data["resolved"]["users"]) | set(data["resolved"]["roles"]) == {str(TANSY), str(ORYX_3)}
