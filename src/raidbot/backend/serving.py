"""How a feature says: this function serves that endpoint."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, InteractionId, UserId
from raidbot.core.ranks import Rank
from raidbot.database.transaction import Transaction

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


@dataclass(slots=True)
class Call(Generic[Ask]):
    """A request whose caller has been checked and whose body has been read."""

    ask: Ask
    caller: UserId
    """Whom the bot asks for. 0 on endpoints that the bot calls on nobody's behalf."""
    rank: Rank
    """The caller's rank where the endpoint needs one; `MEMBER` where it needs none."""
    key: InteractionId | None
    """The interaction behind the request: the idempotency key of whatever row it creates."""
    now: datetime
    """When the request came in, in UTC."""
    tx: Transaction


Handler: TypeAlias = Callable[[Call[Ask]], Awaitable[Reply]]

handlers: dict[Endpoint[Any, Any], Handler[Any, Any]] = {}
"""Endpoint to handler, filled as the features are loaded."""


def serves(endpoint: Endpoint[Ask, Reply]) -> Callable[[Handler[Ask, Reply]], Handler[Ask, Reply]]:
    """Make the decorated function the handler of `endpoint`.

    It runs inside one transaction, which commits when it returns and rolls back when it raises.

    Raises:
        ValueError: the endpoint is served already.
    """

    def register(handler: Handler[Ask, Reply]) -> Handler[Ask, Reply]:
        if endpoint in handlers:
            raise ValueError(f"{endpoint.method} {endpoint.path} is served twice")
        handlers[endpoint] = handler
        return handler

    return register


def guild_of(ask: object) -> GuildId | None:
    """Return the guild that a request is about, if it names one."""
    return getattr(ask, "guild_id", None)
