"""The sample server as the tests need it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page

OpenPage = Callable[..., Awaitable[Page]]
SCREENSHOTS = Path(__file__).parents[3] / "screenshots"


@dataclass
class Town:
    """Members and channels by their names."""

    url: str
    users: dict[str, str]
    channels: dict[str, str]


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def composer(page: Page) -> Locator:
    return page.locator("#composer-text")


def message(page: Page, words: str) -> Locator:
    return log(page).get_by_role("listitem").filter(has_text=words).last


async def shoot(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to look."""
    SCREENSHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def fits(page: Page) -> bool:
    """Whether nothing runs off to the side."""
    return await page.evaluate(
        "[document.documentElement, document.getElementById('log')].every(each => each.scrollWidth <= innerWidth)"
    )
