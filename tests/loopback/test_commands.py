"""Commands of the application: what may be registered, and who is offered it."""

from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import ALWYN, APPLICATION, GUILD, MIRA, RAID, ROOK, TANSY, VERIFIED
from tests.loopback.rules import rule
from tests.loopback.test_interactions import OWN

from discord_loopback import commands
from discord_loopback.audit_log import By

Json = dict[str, Any]
GLOBAL = f"/applications/{APPLICATION}/commands"


def named(name: str, *options: Json, **more: Any) -> Json:
    return {"name": name, "description": "d", **({"options": list(options)} if options else {}), **more}


def option(kind: int, name: str = "o", *inner: Json, **more: Any) -> Json:
    return {"type": kind, **named(name, *inner, **more)}


RIGHT: list[Json] = [
    named("größe"),
    named("ゲーム"),
    named("don't_-1"),
    named("x", option(2, "group", option(1, "sub", option(3, "text", max_length=6000, min_length=0)))),
    named("x", option(1, "one"), option(2, "two", option(1, "three"))),
    named("x", option(4, min_value=-5, max_value=5), option(3, "s", choices=[{"name": "n", "value": "v" * 100}])),
    named("x", name_localizations={"de": "größe", "pt-BR": "tamanho"}, description_localizations={"de": "Wie groß"}),
    {"name": "Report this Message", "type": 3},
    {"name": "Nachweis", "type": 2, "name_localizations": {"en-GB": "Proof of it"}},
]


@rule(
    "Commands: 100, and 15 of each menu; names in every script, descriptions, 8,000 characters",
    "Options: 25, required ones first, subcommands two deep and alone, choices, bounds",
    "Translations: known languages, the same rules as the text",
)
@pytest.mark.parametrize("body", RIGHT)
async def test_a_right_command_is_taken(here: Here, body: Json) -> None:
    answer = await here.call("POST", OWN, body)

    assert answer.status == 201


