"""One request to RealmEye: who we say we are, how long we wait, and what of the answer we take."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

import aiohttp
from yarl import URL

from raidbot.features.realmeye.model.facts import Kind
from raidbot.features.realmeye.model.queue import Reason

PATHS = {
    Kind.PROFILE: "player",
    Kind.NAMES: "name-history-of-player",
    Kind.GRAVEYARD: "graveyard-summary-of-player",
    Kind.EXALTATIONS: "exaltations-of",
}

LARGEST_PAGE = 2 * 1024 * 1024

MOST_HOPS = 2
"""How often it may send us on, within itself."""

REASONS: dict[int, Reason] = {
    HTTPStatus.TOO_MANY_REQUESTS: Reason.TOO_MANY,
    HTTPStatus.FORBIDDEN: Reason.FORBIDDEN,
    HTTPStatus.UNAUTHORIZED: Reason.FORBIDDEN,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Reason.FORBIDDEN,
}


@dataclass(frozen=True)
class Manners:
    """Where RealmEye is, and how we behave there."""

    base_url: str
    pause: timedelta
    """Between the end of one request and the start of the next, at the least."""
    user_agent: str
    patience_s: float = 10
    """How long an answer may take, to its last byte."""


class Trouble(Exception):  # noqa: N818 - in the words of the one who meets it
    """The site did not answer as it should.

    Args:
        reason: What went wrong.
        retry_after: For how long it asked us to stay away, if it did.
    """

    def __init__(self, reason: Reason, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


def user_agent(release: str, contact: str | None) -> str:
    """Return how we present ourselves: the bot by its name, and whom to write to."""
    return f"RotMG-Raid-Bot/{release}" + (f" (+{contact})" if contact else "")


def session(manners: Manners) -> aiohttp.ClientSession:
    """Return what pages are asked for with. It keeps no cookies."""
    headers = {"User-Agent": manners.user_agent, "Accept": "text/html"}
    timeout = aiohttp.ClientTimeout(total=manners.patience_s)
    return aiohttp.ClientSession(headers=headers, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


async def fetch(asking: aiohttp.ClientSession, manners: Manners, kind: Kind, name: str, now: datetime) -> str:
    """Return a player's page.

    Raises:
        Trouble: there is none to be had.
    """
    start = URL(f"{manners.base_url}/{PATHS[kind]}/{quote(name, safe='')}")
    url = start
    try:
        for _ in range(MOST_HOPS + 1):
            async with asking.get(url, allow_redirects=False) as answer:
                if not answer.headers.get("Location"):
                    return await _page(answer, now)
                url = url.join(URL(answer.headers["Location"]))
            if url.origin() != start.origin():
                break
        raise Trouble(Reason.ELSEWHERE)
    except TimeoutError as fault:
        raise Trouble(Reason.SLOW) from fault
    except aiohttp.ClientConnectionError as fault:
        raise Trouble(Reason.UNREACHABLE) from fault
    except (aiohttp.ClientError, ValueError) as fault:
        raise Trouble(Reason.BROKEN) from fault


async def _page(answer: aiohttp.ClientResponse, now: datetime) -> str:
    """Read a page. One that says "not found" is a page too: it may say so of the player."""
    if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
        later = _retry_after(answer.headers.get("Retry-After"), now)
        raise Trouble(REASONS.get(answer.status, Reason.BROKEN), later)
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > LARGEST_PAGE:
            raise Trouble(Reason.TOO_LARGE)
    return body.decode("utf-8", errors="replace")


def _retry_after(told: str | None, now: datetime) -> timedelta | None:
    """Read a number of seconds or a date, as RFC 9110 has it under Retry-After."""
    if told is None:
        return None
    if told.strip().isdigit():
        return timedelta(seconds=int(told.strip()[:7]))
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(moment.astimezone(UTC) - now, timedelta(0))
