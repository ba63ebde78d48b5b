"""Finding the route of a request in as many steps as its path has parts, however many endpoints there are.

Starlette tries one route after the other, each by a regular expression; with 140 of them every press paid for that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send
from typing_extensions import override


@dataclass
class _Fork:
    """A place in a path, and how it may go on."""

    parts: dict[str, "_Fork"] = field(default_factory=dict[str, "_Fork"])
    """By the words that are written so in a path."""
    anything: "_Fork | None" = None
    """Where a path has a field."""
    route: Route | None = None
    """The route that ends here."""

    def towards(self, part: str) -> "_Fork":
        """Return where a path goes on with a part as it is written in a route, made if need be."""
        if not part.startswith("{"):
            return self.parts.setdefault(part, _Fork())
        self.anything = self.anything or _Fork()
        return self.anything

    def find(self, parts: Sequence[str], at: int = 0) -> Route | None:
        """Return the route of a request's path; a word that is written so goes before a field."""
        if at == len(parts):
            return self.route
        word = self.parts.get(parts[at])
        found = word.find(parts, at + 1) if word else None
        return found or (self.anything.find(parts, at + 1) if self.anything else None)


class Signpost(BaseRoute):
    """Stands before the routes of an application and takes the requests that one of them would take.

    What it does not know (no such path, another method, a slash too many) goes on to the routes themselves.

    Args:
        routes: The routes; where two would take a request, the first does.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._forks: dict[str, _Fork] = {}
        for route in routes:
            for method in route.methods or ():
                fork = self._forks.setdefault(method, _Fork())
                for part in route.path.split("/"):
                    fork = fork.towards(part)
                fork.route = fork.route or route

    def find(self, method: str, path: str) -> Route | None:
        """Return the route of a request, or None."""
        fork = self._forks.get(method)
        return fork.find(path.split("/")) if fork else None

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        route = self.find(scope["method"], scope["path"]) if scope["type"] == "http" else None
        return route.matches(scope) if route else (Match.NONE, {})

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["endpoint"](scope, receive, send)
