"""What listens from the first moment on: it says why nothing is served yet, then lets everything through."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from raidbot.backend import answers, requests
from raidbot.core.clock import Clock
from raidbot.core.errors import Unavailable
from raidbot.core.health import Health

CLOSED = "The raid service is starting. Nothing was changed; press again in a moment."


class Door:
    """An ASGI application before the application: PostgreSQL may be away, or its schema not yet as it should be.

    Args:
        version: This release.
        clock: Tells the time on the health page.
    """

    def __init__(self, version: str, clock: Clock) -> None:
        self.reason = "The backend is starting."
        """Why it is closed."""
        self._version = version
        self._clock = clock
        self._inside: ASGIApp | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests are served."""
        return self._inside is not None

    def open(self, inside: ASGIApp) -> None:
        """Let everything through from now on."""
        self._inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._inside is not None:
            await self._inside(scope, receive, send)
            return
        request = Request(scope, receive)
        is_health = request.url.path == "/v1/health"
        told = answers.json(self._health(), HTTPStatus.SERVICE_UNAVAILABLE) if is_health else None
        response = told or answers.refused(Unavailable(CLOSED), requests.request_id(request))
        await response(scope, receive, send)

    def _health(self) -> Health:
        return Health(
            ok=False,
            service="raidbot-backend",
            time=self._clock.now(),
            database="unknown",
            version=self._version,
            migrations="unknown",
            reason=self.reason,
        )
