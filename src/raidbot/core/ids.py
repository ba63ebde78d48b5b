"""Identifiers, each its own type, so that a guild is never taken for a run.

Discord's ids are snowflakes of 64 bits. They travel as strings, because JSON
numbers lose digits above 2**53; our own numbers are small and travel as integers.
"""

from typing import NewType, TypeVar


class Snowflake(int):
    """An id that Discord gave. On the wire it is a string of digits."""

    __slots__ = ()


class GuildId(Snowflake):
    """A Discord server."""

    __slots__ = ()


class UserId(Snowflake):
    """A Discord account."""

    __slots__ = ()


class RoleId(Snowflake):
    """A role of a guild."""

    __slots__ = ()


class ChannelId(Snowflake):
    """A channel or thread."""

    __slots__ = ()


class MessageId(Snowflake):
    """A message."""

    __slots__ = ()


class InteractionId(Snowflake):
    """One press of a button, one command, one submitted modal. It doubles as idempotency key."""

    __slots__ = ()


RunId = NewType("RunId", int)
"""Our own number of a run, counted up by the database."""

PostingId = NewType("PostingId", int)
"""Our own number of a message that we keep drawn."""

AnySnowflake = TypeVar("AnySnowflake", bound=Snowflake)

LARGEST_SNOWFLAKE = 2**63 - 1
"""PostgreSQL's bigint; Discord will not reach it before the year 2084."""


def snowflake(kind: type[AnySnowflake], value: object) -> AnySnowflake:
    """Read `value`, a number or a string of digits, as an id of that kind.

    Raises:
        ValueError: it is neither, or lies outside of what a snowflake can be.
    """
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("expected a Discord id: 1 to 19 digits")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError("expected a Discord id: 1 to 19 digits")  # noqa: TRY004 - msgspec reports ValueErrors
    number = int(value)
    if not 0 < number <= LARGEST_SNOWFLAKE:
        raise ValueError("expected a Discord id: 1 to 19 digits")
    return kind(number)
