"""A person at the terminal and in front of the loopback Discord, who does what the script says."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.loopback.conftest import Here
from tests.loopback.ids import APPLICATION, GUILD, ROOK
from tests.support.realmeye import AGENT, PAUSE

from discord_loopback import permissions
from discord_loopback.client import HandsError
from raidbot.cli.portal import AGENT as DISCORD_AGENT
from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.features.realmeye.jobs.site import Manners
from raidbot.rehearsal.conducting import Conductor, Plan
from raidbot.rehearsal.progress import Progress
from raidbot.rehearsal.steps import STEPS
from raidbot.rehearsal.talk import Talk
from raidbot.rehearsal.waiting import Waits

BUTTON = re.compile(r"[Pp]ress \*\*(\w+)\*\*")


@dataclass
class Player:
    """Presses what the script says, as Rook. Where everything waits, the clock is moved."""

    here: Here
    waits: Waits
    stops_at: str = ""
    """At what the person types `q`."""
    repeats: int = 0
    """How often they type `r` when they may."""
    tells: dict[str, str] = field(default_factory=dict[str, str])
    """What they type where something is said."""
    said: list[str] = field(default_factory=list[str])
    mover: asyncio.Task[None] | None = None
    """Moves the clock, once nothing else is left to do."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def say(self, text: str) -> None:
        self.said.append(text)
        if (named := BUTTON.search(text)) and not self._stops():
            self.tasks.append(asyncio.create_task(self.press(named[1])))
        if "Still waiting" in text and self.mover is None and not self.tells:
            self.mover = asyncio.create_task(self.pass_time())

    async def answer(self) -> str:
        if self._stops():
            return "q"
        asked = self.said[-1]
        if told := next((text for where, text in self.tells.items() if where in asked), None):
            return told
        if "then Enter here" in asked:
            await self.tasks[-1]
            return ""
        if BUTTON.search(asked) or "Still waiting" in asked:
            await asyncio.Future()
        if "r tries it once more" in asked and self.repeats:
            self.repeats -= 1
            return "r"
        return "Rook" if "name in the game" in asked else ""

    def _stops(self) -> bool:
        return bool(self.stops_at) and self.stops_at in self.said[-1]

    async def press(self, label: str) -> None:
        """Press a button of the rehearsal."""
        channels = self.here.world.guilds[GUILD].channels.values()
        ours = [one for one in channels if re.fullmatch(r"rehearsal-\w+-(open|narrow)", one.name)]
        shown = [one for channel in ours for one in await self.here.hands.messages(channel.id, ROOK)]
        message = next(one for one in shown if f"press **{label}**" in one["content"])
        button = message["components"][0]["components"][0]["custom_id"]
        with contextlib.suppress(HandsError):  # Discord's app does not let one press who is timed out
            await self.here.hands.click(ROOK, message["id"], button, None)

    async def pass_time(self) -> None:
        """Move the clock to the next moment for which something waits."""
        while True:
            if self.waits.all_wait and (due := self.waits.next_at):
                await self.here.hands.shift_clock(max((due - self.waits.clock.now()).total_seconds(), 0) + 0.2)
                while self.waits.next_at == due:
                    await asyncio.sleep(0.005)
            await asyncio.sleep(0.005)


def a_conductor(
    here: Here, folder: Path, *names: str, realmeye: str = "", stops_at: str = ""
) -> tuple[Conductor, Player]:
    """Return a conductor of these steps, or of all, with a person who takes part."""
    waits = Waits(Clock(folder / "clock"))
    player = Player(here, waits, stops_at)
    bot = here.world.guilds[GUILD].members[APPLICATION]
    plan = Plan(
        api_url=f"{here.world.url}/api/v10",
        token=here.world.token,
        agent=DISCORD_AGENT,
        guild_id=GuildId(GUILD),
        application_id=Snowflake(APPLICATION),
        bot_id=UserId(APPLICATION),
        granted=permissions.base(here.world.guilds[GUILD], bot),
        folder=folder,
        manners=Manners(realmeye, PAUSE, AGENT),
        release="0.0.0",
        steps=[one for one in STEPS if one.name in names] or STEPS,
    )
    return Conductor(plan, Talk(player), waits, Progress(plan.progress)), player


def left_of(here: Here) -> list[str]:
    """Return what still carries the name of a rehearsal."""
    guild = here.world.guilds[GUILD]
    named = [one.name for one in (*guild.channels.values(), *guild.roles.values(), *here.world.emojis.values())]
    named += [one["name"] for one in here.world.commands.get(GUILD, [])]
    return [one for one in named if one.startswith("rehearsal")]