NESTED_TOO_DEEP = option(2, "a", option(2, "b", option(1, "c")))
WRONG: list[tuple[Json, tuple[str | int, ...], str]] = [
    (named("Größe"), ("name",), "APPLICATION_COMMAND_INVALID_NAME"),
    (named("two words"), ("name",), "APPLICATION_COMMAND_INVALID_NAME"),
    (named("x", type=9), ("type",), "BASE_TYPE_CHOICES"),
    (named("x", NESTED_TOO_DEEP), ("options", 0, "options", 0, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (
        named("x", option(1, "a", option(1, "b"))),
        ("options", 0, "options", 0, "type"),
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    (named("x", option(2, "a", option(3, "b"))), ("options", 0, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (named("x", option(1, "a"), option(3, "b")), ("options",), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (
        named("x", option(3, "a"), option(3, "a")),
        ("options", 1, "name"),
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    (named("x", option(12)), ("options", 0, "type"), "BASE_TYPE_CHOICES"),
    (named("x", option(3, max_length=6001)), ("options", 0, "max_length"), "NUMBER_TYPE_MAX"),
    (
        named("x", option(4, min_value=2, max_value=1)),
        ("options", 0, "min_value"),
        "APPLICATION_COMMAND_OPTIONS_MIN_GREATER_THAN_MAX",
    ),
    (named("x", option(6, autocomplete=True)), ("options", 0), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (
        named("x", option(3, choices=[{"name": "n", "value": "v" * 101}])),
        ("options", 0, "choices", 0, "value"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        named("x", option(3, choices=[{"name": str(n), "value": str(n)} for n in range(26)])),
        ("options", 0, "choices"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (named("x", name_localizations={"xx": "y"}), ("name_localizations", "xx"), "ENUM_TYPE_COERCE"),
    (
        named("x", name_localizations={"de": "Groß"}),
        ("name_localizations", "de"),
        "APPLICATION_COMMAND_INVALID_LOCALIZATION",
    ),
    (
        named("x", description_localizations={"de": "x" * 101}),
        ("description_localizations", "de"),
        "APPLICATION_COMMAND_INVALID_LOCALIZATION",
    ),
    ({"name": "x" * 33, "type": 2}, ("name",), "BASE_TYPE_BAD_LENGTH"),
    ({"name": "x", "type": 3, "description": "d"}, ("description",), "APPLICATION_COMMAND_INVALID_DESCRIPTION"),
    ({"name": "x", "type": 2, "options": [option(3)]}, ("options",), "APPLICATION_COMMAND_INVALID_OPTIONS"),
]


@rule(
    "Commands: 100, and 15 of each menu; names in every script, descriptions, 8,000 characters",
    "Options: 25, required ones first, subcommands two deep and alone, choices, bounds",
    "Translations: known languages, the same rules as the text",
)
@pytest.mark.parametrize(("body", "path", "code"), WRONG)
async def test_a_wrong_command_is_refused_with_its_field(
    here: Here, body: Json, path: tuple[str | int, ...], code: str
) -> None:
    answer = await here.call("POST", OWN, body)

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error(*path) == code


async def test_a_command_has_8000_characters_translations_included(here: Here) -> None:
    options = [option(3, f"o{n}", choices=[{"name": "n" * 100, "value": "v" * 100}] * 3) for n in range(12)]
    fits = await here.call("POST", OWN, named("x", *options))
    options[0]["description_localizations"] = {"de": "x" * 100}
    options[1]["choices"] = [{"name": "n" * 100, "value": "v" * 100}] * 8
    too_large = await here.call("POST", OWN, named("y", *options))

    assert fits.status == 201
    assert too_large.error() == "APPLICATION_COMMAND_TOO_LARGE"


async def test_there_are_100_commands_and_15_of_each_menu(here: Here) -> None:
    menus = [{"name": f"m{n}", "type": kind} for kind in (2, 3) for n in range(15)]
    full = await here.call("PUT", OWN, [*(named(f"c{n}") for n in range(100)), *menus])
    more = [await here.call("POST", OWN, body) for body in (named("more"), {"name": "more", "type": 2})]
    again = await here.call("POST", OWN, named("c5"))

    assert full.status == 200
    assert [(each.status, each.code) for each in more] == [(400, 30032)] * 2
    assert again.status == 200


KEPT = "A command that comes anew by its name keeps its id and answers 200, a new one 201; 200 new ones a day"


@rule(KEPT)
async def test_a_command_that_comes_anew_keeps_its_id(here: Here) -> None:
    first = await here.call("POST", GLOBAL, named("x"))
    again = await here.call("POST", GLOBAL, named("x", description="other"))
    changed = await here.call("PATCH", f"{GLOBAL}/{first.body['id']}", {"name": "y"})
    listed = await here.call("GET", GLOBAL)
    gone = await here.call("DELETE", f"{GLOBAL}/{first.body['id']}")
    missing = await here.call("GET", f"{GLOBAL}/{first.body['id']}")

    assert (first.status, again.status) == (201, 200)
    assert again.body["id"] == first.body["id"] == changed.body["id"]
    assert int(changed.body["version"]) > int(again.body["version"])
    assert [(each["name"], each["description"]) for each in listed.body] == [("y", "other")]
    assert gone.status == 204
    assert (missing.status, missing.code) == (404, 10063)


@rule(KEPT)
async def test_a_guild_gets_200_new_commands_a_day(here: Here) -> None:
    first = await here.call("PUT", OWN, [named(f"a{n}") for n in range(100)])
    same = await here.call("PUT", OWN, [named(f"a{n}") for n in range(100)])
    second = await here.call("PUT", OWN, [named(f"b{n}") for n in range(100)])
    more = await here.call("POST", OWN, {"name": "menu", "type": 2})
    elsewhere = await here.call("POST", GLOBAL, named("x"))

    assert [each.status for each in (first, same, second, elsewhere)] == [200, 200, 200, 201]
    assert (more.status, more.code) == (429, 30034)


async def test_a_foreign_application_is_refused(here: Here) -> None:
    answer = await here.call("GET", "/applications/1/commands")

    assert (answer.status, answer.code) == (403, 20012)


async def offered(here: Here, user: int) -> list[str]:
    return [each["name"] for each in (await here.hands.view(GUILD, user))["commands"]]


OFFERED = "Who is offered a command: default permissions, then what administrators said by hand"
SAID: list[tuple[list[Json], list[int]]] = [
    ([], [ROOK, TANSY]),
    ([{"id": str(GUILD), "type": 1, "permission": False}], []),
    (
        [
            {"id": str(GUILD), "type": 1, "permission": False},
            {"id": str(VERIFIED), "type": 1, "permission": True},
        ],
        [ROOK, TANSY],
    ),
    (
        [{"id": str(VERIFIED), "type": 1, "permission": True}, {"id": str(ROOK), "type": 2, "permission": False}],
        [TANSY],
    ),
]


@rule(OFFERED)
@pytest.mark.parametrize(("said", "users"), SAID)
async def test_administrators_say_by_hand_who_is_offered_a_command(
    here: Here, said: list[Json], users: list[int]
) -> None:
    command = (await here.call("POST", OWN, named("x"))).body
    commands.permit(here.world, GUILD, int(command["id"]), said, By(ALWYN))

    assert [each for each in (ROOK, TANSY) if await offered(here, each) == ["x"]] == users
    assert await offered(here, ALWYN) == ["x"]


@rule(OFFERED)
async def test_what_is_said_of_a_command_goes_before_what_is_said_of_all(here: Here) -> None:
    command = (await here.call("POST", OWN, named("x", default_member_permissions="0"))).body
    hidden = await offered(here, ROOK)
    everyone = {"id": str(GUILD), "type": 1, "permission": False}
    commands.permit(here.world, GUILD, APPLICATION, [everyone], By(ALWYN))
    commands.permit(here.world, GUILD, int(command["id"]), [{**everyone, "permission": True}], By(ALWYN))
    channel = {"id": str(RAID), "type": 3, "permission": False}
    guild, member = here.world.guilds[GUILD], here.world.guilds[GUILD].members[ROOK]

    assert hidden == []
    assert await offered(here, ROOK) == ["x"]
    commands.permit(here.world, GUILD, int(command["id"]), [channel], By(ALWYN))
    assert commands.allowed_by_hand(here.world, command, guild.id, member, RAID) is False


@rule("Bots cannot set permissions of commands: 20001")
async def test_permissions_of_commands_are_read_and_heard_of_but_not_set_by_bots(here: Here) -> None:
    here.grant("VIEW_AUDIT_LOG")
    bot = await here.connect()
    command = (await here.call("POST", OWN, named("x"))).body["id"]
    nothing = await here.call("GET", f"{OWN}/{command}/permissions")
    said = [{"id": str(MIRA), "type": 2, "permission": True}]
    commands.permit(here.world, GUILD, int(command), said, By(ALWYN))
    read = await here.call("GET", f"{OWN}/{command}/permissions")
    refused = await here.call("PUT", f"{OWN}/{command}/permissions", {"permissions": []})

    assert (nothing.status, nothing.code) == (404, 10066)
    assert read.body["permissions"] == said
    assert (refused.status, refused.code) == (403, 20001)
    assert (await bot.event("APPLICATION_COMMAND_PERMISSIONS_UPDATE"))["permissions"] == said
    assert (await bot.event("GUILD_AUDIT_LOG_ENTRY_CREATE"))["action_type"] == 121
