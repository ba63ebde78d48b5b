"""What happened: the stream of events from the backend, and who in the bot listens."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias, TypeVar, cast

import discord
import msgspec
import structlog

from raidbot.bot.backend import Backend, Fault
from raidbot.bot.canvas import Canvas
from raidbot.bot.painter import Painter
from raidbot.bot.pictures import Pictures
from raidbot.bot.rounds import Rounds
from raidbot.core.clock import Clock
from raidbot.core.errors import Refusal
from raidbot.core.events import Event, ReadEvents, StoredEvent, read_events
from raidbot.core.wire import decode_hook

log: structlog.stdlib.BoundLogger = structlog.get_logger()

AnyEvent = TypeVar("AnyEvent", bound=Event)

PAUSE_S = 0.15
"""Between two readings, so that a crowd of clicks makes few of them."""

RETRY_S = 1.0

LONGEST_READ_S = 25.0
"""So long a read may take while nothing happens."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What a listener may use."""

    backend: Backend
    painter: Painter
    pictures: Pictures
    canvas: Canvas
    rounds: Rounds
    clock: Clock


Hears: TypeAlias = Callable[[AnyEvent, Ears], Awaitable[None]]

listeners: dict[type[Event], list[Hears[Any]]] = defaultdict(list)
"""Filled as the features are loaded."""


def hears(kind: type[AnyEvent]) -> Callable[[Hears[AnyEvent]], Hears[AnyEvent]]:
    """Call the decorated function for each event of that kind. It may be called twice for one."""

    def register(listener: Hears[AnyEvent]) -> Hears[AnyEvent]:
        listeners[kind].append(listener)
        return listener

    return register


Compares: TypeAlias = Callable[[discord.Guild, Ears], Awaitable[None]]

comparisons: list[Compares] = []
"""Filled as the features are loaded."""


def compares(compare: Compares) -> Compares:
    """Call the decorated function for each guild at the start, after a gap, and every minute."""
    comparisons.append(compare)
    return compare


minutely: list[Compares] = []
"""Filled as the features are loaded."""


def every_minute(does: Compares) -> Compares:
    """Call the decorated function for each guild whose members the bot can hear, at the start and every minute."""
    minutely.append(does)
    return does


class EventReader:
    """Reads the events of one shard for ever, and asks for a comparison whenever some may be missing.

    Args:
        ears: What listeners may use.
        clock: Sleeps between attempts.
        compare: Called at the start and after a gap.
        shard: The number of the shard, and how many there are.
    """

    def __init__(
        self, ears: Ears, clock: Clock, compare: Callable[[], Awaitable[None]], shard: tuple[int, int] = (0, 1)
    ) -> None:
        self._ears = ears
        self._clock = clock
        self._compare = compare
        self._shard = shard
        self._place: str | None = None
        self._away: str | None = None
        self._read_at = perf_counter()

    @property
    def age_s(self) -> float:
        """Since when no events could be read. A read may take 20 s while nothing happens."""
        return max(0.0, perf_counter() - self._read_at - LONGEST_READ_S)

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            try:
                await self._turn()
                self._read_at = perf_counter()
                self._away = None
                await self._clock.sleep(PAUSE_S)
            except (Refusal, Fault) as away:
                if self._away != str(away):  # once a change, not with every try
                    log.warning("Events cannot be read", reason=str(away))
                self._away = str(away)
                await self._clock.sleep(RETRY_S)

    async def _turn(self) -> None:
        shard_id, shard_count = self._shard
        page = await self._ears.backend.call(read_events, ReadEvents(self._place, shard_id, shard_count))
        is_start = self._place is None
        self._place = page.place
        if is_start or page.gap:
            await self._compare()
        for stored in page.events:
            await self._tell(stored)

    async def _tell(self, stored: StoredEvent) -> None:
        kind = Event.kinds.get(stored.kind)
        if kind is None:  # from a newer backend, while an update is on its way
            return
        happened = msgspec.convert(stored.body, kind, dec_hook=decode_hook)
        if not self._ears.canvas.is_here(happened.guild_id):
            return  # once the bot is back there, everything is compared
        for listener in listeners[kind]:
            try:
                await listener(cast("Any", happened), self._ears)
            except Exception as broken:
                log.exception("Follow-up failed", event_kind=stored.kind, exc_info=broken)
