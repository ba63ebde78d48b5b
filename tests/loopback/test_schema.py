"""What the loopback is asked and what it answers has the shape that Discord's own OpenAPI document describes.

Refusals that name fields are left out: the document wants numbers as the codes of fields, while Discord's written
documentation shows words (BASE_TYPE_REQUIRED), and words are what its API sends.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
from tests.loopback.conftest import Answer, Here
from tests.loopback.ids import (
    ALWYN,
    APPLICATION,
    BOT_COMMANDS,
    GUILD,
    ORYX_3,
    PIKE,
    RAID,
    RAID_LOG,
    ROOK,
    TANSY,
    VERIFIED,
)
from tests.loopback.test_interactions import COMMANDS, OWN, pressed
from tests.loopback.test_messages import V2, button, menu, row, text

from discord_loopback import commands, reactions
from discord_loopback.audit_log import By
from discord_loopback.rest import ROUTES

ROOT = Path(__file__).parents[2]
DOCUMENT = Path(os.environ.get("DISCORD_OPENAPI") or ROOT.parent / "shared" / "data" / "discord-openapi.json")
NAME = "https://discord.invalid/openapi.json"

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="DISCORD_OPENAPI names no file")


@cache
def described() -> tuple[Any, jsonschema_rs.Registry]:
    """Read the document; of several types that fit one may be taken, as Discord's README for it says."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8").replace('"oneOf"', '"anyOf"'))
    return document, jsonschema_rs.Registry([(NAME, document)])


