"""Speaking with the person in front of Discord and this command."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from raidbot.rehearsal.model import Skipped

Value = TypeVar("Value")

SKIP, STOP = {"s", "skip"}, {"q", "quit", "stop"}


class Stop(Exception):  # noqa: N818 - what the person said
    """The person wants to go on another time."""


class Person(Protocol):
    """Somebody in front of Discord and this command."""

    def say(self, text: str) -> None:
        """Tell them something."""
        ...

    async def answer(self) -> str:
        """Return the line that they type next, without spaces around it."""
        ...


@dataclass(frozen=True)
class Talk:
    """What is said and asked; `s` leaves a step out and `q` stops, whenever something is typed."""

    person: Person

    def say(self, text: str) -> None:
        """Tell something."""
        self.person.say(text)

    async def asked(self, text: str) -> str:
        """Tell something and return what the person types.

        Raises:
            Skipped: they leave it out.
            Stop: they go on another time.
        """
        self.say(text)
        return await self._typed()

    async def unless_left(self, coming: Awaitable[Value], meanwhile: str) -> Value:
        """Wait for something that happens by itself or on Discord; what is typed meanwhile may leave it out.

        Raises:
            Skipped: the person leaves it out.
            Stop: they go on another time.
        """
        waited = asyncio.ensure_future(coming)
        tasks: list[asyncio.Future[Any]] = [waited]
        try:
            while True:
                typed = asyncio.create_task(self._typed())
                tasks.append(typed)
                await asyncio.wait({waited, typed}, return_when=asyncio.FIRST_COMPLETED)
                if waited.done():
                    return waited.result()
                typed.result()
                self.say(meanwhile)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _typed(self) -> str:
        text = await self.person.answer()
        if text.casefold() in SKIP:
            raise Skipped("Left out by the person.")
        if text.casefold() in STOP:
            raise Stop
        return text
