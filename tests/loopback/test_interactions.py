"""Interactions: their deadline, what fits them, their forms, menus and suggestions."""

import asyncio
from typing import Any

import pytest
from tests.loopback.conftest import Connected, Here
from tests.loopback.ids import ALWYN, BOT_COMMANDS, GUILD, ORYX_3, RAID, ROOK, TANSY, VERIFIED
from tests.loopback.rules import rule
from tests.loopback.test_messages import V2, button, menu, row, text

from discord_loopback import interactions
from discord_loopback.client import HandsError

Json = dict[str, Any]


async def pressed(here: Here, bot: Connected, *inner: Json, user: int = ROOK) -> Json:
    """Post a message with components, press the first, and return what the application hears."""
    sent = await here.post(RAID, content="panel", components=[row(*(inner or (button(),)))])
    before = len(bot.packets)
    await here.hands.click(user, sent.body["id"], (inner or (button(),))[0]["custom_id"], wait=None)
    presses = [packet for packet in bot.packets[before:] if packet["t"] == "INTERACTION_CREATE"]
    while not presses:
        await asyncio.sleep(0.002)
        presses = [packet for packet in bot.packets[before:] if packet["t"] == "INTERACTION_CREATE"]
    return presses[0]["d"]


async def test_a_press_tells_who_where_and_on_what(here: Here) -> None:
    heard = await pressed(here, await here.connect())

    assert heard["type"] == 3
    assert heard["data"] == {"custom_id": "a", "component_type": 2, "id": 2}
    assert heard["message"]["content"] == "panel"
    assert heard["member"]["user"]["id"] == str(ROOK)
    assert int(heard["member"]["permissions"]) & 1 << 10
    assert int(heard["app_permissions"]) & 1 << 13
    assert heard["channel"]["id"] == heard["channel_id"] == str(RAID)
    assert heard["guild_id"] == str(GUILD)


@rule("First answer within 3 s, else 10062; a second one is 40060")
async def test_a_second_answer_is_refused(here: Here) -> None:
    heard = await pressed(here, await here.connect())

    first = await here.callback(heard, 4, {"content": "one", "flags": 64})
    second = await here.callback(heard, 4, {"content": "two", "flags": 64})

    assert first.status == 204
    assert (second.status, second.code) == (400, 40060)


@rule("First answer within 3 s, else 10062; a second one is 40060")
async def test_after_the_deadline_nobody_is_there(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "DEADLINE", 0.05)
    heard = await pressed(here, await here.connect())
    state = await here.hands.wait(heard["id"])

    late = await here.callback(heard, 5)

    assert state["state"] == "unanswered"
    assert (late.status, late.code) == (404, 10062)


@rule(
    "Tokens live 15 minutes on the shifted clock, then 401 with 50027",
    "Follow-ups and edits before any answer: 404 with 10015",
)
async def test_a_token_lives_fifteen_minutes(here: Here) -> None:
    heard = await pressed(here, await here.connect())
    early = await here.webhook("POST", heard, body={"content": "too early"})
    await here.callback(heard, 5, {"flags": 64})
    await here.hands.shift_clock(14 * 60)
    edited = await here.webhook("PATCH", heard, "/messages/@original", {"content": "in time"})
    await here.hands.shift_clock(61)
    late = await here.webhook("PATCH", heard, "/messages/@original", {"content": "late"})

    assert (early.status, early.code) == (404, 10015)
    assert edited.body["content"] == "in time"
    assert (late.status, late.code) == (401, 50027)


async def test_with_response_the_message_comes_back(here: Here) -> None:
    heard = await pressed(here, await here.connect())

    answer = await here.callback(heard, 4, {"content": "x", "flags": 64}, params={"with_response": "true"})

    assert answer.status == 200
    assert answer.body["resource"]["message"]["content"] == "x"
    assert answer.body["interaction"]["response_message_ephemeral"] is True


