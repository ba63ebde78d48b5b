"""What happened, for whoever listens: the gateway and the page."""

from collections.abc import Callable
from dataclasses import dataclass

from discord_loopback.model import Channel, Json, Message


@dataclass(slots=True)
class Event:
    """One thing that happened.

    `name` is the gateway's name of it. `only` restricts it to one member's eyes. `about` are the accounts it concerns,
    where that decides who hears of it.
    """

    name: str
    data: Json
    guild_id: int | None = None
    channel: Channel | None = None
    message: Message | None = None
    only: int | None = None
    about: tuple[int, ...] = ()


Listener = Callable[[Event], None]


class Bus:
    """Tells every listener at once, in the order of things."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Tell this listener from now on."""
        self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Tell this listener no more."""
        self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Tell what happened."""
        for listener in tuple(self._listeners):
            listener(event)
