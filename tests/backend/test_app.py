"""What every caller of the backend meets, whatever they ask."""

from io import BytesIO
from typing import Any

import pytest
from tests.support.backend import Served


def told(status: int, body: dict[str, Any]) -> tuple[int, str]:
    assert set(body["error"]) == {"code", "message", "reference", "details"}
    return status, body["error"]["code"]


@pytest.mark.parametrize(
    ("method", "path", "options", "expected"),
    [
        ("GET", "/nowhere", {}, (404, "not_found")),
        ("DELETE", "/health", {}, (405, "wrong_method")),
        ("GET", "/events", {"headers": {"x-api-key": "guess"}}, (401, "wrong_key")),
        ("PATCH", "/guilds/700/roles", {"data": "{}"}, (400, "unknown_caller")),
        ("PATCH", "/guilds/700/roles", {"data": "{", "headers": {"x-actor": "1"}}, (400, "invalid_request")),
        ("PATCH", "/guilds/x/roles", {"json": {"roles": {}}, "headers": {"x-actor": "1"}}, (400, "invalid_request")),
        ("PATCH", "/guilds/700/roles", {"json": {"role": {}}, "headers": {"x-actor": "1"}}, (400, "invalid_request")),
        ("PATCH", "/guilds/700/roles", {"json": {"roles": {}}, "headers": {"x-actor": "4"}}, (403, "not_allowed")),
        ("PUT", "/guilds/700/members", {"data": BytesIO(b"x" * 1_100_000)}, (413, "body_too_large")),
        ("PUT", "/guilds/700/members", {"data": b'{"members": "\\u0000"}'}, (400, "invalid_request")),
    ],
)
async def test_every_error_has_the_one_shape(
    served: Served, method: str, path: str, options: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert told(*await served.raw(method, path, **options)) == expected


async def test_health_needs_no_key_and_tells_the_database(served: Served) -> None:
    served.headers.clear()

    status, body = await served.raw("GET", "/health")

    assert (status, body["ok"], body["database"], body["migrations"]) == (200, True, "up", "current")


async def test_the_document_describes_every_endpoint(served: Served) -> None:
    _, document = await served.raw("GET", "/openapi.json")

    assert "post" in document["paths"]["/v1/guilds/{guild_id}/runs/{run_id}/join"]
    assert document["components"]["schemas"]["Run"]["properties"]["guild_id"]["type"] == "string"


async def test_an_administrator_maps_and_clears_roles_and_the_old_value_is_kept(served: Served) -> None:
    admin = {"headers": {"x-actor": "1"}}

    _, mapped = await served.raw("PATCH", "/guilds/700/roles", json={"roles": {"officer": "99"}}, **admin)
    _, cleared = await served.raw("PATCH", "/guilds/700/roles", json={"roles": {"officer": None}}, **admin)

    assert (mapped["roles"]["officer"], "officer" in cleared["roles"]) == ("99", False)


async def test_a_number_that_no_record_can_hold_is_refused_and_is_no_fault(served: Served) -> None:
    status, told = await served.raw("POST", "/guilds/700/setup/creations/1/claim", json={"tries": 10**30})

    assert status == 400
    assert "larger than any that the record can hold" in told["error"]["message"]