WRONG_ANSWERS: list[tuple[int, Json, tuple[str | int, ...], str]] = [
    (8, {"choices": []}, ("type",), "BASE_TYPE_CHOICES"),
    (99, {}, ("type",), "BASE_TYPE_CHOICES"),
    (4, {"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
    (9, {"title": "x" * 46, "custom_id": "f", "components": []}, ("data", "title"), "BASE_TYPE_BAD_LENGTH"),
    (9, {"title": "x", "custom_id": "f", "components": []}, ("data", "components"), "BASE_TYPE_BAD_LENGTH"),
    (
        9,
        {"title": "x", "custom_id": "f", "components": [text("t")] * 6},
        ("data", "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        9,
        {
            "title": "x",
            "custom_id": "f",
            "components": [row({"type": 4, "custom_id": "i", "style": 1, "label": "x" * 46})],
        },
        ("data", "components", 0, "components", 0, "label"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        9,
        {
            "title": "x",
            "custom_id": "f",
            "components": [
                {"type": 18, "label": "l", "component": {"type": 4, "custom_id": "i", "style": 1, "max_length": 4001}}
            ],
        },
        ("data", "components", 0, "component", "max_length"),
        "NUMBER_TYPE_MAX",
    ),
]


@rule(
    "Which answer fits which interaction",
    "Forms: 1 to 5 parts, title 45, text 4,000, labels with inputs, menus, files and boxes",
)
@pytest.mark.parametrize(("kind", "data", "path", "code"), WRONG_ANSWERS)
async def test_a_wrong_answer_is_refused_and_leaves_time_for_a_right_one(
    here: Here, kind: int, data: Json, path: tuple[str | int, ...], code: str
) -> None:
    heard = await pressed(here, await here.connect())

    wrong = await here.callback(heard, kind, data)
    right = await here.callback(heard, 6)

    assert (wrong.status, wrong.code) == (400, 50035)
    assert wrong.error(*path) == code
    assert right.status == 204


@rule("Private messages: one reader, not listed")
async def test_private_answers_are_seen_by_one(here: Here) -> None:
    heard = await pressed(here, await here.connect())
    await here.callback(heard, 4, {"content": "psst", "flags": 64})

    rook = await here.hands.messages(RAID, ROOK)
    tansy = await here.hands.messages(RAID, TANSY)
    public = await here.call("GET", f"/channels/{RAID}/messages")

    assert [each["content"] for each in rook] == ["panel", "psst"]
    assert rook[1]["interaction_user"] == "Rook"
    assert [each["content"] for each in tansy] == ["panel"]
    assert [each["content"] for each in public.body] == ["panel"]
    await here.hands.delete(ROOK, rook[1]["id"])
    assert [each["content"] for each in await here.hands.messages(RAID, ROOK)] == ["panel"]


async def test_a_form_is_checked_and_carries_what_it_refers_to(here: Here) -> None:
    bot = await here.connect()
    heard = await pressed(here, bot)
    form: Json = {
        "title": "Form",
        "custom_id": "form",
        "components": [
            {"type": 18, "label": "Who", "component": {"type": 5, "custom_id": "who"}},
            {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 2, "required": False}},
            {"type": 18, "label": "Proof", "component": {"type": 19, "custom_id": "proof"}},
        ],
    }
    await here.callback(heard, 9, form)
    file = {"filename": "proof.png", "base64": "iVBORw=="}

    with pytest.raises(HandsError, match="'who' takes 1 to 1"):
        await here.hands.submit(ROOK, heard["id"], {"proof": [file]}, wait=None)
    with pytest.raises(HandsError, match="no field 'what'"):
        await here.hands.submit(ROOK, heard["id"], {"what": "x"}, wait=None)
    with pytest.raises(HandsError, match="No form"):
        await here.hands.submit(TANSY, heard["id"], {}, wait=None)
    await here.hands.submit(ROOK, heard["id"], {"who": [str(TANSY)], "proof": [file]}, wait=None)
    sent = (await bot.until(lambda packet: packet["t"] == "INTERACTION_CREATE" and packet["d"]["type"] == 5))["d"]

    who, why, proof = (each["component"] for each in sent["data"]["components"])
    assert [each["type"] for each in sent["data"]["components"]] == [18, 18, 18]
    assert who["values"] == [str(TANSY)]
    assert why["value"] == ""
    assert sent["data"]["resolved"]["members"][str(TANSY)]["roles"]
    assert sent["data"]["resolved"]["attachments"][proof["values"][0]]["filename"] == "proof.png"
    assert sent["message"]["content"] == "panel"
    assert (await here.callback(sent, 7, {"content": "done"})).status == 204


MENUS: list[tuple[Json, list[int | str], str | None]] = [
    (menu(3), ["v1"], None),
    ({"type": 5, "custom_id": "m"}, [TANSY], "users"),
    ({"type": 6, "custom_id": "m"}, [ORYX_3], "roles"),
    ({"type": 8, "custom_id": "m"}, [RAID], "channels"),
    ({"type": 7, "custom_id": "m", "max_values": 2}, [TANSY, ORYX_3], "roles"),
]


@pytest.mark.parametrize(("component", "values", "resolved"), MENUS)
async def test_a_menu_tells_what_was_chosen(
    here: Here, component: Json, values: list[int | str], resolved: str | None
) -> None:
    bot = await here.connect()
    sent = await here.post(RAID, content="panel", components=[row(component)])
    await here.hands.select(ROOK, sent.body["id"], "m", values, wait=None)
    heard = await bot.event("INTERACTION_CREATE")

    assert heard["data"]["values"] == [str(each) for each in values]
    assert heard["data"]["component_type"] == component["type"]
    if resolved:
        assert str(values[-1]) in heard["data"]["resolved"][resolved]


@pytest.mark.parametrize(
    ("component", "values", "reason"),
    [
        (menu(3), ["v9"], "does not offer"),
        (menu(3), ["v1", "v2"], "takes 1 to 1"),
        (menu(3, disabled=True), ["v1"], "disabled"),
        ({"type": 5, "custom_id": "m"}, ["1"], "nothing with the id"),
    ],
)
async def test_what_a_menu_does_not_offer_is_refused(
    here: Here, component: Json, values: list[str], reason: str
) -> None:
    sent = await here.post(RAID, content="panel", components=[row(component)])

    with pytest.raises(HandsError, match=reason):
        await here.hands.select(ROOK, sent.body["id"], "m", values, wait=None)


COMMANDS: list[Json] = [
    {
        "name": "settings",
        "description": "d",
        "options": [
            {
                "type": 1,
                "name": "set",
                "description": "d",
                "options": [
                    {"type": 3, "name": "key", "description": "d", "required": True, "autocomplete": True},
                    {"type": 6, "name": "who", "description": "d"},
                    {"type": 4, "name": "count", "description": "d", "min_value": 1, "max_value": 5},
                    {"type": 3, "name": "short", "description": "d", "max_length": 3},
                    {"type": 3, "name": "pick", "description": "d", "choices": [{"name": "A", "value": "a"}]},
                ],
            }
        ],
    },
    {"name": "admin", "description": "d", "default_member_permissions": "0"},
]
OWN = "/applications/500000000000000001/guilds/500000000000001000/commands"


async def test_a_subcommand_arrives_nested_with_its_options(here: Here) -> None:
    bot = await here.connect()
    await here.call("PUT", OWN, COMMANDS)

    await here.hands.command(ROOK, GUILD, BOT_COMMANDS, "settings set", {"key": "x", "who": str(TANSY)}, wait=None)
    heard = await bot.event("INTERACTION_CREATE")

    [sub] = heard["data"]["options"]
    assert sub["name"] == "set"
    assert sub["options"] == [
        {"name": "key", "type": 3, "value": "x"},
        {"name": "who", "type": 6, "value": str(TANSY)},
    ]
    assert heard["data"]["resolved"]["users"][str(TANSY)]["username"] == "tansy"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"key": "x", "count": 6}, "too large"),
        ({"key": "x", "count": True}, "wrong type"),
        ({"key": "x", "short": "four"}, "too long"),
        ({"key": "x", "pick": "b"}, "choices"),
        ({"key": "x", "who": "5"}, "nothing with the id"),
        ({}, "required"),
    ],
)
async def test_what_the_app_would_not_send_is_refused(here: Here, options: Json, reason: str) -> None:
    await here.call("PUT", OWN, COMMANDS)

    with pytest.raises(HandsError, match=reason):
        await here.hands.command(ROOK, GUILD, BOT_COMMANDS, "settings set", options, wait=None)


