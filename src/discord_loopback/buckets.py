"""Rate limits: a count in a window that starts with its first request. docs: Rate Limits."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from discord_loopback.clock import Clock
from discord_loopback.errors import ApiError


class Limit(NamedTuple):
    """So many requests in so many seconds."""

    requests: int
    seconds: float


GLOBAL = Limit(50, 1.0)
"""docs: Rate Limits, Global Rate Limit; interaction endpoints are not bound by it."""
MESSAGES = Limit(5, 5.0)
"""Sending and changing messages, each in a channel. Seen in headers, to confirm."""
OLD_EDITS = Limit(3, 6.0)
"""Changing messages older than an hour, over all of a channel; the code 30046. To confirm: the figures."""
OLD = 3600.0
MEMBER_ROLES = Limit(10, 10.0)
"""Giving and taking roles, in a guild. Seen in headers, to confirm."""
RENAMES = Limit(2, 600.0)
"""Name and topic of a channel, whoever changes them, so its scope is shared. Told by Discord's staff, to confirm."""
WEBHOOKS = Limit(5, 2.0)
"""Each route of a webhook or an interaction's token, by its id and token. Seen in headers, to confirm."""
REACTIONS = Limit(1, 0.25)
"""Adding and removing reactions, in a channel. Seen in headers, to confirm."""
EMOJIS = Limit(50, 3600.0)
"""Making emojis. docs: Rate Limits: "do not follow the normal rate limit conventions"; the figure is to confirm."""
COMMAND_CREATES = Limit(200, 86_400.0)
"""Commands that are new, in a guild or everywhere. docs: Application Commands, Registering a Command."""
OPENED_DMS = Limit(60, 600.0)
"""Conversations that are new. docs: User, Create DM: "a significant amount … too quickly"; the figure is to confirm."""
FOLLOW_UPS = Limit(30, 60.0)
"""Follow-ups in a channel. The figure is not published, to confirm."""
ORDINARY = Limit(20, 1.0)
"""Everything else; not the real figures, which only headers tell."""


@dataclass(slots=True)
class Window:
    """How much of a limit is used, and until when."""

    used: int
    ends: float


@dataclass(slots=True)
class Taken:
    """What a request learns of its bucket."""

    limit: Limit
    remaining: int
    reset_after: float
    allowed: bool


@dataclass
class Buckets:
    """All windows that are open."""

    clock: Clock
    windows: dict[object, Window] = field(default_factory=dict[object, Window])

    def take(self, key: object, limit: Limit) -> Taken:
        """Count a request against a bucket."""
        now = self.clock.elapsed()
        window = self.windows.get(key)
        if window is None or window.ends <= now:
            if len(self.windows) > 50_000:  # noqa: PLR2004 - far more than are open at once
                self.windows = {each: kept for each, kept in self.windows.items() if kept.ends > now}
            window = self.windows[key] = Window(0, now + limit.seconds)
        allowed = window.used < limit.requests
        if allowed:
            window.used += 1
        return Taken(limit, limit.requests - window.used, max(window.ends - now, 0.001), allowed)

    def demand(self, key: object, limit: Limit, code: int | None = None, scope: str = "user") -> None:
        """Count a request against a limit that headers do not show.

        Raises:
            ApiError: 429.
        """
        taken = self.take(key, limit)
        if not taken.allowed:
            raise too_many(taken.reset_after, scope, code)


def too_many(retry_after: float, scope: str, code: int | None = None) -> ApiError:
    """Return the refusal of a request that came too soon."""
    everywhere = scope == "global"
    headers = {"Retry-After": str(int(retry_after) + 1), "X-RateLimit-Scope": scope}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    more = {"retry_after": round(retry_after, 3), "global": everywhere}
    # docs: Rate Limits, Example Exceeded Resource Rate Limit Response
    usual = "The resource is being rate limited." if scope == "shared" else "You are being rate limited."
    message = usual if code is None else None
    return ApiError(code or 0, message, status=429, more=more, headers=headers)


def name_of(method: str, path: str) -> str:
    """Return the opaque name of a route's bucket."""
    return hashlib.blake2s(f"{method} {path}".encode(), digest_size=8).hexdigest()


def headers(taken: Taken, name: str, now: float) -> dict[str, str]:
    """Return what every answer tells about its bucket. docs: Rate Limits, Header Format."""
    return {
        "X-RateLimit-Limit": str(taken.limit.requests),
        "X-RateLimit-Remaining": str(taken.remaining),
        "X-RateLimit-Reset": f"{now + taken.reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{taken.reset_after:.3f}",
        "X-RateLimit-Bucket": name,
    }
