"""The control API: one call, one method, one row of the page; and what each refuses."""

import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import BOT_COMMANDS, GUILD, ROOK

from discord_loopback import controls, reference
from discord_loopback.calling import Caller
from discord_loopback.client import Hands

HOUR_MS = 3_600_000
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hands.md"


def methods() -> set[str]:
    own, shared = (dict(inspect.getmembers(each, inspect.isfunction)) for each in (Hands, Caller))
    return {name for name in own.keys() - shared.keys() if not name.startswith("_")}


async def test_every_call_is_served_and_has_a_method_and_a_row(here: Here) -> None:
    served = {
        (route.method, route.resource.canonical.removeprefix("/control"))
        for route in here.loopback.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/control/") and route.method != "HEAD"
    }

    assert {(each.method, each.path) for each in controls.ALL} == served - {("GET", "/stream")}
    assert {each.name for each in controls.ALL} == methods()
    assert PAGE.read_text(encoding="utf-8") == reference.markdown(), "out of date: run just docs"


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/act/click", {"as": "x", "message_id": "1", "custom_id": "a"}, "$.as"),
        ("/act/click", {"as": "1", "message_id": "1"}, "custom_id"),
        ("/act/message", {"as": "1", "channel_id": "1", "contents": "hi"}, "unknown field `contents`"),
        ("/moderate/timeout", {"as": 1, "guild_id": 1, "user_id": 1, "seconds": 2_419_201}, "$.seconds"),
        ("/faults", {"limit": [{"route": "*", "scope": "all"}]}, "$.limit[0].scope"),
    ],
)
async def test_a_wrong_key_is_named(here: Here, path: str, body: dict[str, Any], complaint: str) -> None:
    async with here.session.post(f"{here.world.url}/control{path}", json=body) as answer:
        assert answer.status == 400
        assert complaint in (await answer.json())["message"]


async def test_a_file_that_is_no_base64_is_refused(here: Here) -> None:
    body = {"as": str(ROOK), "channel_id": str(BOT_COMMANDS), "files": [{"filename": "a.txt", "base64": "???"}]}
    async with here.session.post(f"{here.world.url}/control/act/message", json=body) as answer:
        assert answer.status == 400
        assert "a.txt is no base64" in (await answer.json())["message"]


async def test_a_limit_is_met_on_demand_with_scope_and_time(here: Here) -> None:
    for scope in ("user", "shared", "global"):
        limit = {"route": "GET /users/*", "scope": scope, "retry_after": 2.5}
        await here.hands.faults(limit=[limit])
        refused = await here.call("GET", f"/users/{ROOK}")

        assert refused.status == 429
        assert refused.headers["X-RateLimit-Scope"] == scope
        assert (refused.body["retry_after"], refused.body["global"]) == (2.5, scope == "global")
        assert (await here.call("GET", f"/users/{ROOK}")).status == 200


async def test_shared_limits_do_not_count_as_invalid_requests(here: Here) -> None:
    await here.hands.reset_stats()
    for scope in ("user", "shared"):
        await here.hands.faults(limit=[{"route": "GET /users/*", "scope": scope}])
        await here.call("GET", f"/users/{ROOK}")
    stats = await here.hands.stats()

    assert (stats["count_429"], stats["invalid_requests"]) == (2, 1)


async def test_one_route_is_slow_and_the_others_are_not(here: Here) -> None:
    await here.hands.faults(slow=[{"route": "GET /users/*", "ms": 60, "times": 1}])
    await here.call("GET", f"/users/{ROOK}")
    await here.hands.faults(slow=[{"route": "GET /users/*", "ms": HOUR_MS, "times": 1}])
    waiting = asyncio.create_task(here.call("GET", f"/users/{ROOK}"))
    async with asyncio.timeout(60):
        while here.loopback.server.faults.slow[0].left:
            await asyncio.sleep(0.01)
    again = await here.call("GET", f"/users/{ROOK}")
    other = await here.call("GET", f"/guilds/{GUILD}")
    answered_meanwhile = waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])

    assert (await here.hands.log())["requests"][0]["ms"] >= 60
    assert (again.status, other.status, answered_meanwhile) == (200, 200, False)


async def test_files_are_late_on_demand_and_come_whole(here: Here) -> None:
    said = await here.hands.say(ROOK, BOT_COMMANDS, files={"key.txt": b"a key"})
    await here.hands.faults(cdn_ms=80)
    began = here.world.clock.elapsed()
    async with here.session.get(said["attachments"][0]["url"]) as answer:
        content = await answer.read()

    assert content == b"a key"
    assert here.world.clock.elapsed() - began >= 0.08


class UserId(int):
    """An id as an application may type it."""


async def test_ids_may_have_a_type_of_their_own(here: Here) -> None:
    assert (await here.hands.view(GUILD, UserId(ROOK)))["me"]["name"] == "Rook"
    assert (await here.hands.say(UserId(ROOK), BOT_COMMANDS, "hello"))["content"] == "hello"


async def test_a_token_that_is_reset_ends_at_once_and_the_new_one_names_the_same_application(here: Here) -> None:
    old = here.world.token
    new = await here.hands.reset_token()

    refused = await here.call("GET", "/users/@me", headers={"Authorization": f"Bot {old}"})
    let_in = await here.call("GET", "/users/@me", headers={"Authorization": f"Bot {new}"})
    assert (refused.status, let_in.status) == (401, 200)
    assert old.split(".")[0] == new.split(".")[0]