@rule("Who is offered a command: default permissions, then what administrators said by hand")
async def test_commands_are_offered_by_permission(here: Here) -> None:
    await here.call("PUT", OWN, COMMANDS)

    raider = await here.hands.view(GUILD, ROOK)
    owner = await here.hands.view(GUILD, ALWYN)

    assert [each["name"] for each in raider["commands"]] == ["settings"]
    assert [each["name"] for each in owner["commands"]] == ["settings", "admin"]


@rule("Suggestions: up to 25")
async def test_an_option_suggests(here: Here) -> None:
    bot = await here.connect()
    await here.call("PUT", OWN, COMMANDS)
    asking = asyncio.create_task(
        here.hands.autocomplete(ROOK, GUILD, BOT_COMMANDS, "settings set", {"key": "au"}, "key")
    )
    heard = await bot.event("INTERACTION_CREATE")
    too_many = await here.callback(heard, 8, {"choices": [{"name": str(n), "value": str(n)} for n in range(26)]})
    await here.callback(heard, 8, {"choices": [{"name": "auto-end", "value": "auto_end"}]})

    assert heard["data"]["options"][0]["options"][0] == {"name": "key", "type": 3, "value": "au", "focused": True}
    assert too_many.code == 50035
    assert (await asking)["choices"] == [{"name": "auto-end", "value": "auto_end"}]


