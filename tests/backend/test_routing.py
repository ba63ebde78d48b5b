"""The signpost takes each request to the route that a search through all of them finds."""

import re
from typing import Any

import pytest
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from raidbot import features
from raidbot.backend.routing import Signpost
from raidbot.backend.serving import handlers


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer nothing."""


class Nothing:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await nothing(scope, receive, send)


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    features.load("service")
    return [Route(f"/v1{one.path}", Nothing(), methods=[one.method]) for one in handlers]


def in_order(routes: list[Route], method: str, path: str) -> Route | None:
    """The first route that takes a request, as Starlette finds it."""
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path}
    return next((one for one in routes if one.matches(scope)[0] is Match.FULL), None)


@pytest.mark.parametrize("value", ["700000000000000001", "open", "undo", "a b", "%2F"])
def test_each_endpoint_is_found_whatever_stands_in_its_fields(routes: list[Route], value: str) -> None:
    signpost = Signpost(routes)
    asked = [(method, re.sub(r"{\w+}", value, one.path)) for one in routes for method in one.methods or ()]

    found = [signpost.find(*one) for one in asked]

    assert len(asked) > 100
    assert found == [in_order(routes, *one) for one in asked]
    assert None not in found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/v1/guilds//runs"),
        ("GET", "/v1/guilds/7/runs/"),
        ("DELETE", "/v1/guilds/7/runs"),
        ("BREW", "/v1/guilds/7/runs"),
        ("GET", ""),
    ],
)
def test_what_no_route_takes_is_left_to_the_routes_themselves(routes: list[Route], method: str, path: str) -> None:
    scope = {"type": "http", "method": method, "path": path}

    assert in_order(routes, method, path) is None
    assert Signpost(routes).matches(scope)[0] is Match.NONE


def test_fields_of_the_path_are_read_as_the_route_names_them(routes: list[Route]) -> None:
    match, told = Signpost(routes).matches({"type": "http", "method": "POST", "path": "/v1/guilds/7/runs/8/join"})

    assert (match, told["path_params"]) == (Match.FULL, {"guild_id": "7", "run_id": "8"})
