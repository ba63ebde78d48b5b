"""Messages: their limits, their permissions, whom they ping, and finding them again."""

from datetime import datetime
from typing import Any

import aiohttp
import pytest
from tests.loopback.conftest import Answer, Here
from tests.loopback.ids import (
    ALWYN,
    BOT_COMMANDS,
    BOT_ROLE,
    GUILD,
    MIRA,
    NEWT,
    ORYX_3,
    RAID,
    ROOK,
    RULES,
    TANSY,
    VERIFIED,
)
from tests.loopback.rules import rule

V2 = 1 << 15


def button(custom_id: str = "a", label: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "custom_id": custom_id, "label": label, **more}


def row(*inner: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(inner)}


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def menu(count: int, **more: Any) -> dict[str, Any]:
    options = [{"label": f"l{n}", "value": f"v{n}"} for n in range(count)]
    return {"type": 3, "custom_id": "m", "options": options, **more}


def embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]}


PICTURE: dict[str, Any] = {"media": {"url": "https://a.b"}}
FIELD = {"name": "n", "value": "v"}
IN_ROW = ("components", 0, "components", 0)

WRONG: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "nonce": "n" * 26}, ("nonce",), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "t"}] * 11}, ("embeds",), "BASE_TYPE_MAX_LENGTH"),
    (embed(title="x" * 257), ("embeds", 0, "title"), "BASE_TYPE_MAX_LENGTH"),
    (embed(description="x" * 4097), ("embeds", 0, "description"), "BASE_TYPE_MAX_LENGTH"),
    (embed(fields=[FIELD] * 26), ("embeds", 0, "fields"), "BASE_TYPE_MAX_LENGTH"),
    (embed(fields=[{"name": "x" * 257, "value": "v"}]), ("embeds", 0, "fields", 0, "name"), "BASE_TYPE_MAX_LENGTH"),
    (embed(fields=[{"name": "n", "value": "x" * 1025}]), ("embeds", 0, "fields", 0, "value"), "BASE_TYPE_MAX_LENGTH"),
    (embed(fields=[{"name": "n"}]), ("embeds", 0, "fields", 0, "value"), "BASE_TYPE_REQUIRED"),
    (embed(footer={"text": "x" * 2049}), ("embeds", 0, "footer", "text"), "BASE_TYPE_MAX_LENGTH"),
    (embed(author={"name": "x" * 257}), ("embeds", 0, "author", "name"), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "x" * 3001}] * 2}, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED"),
    ({"components": [row(button(str(n))) for n in range(6)]}, ("components",), "BASE_TYPE_MAX_LENGTH"),
    (
        {"components": [row(*(button(str(n)) for n in range(6)))]},
        ("components", 0, "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({"components": [button()]}, ("components", 0, "type"), "UNION_TYPE_CHOICES"),
    ({"components": [text("only in V2")]}, ("components", 0, "type"), "UNION_TYPE_CHOICES"),
    ({"components": [row(button("x" * 101))]}, (*IN_ROW, "custom_id"), "BASE_TYPE_BAD_LENGTH"),
    ({"components": [row(button(label="x" * 81))]}, (*IN_ROW, "label"), "BASE_TYPE_MAX_LENGTH"),
    ({"components": [row(button(label=""))]}, (*IN_ROW, "label"), "BUTTON_COMPONENT_MISSING_LABEL"),
    ({"components": [row(button(custom_id=""))]}, (*IN_ROW, "custom_id"), "BASE_TYPE_REQUIRED"),
    ({"components": [row(button(style=9))]}, (*IN_ROW, "style"), "BASE_TYPE_CHOICES"),
    ({"components": [row({"type": 2, "style": 5, "label": "l"})]}, (*IN_ROW, "url"), "BUTTON_COMPONENT_URL_REQUIRED"),
    (
        {"components": [row(button("a"), button("a"))]},
        ("components", 0, "components", 1, "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    ({"components": [row(menu(26))]}, (*IN_ROW, "options"), "BASE_TYPE_BAD_LENGTH"),
    ({"components": [row(menu(0))]}, (*IN_ROW, "options"), "BASE_TYPE_BAD_LENGTH"),
    ({"components": [row(menu(2, max_values=3))]}, (*IN_ROW, "options"), "SELECT_COMPONENT_MAX_VALUES"),
    ({"components": [row(menu(2), button())]}, ("components", 0, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    (
        {"flags": V2, "content": "x", "components": [text("t")]},
        ("content",),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    (
        {"flags": V2, "embeds": [{"title": "t"}], "components": [text("t")]},
        ("embeds",),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    ({"flags": V2, "components": [text("x" * 2000)] * 3}, ("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    ({"flags": V2, "components": [text("x")] * 41}, ("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    (
        {"flags": V2, "components": [{"type": 17, "components": [{"type": 17, "components": [text("t")]}]}]},
        (*IN_ROW, "type"),
        "UNION_TYPE_CHOICES",
    ),
    (
        {"flags": V2, "components": [{"type": 9, "components": [text("t")]}]},
        ("components", 0, "accessory"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}]},
        ("components", 0, "items", 0, "media", "url"),
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    (embed(url="ftp://a.b"), ("embeds", 0, "url"), "URL_TYPE_INVALID_SCHEME"),
    (embed(title="t", image={"url": "a.png"}), ("embeds", 0, "image", "url"), "URL_TYPE_INVALID_SCHEME"),
    (embed(title="t", url="https://"), ("embeds", 0, "url"), "URL_TYPE_INVALID_URL"),
    (embed(title="t", color=0x1000000), ("embeds", 0, "color"), "NUMBER_TYPE_MAX"),
    (
        {"components": [row({"type": 2, "style": 5, "label": "l", "url": "file://x"})]},
        (*IN_ROW, "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        {"components": [row({"type": 2, "style": 5, "label": "l", "url": "https://a.b/" + "x" * 512})]},
        (*IN_ROW, "url"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"components": [row({"type": 2, "style": 5, "label": "l", "url": "https://a.b", "custom_id": "a"})]},
        (*IN_ROW, "custom_id"),
        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
    ),
    (
        {"flags": V2, "components": [{"type": 17, "accent_color": 0x1000000, "components": [text("t")]}]},
        ("components", 0, "accent_color"),
        "NUMBER_TYPE_MAX",
    ),
    (
        {"flags": V2, "components": [text("t"), {"type": 14, "spacing": 3}]},
        ("components", 1, "spacing"),
        "BASE_TYPE_CHOICES",
    ),
    (
        {
            "flags": V2,
            "components": [{"type": 12, "items": [{"media": {"url": "https://a.b"}, "description": "x" * 1025}]}],
        },
        ("components", 0, "items", 0, "description"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"flags": V2, "components": [{"type": 9, "components": [text("t")] * 4, "accessory": button()}]},
        ("components", 0, "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"flags": V2, "components": [{"type": 12, "items": [PICTURE] * 11}]},
        ("components", 0, "items"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({"components": [row(menu(3, placeholder="x" * 151))]}, (*IN_ROW, "placeholder"), "BASE_TYPE_MAX_LENGTH"),
    (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ("allowed_mentions",),
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    ({"content": "x", "message_reference": {"message_id": "1"}}, ("message_reference",), "REPLIES_UNKNOWN_MESSAGE"),
]


@rule(
    "2,000 characters; embeds: 10, 6,000 in total, each part",
    "Components: rows, menus, labels, custom ids unique and ≤ 100",
    "Components V2: no content or embeds, 40 in total, 4,000 characters, never taken back",
    "Links have a known scheme; colors are six hex digits",
    "Errors: status, code, sentence, tree of fields",
)
@pytest.mark.parametrize(("body", "path", "code"), WRONG)
async def test_a_wrong_message_is_refused_with_the_field(
    here: Here, body: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    answer = await here.post(RAID, **body)

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error(*path) == code


RIGHT: list[dict[str, Any]] = [
    {"content": "x" * 2000},
    {"embeds": [{"description": "x" * 4096, "footer": {"text": "x" * 1904}}]},
    {"components": [row(*(button(str(n)) for n in range(5))), row(menu(25, max_values=25))]},
    {"flags": V2, "components": [text("x" * 4000)]},
    {"flags": V2, "components": [{"type": 17, "components": [text("x")] * 39}]},
]


@pytest.mark.parametrize("body", RIGHT)
async def test_a_message_at_the_limit_is_sent(here: Here, body: dict[str, Any]) -> None:
    answer = await here.post(RAID, **body)

    assert answer.status == 200


async def test_nothing_is_no_message(here: Here) -> None:
    for body in ({}, {"content": ""}, {"embeds": [{}]}, {"flags": V2, "components": []}):
        answer = await here.post(RAID, **body)

        assert answer.status == 400
        assert answer.code in (50006, 50035)


@rule("Ids of components, and defaults that answers fill in")
async def test_every_component_gets_an_id(here: Here) -> None:
    answer = await here.post(RAID, components=[row(button("a"), button("b", id=7))])

    outer = answer.body["components"][0]
    assert [outer["id"], *(each["id"] for each in outer["components"])] == [1, 2, 7]


DENIED: list[tuple[list[str], dict[str, Any], int, int]] = [
    (["VIEW_CHANNEL"], {"content": "x"}, 403, 50001),
    (["SEND_MESSAGES"], {"content": "x"}, 403, 50013),
    (["EMBED_LINKS"], {"embeds": [{"title": "x"}]}, 403, 50013),
    (["EMBED_LINKS"], {"content": "x"}, 200, 0),
]


@pytest.mark.parametrize(("denied", "body", "status", "code"), DENIED)
async def test_what_the_channel_denies_the_bot_is_refused(
    here: Here, denied: list[str], body: dict[str, Any], status: int, code: int
) -> None:
    from discord_loopback.permissions import bits  # noqa: PLC0415 - only here

    overwrites = [{"id": BOT_ROLE, "type": 0, "allow": "0", "deny": str(bits(*denied))}]
    await here.hands.edit_channel(RAID, overwrites=overwrites)

    answer = await here.post(RAID, **body)

    assert answer.status == status
    assert code in (0, answer.body.get("code"))


PINGING = "`allowed_mentions`, mentions in code ignored, roles and @everyone by permission; edits ping nobody"
PINGS: list[tuple[str, dict[str, Any] | None, dict[int, str | None]]] = [
    (f"<@{ROOK}>", None, {ROOK: "user", TANSY: None}),
    (f"<@{ROOK}>", {"parse": []}, {ROOK: None}),
    (f"<@{ROOK}> <@{TANSY}>", {"users": [str(TANSY)]}, {ROOK: None, TANSY: "user"}),
    (f"`<@{ROOK}>`", None, {ROOK: None}),
    (f"<@&{VERIFIED}>", None, {ROOK: "role", ALWYN: None}),
    (f"<@&{VERIFIED}>", {"roles": [str(ORYX_3)]}, {ROOK: None}),
    ("@here", None, {ROOK: "here", NEWT: None}),
    ("@everyone", {"parse": ["everyone"]}, {ROOK: "everyone"}),
    ("@everyone", {"parse": ["users"]}, {ROOK: None}),
]


@rule(PINGING)
@pytest.mark.parametrize(("content", "allowed", "expected"), PINGS)
async def test_allowed_mentions_decide_who_is_pinged(
    here: Here, content: str, allowed: dict[str, Any] | None, expected: dict[int, str | None]
) -> None:
    body = {"flags": V2, "components": [text(content)], **({"allowed_mentions": allowed} if allowed else {})}
    await here.post(RAID, **body)

    for user, by in expected.items():
        assert [each["by"] for each in await here.hands.pings(user)] == ([by] if by else [])


@rule(PINGING)
async def test_without_the_permission_everyone_is_only_text(here: Here) -> None:
    await here.hands.edit_channel(RAID, overwrites=[{"id": BOT_ROLE, "type": 0, "deny": str(1 << 17)}])

    answer = await here.post(RAID, content=f"@everyone <@&{VERIFIED}> <@&{ORYX_3}>")
    [message] = await here.hands.messages(RAID, ROOK)

    assert answer.body["mention_everyone"] is False
    assert message["pinged_everyone"] is None
    assert message["pinged_roles"] == [str(ORYX_3)]


@rule(PINGING)
async def test_an_edit_pings_nobody(here: Here) -> None:
    sent = await here.post(RAID, content="quiet")
    await here.call("PATCH", f"/channels/{RAID}/messages/{sent.body['id']}", {"content": f"<@{ROOK}>"})

    assert await here.hands.pings(ROOK) == []


@rule("`nonce` with `enforce_nonce` answers the earlier message for 5 minutes")
async def test_a_repeated_nonce_answers_the_earlier_message(here: Here) -> None:
    first = await here.post(RAID, content="one", nonce="n1", enforce_nonce=True)
    again = await here.post(RAID, content="two", nonce="n1", enforce_nonce=True)
    other = await here.post(RAID, content="three", nonce="n1")

    assert first.body["id"] == again.body["id"]
    assert again.body["content"] == "one"
    assert first.body["nonce"] == "n1"
    assert other.body["id"] != first.body["id"]


async def listed(here: Here, query: str) -> list[str]:
    answer = await here.call("GET", f"/channels/{RAID}/messages?{query}")
    return [each["content"] for each in answer.body]


async def test_messages_are_listed_newest_first(here: Here) -> None:
    ids = [(await here.post(RAID, content=str(n))).body["id"] for n in range(5)]

    assert await listed(here, "limit=2") == ["4", "3"]
    assert await listed(here, f"before={ids[2]}&limit=2") == ["1", "0"]
    assert await listed(here, f"after={ids[1]}&limit=2") == ["3", "2"]
    assert await listed(here, f"around={ids[2]}&limit=3") == ["3", "2", "1"]


@rule("Components V2: no content or embeds, 40 in total, 4,000 characters, never taken back")
async def test_v2_cannot_be_taken_back(here: Here) -> None:
    sent = await here.post(RAID, flags=V2, components=[text("x")])
    path = f"/channels/{RAID}/messages/{sent.body['id']}"

    with_content = await here.call("PATCH", path, {"content": "plain"})
    without_flag = await here.call("PATCH", path, {"flags": 0})
    redrawn = await here.call("PATCH", path, {"components": [text("y")]})

    assert (with_content.status, without_flag.status, redrawn.status) == (400, 400, 200)
    assert redrawn.body["flags"] == V2


async def test_the_messages_of_others_are_theirs(here: Here) -> None:
    said = await here.hands.say(ROOK, BOT_COMMANDS, "hello")
    path = f"/channels/{BOT_COMMANDS}/messages/{said['id']}"

    edited = await here.call("PATCH", path, {"content": "bye"})
    deleted = await here.call("DELETE", path)
    gone = await here.call("GET", path)

    assert (edited.status, edited.code) == (403, 50005)
    assert deleted.status == 204
    assert (gone.status, gone.code) == (404, 10008)


async def test_a_file_comes_with_a_message_and_is_read_again(here: Here) -> None:
    form = aiohttp.FormData()
    payload = '{"embeds": [{"image": {"url": "attachment://a.png"}}], "attachments": [{"id": 0, "filename": "a.png"}]}'
    form.add_field("payload_json", payload, content_type="application/json")
    form.add_field("files[0]", b"\x89PNG", filename="a.png", content_type="image/png")

    answer = await here.call("POST", f"/channels/{RAID}/messages", data=form)
    url = answer.body["embeds"][0]["image"]["url"]
    async with here.session.get(url) as file:
        content = await file.read()

    assert content == b"\x89PNG"


@rule("DMs: closed ones are 50007, without a common server 50278, on sending")
async def test_a_closed_dm_is_refused(here: Here) -> None:
    channel = await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})
    sent = await here.post(int(channel.body["id"]), content="psst")
    await here.hands.close_dms(ROOK)
    refused = await here.post(int(channel.body["id"]), content="psst")
    await here.hands.close_dms(ROOK, closed=False)
    await here.hands.leave(ROOK, GUILD)
    gone = await here.post(int(channel.body["id"]), content="psst")
    oneself = await here.call("POST", "/users/@me/channels", {"recipient_id": str(here.world.application_id)})

    assert sent.status == 200
    assert (refused.status, refused.code) == (403, 50007)
    assert (gone.status, gone.code) == (403, 50278)
    assert (oneself.status, oneself.code) == (400, 50033)


@rule("Replies need READ_MESSAGE_HISTORY (160002) and an ordinary message")
async def test_a_reply_needs_to_be_able_to_read_what_it_answers(here: Here) -> None:
    first = (await here.post(RAID, content="x")).body["id"]
    answer = {"content": "y", "message_reference": {"message_id": first}}
    replied = await here.post(RAID, **answer)
    await here.hands.edit_channel(RAID, overwrites=[{"id": BOT_ROLE, "type": 0, "deny": str(1 << 16)}])
    refused = await here.post(RAID, **answer)

    assert (replied.body["type"], replied.body["referenced_message"]["content"]) == (19, "x")
    assert (refused.status, refused.code) == (400, 160002)


@rule("Snowflakes grow and carry their time")
async def test_ids_grow_and_carry_their_time(here: Here) -> None:
    first = int((await here.post(RAID, content="x")).body["id"])
    await here.hands.shift_clock(3600)
    later = await here.post(RAID, content="y")
    told = datetime.fromisoformat(later.body["timestamp"]).timestamp()

    assert first < int(later.body["id"])
    assert (int(later.body["id"]) >> 22) / 1000 + 1_420_070_400 == pytest.approx(told, abs=0.1)
    assert (int(later.body["id"]) - first >> 22) / 1000 == pytest.approx(3600, abs=30)


@rule("Deleting many: 2 to 100, none twice, none older than 14 days")
async def test_old_messages_and_the_same_ones_are_not_deleted_at_once(here: Here) -> None:
    ids = [(await here.post(RAID, content=str(n))).body["id"] for n in range(2)]
    path = f"/channels/{RAID}/messages/bulk-delete"
    twice = await here.call("POST", path, {"messages": [ids[0], ids[0]]})
    many = await here.call("POST", path, {"messages": [str(n) for n in range(101)]})
    await here.hands.shift_clock(14 * 86_400 + 60)
    old = await here.call("POST", path, {"messages": ids})

    assert [(each.status, each.code) for each in (twice, many, old)] == [(400, 50035), (400, 50016), (400, 50034)]
    assert len(await here.hands.messages(RAID, MIRA)) == 2


@rule("Deleting many: 2 to 100, none twice, none older than 14 days")
async def test_many_messages_go_at_once(here: Here) -> None:
    ids = [(await here.post(RAID, content=str(n))).body["id"] for n in range(3)]

    few = await here.call("POST", f"/channels/{RAID}/messages/bulk-delete", {"messages": ids[:1]})
    gone = await here.call("POST", f"/channels/{RAID}/messages/bulk-delete", {"messages": ids})

    assert few.code == 50016
    assert gone.status == 204
    assert await here.hands.messages(RAID, MIRA) == []


UNKNOWN: list[tuple[str, str, int, int]] = [
    ("GET", "/channels/1/messages", 404, 10003),
    ("GET", f"/channels/{RAID}/messages/1", 404, 10008),
    ("GET", "/guilds/1", 404, 10004),
    ("GET", f"/guilds/{GUILD}/members/1", 404, 10013),
    ("GET", "/users/1", 404, 10013),
    ("GET", "/users/x", 400, 50035),
    ("PUT", f"/guilds/{GUILD}/members/{ROOK}/roles/1", 404, 10011),
]


@rule("Errors: status, code, sentence, tree of fields")
@pytest.mark.parametrize(("method", "path", "status", "code"), UNKNOWN)
async def test_what_is_not_there_is_named(here: Here, method: str, path: str, status: int, code: int) -> None:
    answer = await here.call(method, path)

    assert (answer.status, answer.code) == (status, code)


async def test_an_unknown_route_is_no_success(here: Here) -> None:
    answer = await here.call("GET", f"/guilds/{GUILD}/stickers")

    assert answer.status == 501
    assert f"GET /guilds/{GUILD}/stickers" in answer.body["message"]


async def test_a_wrong_token_opens_nothing(here: Here) -> None:
    answer: Answer = await here.call("GET", "/users/@me", headers={"Authorization": "Bot wrong"})

    assert (answer.status, answer.code) == (401, 0)


@rule("Bodies are JSON, forms or multipart; anything else is 50035")
async def test_broken_json_is_named(here: Here) -> None:
    headers = {"Authorization": f"Bot {here.world.token}", "Content-Type": "application/json"}
    answer = await here.call("POST", f"/channels/{RULES}/messages", data=b"{", headers=headers)

    assert (answer.status, answer.code) == (400, 50109)


@rule("Bodies are JSON, forms or multipart; anything else is 50035")
async def test_a_body_of_an_unknown_kind_is_an_invalid_form(here: Here) -> None:
    headers = {"Authorization": f"Bot {here.world.token}", "Content-Type": "text/plain"}
    answer = await here.call("POST", f"/channels/{RAID}/messages", data=b'{"content": "x"}', headers=headers)

    assert (answer.status, answer.code) == (400, 50035)
