"""What the backend answers when it cannot do as asked: one JSON shape for everything.

`{"error": {"code", "message", "reference", "details"}}`. A refusal keeps its code, status and
sentence. Anything else is a fault: logged once, with the reference that the caller is given.
"""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from starlette.responses import Response

from raidbot.core.errors import Overrun, Refusal, Unavailable
from raidbot.core.wire import encode_hook
from raidbot.database.pool import DatabaseAway, DatabaseBusy, OutcomeUnknown

log: structlog.stdlib.BoundLogger = structlog.get_logger()
encoder = msgspec.json.Encoder(enc_hook=encode_hook)


def json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return `body` as JSON."""
    return Response(encoder.encode(body), status, headers, "application/json")


def refused(refusal: Refusal, reference: str) -> Response:
    """Return a refusal."""
    response = error(refusal.status, refusal.code, refusal.sentence, reference, refusal.details)
    if isinstance(refusal, Overrun):
        response.headers["retry-after"] = str(refusal.details["retry_after"])
    return response


def error(status: int, code: str, message: str, reference: str, details: dict[str, Any] | None = None) -> Response:
    """Return an error in the one shape that all of them have."""
    told = {"code": code, "message": message, "reference": reference, "details": details or {}}
    return json({"error": told}, status, {"x-request-id": reference})


def failed(fault: Exception, reference: str) -> Response:
    """Return what a caller is told of something that should not have happened, and log it."""
    if isinstance(fault, OutcomeUnknown):
        log.error("Outcome unknown", reference=reference, reason=str(fault))
        sentence = "The database went away while this was being stored. Look at the panel before you press again."
        return refused(Unavailable(sentence), reference)
    if isinstance(fault, DatabaseBusy | DatabaseAway):
        log.warning("Database unavailable", reference=reference, reason=str(fault))
        sentence = "The database is busy or away right now. Nothing was changed; try again in a moment."
        return refused(Unavailable(sentence), reference)
    log.error("Request failed", reference=reference, exc_info=fault)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return error(
        status, "fault", f"Something broke on our side. Nothing was changed. Reference {reference}.", reference
    )
