"""The loopback as a process, an application on it, and members at their browsers."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from tests.loopback.page.bot import Bot, connected
from tests.loopback.page.town import OpenPage, Town

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def options() -> list[str]:
    """What else the loopback is started with."""
    return []


@pytest.fixture
def ready(options: list[str]) -> Generator[dict[str, Any]]:
    command = [sys.executable, "-m", "discord_loopback", "--port", "0", *options]
    process = subprocess.Popen(  # noqa: S603 - our own server
        command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": "src"}
    )
    with process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(5)


@pytest_asyncio.fixture
async def bot(ready: dict[str, Any]) -> AsyncGenerator[Bot]:
    async with connected(ready) as application:
        yield application


@pytest_asyncio.fixture
async def town(ready: dict[str, Any]) -> Town:
    url: str = ready["url"]
    async with aiohttp.ClientSession(url) as session:
        async with session.get("/control/state") as answer:
            users = {user["name"]: user["id"] for user in (await answer.json())["users"]}
        query = {"as": users["Alwyn"]}
        async with session.get(f"/control/guilds/{ready['guild_ids'][0]}/view", params=query) as answer:
            channels = {channel["name"]: channel["id"] for channel in (await answer.json())["channels"]}
    return Town(url, users, channels)


@pytest_asyncio.fixture
async def chromium() -> AsyncGenerator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium found: looked for chromium, chromium-browser and google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def open_page(chromium: Browser, town: Town) -> AsyncGenerator[OpenPage]:
    """Open the page as a member; at the end no page may have stumbled over an error of its own."""
    errors: list[str] = []

    async def opened(name: str, *, width: int = 1280, height: int = 800, channel: str = "bot-commands") -> Page:
        page = await chromium.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"{town.url}/?as={town.users[name]}&channel={town.channels[channel]}")
        field = page.locator("#composer")
        await field.get_by_role("textbox").or_(field.get_by_role("combobox")).first.wait_for()
        return page

    yield opened
    assert errors == []
