"""Reading a request: its key, its ids and its body, each with a clear sentence when it is wrong."""

import re
import secrets
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from raidbot.core.endpoint import Endpoint
from raidbot.core.errors import InvalidRequest, Refusal
from raidbot.core.ids import InteractionId, UserId, snowflake
from raidbot.core.wire import decode_hook

Ask = TypeVar("Ask", bound=msgspec.Struct)

LARGEST_BODY = 1024 * 1024
"""In bytes. A member mirror of 1,000 members takes about 60 kB."""

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

OUR_ID = re.compile(r"[0-9]{1,19}")
LARGEST_ID = 2**63 - 1
"""What PostgreSQL's bigint holds."""


class WrongKey(Refusal):
    """The API key is missing or wrong."""

    status = 401


class BodyTooLarge(Refusal):
    """More was sent than the backend reads."""

    status = 413


class UnknownCaller(Refusal):
    """The request does not say for whom it is made."""

    status = 400


def request_id(request: Request) -> str:
    """Return the id that ties log lines of bot and backend together; a new one where none was sent."""
    sent = request.headers.get("x-request-id", "")
    return sent if REQUEST_ID.fullmatch(sent) else secrets.token_hex(4)


def key_name(request: Request, keys: Mapping[str, str]) -> str:
    """Return the name of the API key that was sent, compared with all that count in constant time.

    Raises:
        WrongKey: it is missing or another one.
    """
    sent = request.headers.get("x-api-key", "").encode()
    found = [name for name, key in keys.items() if compare_digest(sent, key.encode())]
    if not found:
        raise WrongKey("The x-api-key header is missing or wrong. Use the BACKEND_API_KEY of the backend.")
    return found[0]


def address(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client else "unknown"


def caller(request: Request) -> UserId:
    """Return the member on whose behalf the bot asks.

    Raises:
        UnknownCaller: the x-actor header is missing or no id.
    """
    try:
        return snowflake(UserId, request.headers.get("x-actor", ""))
    except ValueError:
        raise UnknownCaller("The x-actor header must hold the Discord id of the member who acts.") from None


def idempotency_key(request: Request) -> InteractionId | None:
    """Return the interaction behind the request.

    Raises:
        InvalidRequest: the header holds no id.
    """
    sent = request.headers.get("idempotency-key")
    if sent is None:
        return None
    try:
        return snowflake(InteractionId, sent)
    except ValueError:
        raise InvalidRequest("The Idempotency-Key header must be the id of an interaction.") from None


class Reader(Generic[Ask]):
    """Reads the requests of one endpoint."""

    def __init__(self, endpoint: Endpoint[Ask, Any]) -> None:
        self._endpoint = endpoint
        fields = msgspec.structs.fields(endpoint.ask)
        self._names = {field.encode_name for field in fields}
        self._integers = {field.encode_name for field in fields if _is_integer(field.type)}

    async def read(self, request: Request) -> Ask:
        """Return what is asked.

        Raises:
            InvalidRequest: something is missing, unknown, of a wrong type or over its limit; the sentence names it.
            BodyTooLarge: the body is over 1 MiB.
        """
        fields: dict[str, Any] = dict(request.path_params)
        if self._endpoint.method == "GET":
            fields |= {**dict(parse_qsl(request.url.query)), **fields}
            return self._checked(fields, strict=False)
        body = await self._body(request)
        sent = self._parsed(body) if body else {}
        return self._checked({**sent, **self._numbers(fields)}, strict=True)

    async def _body(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise BodyTooLarge(f"The body is larger than {LARGEST_BODY:,} bytes.", limit=LARGEST_BODY)
                chunks.append(chunk)
        except ClientDisconnect:
            raise InvalidRequest("The caller went away before the body was complete.") from None
        return b"".join(chunks)

    def _parsed(self, body: bytes) -> dict[str, Any]:
        if b"\\u0000" in body:
            raise InvalidRequest("Text must not contain the NUL character.")
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise InvalidRequest(f"The body is not a JSON object: {wrong}.") from None

    def _numbers(self, fields: dict[str, str]) -> dict[str, Any]:
        """Path fields are text; those that the ask wants as plain integers become integers."""
        return {
            name: int(text) if name in self._integers and _is_our_id(text) else text for name, text in fields.items()
        }

    def _checked(self, fields: dict[str, Any], *, strict: bool) -> Ask:
        if unknown := sorted(fields.keys() - self._names):
            raise InvalidRequest(f"Unknown field: {', '.join(unknown)}.", fields=unknown)
        try:
            return msgspec.convert(fields, self._endpoint.ask, strict=strict, dec_hook=decode_hook)
        except msgspec.ValidationError as wrong:
            raise InvalidRequest(f"{wrong}.") from None


def _is_our_id(text: str) -> bool:
    """Tell whether a text of a path is a number that the database holds."""
    return OUR_ID.fullmatch(text) is not None and int(text) <= LARGEST_ID


def _is_integer(kind: Any) -> bool:
    """Tell whether a field is a plain integer, also under a name of its own such as `RunId`."""
    return getattr(kind, "__supertype__", kind) is int
