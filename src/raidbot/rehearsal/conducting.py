"""A rehearsal from the first word to the report, with everything taken down whatever happens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from raidbot.bot.logins import Logins
from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.features.realmeye.jobs.site import Manners
from raidbot.rehearsal import report, scenery
from raidbot.rehearsal.model import Step
from raidbot.rehearsal.progress import Made, Progress
from raidbot.rehearsal.rest import Rest
from raidbot.rehearsal.scene import Scene
from raidbot.rehearsal.script.product import LOOKS
from raidbot.rehearsal.script.realmeye import Pages
from raidbot.rehearsal.steps import STEPS, UNTRIED
from raidbot.rehearsal.talk import Talk
from raidbot.rehearsal.waiting import Waits
from raidbot.rehearsal.walking import OnDiscord, OnPhones


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where it is rehearsed, as whom, and what."""

    api_url: str
    token: str = field(repr=False)
    agent: str
    """How we present ourselves to Discord."""
    guild_id: GuildId
    application_id: Snowflake
    bot_id: UserId
    granted: int
    """What the bot may do in the guild."""
    folder: Path
    """Where progress, report and the count of logins are kept."""
    manners: Manners
    release: str
    steps: Sequence[Step] = STEPS

    @property
    def report(self) -> Path:
        """Where the report is written."""
        return self.folder / "rehearsal.md"

    @property
    def progress(self) -> Path:
        """Where it is kept how far it is."""
        return self.folder / "rehearsal.json"


@dataclass
class Conductor:
    """Builds the scenery, walks, and takes it down."""

    plan: Plan
    talk: Talk
    waits: Waits
    progress: Progress

    @property
    def clock(self) -> Clock:
        """What tells the time."""
        return self.waits.clock

    async def on_discord(self) -> None:
        """Walk through the steps that ask Discord.

        Raises:
            Stop: the person wants to go on another time.
            NotDown: something is left in the server.
            Differs: Discord refuses to build the scenery.
            Away: Discord does not answer.
            LoginRefused: the bot has logged in too often today.
        """
        plan = self.plan
        async with Rest(plan.api_url, plan.token, plan.agent, self.clock) as rest:
            await self.sweep(rest)
            made = Made(plan.guild_id, scenery.new_name())
            self.progress.begins(made)
            try:
                await self._walk(rest, await scenery.build(rest, plan.guild_id, plan.bot_id, made.name))
            finally:
                self.talk.say("\nTaking everything down.")
                await self._take_down(rest, made)

    async def sweep(self, rest: Rest) -> None:
        """Take down what earlier rehearsals left in this server.

        Raises:
            NotDown: something is left.
            Away: Discord does not answer.
        """
        for left in [one for one in self.progress.kept.sceneries if one.guild_id == self.plan.guild_id]:
            self.talk.say(f"An earlier rehearsal was cut off. Taking down {left.name}.")
            await self._take_down(rest, left)

    async def on_phones(self) -> None:
        """Walk through what members and staff are to see.

        Raises:
            Stop: the person wants to go on another time.
        """
        await OnPhones(self.talk, self.progress, self.clock).walk(LOOKS)

    def write_report(self) -> None:
        """Write how all steps ended."""
        outcomes = self.progress.kept.outcomes
        about = self.plan.release, self.clock.now()
        text = report.markdown(outcomes, STEPS, LOOKS, UNTRIED, about)
        self.plan.report.write_text(text, encoding="utf-8")

    async def _walk(self, rest: Rest, built: scenery.Scenery) -> None:
        plan = self.plan
        scene = Scene(
            rest=rest,
            talk=self.talk,
            clock=self.clock,
            logins=Logins(plan.folder / "logins", self.clock),
            scenery=built,
            application_id=plan.application_id,
            bot_id=plan.bot_id,
            waits=self.waits,
            pages=Pages(plan.manners, self.clock),
        )
        try:
            await OnDiscord(self.talk, self.progress, self.clock, scene, plan.granted).walk(plan.steps)
        finally:
            await scene.close()

    async def _take_down(self, rest: Rest, made: Made) -> None:
        plan = self.plan
        await scenery.take_down(rest, plan.guild_id, plan.application_id, plan.bot_id, made.name)
        self.progress.is_down(made)
