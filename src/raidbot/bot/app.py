"""The connection to Discord: what comes in is handed on, what must be compared is compared."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands, asset, gateway, http
from typing_extensions import override

from raidbot.bot import commands, hands, members
from raidbot.bot.backend import Backend, Fault
from raidbot.bot.canvas import Canvas
from raidbot.bot.hearing import Ears, EventReader, comparisons, minutely
from raidbot.bot.logins import LoginRefused, Logins
from raidbot.bot.metrics import DISCORD
from raidbot.bot.painter import Painter
from raidbot.bot.panels import Postings
from raidbot.bot.pictures import Pictures
from raidbot.bot.pressing import Desk
from raidbot.bot.rates import Rates
from raidbot.bot.registering import register
from raidbot.bot.rounds import Rounds
from raidbot.bot.sealing import Sealer
from raidbot.core.checkup import missing_intents
from raidbot.core.clock import Clock
from raidbot.core.errors import Refusal
from raidbot.core.ids import ChannelId, GuildId, MessageId

log: structlog.stdlib.BoundLogger = structlog.get_logger()

COMPARE_EVERY_S = 60.0
RETRY_S = 2.0

EDIT_PATH = re.compile(r"/channels/(\d+)/messages/\d+$")
POST_PATH = re.compile(r"/channels/(\d+)/messages$")


@dataclass(frozen=True, slots=True, kw_only=True)
class BotParts:
    """What a bot is put together from."""

    backend: Backend
    postings: Postings
    rates: Rates
    sealer: Sealer
    clock: Clock
    logins: Logins
    guild_ids: frozenset[GuildId]
    shard_ids: tuple[int, ...] | None = None
    shard_count: int | None = None


def point_at(api_url: str) -> None:
    """Let discord.py speak to another address than Discord's: a proxy, or a loopback in tests.

    Args:
        api_url: The base of the API, version included: `http://127.0.0.1:8000/api/v10`.
    """
    base = api_url.rstrip("/")
    root = yarl.URL(base)
    scheme = "wss" if root.scheme == "https" else "ws"
    http.Route.BASE = base
    gateway.DiscordWebSocket.DEFAULT_GATEWAY = root.with_scheme(scheme).with_path("/gateway")
    asset.Asset.BASE = str(root.with_path("/cdn"))  # pyright: ignore[reportAttributeAccessIssue]


class RaidBot(discord.AutoShardedClient):
    """The bot process: one or more shards.

    Args:
        parts: What it is put together from.
    """

    def __init__(self, parts: BotParts) -> None:
        # Moderation: the audit log tells who changed roles and nicknames by hand, timed out, kicked or banned.
        # Message content: whoever pastes a picture into a log thread mentions nobody.
        intents = discord.Intents(guilds=True, members=True, moderation=True, guild_messages=True, message_content=True)
        self._trace = aiohttp.TraceConfig()
        self._trace.on_request_end.append(self._learn)
        parts.sealer.watch(self._trace)
        shards: dict[str, Any] = {"shard_ids": list(parts.shard_ids)} if parts.shard_ids else {}
        super().__init__(
            intents=intents,
            shard_count=parts.shard_count,
            **shards,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=self._trace,
            max_messages=None,
            status=discord.Status.online,
        )
        self._parts = parts
        self._canvas = Canvas(self, parts.clock)
        self._rounds = Rounds(parts.clock, self._canvas.is_here)
        self.painter = Painter(self._canvas, parts.backend, parts.postings, parts.clock)
        pictures = Pictures(self._canvas, parts.postings)
        self._ears = Ears(parts.backend, self.painter, pictures, self._canvas, self._rounds, parts.clock)
        self._desk = Desk(parts.backend, self.painter, pictures, parts.rates, parts.guild_ids)
        self.tree: app_commands.CommandTree[RaidBot] = app_commands.CommandTree(self)
        self._running: list[asyncio.Task[None]] = []
        self._readers: list[EventReader] = []
        self.compared = asyncio.Event()
        """Set once everything was compared with the record after the start."""
        self.registered = asyncio.Event()
        """Set once every guild was told which commands there are."""
        self._cut_off: dict[int, datetime] = {}
        """Since when each shard that is not connected is so."""
        self._spent: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def backend(self) -> Backend:
        """Where suggestions for what is being typed are asked for."""
        return self._parts.backend

    @property
    def events_age_s(self) -> float:
        """Since when no events could be read, of the shard that is worst off."""
        return max((one.age_s for one in self._readers), default=0.0)

    @property
    def away_since(self) -> datetime | None:
        """Since when the connection to Discord is gone, of the shard that is worst off; None while it stands."""
        return min(self._cut_off.values(), default=None)

    async def serve(self, token: str) -> None:
        """Connect and stay connected until this is cancelled.

        Raises:
            LoginRefused: an intent is off, or it has logged in too often.
            discord.DiscordException: Discord does not take the token, or ended the connection for good.
        """
        running = asyncio.ensure_future(self.start(token))
        try:
            await asyncio.wait({running, self._spent}, return_when=asyncio.FIRST_COMPLETED)
            (self._spent if self._spent.done() else running).result()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    @override
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        try:
            self._parts.logins.take()
        except LoginRefused as spent:
            if not self._spent.done():
                self._spent.set_exception(spent)
            await asyncio.Future()  # discord.py would try again in 5 s; whoever serves ends it instead
        await super().before_identify_hook(shard_id, initial=initial)

    @override
    async def setup_hook(self) -> None:
        if off := missing_intents(self.application_flags.value):
            raise LoginRefused(
                f"The intent {' and the intent '.join(off)} is off. Switch it on in the developer portal, "
                "page Bot, Privileged Gateway Intents."
            )
        for one in commands.build(self._desk.run):
            self.tree.add_command(one)

    async def on_ready(self) -> None:
        """Begin the work that goes on for ever, once."""
        log.info("Connected to Discord", guilds=len(self.guilds), user=str(self.user))
        if self._running:
            return
        for shard_id in self._parts.shard_ids or (0,):
            shard = (shard_id, self._parts.shard_count or 1) if self._parts.shard_ids else (0, 1)
            reader = EventReader(self._ears, self._parts.clock, self.compare, shard)
            self._readers.append(reader)
            self._running.append(asyncio.create_task(reader.run(), name=f"events {shard_id}"))
        self._running.append(asyncio.create_task(self._compare_for_ever(), name="comparison"))
        self._running.append(asyncio.create_task(self._beat_for_ever(), name="minutes"))
        await self._register()

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard is not connected; discord.py connects it again, and says so each time that it cannot."""
        self._cut_off.setdefault(shard_id, self._parts.clock.now())

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard is connected, with a new session."""
        self._cut_off.pop(shard_id, None)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard is connected and goes on with its session."""
        self._cut_off.pop(shard_id, None)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Compare anew what a shard shows after a gap that Discord did not replay.

        discord.py calls itself ready again only if all shards of the process were away.
        """
        if self._running:
            await _kindly(self._take_up([guild for guild in self._served() if guild.shard_id == shard_id]))

    async def compare(self) -> None:
        """Compare members and messages of all guilds with the record, and mend what differs.

        Raises:
            Unavailable: the backend is away.
        """
        await self._take_up(self._served())
        self.compared.set()

    async def _take_up(self, guilds: list[discord.Guild]) -> None:
        for guild in guilds:
            if guild.unavailable:
                self._canvas.away.add(guild.id)
            else:
                await self._greet(guild)

    async def _greet(self, guild: discord.Guild, *, anew: bool = False) -> None:
        await _kindly(_gather(guild))
        self._canvas.away.discard(guild.id)
        await self._take_in(guild)
        await self._compare(guild, anew=anew)

    async def _take_in(self, guild: discord.Guild) -> None:
        """Tell the record who changed what by hand and what members hold, by what is known of them here."""
        await _kindly(hands.catch_up(self._parts.backend, guild, self.user.id if self.user else 0))
        await members.tell(lambda watcher: watcher.arrived(self._parts.backend, guild))

    async def _look_anew(self, guild: discord.Guild) -> None:
        """Take in what members hold since an outage, of which Discord repeats nothing, beside all other work."""
        await _list_anew(guild)
        await self._take_in(guild)

    async def _compare(self, guild: discord.Guild, *, anew: bool = False) -> None:
        await self.painter.compare(GuildId(guild.id), anew=anew)
        for compare in comparisons:
            await compare(guild, self._ears)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Hand on presses and forms; commands find their way through the tree."""
        if interaction.type in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            await self._desk.take(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Hand on what members post in threads."""
        await _kindly(self._desk.read(message))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Hear that a message is gone."""
        await self._gone(payload.guild_id, {payload.message_id})

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Hear that many messages are gone."""
        await self._gone(payload.guild_id, payload.message_ids)

    async def on_member_join(self, member: discord.Member) -> None:
        """Take in a new member."""
        await self._member(member)

    async def on_member_update(self, _: discord.Member, member: discord.Member) -> None:
        """Take in a member whose roles changed."""
        await self._member(member)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Take in that somebody left."""
        guild_id = GuildId(payload.guild_id)
        if guild_id in self._parts.guild_ids:
            await _kindly(members.tell(lambda watcher: watcher.left(self._parts.backend, guild_id, payload.user)))

    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        """Take in what somebody else than this bot changed about a member."""
        deed = hands.read(entry) if self.user is not None and entry.user_id != self.user.id else None
        if deed is not None and deed.guild_id in self._parts.guild_ids:
            await _kindly(hands.tell(self._parts.backend, entry.guild, deed))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Compare a guild that came back after an outage of Discord's."""
        if not self.compared.is_set() or guild.id not in self._parts.guild_ids:
            return
        if guild.id not in self._canvas.away:
            await _kindly(self.painter.compare(GuildId(guild.id)))
            return
        log.info("Discord shows the server again", guild=str(guild.id))
        await self._register_in(guild)
        self._canvas.away.discard(guild.id)
        self._rounds.wake("members after an outage", GuildId(guild.id), partial(self._look_anew, guild))
        await _kindly(self._compare(guild, anew=True))

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Let everything wait that belongs to a guild which Discord cannot show."""
        if guild.id in self._parts.guild_ids:
            self._canvas.away.add(guild.id)
            log.warning("Discord does not show the server: what is to be done there waits", guild=str(guild.id))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Let everything wait that belongs to a guild which the bot was taken out of. The record stays."""
        if guild.id in self._parts.guild_ids:
            self._canvas.away.add(guild.id)
            log.warning("Taken out of a server: what is to be done there waits", guild=str(guild.id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Serve a guild from the moment the bot is in it; its id stood in the settings before."""
        if guild.id not in self._parts.guild_ids:
            return
        log.info("Joined a server", guild=str(guild.id))
        await self._register_in(guild)
        if self.compared.is_set():
            await _kindly(self._greet(guild, anew=True))

    @override
    async def close(self) -> None:
        await self._desk.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._rounds.close()
        await self.painter.close()
        await self._parts.rates.close()
        await super().close()

    def _served(self) -> list[discord.Guild]:
        return [guild for guild in self.guilds if guild.id in self._parts.guild_ids]

    async def _gone(self, guild_id: int | None, message_ids: set[int]) -> None:
        if guild_id is not None and guild_id in self._parts.guild_ids:
            ids = [MessageId(one) for one in message_ids]
            await _kindly(self.painter.deleted(GuildId(guild_id), ids))

    async def _member(self, member: discord.Member) -> None:
        if member.guild.id in self._parts.guild_ids:
            await _kindly(members.tell(lambda watcher: watcher.changed(self._parts.backend, member)))

    async def _compare_for_ever(self) -> None:
        while True:
            await self._parts.clock.sleep(COMPARE_EVERY_S)
            for guild in self._served():
                if self._canvas.is_here(GuildId(guild.id)):
                    await _kindly(self._compare(guild))

    async def _beat_for_ever(self) -> None:
        while True:
            for guild in self._served():
                if self._hears(guild):
                    for does in minutely:
                        await _kindly(does(guild, self._ears))
            await self._parts.clock.sleep(COMPARE_EVERY_S)

    def _hears(self, guild: discord.Guild) -> bool:
        """Tell whether what members press in a guild arrives here."""
        shard = self.get_shard(guild.shard_id)
        return not guild.unavailable and shard is not None and not shard.is_closed()

    async def _register(self) -> None:
        for guild in self._served():
            if not guild.unavailable:
                await self._register_in(guild)
        self.registered.set()

    async def _register_in(self, guild: discord.Guild) -> None:
        try:
            await register(self, self.tree, GuildId(guild.id))
        except discord.HTTPException as refused:
            log.exception("Commands could not be registered", guild=str(guild.id), exc_info=refused)

    async def _learn(self, _: aiohttp.ClientSession, __: SimpleNamespace, done: aiohttp.TraceRequestEndParams) -> None:
        """Read the budgets of posts and edits from Discord's own headers."""
        DISCORD.labels(done.method, done.response.status).inc()
        headers = done.response.headers
        if done.method == "POST" and (posted := POST_PATH.search(done.url.path)) and "X-RateLimit-Limit" in headers:
            self._canvas.turns.learn(ChannelId(int(posted[1])), int(headers["X-RateLimit-Limit"]))
        found = EDIT_PATH.search(done.url.path)
        if done.method == "PATCH" and found and "X-RateLimit-Remaining" in headers:
            limit, remaining = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
            self.painter.learn(
                ChannelId(int(found[1])), limit, remaining, float(headers.get("X-RateLimit-Reset-After", 0))
            )


async def _gather(guild: discord.Guild) -> None:
    """Learn who is a member, where the gateway did not tell in time.

    discord.py asks it once, and waits for ever where Discord says that this was too soon after the last time. docs:
    Gateway Events, Request Guild Members: one request for all members in 30 seconds.
    """
    if guild.chunked or not guild.me:
        return
    async for member in guild.fetch_members(limit=None):
        guild._add_member(member)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - nothing public takes them in


async def _list_anew(guild: discord.Guild) -> None:
    """Ask Discord for all members, also those of whom something is known: that may be from before an outage.

    1,000 a request, each in its turn. docs: Guild Resource, List Guild Members
    """
    known = {member.id: member for member in guild.members}
    async for member in guild.fetch_members(limit=None):
        known.pop(member.id, None)
        guild._add_member(member)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - nothing public takes them in
    for left in known.values():
        if guild.get_member(left.id) is left:  # else they came back meanwhile
            guild._remove_member(left)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


async def _kindly(work: Any) -> None:
    """Do what the comparison of the next minute would do too; failing is a line in the log."""
    try:
        await work
    except (Refusal, Fault, discord.HTTPException) as away:
        log.warning("To be mended by the next comparison", reason=str(away))
