"""The one error of the API, and Discord's codes and sentences for it. docs: Opcodes and Status Codes, JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

Path = Sequence[str | int]

KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10009: (404, "Unknown Permission Overwrite"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10026: (404, "Unknown Ban"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10066: (404, "Unknown application command permissions"),
    20001: (403, "Bots cannot use this endpoint"),
    20012: (403, "You are not authorized to perform this action on this application"),
    20016: (429, "This action cannot be performed due to slowmode rate limit."),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30005: (400, "Maximum number of guild roles reached (250)"),
    30007: (400, "Maximum number of webhooks reached (15)"),
    30008: (400, "Maximum number of emojis reached (2000)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30015: (400, "Maximum number of attachments in a message reached (10)"),
    30032: (400, "Maximum number of application commands reached"),
    30033: (400, "Maximum number of thread participants has been reached (1000)"),
    30034: (429, "Maximum number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    30060: (400, "Maximum number of channel permission overwrites reached (1000)"),
    40003: (403, "You are opening direct messages too fast"),
    40005: (413, "Request entity too large"),
    40032: (400, "Target user is not connected to voice."),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (400, "Provided too few or too many messages to delete. Must provide at least 2 and at most 100 messages"),
    50019: (400, "A message can only be pinned to the channel it was sent in"),
    50021: (400, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50028: (400, "Invalid Role"),
    50033: (400, "Invalid Recipient(s)"),
    50034: (400, "A message provided was too old to bulk delete"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50138: (400, "Failed to resize asset below the maximum size: 262144"),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
    220003: (400, "Webhooks can only create threads in forum channels"),
    500000: (400, "Failed to ban users"),
}


class ApiError(Exception):
    """An answer that is no success.

    Args:
        code: Discord's code for it.
        message: The sentence, unless it is the usual one.
        status: The HTTP status, unless it is the usual one.
        errors: The tree that names the wrong fields.
        more: Further keys of the body.
    """

    def __init__(
        self,
        code: int,
        message: str | None = None,
        *,
        status: int | None = None,
        errors: Mapping[str, Any] | None = None,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        usual_status, usual_message = KNOWN.get(code, (400, "Bad Request"))
        self.code = code
        self.message = message or usual_message
        self.status = status or usual_status
        self.errors = errors
        self.more = more or {}
        self.headers = headers or {}
        super().__init__(f"{self.status} {self.code} {self.message} {errors or ''}".strip())

    def body(self) -> dict[str, Any]:
        """Return the JSON of this error."""
        answer: dict[str, Any] = {"message": self.message, "code": self.code, **self.more}
        if self.errors:
            answer["errors"] = self.errors
        return answer


class Problems:
    """Collects what is wrong with a body and answers it as one 50035. docs: API Reference, Error Messages."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Remember that the field at `path` is wrong."""
        node = self.tree
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path) -> None:
        """Remember that a field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: Path, value: object, least: int, most: int) -> None:
        """Check the length of a text or list."""
        size = len(value) if isinstance(value, str | list) else -1
        if size < 0:
            self.add(path, "BASE_TYPE_BAD_TYPE", "This field has the wrong type.")
        elif least == 0 and size > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif not least <= size <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def raise_any(self) -> None:
        """Refuse the body if anything was wrong.

        Raises:
            ApiError: 50035 with every problem.
        """
        if self.tree:
            raise ApiError(50035, errors=self.tree)


def wrong(path: Path, code: str, message: str) -> ApiError:
    """Return the refusal of a body that is wrong in one field."""
    problems = Problems()
    problems.add(path, code, message)
    return ApiError(50035, errors=problems.tree)
