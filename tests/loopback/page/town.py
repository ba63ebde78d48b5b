"""The sample server as the tests need it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

OpenPage = Callable[..., Awaitable[Page]]


@dataclass
class Town:
    """Members and channels by their names."""

    url: str
    users: dict[str, str]
    channels: dict[str, str]
