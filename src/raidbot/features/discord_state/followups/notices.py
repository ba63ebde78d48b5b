"""Telling in Discord what the record wants told: once, whatever is killed in between, and only while it helps."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord
import structlog

from raidbot.bot import panels
from raidbot.bot.canvas import GONE, NO_CHANNEL, PERMANENT
from raidbot.bot.hearing import Ears, compares, hears
from raidbot.bot.notices import NoticeKind, Told, mark_of, notices
from raidbot.bot.rounds import Round
from raidbot.core.errors import Refusal
from raidbot.core.ids import ChannelId, GuildId, MessageId
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import Notice, NoticeState, NoticesWanted, Place, UnknownNotice
from raidbot.features.guild_config.model import MappingsChanged, Unmapped

log: structlog.stdlib.BoundLogger = structlog.get_logger()

NONCE_HOLDS = timedelta(minutes=4)
"""So long Discord surely knows a nonce. docs: Message, Create Message: "in the past few minutes"."""

PASSING = (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError)
"""What may be over in a moment."""

THREAD = "thread"
"""What stands for the log thread of the subject."""

UNMAPPED = "Nobody has mapped the channel {channel}. An administrator does with /setchannels."
NO_WORDS = "This bot does not know how to say it. A newer one does."


class TooLate(Exception):  # noqa: N818 - the name is what happened
    """It must not be told any more."""


class NoticeTeller:
    """Tells the notices of one guild.

    Args:
        ears: The way to the record and to Discord.
        guild_id: The guild.
    """

    def __init__(self, ears: Ears, guild_id: GuildId) -> None:
        self._ears = ears
        self._guild_id = guild_id

    async def make_round(self) -> datetime | None:
        """Tell and delete what is due, beside each other where the channels differ; return when there is more."""
        due = await self._ears.backend.call(api.due_notices, api.DueNotices(self._guild_id))
        done = await asyncio.gather(*(self._all(some) for some in _by_channel(due.notices)), return_exceptions=True)
        if faults := [one for one in done if isinstance(one, BaseException)]:
            raise faults[0]
        return self._ears.clock.now() if due.notices else due.next_at

    async def _all(self, some: Iterable[Notice]) -> None:
        for one in some:
            if one.state is NoticeState.TOLD:
                await self._delete(one)
            else:
                await self._attempt(one)

    async def _delete(self, notice: Notice) -> None:
        if notice.place is not None:
            try:
                await self._ears.canvas.delete(notice.place.channel_id, notice.place.message_id)
            except PASSING as fault:
                if getattr(fault, "code", 0) not in PERMANENT:
                    raise
        await self._settle(notice, NoticeState.DELETED)

    async def _attempt(self, notice: Notice) -> None:
        kind = notices.get(notice.kind)
        if kind is None:
            await self._settle(notice, NoticeState.PARKED, error=NO_WORDS)
            return
        try:
            place = await self._told(notice, kind)
        except UnknownNotice:
            return  # another process was faster, or it was taken back
        except TooLate:
            await self._settle(notice, NoticeState.LAPSED)
        except PASSING as fault:
            await self._settle(notice, _state_after(notice, fault), error=str(fault)[:200])
        except Refusal as refused:
            await self._settle(notice, NoticeState.PARKED, error=refused.sentence[:200])
        else:
            await self._settle(notice, NoticeState.TOLD, place=place)

    async def _told(self, notice: Notice, kind: NoticeKind) -> Place:
        claimed = await self._claim(notice, kind)
        channel_id = self._channel(notice, claimed)
        if await self._is_unsure(notice):
            if found := await self._found(notice, channel_id):
                return Place(channel_id, found)
            if notice.lapses_at <= self._ears.clock.now():
                raise TooLate
            await self._claim(notice, kind, anew=True)
        told = self._as_told(notice, claimed)
        view = await kind.words(told, self._ears.backend)
        if view is None:
            raise TooLate
        view.children[0].id = mark_of(notice.id)
        saying = panels.Notice(channel_id, view, f"n-{notice.id}", told.mentions)
        return Place(channel_id, await self._ears.canvas.tell(saying))

    async def _claim(self, notice: Notice, kind: NoticeKind, *, anew: bool = False) -> api.Claimed:
        ask = api.ClaimNotice(
            guild_id=self._guild_id,
            notice_id=notice.id,
            panel=kind.panel,
            desk=kind.desk,
            instead=kind.instead,
            anew=anew,
        )
        return await self._ears.backend.call(api.claim_notice, ask)

    def _channel(self, notice: Notice, claimed: api.Claimed) -> ChannelId:
        """Return where it is told. A thread has the number of the message that it was started from."""
        if claimed.desk is not None:
            return ChannelId(claimed.desk.message_id)
        if claimed.desk_awaited:
            raise TimeoutError("its thread does not stand yet")
        if claimed.channel_id is None:
            raise Unmapped(UNMAPPED.format(channel=notice.channel))
        return claimed.channel_id

    async def _is_unsure(self, notice: Notice) -> bool:
        """Tell whether it may have been posted so long ago that Discord would post it twice."""
        if notice.attempted_at is None:
            return False
        now = self._ears.clock.now()
        return now - notice.attempted_at > NONCE_HOLDS or notice.lapses_at <= now

    async def _found(self, notice: Notice, channel_id: ChannelId) -> MessageId | None:
        if notice.attempted_at is None:
            return None
        return await self._ears.canvas.find_marked(channel_id, mark_of(notice.id), notice.attempted_at)

    def _as_told(self, notice: Notice, claimed: api.Claimed) -> Told:
        panel = claimed.panel
        by_role = self._ears.canvas.holders(self._guild_id, notice.role_ids)
        link = f"https://discord.com/channels/{self._guild_id}/{panel.channel_id}/{panel.message_id}" if panel else None
        return Told(
            guild_id=self._guild_id,
            id=notice.id,
            subject_id=notice.subject_id,
            body=notice.body,
            here=notice.here,
            role_ids=notice.role_ids,
            user_ids=[one for one in notice.user_ids if one not in by_role],
            link=link,
        )

    async def _settle(
        self, notice: Notice, state: NoticeState, *, place: Place | None = None, error: str | None = None
    ) -> None:
        if error:
            log.warning("A notice was not told", kind=notice.kind, notice=notice.id, state=state, reason=error)
        ask = api.SettleNotice(guild_id=self._guild_id, notice_id=notice.id, state=state, place=place, error=error)
        await self._ears.backend.call(api.settle_notice, ask)


def _by_channel(due: Iterable[Notice]) -> list[list[Notice]]:
    """Sort notices into lines that do not wait for each other."""
    lines: dict[Any, list[Notice]] = {}
    for one in due:
        line = one.place.channel_id if one.place else (one.channel, one.subject_id * (one.channel == THREAD))
        lines.setdefault(line, []).append(one)
    return list(lines.values())


def _state_after(notice: Notice, fault: Exception) -> NoticeState:
    """Return what becomes of a notice that Discord did not take."""
    code = getattr(fault, "code", 0)
    if code == NO_CHANNEL and notice.channel == THREAD:
        return NoticeState.OPEN  # its thread is started a moment after the message that it belongs to
    if code in PERMANENT:
        return NoticeState.PARKED
    # docs: Message, Create Message: whoever posts again under the nonce of a deleted message is told it is gone
    return NoticeState.LAPSED if code == GONE else NoticeState.OPEN


def _round(ears: Ears, guild_id: GuildId) -> Round:
    return NoticeTeller(ears, guild_id).make_round


@hears(NoticesWanted)
async def tell_notices(happened: NoticesWanted, ears: Ears) -> None:
    """Tell what is to be told."""
    ears.rounds.wake("notices", happened.guild_id, _round(ears, happened.guild_id))


@compares
async def look_for_notices(guild: discord.Guild, ears: Ears) -> None:
    """Tell what was left over."""
    ears.rounds.wake("notices", GuildId(guild.id), _round(ears, GuildId(guild.id)))


@hears(MappingsChanged)
async def try_notices_again(happened: MappingsChanged, ears: Ears) -> None:
    """Tell what had no channel before."""
    await ears.backend.call(api.unpark_notices, api.UnparkNotices(happened.guild_id))
    ears.rounds.wake("notices", happened.guild_id, _round(ears, happened.guild_id))
