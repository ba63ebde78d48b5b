"""What steps work with: Discord, the scenery, the person, and time."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from raidbot.bot.logins import Logins
from raidbot.core.clock import Clock
from raidbot.core.ids import ChannelId, Snowflake, UserId
from raidbot.rehearsal.line import DIRECT_MESSAGES, GUILDS, MEMBERS, MESSAGES, Broken, Line
from raidbot.rehearsal.model import Differs, Json
from raidbot.rehearsal.rest import Rest
from raidbot.rehearsal.scenery import Scenery
from raidbot.rehearsal.talk import Talk
from raidbot.rehearsal.waiting import Waits

if TYPE_CHECKING:
    from raidbot.rehearsal.script.realmeye import Pages

INTENTS = GUILDS | MEMBERS | MESSAGES | DIRECT_MESSAGES
BUTTON, ROW, PRIMARY = 2, 1, 1
"""docs: Component Reference."""

NO_PRESS = "No press has arrived yet. It goes on by itself; s leaves it out."


@dataclass
class Scene:
    """All that a step needs."""

    rest: Rest
    talk: Talk
    clock: Clock
    logins: Logins
    scenery: Scenery
    application_id: Snowflake
    bot_id: UserId
    waits: Waits
    pages: "Pages"
    lines: list[Line] = field(default_factory=list[Line])

    async def listening(self) -> Line:
        """Return the connection on which presses come in, opened anew where it broke."""
        if self.lines and not self.lines[0].over.is_set():
            return self.lines[0]
        line = Line(self.rest, self.logins, self.clock)
        self.lines.insert(0, line)
        await line.dial()
        await line.identify(INTENTS)
        await line.event("GUILD_CREATE", lambda one: one["id"] == str(self.scenery.guild_id))
        return line

    @asynccontextmanager
    async def another_line(self, intents: int, *, heartbeats: bool = True) -> AsyncGenerator[Line]:
        """Open a connection of a step's own, with a session of its own, and close it afterwards.

        Raises:
            Differs: it ended by itself.
        """
        line = Line(self.rest, self.logins, self.clock)
        try:
            await line.dial(heartbeats=heartbeats)
            await line.identify(intents)
            yield line
        except Broken as ended:
            raise Differs(str(ended)) from ended
        finally:
            await line.close()

    @asynccontextmanager
    async def resumed(self, other: Line) -> AsyncGenerator[Json]:
        """Ask for the session of a connection on a new one, return the answer, and close the new one afterwards."""
        line = Line(self.rest, self.logins, self.clock)
        try:
            await line.dial()
            yield await line.resume(other.session_id, other.sequence)
        finally:
            await line.close()

    async def button(self, label: str, channel: ChannelId) -> Json:
        """Post a message with one button and return it; the button's custom id holds its label."""
        button = {"type": BUTTON, "style": PRIMARY, "label": label, "custom_id": f"{self.scenery.name}:{label}"}
        text = f"Rehearsal: press **{label}** when the terminal says so."
        return await self.rest.post(channel, content=text, components=[{"type": ROW, "components": [button]}])

    async def pressed(self, label: str, told: str = "", *, narrow: bool = False) -> tuple[Json, Json]:
        """Post a button, ask for a press, and return the interaction with the message that was pressed.

        Args:
            label: What stands on it.
            told: What is said besides.
            narrow: Whether it is posted in the narrow channel instead of the open one.

        Raises:
            Skipped: the person leaves it out.
            Stop: they go on another time.
        """
        line = await self.listening()
        begin = len(line.heard)
        message = await self.button(label, self.scenery.narrow_id if narrow else self.scenery.open_id)
        place = f"#{self.scenery.name}-{'narrow' if narrow else 'open'}"
        self.talk.say(f"{told}Press **{label}** in {place}.")
        return await self.talk.unless_left(self.press_on(line, message, begin), NO_PRESS), message

    @staticmethod
    async def press_on(line: Line, message: Json, after: int) -> Json:
        """Return the interaction of a press on a message, however long that takes."""

        def right(packet: Json) -> bool:
            about = packet.get("d") or {}
            return packet.get("t") == "INTERACTION_CREATE" and (about.get("message") or {}).get("id") == message["id"]

        return (await line.until(right, "press", after=after, patience_s=None))["d"]

    async def callback(self, press: Json, kind: int, **data: object) -> None:
        """Give the first answer to an interaction.

        Raises:
            Differs: it was refused.
        """
        await self.rest.made(
            "POST", f"/interactions/{press['id']}/{press['token']}/callback", {"type": kind, "data": data}
        )

    def webhook(self, press: Json, rest: str = "") -> str:
        """Return the path of an interaction's further answers."""
        return f"/webhooks/{self.application_id}/{press['token']}{rest}"

    @asynccontextmanager
    async def without_role(self) -> AsyncGenerator[None]:
        """Take the role from the bot for a moment, so that it does not see the closed channel."""
        path = f"/guilds/{self.scenery.guild_id}/members/{self.bot_id}/roles/{self.scenery.role_id}"
        await self.rest.made("DELETE", path)
        try:
            yield
        finally:
            await self.rest.made("PUT", path)

    async def marker(self, line: Line, after: int) -> None:
        """Post something and hear of it: what happened before has been told by then."""
        sent = await self.rest.post(self.scenery.narrow_id, content="Rehearsal: a marker.")
        await line.event("MESSAGE_CREATE", lambda one: one["id"] == sent["id"], after=after)

    async def temporary_webhook(self, channel: ChannelId) -> str:
        """Make a webhook and return the path that posts through it."""
        hook = await self.rest.made("POST", f"/channels/{channel}/webhooks", {"name": self.scenery.name})
        return f"/webhooks/{hook['id']}/{hook['token']}"

    async def close(self) -> None:
        """End all connections."""
        for line in self.lines:
            await line.close()
        self.lines.clear()


def expect(otherwise: str, *, that: bool) -> None:
    """Insist on something.

    Raises:
        Differs: it is not so; `otherwise` says what is instead.
    """
    if not that:
        raise Differs(otherwise)


def confirmed(saw: str, *, that: bool) -> str:
    """Return what a step saw, where that is what our loopback does.

    Raises:
        Differs: it is not.
    """
    expect(saw, that=that)
    return saw


def figure(text: str) -> float:
    """Return the number in a header, -1 where there is none."""
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else -1.0
