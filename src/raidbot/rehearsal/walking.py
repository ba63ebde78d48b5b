"""Walking a person through the script: steps in their order, the rest of waiting ones beside them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from raidbot.core.clock import Clock
from raidbot.core.permissions import EVERYTHING, labels
from raidbot.rehearsal.model import Differs, Later, Outcome, Seen, Skipped, Step, Verdict
from raidbot.rehearsal.progress import Progress
from raidbot.rehearsal.rest import Away
from raidbot.rehearsal.scene import Scene
from raidbot.rehearsal.script.product import Look
from raidbot.rehearsal.talk import Talk

UNEXPECTED = (LookupError, TypeError, ValueError)
"""What reading an answer raises that has another shape than documented."""

MARKS = {Verdict.CONFIRMED: "confirmed", Verdict.DIFFERENT: "DIFFERENT", Verdict.SKIPPED: "skipped  "}


@dataclass
class Walk:
    """One person's way through the script."""

    talk: Talk
    progress: Progress
    clock: Clock

    def note(self, name: str, verdict: Verdict, saw: str) -> None:
        """Keep how a step ended, and tell it."""
        self.progress.note(name, Outcome(verdict, saw, self.clock.now()))
        self.talk.say(f"  {MARKS[verdict]}  {name}: {saw}")

    def is_tried(self, name: str) -> bool:
        """Tell whether a step needs no other try."""
        kept = self.progress.kept.outcomes.get(name)
        return kept is not None and kept.verdict is not Verdict.SKIPPED


@dataclass
class OnDiscord(Walk):
    """The steps that ask Discord."""

    scene: Scene
    granted: int
    """What the bot may do in the test server."""
    waiting: dict[asyncio.Task[str], tuple[Step, Later]] = field(
        default_factory=dict[asyncio.Task[str], tuple[Step, Later]]
    )

    async def walk(self, steps: Sequence[Step]) -> None:
        """Try all steps that were not tried yet.

        Raises:
            Stop: the person wants to go on another time.
            LoginRefused: the bot has logged in too often today.
        """
        left = [one for one in steps if not self.is_tried(one.name)]
        try:
            for number, step in enumerate(left, start=1):
                self.talk.say(f"\n{number} of {len(left)}: {step.rule}")
                while await self._try(step):
                    pass
                self._collect()
            await self._wait_for_the_rest()
        finally:
            for task in self.waiting:
                task.cancel()
            await asyncio.gather(*self.waiting, return_exceptions=True)
            self.scene.waits.expected = 0

    async def _try(self, step: Step) -> bool:
        """Try a step, and tell whether the person wants it again."""
        try:
            self._check(step)
            if step.costs:
                await self.talk.asked(f"{step.costs} Enter goes on, s leaves it out.")
            self._take(step, await step.work(self.scene))
        except Skipped as skipped:
            self.note(step.name, Verdict.SKIPPED, str(skipped))
        except (Differs, Away, *UNEXPECTED) as fault:
            self._note_fault(step, fault)
            return await self._again()
        return False

    def _check(self, step: Step) -> None:
        """Insist that a step makes sense here.

        Raises:
            Skipped: the bot may do too little, or everything.
        """
        if step.needs and (missing := step.needs & ~self.granted):
            raise Skipped(f"The bot lacks {', '.join(labels(missing))} in this server. Give it that to try this.")
        if step.not_as_administrator and self.granted == EVERYTHING:
            raise Skipped("The bot is Administrator here, whom nothing is denied. Take that away to try this.")

    async def _again(self) -> bool:
        try:
            return (await self.talk.asked("  Enter goes on. r tries it once more.")).casefold() in {"r", "repeat"}
        except Skipped:
            return False

    def _take(self, step: Step, seen: Seen) -> None:
        if isinstance(seen, Later):
            self.waiting[asyncio.create_task(seen.rest, name=step.name)] = step, seen
            self.scene.waits.expected = len(self.waiting)
            self.talk.say(f"  begun; it waits {seen.about}, and other steps go on")
        else:
            self.note(step.name, Verdict.CONFIRMED, seen)

    def _note_fault(self, step: Step, fault: Exception) -> None:
        if isinstance(fault, Away):
            self.note(step.name, Verdict.SKIPPED, str(fault))
        elif isinstance(fault, Differs):
            self.note(step.name, Verdict.DIFFERENT, str(fault))
        else:
            self.note(step.name, Verdict.DIFFERENT, f"The answer had another shape than expected: {fault!r}.")

    def _collect(self) -> None:
        """Note how waiting steps ended."""
        for task in [one for one in self.waiting if one.done()]:
            step, _ = self.waiting.pop(task)
            self.scene.waits.expected = len(self.waiting)
            try:
                self.note(step.name, Verdict.CONFIRMED, task.result())
            except Skipped as skipped:
                self.note(step.name, Verdict.SKIPPED, str(skipped))
            except (Differs, Away, *UNEXPECTED) as fault:
                self._note_fault(step, fault)

    async def _wait_for_the_rest(self) -> None:
        while self.waiting:
            longest = max(self.waiting, key=lambda one: self.waiting[one][1].lasts_s)
            about = "; ".join(later.about for _, later in self.waiting.values())
            due = self.scene.waits.next_at
            when = f" The next is due at {due:%H:%M:%S} UTC." if due else ""
            leave = f"It goes on by itself; s leaves out: {self.waiting[longest][1].about}."
            self.talk.say(f"\nStill waiting: {about}.{when} {leave}")
            try:
                await self.talk.unless_left(self._one_ends(), leave)
            except Skipped as skipped:
                await self._leave(longest, skipped)
            self._collect()

    async def _leave(self, task: asyncio.Task[str], skipped: Skipped) -> None:
        """Give a waiting step up."""
        step, _ = self.waiting.pop(task)
        self.scene.waits.expected = len(self.waiting)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self.note(step.name, Verdict.SKIPPED, str(skipped))

    async def _one_ends(self) -> None:
        await asyncio.wait(self.waiting, return_when=asyncio.FIRST_COMPLETED)


@dataclass
class OnPhones(Walk):
    """What members and staff are to see, which a person tells."""

    async def walk(self, looks: Sequence[Look]) -> None:
        """Ask about all looks that were not answered yet.

        Raises:
            Stop: the person wants to go on another time.
        """
        left = [one for one in looks if not self.is_tried(one.name)]
        for number, look in enumerate(left, start=1):
            try:
                await self._ask(number, len(left), look)
            except Skipped as skipped:
                self.note(look.name, Verdict.SKIPPED, str(skipped))

    async def _ask(self, number: int, of: int, look: Look) -> None:
        answer = await self.talk.asked(
            f"\n{number} of {of}: {look.do}\n  You should see within {look.within_s} s: {look.see}\n"
            "  Enter: so it was. n: not so, or later. s: leave it out. q: go on another time."
        )
        if answer.casefold() in {"n", "no"}:
            saw = await self.talk.asked("  What did you see, and after how many seconds?")
            self.note(look.name, Verdict.DIFFERENT, saw or "Not what was expected.")
        else:
            self.note(look.name, Verdict.CONFIRMED, "Seen as described, in time.")
