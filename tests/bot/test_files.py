"""Pictures that members give."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from aiohttp import web
from tests.support.loopback import pointed

from raidbot.bot.files import LARGEST, PictureRefused, TextRefused, Upload, fetch_picture, fetch_text, picture_suffix

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest_asyncio.fixture
async def cdn() -> AsyncGenerator[str]:
    """Where Discord keeps uploads, with a picture, a growing file, and a way out of it."""

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=PNG)

    async def text(_: web.Request) -> web.Response:
        return web.Response(body="\ufeffign,reason\nRook,äöü\n".encode())

    async def huge(_: web.Request) -> web.Response:
        return web.Response(body=PNG + b"\0" * LARGEST)

    async def leads_away(_: web.Request) -> web.Response:
        raise web.HTTPFound("/elsewhere/a.png")

    app = web.Application()
    app.router.add_get("/cdn/attachments/a.png", picture)
    app.router.add_get("/elsewhere/a.png", picture)
    app.router.add_get("/cdn/attachments/a.csv", text)
    app.router.add_get("/cdn/attachments/huge.png", huge)
    app.router.add_get("/cdn/attachments/away.png", leads_away)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with pointed(url):
        yield url
    await runner.cleanup()


async def test_a_picture_is_read_from_discord(cdn: str) -> None:
    picture = await fetch_picture(Upload("a.png", len(PNG), f"{cdn}/cdn/attachments/a.png"))

    assert (picture.data, picture.suffix) == (PNG, "png")


@pytest.mark.parametrize(
    "path",
    [
        "{cdn}/elsewhere/a.png",
        "http://127.0.0.1:1/cdn/attachments/a.png",
        "{cdn}/cdn/../elsewhere/a.png",
        "https://cdn.discordapp.com.example/cdn/a.png",
    ],
)
async def test_nothing_is_read_from_anywhere_else(cdn: str, path: str) -> None:
    with pytest.raises(PictureRefused, match="from Discord alone"):
        await fetch_picture(Upload("a.png", 28, path.format(cdn=cdn)))


@pytest.mark.parametrize("name", ["away.png", "gone.png"])
async def test_what_leads_away_or_is_gone_is_not_followed(cdn: str, name: str) -> None:
    with pytest.raises(PictureRefused):
        await fetch_picture(Upload("a.png", 28, f"{cdn}/cdn/attachments/{name}"))


@pytest.mark.parametrize(("size", "name"), [(LARGEST + 1, "a.png"), (28, "huge.png")])
async def test_a_picture_over_10_mib_is_refused_whatever_it_says_of_itself(cdn: str, size: int, name: str) -> None:
    with pytest.raises(PictureRefused, match="10 MiB is the most") as refused:
        await fetch_picture(Upload("a.png", size, f"{cdn}/cdn/attachments/{name}"))

    assert refused.value.details == {"limit": LARGEST}


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0JFIF", "jpg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"GIF89a", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(data: bytes, suffix: str | None) -> None:
    assert picture_suffix(data) == suffix


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        ("a.png", 28, "no text in UTF-8"),
        ("a.png", 10**6, "larger than 1 KiB"),
        ("huge.png", 28, "larger than 1 KiB"),
        ("gone.png", 28, "right now"),
        ("../../elsewhere/a.png", 28, "from Discord alone"),
    ],
)
async def test_what_is_no_small_text_of_discords_is_refused(cdn: str, name: str, size: int, says: str) -> None:
    with pytest.raises(TextRefused, match=says):
        await fetch_text(Upload("a.yaml", size, f"{cdn}/cdn/attachments/{name}"), 1024)