WRONG_COMMANDS: list[tuple[list[Json], tuple[str | int, ...], str]] = [
    ([{"name": "Upper", "description": "d"}], (0, "name"), "APPLICATION_COMMAND_INVALID_NAME"),
    ([{"name": "x" * 33, "description": "d"}], (0, "name"), "APPLICATION_COMMAND_INVALID_NAME"),
    ([{"name": "x", "description": ""}], (0, "description"), "BASE_TYPE_BAD_LENGTH"),
    ([{"name": "x", "description": "d" * 101}], (0, "description"), "BASE_TYPE_BAD_LENGTH"),
    ([{"name": "x", "description": "d"}] * 2, (1,), "APPLICATION_COMMANDS_DUPLICATE_NAME"),
    ([{"name": f"x{n}", "description": "d"} for n in range(101)], (), "BASE_TYPE_MAX_LENGTH"),
    (
        [
            {
                "name": "x",
                "description": "d",
                "options": [{"type": 3, "name": f"o{n}", "description": "d"} for n in range(26)],
            }
        ],
        (0, "options"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        [
            {
                "name": "x",
                "description": "d",
                "options": [
                    {"type": 3, "name": "a", "description": "d"},
                    {"type": 3, "name": "b", "description": "d", "required": True},
                ],
            }
        ],
        (0, "options", 1),
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
]


@rule("Commands: 100, and 15 of each menu; names in every script, descriptions, 8,000 characters")
@pytest.mark.parametrize(("body", "path", "code"), WRONG_COMMANDS)
async def test_a_wrong_command_is_refused(here: Here, body: list[Json], path: tuple[str | int, ...], code: str) -> None:
    answer = await here.call("PUT", OWN, body)

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error(*path) == code


async def test_who_cannot_press_is_refused(here: Here) -> None:
    sent = await here.post(RAID, flags=V2, components=[row(button("a", disabled=True), button("b"))])
    await here.call(
        "PATCH", f"/guilds/{GUILD}/members/{TANSY}", {"communication_disabled_until": "2090-01-01T00:00:00+00:00"}
    )

    with pytest.raises(HandsError, match="disabled"):
        await here.hands.click(ROOK, sent.body["id"], "a")
    await here.hands.set_roles(GUILD, ROOK, [])
    with pytest.raises(HandsError, match="Unknown Message"):
        await here.hands.click(ROOK, sent.body["id"], "b")
    await here.hands.set_roles(GUILD, ROOK, [VERIFIED])
    assert (await here.hands.click(ROOK, sent.body["id"], "b", wait=None))["state"] == "pending"


@rule("The first follow-up after a deferral replaces it; that is not an edit")
async def test_the_first_follow_up_takes_the_place_of_what_is_thinking(here: Here) -> None:
    heard = await pressed(here, await here.connect())
    await here.callback(heard, 5, {"flags": 64})
    first = await here.webhook("POST", heard, body={"content": "one", "flags": 64})
    second = await here.webhook("POST", heard, body={"content": "two", "flags": 64})
    original = await here.webhook("GET", heard, "/messages/@original")

    assert original.body["content"] == "one"
    assert (first.body["id"], first.body["edited_timestamp"]) == (original.body["id"], None)
    assert second.body["id"] != first.body["id"]


@rule("Answers to components are replies to their message")
async def test_an_answer_to_a_press_replies_to_its_message(here: Here) -> None:
    heard = await pressed(here, await here.connect())
    await here.callback(heard, 4, {"content": "x"})
    answer = (await here.hands.messages(RAID, ROOK))[-1]

    assert answer["type"] == 19
    assert answer["message_reference"]["message_id"] == heard["message"]["id"]
    assert answer["interaction_metadata"]["interacted_message_id"] == heard["message"]["id"]


@rule("Members who are timed out cannot press or choose")
async def test_who_is_timed_out_cannot_press(here: Here) -> None:
    sent = await here.post(RAID, content="x", components=[row(button())])
    here.world.guilds[GUILD].members[TANSY].timeout_until = here.world.clock.now() + 60

    with pytest.raises(HandsError, match="timed out"):
        await here.hands.click(TANSY, sent.body["id"], "a", wait=None)
    await here.hands.shift_clock(61)
    assert (await here.hands.click(TANSY, sent.body["id"], "a", wait=None))["state"] == "pending"


def boxes(kind: int, count: int) -> Json:
    return {"type": kind, "custom_id": "b", "options": [{"label": str(n), "value": str(n)} for n in range(count)]}


@rule("Forms: 1 to 5 parts, title 45, text 4,000, labels with inputs, menus, files and boxes")
@pytest.mark.parametrize(
    ("component", "right"),
    [
        (boxes(21, 2), True),
        (boxes(21, 1), False),
        (boxes(21, 11), False),
        (boxes(22, 1), True),
        (boxes(22, 11), False),
        ({"type": 23, "custom_id": "c"}, True),
        ({"type": 19, "custom_id": "f", "max_values": 10}, True),
        ({"type": 19, "custom_id": "f", "max_values": 11}, False),
        ({"type": 4, "custom_id": "t", "style": 3}, False),
        ({"type": 4, "custom_id": "t", "style": 1, "value": "x" * 5, "max_length": 4}, False),
        (button(), False),
    ],
)
async def test_a_form_holds_what_forms_may_hold(here: Here, component: Json, right: object) -> None:
    heard = await pressed(here, await here.connect())
    label: Json = {"type": 18, "label": "l", "component": component}
    answer = await here.callback(heard, 9, {"title": "t", "custom_id": "f", "components": [label]})

    assert answer.status == (204 if right else 400)