def template(path: str) -> str:
    """Return the document's path that a path fits; one with more fixed words comes first."""
    document, _ = described()
    fitting = [each for each in document["paths"] if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", each), path)]
    return min(fitting, key=lambda each: each.count("{"))


def problems(pointer: str, instance: Any) -> list[str]:
    """Return how JSON differs from a schema of the document."""
    _, registry = described()
    validator = jsonschema_rs.Draft202012Validator({"$ref": f"{NAME}#/{quote(pointer)}"}, registry=registry)
    return [f"{list(error.instance_path)}: {error.message[:300]}" for error in validator.iter_errors(instance)]


def to(*steps: str) -> str:
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


def ill_asked(method: str, path: str, body: Any) -> list[str]:
    """Return how the body of a request differs from what is described."""
    document, _ = described()
    where = template(path.split("?", maxsplit=1)[0])
    asked = document["paths"][where][method.lower()].get("requestBody")
    if body is None:
        assert not (asked or {}).get("required"), f"{method} {where} needs a body"
        return []
    assert asked is not None, f"{method} {where} takes no body"
    steps = ("paths", where, method.lower(), "requestBody", "content", "application/json", "schema")
    return problems(to(*steps), counted(body))


def counted(value: Any) -> Any:
    """Return a body with sets of permissions as numbers; texts are taken too, as the document's README says."""
    if isinstance(value, list):
        return [counted(each) for each in value]
    if not isinstance(value, dict):
        return value
    bits = ("permissions", "allow", "deny", "default_member_permissions")
    return {key: int(each) if key in bits and isinstance(each, str) else counted(each) for key, each in value.items()}


def wrong(method: str, path: str, answer: Answer) -> list[str]:
    """Return how an answer differs from what is described."""
    document, _ = described()
    where = template(path.split("?", maxsplit=1)[0])
    responses = document["paths"][where][method.lower()]["responses"]
    status = str(answer.status) if str(answer.status) in responses else f"{answer.status // 100}XX"
    assert status in responses, f"{method} {where} never answers {answer.status}"
    steps = ["paths", where, method.lower(), "responses", status]
    if "$ref" in responses[status]:
        steps = responses[status]["$ref"].split("/")[1:]
    elif "content" not in responses[status]:
        return []
    return problems(to(*steps, "content", "application/json", "schema"), answer.body)


class Scene(dict[str, str]):
    """Names of things that paths speak of."""


async def staged(here: Here) -> Scene:
    """Make one of everything that a path can name."""
    here.grant("MANAGE_WEBHOOKS", "VIEW_AUDIT_LOG", "MANAGE_GUILD")
    message = await here.post(RAID, content="x", components=[row(button())])
    started = await here.post(RAID, content="start")
    thread = await here.call("POST", f"/channels/{RAID}/messages/{started.body['id']}/threads", {"name": "t"})
    inside = await here.post(int(thread.body["id"]), content="inside")
    await here.call("PUT", f"/channels/{thread.body['id']}/thread-members/{ROOK}")
    hook = await here.call("POST", f"/channels/{BOT_COMMANDS}/webhooks", {"name": "Log"})
    hooked = await here.call(
        "POST", f"/webhooks/{hook.body['id']}/{hook.body['token']}?wait=true", {"content": "x"}, headers={}
    )
    command = await here.call("POST", OWN, {"name": "one", "description": "d"})
    everywhere = await here.call("POST", EVERYWHERE, {"name": "one", "description": "d"})
    emoji = await here.call("POST", EMOJIS, {"name": "void", "image": PNG})
    role = await here.call("POST", f"/guilds/{GUILD}/roles", {"name": "new"})
    await here.call("PUT", f"/guilds/{GUILD}/bans/{PIKE}", {})
    await here.call("PUT", f"/channels/{RAID}/permissions/{role.body['id']}", {"type": 0, "deny": "64"})
    reaction = f"/channels/{RAID}/messages/{message.body['id']}/reactions/%E2%9C%85"
    await here.call("PUT", f"{reaction}/@me")
    reactions.add(here.world, here.world.messages[int(message.body["id"])], ROOK, "✅")
    commands.permit(
        here.world, GUILD, int(command.body["id"]), [{"id": str(ROOK), "type": 2, "permission": True}], By(ALWYN)
    )
    return Scene(
        message=message.body["id"],
        started=started.body["id"],
        thread=thread.body["id"],
        inside=inside.body["id"],
        hook=hook.body["id"],
        token=hook.body["token"],
        hooked=hooked.body["id"],
        command=command.body["id"],
        everywhere=everywhere.body["id"],
        emoji=emoji.body["id"],
        role=role.body["id"],
    )


PNG = "data:image/png;base64,iVBORw0KGgo="
EVERYWHERE, EMOJIS = f"/applications/{APPLICATION}/commands", f"/applications/{APPLICATION}/emojis"
MEMBER, BANS, ROLES = f"/guilds/{GUILD}/members/{ROOK}", f"/guilds/{GUILD}/bans", f"/guilds/{GUILD}/roles"
ONE, HOOK, THREAD = f"/channels/{RAID}/messages/{{message}}", "/webhooks/{hook}/{token}", "/channels/{thread}"
ANSWERED = f"/webhooks/{APPLICATION}/{{interaction}}"

CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/users/@me", None),
    ("GET", "/users/@me/guilds?with_counts=true", None),
    ("POST", "/users/@me/channels", {"recipient_id": str(ROOK)}),
    ("PATCH", "/users/@me", {"username": "Renamed"}),
    ("GET", f"/users/{ROOK}", None),
    ("GET", "/oauth2/applications/@me", None),
    ("GET", "/applications/@me", None),
    ("GET", "/gateway", None),
    ("GET", "/gateway/bot", None),
    ("GET", f"/guilds/{GUILD}?with_counts=true", None),
    ("GET", f"/guilds/{GUILD}", None),
    ("PATCH", f"/guilds/{GUILD}", {"name": "Renamed"}),
    ("GET", f"/guilds/{GUILD}/channels", None),
    ("POST", f"/guilds/{GUILD}/channels", {"name": "new", "rate_limit_per_user": 5}),
    ("PATCH", f"/guilds/{GUILD}/channels", [{"id": str(RAID), "position": 3}]),
    ("GET", f"/guilds/{GUILD}/threads/active", None),
    ("GET", f"/guilds/{GUILD}/audit-logs", None),
    ("GET", f"/guilds/{GUILD}/webhooks", None),
    ("GET", ROLES, None),
    ("POST", ROLES, {"name": "new", "permissions": "1024", "color": 255, "mentionable": True}),
    ("PATCH", ROLES, [{"id": "{role}", "position": 2}]),
    ("GET", f"{ROLES}/member-counts", None),
    ("GET", f"{ROLES}/{{role}}", None),
    ("PATCH", f"{ROLES}/{{role}}", {"name": "O3"}),
    ("DELETE", f"{ROLES}/{{role}}", None),
    ("GET", f"/guilds/{GUILD}/members?limit=100", None),
    ("GET", f"/guilds/{GUILD}/members/search?query=r", None),
    ("PATCH", f"/guilds/{GUILD}/members/@me", {"nick": "Bot"}),
    ("GET", MEMBER, None),
    ("PATCH", MEMBER, {"nick": "R", "roles": [str(ORYX_3)]}),
    ("DELETE", MEMBER, None),
    ("PUT", f"{MEMBER}/roles/{ORYX_3}", None),
    ("DELETE", f"{MEMBER}/roles/{VERIFIED}", None),
    ("GET", BANS, None),
    ("GET", f"{BANS}/{PIKE}", None),
    ("PUT", f"{BANS}/{ROOK}", {"delete_message_seconds": 60}),
    ("DELETE", f"{BANS}/{PIKE}", {}),
    ("POST", f"/guilds/{GUILD}/bulk-ban", {"user_ids": [str(ROOK), str(ALWYN)], "delete_message_seconds": 60}),
    ("GET", f"/channels/{RAID}", None),
    ("GET", THREAD, None),
    ("PATCH", f"/channels/{RAID}", {"topic": "t"}),
    ("PATCH", THREAD, {"name": "other", "archived": True}),
    ("DELETE", f"/channels/{RAID}", None),
    ("PUT", f"/channels/{RAID}/permissions/{{role}}", {"type": 0, "allow": "1024", "deny": "0"}),
    ("DELETE", f"/channels/{RAID}/permissions/{{role}}", None),
    ("POST", f"/channels/{RAID}/typing", None),
    ("GET", f"/channels/{RAID}/pins", None),
    ("GET", f"/channels/{RAID}/messages/pins", None),
    ("PUT", f"/channels/{RAID}/pins/{{message}}", None),
    ("PUT", f"/channels/{RAID}/messages/pins/{{message}}", None),
    ("DELETE", f"/channels/{RAID}/pins/{{message}}", None),
    ("DELETE", f"/channels/{RAID}/messages/pins/{{message}}", None),
    ("GET", f"/channels/{RAID}/messages?limit=2", None),
    ("POST", f"/channels/{RAID}/messages", {"content": "x", "nonce": "n", "enforce_nonce": True}),
    ("POST", f"/channels/{RAID}/messages/bulk-delete", {"messages": ["{message}", "{started}"]}),
    ("GET", ONE, None),
    ("PATCH", ONE, {"content": "y", "allowed_mentions": {"parse": []}}),
    ("DELETE", ONE, None),
    ("PUT", f"{ONE}/reactions/%E2%9C%85/@me", None),
    ("DELETE", f"{ONE}/reactions/%E2%9C%85/@me", None),
    ("DELETE", f"{ONE}/reactions/%E2%9C%85/{ROOK}", None),
    ("GET", f"{ONE}/reactions/%E2%9C%85", None),
    ("DELETE", f"{ONE}/reactions/%E2%9C%85", None),
    ("DELETE", f"{ONE}/reactions", None),
    ("POST", f"{ONE}/threads", {"name": "t", "auto_archive_duration": 60}),
    ("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11}),
    ("GET", f"/channels/{RAID}/threads/archived/public", None),
    ("GET", f"/channels/{RAID}/threads/archived/private", None),
    ("GET", f"/channels/{RAID}/users/@me/threads/archived/private", None),
    ("GET", f"{THREAD}/thread-members", None),
    ("GET", f"{THREAD}/thread-members?with_member=true", None),
    ("GET", f"{THREAD}/thread-members/{ROOK}", None),
    ("PUT", f"{THREAD}/thread-members/@me", None),
    ("PUT", f"{THREAD}/thread-members/{TANSY}", None),
    ("DELETE", f"{THREAD}/thread-members/@me", None),
    ("DELETE", f"{THREAD}/thread-members/{ROOK}", None),
    ("GET", f"{THREAD}/messages", None),
    ("GET", EVERYWHERE, None),
    ("PUT", EVERYWHERE, COMMANDS),
    ("POST", EVERYWHERE, {"name": "two", "description": "d"}),
    ("GET", f"{EVERYWHERE}/{{everywhere}}", None),
    ("PATCH", f"{EVERYWHERE}/{{everywhere}}", {"description": "other"}),
    ("DELETE", f"{EVERYWHERE}/{{everywhere}}", None),
    ("GET", OWN, None),
    ("PUT", OWN, COMMANDS),
    ("POST", OWN, {"name": "Report", "type": 3}),
    ("POST", OWN, {"name": "one", "description": "again"}),
    ("GET", f"{OWN}/{{command}}", None),
    ("PATCH", f"{OWN}/{{command}}", {"name": "other", "name_localizations": {"de": "anders"}}),
    ("DELETE", f"{OWN}/{{command}}", None),
    ("GET", f"{OWN}/permissions", None),
    ("GET", f"{OWN}/{{command}}/permissions", None),
    ("PUT", f"{OWN}/{{command}}/permissions", {"permissions": []}),
    ("GET", EMOJIS, None),
    ("POST", EMOJIS, {"name": "nest", "image": PNG}),
    ("GET", f"{EMOJIS}/{{emoji}}", None),
    ("PATCH", f"{EMOJIS}/{{emoji}}", {"name": "other"}),
    ("DELETE", f"{EMOJIS}/{{emoji}}", None),
    ("POST", f"/channels/{BOT_COMMANDS}/webhooks", {"name": "Log"}),
    ("GET", f"/channels/{BOT_COMMANDS}/webhooks", None),
    ("GET", "/webhooks/{hook}", None),
    ("PATCH", "/webhooks/{hook}", {"name": "Other", "channel_id": str(RAID)}),
    ("DELETE", "/webhooks/{hook}", None),
    ("GET", HOOK, None),
    ("PATCH", HOOK, {"name": "Other"}),
    ("DELETE", HOOK, None),
    ("POST", f"{HOOK}?wait=true", {"content": "x", "username": "Town crier", "components": [row(button())]}),
    ("POST", HOOK, {"content": "nobody waits"}),
    ("GET", f"{HOOK}/messages/{{hooked}}", None),
    ("PATCH", f"{HOOK}/messages/{{hooked}}", {"content": "y"}),
    ("DELETE", f"{HOOK}/messages/{{hooked}}", None),
    ("POST", ANSWERED, {"content": "follow-up", "flags": 64}),
    ("GET", f"{ANSWERED}/messages/@original", None),
    ("PATCH", f"{ANSWERED}/messages/@original", {"content": "z"}),
    ("DELETE", f"{ANSWERED}/messages/@original", None),
    ("POST", "/interactions/{pressed}/{fresh}/callback?with_response=true", {"type": 4, "data": {"content": "x"}}),
    ("POST", "/attachments/refresh-urls", {"attachment_urls": ["https://example.org/no-file.png"]}),
    ("GET", "/channels/1", None),
    ("PATCH", f"/guilds/{GUILD}/members/{ALWYN}", {"nick": "x"}),
]
NOT_DESCRIBED = ("/attachments/refresh-urls",)
"""In use, and not in the document."""


def filled(value: Any, scene: Scene) -> Any:
    """Put the scene's names into a path or body."""
    if isinstance(value, str):
        return value.format_map(scene) if "{" in value else value
    if isinstance(value, list):
        return [filled(each, scene) for each in value]
    return {key: filled(each, scene) for key, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_request_and_its_answer_have_the_described_shape(here: Here, method: str, path: str, body: Any) -> None:
    scene = await staged(here)
    if "interaction" in path or "pressed" in path:
        heard = await pressed(here, await here.connect())
        scene |= {"interaction": heard["token"], "pressed": heard["id"], "fresh": heard["token"]}
        if "interaction}" in path:
            await here.callback(heard, 4, {"content": "x", "flags": 64})
    path, body = filled(path, scene), filled(body, scene)

    answer = await here.call(method, path, body)

    if not path.startswith(NOT_DESCRIBED):
        assert ill_asked(method, path, body) == []
        assert wrong(method, path, answer) == []
    assert answer.status < 500


def test_every_route_is_asked_and_checked() -> None:
    names = Scene(dict.fromkeys(re.findall(r"{(\w+)}", " ".join(path for _, path, _ in CALLS)), "1"))
    asked = [(method, filled(path, names).partition("?")[0]) for method, path, _ in CALLS]

    for route in ROUTES:
        fitting = re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(route.path)))
        found = [path for method, path in asked if method == route.method and fitting.fullmatch(path)]
        more_exact = [each for each in ROUTES if each.method == route.method and each.path in found]
        assert [each for each in found if each not in {other.path for other in more_exact if other is not route}], (
            f"No call of the table asks {route.method} {route.path}"
        )


