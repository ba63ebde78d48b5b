"""How much one caller may ask for, so that none drowns the backend for all others.

Counted in this process, in windows of ten seconds. The library that counts the presses of the bot's members is not used
here: it starts a thread every few requests that goes through everybody who was counted, and at the pace of a crowd that
costs 0.3 ms of CPU a request (measured on 1,000 members), as much as a fifth of a whole Join.
"""

import math
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter as Refused

from raidbot.core.clock import Clock
from raidbot.core.errors import Overrun

log: structlog.stdlib.BoundLogger = structlog.get_logger()

WINDOW_S = 10

RATE = 500
"""Requests a second with one API key. A crowd of 1,000 within 10 s makes a fifth of it, syncs beside it included."""

KEY_AT_ONCE = 300
"""Three bots with all their connections busy. Each request may hold a body of 1 MiB."""

ACTOR_AT_ONCE = 50

NAMELESS, NAMELESS_AT_ONCE = 500, 20
"""What needs no key: health and the OpenAPI document, from one address."""

WRONG_KEYS = 10
"""With a wrong API key from one address. What is asked with the right one is never held up by these."""


class Limit:
    """What every caller of one kind may ask for in ten seconds, and at once.

    Args:
        name: The kind, as the figures show it.
        in_window: So many requests in ten seconds.
        at_once: So many that are not answered yet.
        sentence: What who is refused reads, with `{seconds}` until it may ask again.
    """

    def __init__(self, name: str, in_window: int, at_once: int, sentence: str) -> None:
        self.name = name
        self.in_window = in_window
        self.at_once = at_once
        self.sentence = sentence
        self._window = 0
        self._asked = Counter[str]()
        self._inside = Counter[str]()
        self._told = set[str]()

    def enter(self, who: str, now_s: float) -> int | None:
        """Count one request; return None, or the seconds until there is room where there is none."""
        window = int(now_s // WINDOW_S)
        if window != self._window:
            self._window = window
            self._asked.clear()
            self._told.clear()
        if self._asked[who] >= self.in_window:
            return max(1, math.ceil((window + 1) * WINDOW_S - now_s))
        if self._inside[who] >= self.at_once:
            return 1
        self._asked[who] += 1
        self._inside[who] += 1
        return None

    def leave(self, who: str) -> None:
        """Take in that a request was answered."""
        self._inside[who] -= 1
        if not self._inside[who]:
            del self._inside[who]

    def is_news(self, who: str) -> bool:
        """Tell whether this is the first time in these ten seconds that somebody is refused."""
        is_news = who not in self._told
        self._told.add(who)
        return is_news


class Limits:
    """The limits of one process.

    Args:
        clock: Tells when ten seconds are over.
        refused: Counts what was refused, by `limit`.
        rate: Requests a second with one API key; a tenth of it for one member.
    """

    def __init__(self, clock: Clock, refused: Refused, rate: int = RATE) -> None:
        self._clock = clock
        self._refused = refused
        self.key = Limit(
            "key",
            rate * WINDOW_S,
            KEY_AT_ONCE,
            "The raid service has more to do than it can take. Nothing was changed; press again in {seconds} s.",
        )
        self.actor = Limit(
            "actor",
            rate * WINDOW_S // 10,
            ACTOR_AT_ONCE,
            "That was too much at once from you. Nothing was changed; press again in {seconds} s.",
        )
        self.nameless = Limit(
            "nameless",
            NAMELESS,
            NAMELESS_AT_ONCE,
            "Too many requests without a key came from this address. Ask again in {seconds} s.",
        )
        self.wrong_key = Limit(
            "wrong key",
            WRONG_KEYS,
            WRONG_KEYS,
            "Too many requests with a wrong x-api-key came from this address. Use the BACKEND_API_KEY of the backend, "
            "and ask again in {seconds} s.",
        )

    @contextmanager
    def admitted(self, limit: Limit, who: str) -> Generator[None]:
        """Count one request for as long as the block runs.

        Raises:
            Overrun: who asks has asked for too much already; nothing of the block runs.
        """
        seconds = limit.enter(who, self._clock.now().timestamp())
        if seconds is not None:
            self._refused.labels(limit.name).inc()
            if limit.is_news(who):  # once in ten seconds, not with every request
                log.warning("Requests refused", limit=limit.name, who=who, for_s=seconds)
            raise Overrun(limit.sentence.format(seconds=seconds), limit=limit.name, retry_after=seconds)
        try:
            yield
        finally:
            limit.leave(who)
