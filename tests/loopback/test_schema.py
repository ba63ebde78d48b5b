"""What the loopback answers has the shape that Discord's own OpenAPI document describes.

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
from tests.loopback.ids import ALWYN, GUILD, ORYX_3, RAID, RAID_LOG, ROOK
from tests.loopback.test_interactions import COMMANDS, OWN, pressed
from tests.loopback.test_messages import V2, button, menu, row, text

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


def wrong(method: str, path: str, answer: Answer) -> list[str]:
    """Return how an answer differs from what is described."""
    document, registry = described()
    where = template(path.split("?", maxsplit=1)[0])
    responses = document["paths"][where][method.lower()]["responses"]
    status = str(answer.status) if str(answer.status) in responses else f"{answer.status // 100}XX"
    assert status in responses, f"{method} {where} never answers {answer.status}"
    steps = ["paths", where, method.lower(), "responses", status]
    if "$ref" in responses[status]:
        steps = responses[status]["$ref"].split("/")[1:]
    elif "content" not in responses[status]:
        return []
    escaped = (step.replace("~", "~0").replace("/", "~1") for step in (*steps, "content", "application/json"))
    pointer = "/".join(escaped)
    validator = jsonschema_rs.Draft202012Validator({"$ref": f"{NAME}#/{quote(pointer)}/schema"}, registry=registry)
    return [f"{list(error.instance_path)}: {error.message[:300]}" for error in validator.iter_errors(answer.body)]


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/users/@me", None),
    ("PATCH", "/users/@me", {"username": "Renamed"}),
    ("GET", f"/users/{ROOK}", None),
    ("GET", "/gateway", None),
    ("GET", "/gateway/bot", None),
    ("GET", "/oauth2/applications/@me", None),
    ("GET", "/applications/@me", None),
    ("GET", f"/guilds/{GUILD}", None),
    ("PATCH", f"/guilds/{GUILD}", {"name": "Renamed"}),
    ("GET", f"/guilds/{GUILD}/channels", None),
    ("GET", f"/guilds/{GUILD}/roles", None),
    ("POST", f"/guilds/{GUILD}/roles", {"name": "new"}),
    ("PATCH", f"/guilds/{GUILD}/roles/{ORYX_3}", {"name": "O3"}),
    ("GET", f"/guilds/{GUILD}/members?limit=100", None),
    ("GET", f"/guilds/{GUILD}/members/search?query=r", None),
    ("GET", f"/guilds/{GUILD}/members/{ROOK}", None),
    ("PATCH", f"/guilds/{GUILD}/members/{ROOK}", {"nick": "R"}),
    ("PUT", f"/guilds/{GUILD}/members/{ROOK}/roles/{ORYX_3}", None),
    ("GET", f"/guilds/{GUILD}/threads/active", None),
    ("POST", f"/guilds/{GUILD}/channels", {"name": "new"}),
    ("GET", f"/channels/{RAID}", None),
    ("PATCH", f"/channels/{RAID}", {"topic": "t"}),
    ("POST", f"/channels/{RAID}/typing", None),
    ("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11}),
    ("GET", f"/channels/{RAID}/threads/archived/public", None),
    ("POST", "/users/@me/channels", {"recipient_id": str(ROOK)}),
    ("PUT", OWN, COMMANDS),
    ("GET", OWN, None),
    ("POST", OWN, {"name": "one", "description": "d"}),
    ("GET", "/channels/1", None),
    ("PATCH", f"/guilds/{GUILD}/members/{ALWYN}", {"nick": "x"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_an_answer_has_the_described_shape(here: Here, method: str, path: str, body: Any) -> None:
    answer = await here.call(method, path, body)

    assert wrong(method, path, answer) == []


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
