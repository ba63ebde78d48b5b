"""The painter: it alone posts and edits the messages that show the record."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

import aiohttp
import discord
import structlog

from raidbot.bot.backend import Backend, Fault
from raidbot.bot.canvas import GONE, PERMANENT, Canvas, since
from raidbot.bot.pace import ChannelPace, is_old
from raidbot.bot.panels import (
    Drawing,
    Notice,
    NotPosted,
    Panel,
    Posted,
    Postings,
    Spot,
    Subject,
    Versions,
    panels,
)
from raidbot.core.clock import Clock
from raidbot.core.errors import Refusal, Unavailable
from raidbot.core.ids import ChannelId, GuildId, MessageId

log: structlog.stdlib.BoundLogger = structlog.get_logger()

GATHER_S = 0.2
"""How long changes of counts gather before they are drawn."""

TIRED_AFTER_S = 60.0
"""How long posting is tried."""

REPOSTS = 1
"""How often a panel that staff deleted comes back."""

SLOWEST_RETRY_S = 15.0

PASSING = (discord.HTTPException, aiohttp.ClientError, TimeoutError, Unavailable, Fault, OSError)
"""What may be over in a moment."""


class Need(IntEnum):
    """Why a message has to be drawn; smaller comes first."""

    STATUS = 1
    """Status or location changed."""
    REPAIR = 2
    """It was found to differ from the record."""
    COUNT = 3
    """Somebody came or went."""


@dataclass(slots=True)
class Task:
    """One message that has to be drawn."""

    need: Need
    not_before: float
    failures: int = 0
    since: float = 0.0


@dataclass
class Easel:
    """What waits to be drawn in one guild, and the worker who does it."""

    waiting: dict[Subject, Task] = field(default_factory=dict[Subject, Task])
    paces: dict[ChannelId, ChannelPace] = field(default_factory=dict[ChannelId, ChannelPace])
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    worker: asyncio.Task[None] | None = None


class Painter:
    """Keeps every posted message as the record says, at the speed that Discord allows.

    One worker a guild draws one message after the other, so an older drawing can never overtake a
    newer one. What is drawn is read at that moment: a hundred changes that wait make one edit.

    Args:
        canvas: Posts and edits.
        backend: Where the panels read the record.
        postings: Where it is written down what stands where.
        clock: Tells how old a message is.
    """

    def __init__(self, canvas: Canvas, backend: Backend, postings: Postings, clock: Clock) -> None:
        self._canvas = canvas
        self._backend = backend
        self._postings = postings
        self._clock = clock
        self._easels: dict[GuildId, Easel] = {}
        self._known: dict[Subject, Posted] = {}
        self._standing: dict[Subject, asyncio.Future[Posted]] = {}
        self._nowhere: set[Subject] = set()
        """What has no channel, and is not tried again until the comparison wants it."""
        self._unsure: set[Subject] = set()
        """What may have been deleted while nobody heard of it: drawn anew whatever its version."""

    def mark(self, subject: Subject, need: Need) -> None:
        """Let a message be drawn as soon as its turn comes. Marking twice makes one drawing."""
        if subject in self._nowhere and need is not Need.REPAIR:
            return
        easel = self._easel(subject.guild_id)
        now = self._now()
        delay = GATHER_S if need is Need.COUNT else 0.0
        task = easel.waiting.get(subject)
        if task is None:
            easel.waiting[subject] = Task(need, now + delay, since=now)
        elif need < task.need:
            task.need, task.not_before = need, now + delay if not task.failures else task.not_before
        easel.changed.set()

    async def stand(self, subject: Subject) -> Posted:
        """Post a message, and return once it stands.

        Raises:
            NotPosted: it cannot be, and what makes no sense without it was undone.
        """
        standing = self._standing.setdefault(subject, asyncio.get_running_loop().create_future())
        self.mark(subject, Need.STATUS)
        return await asyncio.shield(standing)

    async def deleted(self, guild_id: GuildId, message_ids: Iterable[MessageId]) -> None:
        """Hear that messages were deleted, and let ours be posted again."""
        gone = set(message_ids)
        for subject, posted in list(self._known.items()):
            if subject.guild_id == guild_id and posted.message_id in gone and posted.message_id is not None:
                await self._lost(subject, posted.message_id)

    async def tell(self, notice: Notice) -> None:
        """Tell something where it will be seen; what Discord refuses is a line in the log."""
        try:
            message_id = await self._canvas.tell(notice)
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError) as fault:
            log.warning("A notice could not be posted", nonce=notice.nonce, reason=str(fault))
            return
        try:
            await self._postings.said(notice.channel_id, message_id)
        except (Refusal, Fault) as away:
            log.warning("A message is not on record as ours", message=str(message_id), reason=str(away))

    async def compare(self, guild_id: GuildId, *, anew: bool = False) -> None:
        """Mark every message of a guild that differs from the record.

        Args:
            guild_id: The guild.
            anew: Whether all are drawn that are kept drawn, because nobody heard what became of them.

        Raises:
            Unavailable: the backend is away.
        """
        for kind, panel in panels.items():
            posted = {one.subject_id: one for one in await self._postings.unfinished(guild_id, kind)}
            current = await panel.current(self._backend, guild_id)
            for subject_id in posted.keys() | current.keys():
                subject = Subject(guild_id, kind, subject_id)
                if subject_id in posted:
                    self._known[subject] = posted[subject_id]
                if anew and subject_id in posted:
                    self._unsure.add(subject)
                if need := _need(posted.get(subject_id), current.get(subject_id)) or (Need.REPAIR if anew else None):
                    self.mark(subject, need)

    def learn(self, channel_id: ChannelId, limit: int, remaining: int, reset_after: float) -> None:
        """Take over what Discord says about the edits of a channel."""
        for easel in self._easels.values():
            if pace := easel.paces.get(channel_id):
                pace.learn(self._now(), limit, remaining, reset_after)

    @property
    def backlog(self) -> int:
        """How many messages wait to be drawn."""
        return sum(len(easel.waiting) for easel in self._easels.values())

    @property
    def oldest_s(self) -> float:
        """How long the longest waiting message waits, in seconds."""
        since = [task.since for easel in self._easels.values() for task in easel.waiting.values()]
        return self._now() - min(since) if since else 0.0

    async def close(self) -> None:
        """Stop drawing. What was not drawn is found by the comparison at the next start."""
        workers = [easel.worker for easel in self._easels.values() if easel.worker]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _easel(self, guild_id: GuildId) -> Easel:
        easel = self._easels.setdefault(guild_id, Easel())
        if easel.worker is None or easel.worker.done():
            easel.worker = asyncio.create_task(self._work(guild_id, easel), name=f"painter {guild_id}")
        return easel

    async def _work(self, guild_id: GuildId, easel: Easel) -> None:
        while True:
            easel.changed.clear()
            if not self._canvas.is_here(guild_id):
                self._drop(easel)
            subject, wait = self._next(easel)
            if subject is None:
                await _until(easel.changed, wait)
                continue
            task = easel.waiting.pop(subject)
            await self._attempt(easel, subject, task)

    def _drop(self, easel: Easel) -> None:
        """Let go of what cannot be drawn now; the comparison finds it once the bot is back there."""
        for subject in easel.waiting:
            self._never(subject, NotPosted("I am not in that server right now. It is posted once I am back."))
        easel.waiting.clear()

    def _next(self, easel: Easel) -> tuple[Subject | None, float | None]:
        """Return what to draw now, or else in how many seconds to look again."""
        soonest: float | None = None
        for subject, task in sorted(easel.waiting.items(), key=lambda item: item[1].need):
            wait = max(task.not_before - self._now(), self._budget(easel, subject, task))
            if wait <= 0:
                return subject, None
            soonest = wait if soonest is None else min(soonest, wait)
        return None, soonest

    def _budget(self, easel: Easel, subject: Subject, task: Task) -> float:
        posted = self._known.get(subject)
        if posted is None or posted.message_id is None:
            return 0.0
        pace = easel.paces.setdefault(posted.channel_id, ChannelPace())
        return pace.wait(self._now(), old=self._is_old(posted.message_id), spaced=task.need is not Need.STATUS)

    def _is_old(self, message_id: MessageId) -> bool:
        return is_old(message_id, self._clock.now().timestamp())

    async def _attempt(self, easel: Easel, subject: Subject, task: Task) -> None:
        try:
            await self._draw(easel, subject)
        except PASSING as fault:
            await self._again(easel, subject, task, fault)
        except Refusal as refused:
            await self._refused(subject, refused)
        except Exception as broken:
            log.exception("Drawing failed", kind=subject.kind, subject=subject.id, exc_info=broken)

    async def _draw(self, easel: Easel, subject: Subject) -> None:
        panel = panels[subject.kind]
        posted = self._known.get(subject) or await self._postings.find(subject)
        if posted is None or posted.message_id is None:
            await self._post(panel, subject, posted)
            return
        drawing = await panel.draw(self._backend, subject)
        if drawing.version > posted.drawn_version or subject in self._unsure:
            pace = easel.paces.setdefault(posted.channel_id, ChannelPace())
            pace.take(self._now(), old=self._is_old(posted.message_id))
            stood = await self._edited(subject, posted.channel_id, posted.message_id, drawing)
            self._unsure.discard(subject)
            if not stood:
                return
        self._known[subject] = await self._postings.drew(subject, drawing.version, final=drawing.final)
        self._stands(subject)

    async def _edited(self, subject: Subject, channel_id: ChannelId, message_id: MessageId, drawing: Drawing) -> bool:
        try:
            await self._canvas.edit(channel_id, message_id, drawing)
        except discord.NotFound as missing:
            if missing.code != GONE:
                raise
            await self._lost(subject, message_id)
            return False
        return True

    async def _post(self, panel: Panel, subject: Subject, before: Posted | None) -> None:
        if before is not None and before.deletions > REPOSTS:
            return  # staff took it away on purpose, and the organizer was told
        drawing = await panel.draw(self._backend, subject)
        message_id = None if before is None else await self._found(before, drawing)
        if message_id is None and not drawing.wanted:
            await self._leave_out(subject, before, drawing)
            return
        spot = await self._spot(panel, subject, before)
        if spot is None:
            self._nowhere.add(subject)
            self._never(subject, NotPosted("There is no channel for it."))
            return
        self._nowhere.discard(subject)
        posted = await self._postings.begin(subject, spot.channel_id)
        if message_id is None:
            drawing = await panel.draw(self._backend, subject, spot.ping)
            message_id = await self._canvas.post(f"{subject.kind}-{subject.id}-{posted.deletions}", drawing, spot)
        settled = await self._postings.settle(subject, message_id)
        if settled.message_id != message_id:
            await self._canvas.delete(spot.channel_id, message_id)
        self._known[subject] = await self._postings.drew(subject, drawing.version, final=drawing.final)
        self._stands(subject)

    async def _spot(self, panel: Panel, subject: Subject, before: Posted | None) -> Spot | None:
        """Return where to post. What stood there before comes back in the same place and pings nobody."""
        if before is not None and before.deletions:
            return Spot(before.channel_id)
        spot = await panel.spot(self._backend, subject)
        return spot if before is None or spot is None else replace(spot, channel_id=before.channel_id)

    async def _leave_out(self, subject: Subject, before: Posted | None, drawing: Drawing) -> None:
        """Post nothing for what is over before its message ever stood."""
        if before is not None:
            await self._postings.drew(subject, drawing.version, final=True)
        self._never(subject, NotPosted("It is over already."))

    async def _found(self, posted: Posted, drawing: Drawing) -> MessageId | None:
        """Return the message that a process posted before it could write that down."""
        return await self._canvas.find(posted.channel_id, drawing.mark, since(posted.attempted_at))

    async def _lost(self, subject: Subject, message_id: MessageId) -> None:
        """Let a deleted message come back once; after that its organizer is told that it stays away."""
        lost = self._known[subject] = await self._postings.lost(subject, message_id)
        if lost.deletions <= REPOSTS:
            self.mark(subject, Need.REPAIR)
        elif notice := await panels[subject.kind].removed(self._backend, subject, lost.channel_id):
            await self.tell(notice)

    async def _again(self, easel: Easel, subject: Subject, task: Task, fault: Exception) -> None:
        """Let it be tried again, a little later each time; give up where that cannot help."""
        if not self._canvas.is_here(subject.guild_id):
            easel.waiting.setdefault(subject, task)
            return
        known = self._known.get(subject)
        unposted = known is None or known.message_id is None
        permanent = isinstance(fault, discord.HTTPException) and fault.code in PERMANENT
        if permanent and unposted:
            await self._give_up(subject, _why(fault))
            return
        task.failures += 1
        if permanent or (unposted and self._now() - task.since > TIRED_AFTER_S):
            if unposted:
                await self._give_up(subject, "Discord did not take the panel for a minute.")
            return
        log.warning("Drawing will be tried again", kind=subject.kind, subject=subject.id, reason=str(fault))
        task.not_before = self._now() + min(0.5 * 2**task.failures, SLOWEST_RETRY_S)
        waiting = easel.waiting.setdefault(subject, task)
        waiting.failures, waiting.not_before = task.failures, task.not_before
        waiting.since = min(waiting.since, task.since)

    async def _refused(self, subject: Subject, refused: Refusal) -> None:
        """Let what stands stand as it is, until the comparison looks again; give up what never stood."""
        known = self._known.get(subject)
        if known is not None and known.message_id is not None:
            log.warning("A panel cannot be drawn", kind=subject.kind, subject=subject.id, reason=refused.sentence)
            return
        await self._give_up(subject, refused.sentence)

    async def _give_up(self, subject: Subject, why: str) -> None:
        log.warning("A panel cannot be posted", kind=subject.kind, subject=subject.id, reason=why)
        try:
            await panels[subject.kind].failed(self._backend, subject, why)
        except (*PASSING, Refusal) as fault:
            log.warning("A panel that cannot be posted could not be undone yet", subject=subject.id, reason=str(fault))
        self._never(subject, NotPosted(why))

    def _stands(self, subject: Subject) -> None:
        if (standing := self._standing.pop(subject, None)) and not standing.done():
            standing.set_result(self._known[subject])

    def _never(self, subject: Subject, refused: NotPosted) -> None:
        if (standing := self._standing.pop(subject, None)) and not standing.done():
            standing.set_exception(refused)


def _need(posted: Posted | None, versions: Versions | None) -> Need | None:
    """Return why a message has to be drawn; None: it shows the record."""
    if posted is None or posted.message_id is None or versions is None:
        return Need.REPAIR
    if posted.drawn_version < versions.urgent:
        return Need.STATUS
    return Need.REPAIR if posted.drawn_version < versions.newest else None


def _why(fault: Exception) -> str:
    code = fault.code if isinstance(fault, discord.HTTPException) else 0
    if code == 10003:  # noqa: PLR2004 - Discord's number for a channel that is gone
        return "The raid channel no longer exists. An administrator maps another one with /setchannels."
    return (
        "I may not post in the raid channel. An administrator gives me View Channel and Send Messages there, "
        "or maps another one with /setchannels."
    )


async def _until(changed: asyncio.Event, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return
