"""What the bot does when it hears of an event: followups register here."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from raidbot.core.events import Event

if TYPE_CHECKING:
    from raidbot.bot.app import Bot

AnyEvent = TypeVar("AnyEvent", bound=Event)
Hears: TypeAlias = Callable[["Bot", AnyEvent], Awaitable[None]]
Compares: TypeAlias = Callable[["Bot"], Awaitable[None]]

hearers: dict[type[Event], list[Hears[Any]]] = defaultdict(list)
comparisons: list[Compares] = []


def hears(kind: type[AnyEvent]) -> Callable[[Hears[AnyEvent]], Hears[AnyEvent]]:
    """Run the decorated function when the bot hears of a `kind`. It may hear of one twice."""

    def register(hearer: Hears[AnyEvent]) -> Hears[AnyEvent]:
        hearers[kind].append(hearer)
        return hearer

    return register


def compares(comparison: Compares) -> Compares:
    """Run the decorated function at start, after a gap and every 60 s: it mends what differs from the record."""
    comparisons.append(comparison)
    return comparison