MESSAGES: list[dict[str, Any]] = [
    {"content": f"<@{ROOK}> <@&{ORYX_3}> @here"},
    {"embeds": [{"title": "t", "description": "d", "fields": [{"name": "n", "value": "v"}], "footer": {"text": "f"}}]},
    {"components": [row(button(), {"type": 2, "style": 5, "label": "l", "url": "https://example.org"}), row(menu(3))]},
    {"components": [row({"type": kind, "custom_id": str(kind)}) for kind in (5, 6, 7, 8)]},
    {
        "flags": V2,
        "components": [
            {"type": 17, "accent_color": 255, "components": [text("t"), {"type": 14}, row(button())]},
            {"type": 9, "components": [text("t")], "accessory": button("b")},
            {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]},
        ],
    },
]


@pytest.mark.parametrize("body", MESSAGES)
async def test_a_message_has_the_described_shape(here: Here, body: dict[str, Any]) -> None:
    path = f"/channels/{RAID}/messages"
    sent = await here.call("POST", path, body)
    one = f"{path}/{sent.body['id']}"
    reply = await here.call("POST", path, {"content": "x", "message_reference": {"message_id": sent.body["id"]}})
    read = await here.call("GET", one)
    listed = await here.call("GET", path)
    await here.call("PUT", f"{path}/pins/{sent.body['id']}")
    pins = await here.call("GET", f"{path}/pins")
    edited = await here.call("PATCH", one, {"allowed_mentions": {"parse": []}})
    thread = await here.call("POST", f"{one}/threads", {"name": "t"})

    assert ill_asked("POST", path, body) == []
    assert wrong("POST", path, sent) == []
    assert wrong("POST", path, reply) == []
    assert wrong("GET", one, read) == []
    assert wrong("GET", path, listed) == []
    assert wrong("GET", f"{path}/pins", pins) == []
    assert wrong("PATCH", one, edited) == []
    assert wrong("POST", f"{one}/threads", thread) == []


async def test_answers_to_interactions_have_the_described_shape(here: Here) -> None:
    bot = await here.connect()
    heard = await pressed(here, bot)
    path = f"/interactions/{heard['id']}/{heard['token']}/callback"
    answer = await here.callback(heard, 4, {"content": "x", "flags": 64}, params={"with_response": "true"})
    follow_up = await here.webhook("POST", heard, body={"content": "y", "flags": 64})
    edited = await here.webhook("PATCH", heard, "/messages/@original", {"content": "z"})
    hook = f"/webhooks/{here.world.application_id}/{heard['token']}"

    assert wrong("POST", path, answer) == []
    assert wrong("POST", hook, follow_up) == []
    assert wrong("PATCH", f"{hook}/messages/@original", edited) == []


async def test_members_of_threads_have_the_described_shape(here: Here) -> None:
    thread = await here.call("POST", f"/channels/{RAID_LOG}/threads", {"name": "t", "type": 12})
    path = f"/channels/{thread.body['id']}/thread-members"
    members = await here.call("GET", path)

    assert wrong("GET", path, members) == []
