"""The site itself: pages for everybody, a form for a player's description, and a control API for tests."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import msgspec
from aiohttp import web

from realmeye_loopback import markup
from realmeye_loopback.players import Player, Section
from realmeye_loopback.troubles import Book, Mode, Trouble

PAGES: dict[str, Callable[[Player], str]] = {
    "player": markup.profile,
    "name-history-of-player": markup.names,
    "graveyard-summary-of-player": markup.graveyard,
    "exaltations-of": markup.exaltations,
}

LONGEST_DESCRIPTION = 3

Asked = TypeVar("Asked", bound=msgspec.Struct)


class Site:
    """All players by their name in small letters, and the book of visits.

    Args:
        players: Who is known from the start.
    """

    def __init__(self, players: Iterable[Player] = ()) -> None:
        self.players = {player.ign.lower(): player for player in players}
        self.book = Book()

    def application(self) -> web.Application:
        """Return what serves it."""
        app = web.Application()
        app.router.add_get("/", self._front)
        app.router.add_get("/settings-of/{ign}", self._settings)
        app.router.add_post("/settings-of/{ign}", self._save)
        for path, page in PAGES.items():
            app.router.add_get(f"/{path}/{{ign}}", self._page(page))
        app.router.add_put("/control/players", self._put)
        app.router.add_delete("/control/players/{ign}", self._forget)
        app.router.add_put("/control/trouble", self._trouble)
        app.router.add_get("/control/stats", self._stats)
        app.router.add_delete("/control/stats", self._no_stats)
        return app

    def _page(self, page: Callable[[Player], str]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def show(request: web.Request) -> web.StreamResponse:
            began = self.book.enter()
            trouble = self.book.next_trouble()
            try:
                await self.book.delay(trouble)
                return await self._answer(request, page, trouble)
            finally:
                self.book.leave(request.path, request.headers.get("User-Agent", ""), began)

        return show

    async def _answer(
        self, request: web.Request, page: Callable[[Player], str], trouble: Trouble | None
    ) -> web.StreamResponse:
        ign = request.match_info["ign"]
        player = self.players.get(ign.lower())
        text = markup.not_found(ign) if player is None or player.hides(Section.PROFILE) else page(player)
        if trouble is None or trouble.mode is Mode.SLOW:
            return web.Response(text=text, content_type="text/html")
        return await _troubled(request, text, trouble)

    async def _front(self, _: web.Request) -> web.Response:
        return web.Response(text=markup.front(self.players.values()), content_type="text/html")

    async def _settings(self, request: web.Request) -> web.Response:
        return web.Response(text=markup.settings(self._known(request), saved=False), content_type="text/html")

    async def _save(self, request: web.Request) -> web.Response:
        lines = str((await request.post()).get("lines", "")).splitlines()
        described = msgspec.structs.replace(
            self._known(request), description=[line.strip()[:200] for line in lines[:LONGEST_DESCRIPTION]]
        )
        self.players[described.ign.lower()] = described
        return web.Response(text=markup.settings(described, saved=True), content_type="text/html")

    def _known(self, request: web.Request) -> Player:
        player = self.players.get(request.match_info["ign"].lower())
        if player is None:
            raise web.HTTPNotFound(text="There is no such player here.")
        return player

    async def _put(self, request: web.Request) -> web.Response:
        player = _read(await request.read(), Player)
        self.players[player.ign.lower()] = player
        return web.json_response({})

    async def _forget(self, request: web.Request) -> web.Response:
        self.players.pop(request.match_info["ign"].lower(), None)
        return web.json_response({})

    async def _trouble(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.book.set(None if body == b"null" else _read(body, Trouble))
        return web.json_response({})

    async def _stats(self, _: web.Request) -> web.Response:
        return web.Response(body=msgspec.json.encode(self.book.stats()), content_type="application/json")

    async def _no_stats(self, _: web.Request) -> web.Response:
        self.book.forget()
        return web.json_response({})


def _read(body: bytes, kind: type[Asked]) -> Asked:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as fault:
        raise web.HTTPBadRequest(text=str(fault)) from fault


async def _troubled(request: web.Request, text: str, trouble: Trouble) -> web.StreamResponse:
    """Answer as a site in trouble does."""
    if trouble.mode is Mode.STATUS:
        headers = {"Retry-After": trouble.retry_after} if trouble.retry_after else {}
        return web.Response(status=trouble.status, headers=headers, text="<h1>No.</h1>", content_type="text/html")
    if trouble.mode is Mode.HALF:
        return web.Response(text=text[: len(text) // 2], content_type="text/html")
    if trouble.mode is Mode.REBUILT:
        rebuilt = text.replace("class=", "data-look=").replace("id=", "data-name=").replace("h1>", "h4>")
        return web.Response(text=rebuilt, content_type="text/html")
    if trouble.mode is Mode.ELSEWHERE:
        return web.Response(status=302, headers={"Location": "http://elsewhere.invalid/player"})
    return await _streamed(request, text, trouble)


async def _streamed(request: web.Request, text: str, trouble: Trouble) -> web.StreamResponse:
    """Send a page that breaks off, or never ends."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    if trouble.mode is Mode.TORN:
        answer.content_length = len(text.encode())
    await answer.prepare(request)
    await answer.write(text[: len(text) // 2].encode())
    if trouble.mode is Mode.TORN and request.transport is not None:
        request.transport.close()
        return answer
    while request.transport is not None and not request.transport.is_closing():
        await answer.write(b" " * 65536)
    return answer
