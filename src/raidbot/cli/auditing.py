"""`raidbot audit --foreign`: what the bot's account did on Discord that this system did not, and taking it back."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import typer

from raidbot import settings
from raidbot.bot.sealing import Sealer
from raidbot.cli import deed_words, portal
from raidbot.cli.backing_up import record
from raidbot.cli.calling_discord import Denied, Discord
from raidbot.cli.stopped import Stopped
from raidbot.cli.witnessing import Witness
from raidbot.core.clock import Clock
from raidbot.core.ids import ChannelId, GuildId, UserId
from raidbot.core.seals import LASTS
from raidbot.database.connection import DatabaseSettings
from raidbot.database.pool import Database
from raidbot.features.deeds import rules, store
from raidbot.features.deeds.model import KEPT, WAKES_WITHIN, Entry, Message, Secret, TakeBack, moment_of
from raidbot.settings import OperatorSettings

SPAN = re.compile(r"(\d{1,4})\s*([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}

SETTLES = timedelta(minutes=1)
"""A message so young may be about to be written down as ours."""

SETTLING_S = 3.0

WHY = "Done with a stolen token; taken back"


class CannotAudit(Stopped):
    """It cannot be told what was ours; the text says why and what to do."""


@dataclass(frozen=True)
class Wish:
    """What is asked for."""

    since: str
    undo: bool = False
    yes: bool = False


@dataclass(frozen=True)
class Found:
    """What was foreign in one guild."""

    witness: Witness
    name: str
    deeds: list[Entry]
    messages: list[Message]
    standing: list[TakeBack] = field(default_factory=list[TakeBack])
    """Roles and bans that are still as the thief left them."""

    @property
    def over(self) -> list[Entry]:
        """Deeds that have been taken back, by whomever."""
        held = {one.hold for one in self.standing}
        return [one for one in self.deeds if (all_ := rules.touches(one)) and not held & {each.hold for each in all_}]

    @property
    def left(self) -> int:
        """How many deeds and messages there still are."""
        return len(self.deeds) - len(self.over) + len(self.messages)


def audit(environ: Mapping[str, str], wish: Wish) -> int:
    """List what was foreign, take back what is wished, and return the exit code: 0 where nothing is left.

    Raises:
        CannotAudit: it cannot be told.
        DiscordRefuses: Discord does not answer, or does not take the token.
    """
    wanted = settings.load_operator(environ)
    if wanted.token is None or not wanted.guild_ids:
        raise CannotAudit("There is no token in .env: without it there is no Discord to look at. See: raidbot init")
    with record(settings.load_backup(environ)) as where:
        return asyncio.run(_audit(wanted, wanted.token.reveal(), where, wish))


async def _audit(wanted: OperatorSettings, token: str, where: DatabaseSettings, wish: Wish) -> int:
    clock = Clock(wanted.test_clock_file)
    since = since_of(wish.since, clock.now())
    application = await portal.look(wanted.discord_api_url, token)
    database = await Database.connect(where)
    try:
        secret = await _secret(database)
        since = _told_apart_since(since, secret)
        await _say_restored(database, since)
        sealer = Sealer(lambda: _ready(secret.secret), clock)
        async with Discord(wanted.discord_api_url, token, sealer, clock) as discord:
            here = [one for one in wanted.guild_ids or () if one in application.guilds]
            witnesses = [Witness(discord, one, application.bot_id) for one in here]
            found = await _Auditor(database, secret.secret, clock, since).look(application.bot_id, witnesses)
            away = [one for one in wanted.guild_ids or () if one not in application.guilds]
            _show(found, away, since)
            undone = await _undo(found, yes=wish.yes) if wish.undo else 0
    finally:
        await database.close()
    return 1 if len(away) + sum(one.left for one in found) - undone else 0


@dataclass(frozen=True)
class _Auditor:
    """Compares what Discord shows with the record."""

    database: Database
    secret: bytes
    clock: Clock
    since: datetime

    async def look(self, bot_id: UserId, witnesses: Sequence[Witness]) -> list[Found]:
        """Return what was foreign, for each guild.

        Raises:
            CannotAudit: the audit log cannot be read.
        """
        names = [await one.look_around() for one in witnesses]
        # A seal lasts for a while: a copy is known by the deed that showed it first.
        entries = [entry for one in witnesses for entry in await _entries(one, self.since - 2 * LASTS)]
        unsealed = [one for one in rules.foreign(entries, bot_id, self.secret) if one.at >= self.since]
        thiefs = [one for one in unsealed if not await self._is_woken_by_us(witnesses, one)]
        standing = rules.to_take_back(entries, thiefs)
        return [
            Found(
                witness=one,
                name=name,
                deeds=[deed for deed in thiefs if deed.guild_id == one.guild_id],
                messages=await self._messages(one),
                standing=[back for back in standing if back.hold.guild_id == one.guild_id and await _stands(one, back)],
            )
            for one, name in zip(witnesses, names, strict=True)
        ]

    async def _is_woken_by_us(self, witnesses: Sequence[Witness], entry: Entry) -> bool:
        """Tell whether a message of ours has brought an archived thread back."""
        witness = next((one for one in witnesses if one.guild_id == entry.guild_id), None)
        if witness is None or entry.target is None or not rules.is_brought_back(entry):
            return False
        thread_id = ChannelId(entry.target)
        written = rules.woken_by(entry, await witness.messages_in(thread_id, entry.at - WAKES_WITHIN))
        return len(await self._foreign(written)) < len(written)

    async def _messages(self, witness: Witness) -> list[Message]:
        """Return what the bot's account wrote that is not on record as ours."""
        return sorted(await self._foreign(await witness.messages(self.since)), key=lambda one: one.id)

    async def _foreign(self, messages: Sequence[Message]) -> list[Message]:
        """Return those that are not on record as ours; what is young may be about to be written down."""
        unknown = await self._unknown(messages)
        if any(one.at > self.clock.now() - SETTLES for one in unknown):
            await self.clock.sleep(SETTLING_S)
            unknown = await self._unknown(unknown)
        return unknown

    async def _unknown(self, messages: Sequence[Message]) -> list[Message]:
        async with self.database.transaction(label="audit") as tx:
            ours = set(await store.ours(tx, [one.id for one in messages]))
        return [one for one in messages if one.id not in ours]


def since_of(text: str, now: datetime) -> datetime:
    """Read since when: a span like `3h`, or a moment like `2026-11-28 14:00`, in UTC if it names no zone.

    Raises:
        CannotAudit: it is neither, lies in the future, or longer ago than the record remembers.
    """
    if span := SPAN.fullmatch(text.strip()):
        since = now - timedelta(**{UNITS[span[2]]: int(span[1])})
    else:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            raise CannotAudit(
                f"--since {text}: give a span like 45m, 3h or 2d, or a time like 2026-11-28T14:00."
            ) from None
        since = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if since > now:
        raise CannotAudit(f"--since {text}: that lies in the future. It is {time_of(now)} now.")
    if since < now - KEPT:
        raise CannotAudit(
            f"--since {text}: the record knows our messages for {KEPT.days} days. Give at most {KEPT.days}d."
        )
    return since


async def _ready(secret: bytes) -> bytes:
    return secret


async def _secret(database: Database) -> Secret:
    async with database.transaction(label="audit") as tx:
        secret = await store.secret(tx)
    if secret is None:
        raise CannotAudit(
            "The bot has sealed nothing yet, so its deeds cannot be told from others': it seals them from the first "
            "that this release does. Until then look into Server Settings, Audit Log, filtered by the bot."
        )
    return secret


def _told_apart_since(since: datetime, secret: Secret) -> datetime:
    if since < secret.made_at:
        typer.echo(f"Deeds are sealed since {time_of(secret.made_at)}: what was done before cannot be told apart.")
    return max(since, secret.made_at)


async def _say_restored(database: Database, since: datetime) -> None:
    async with database.transaction(label="audit") as tx:
        restored = await store.restored_since(tx, since)
    if restored is not None:
        typer.echo(
            f"A backup was put back at {time_of(restored)}: messages of ours from between that backup and then are no "
            "longer on record, and stand below as foreign."
        )


async def _entries(witness: Witness, since: datetime) -> list[Entry]:
    try:
        return await witness.entries(since)
    except Denied as denied:
        raise CannotAudit(
            f"The audit log of {witness.guild_id} cannot be read: {denied}. Give the bot View Audit Log in Server "
            "Settings, Roles."
        ) from denied


async def _stands(witness: Witness, one: TakeBack) -> bool:
    """Tell whether something is still as the thief left it. What cannot be read is said when it is taken back."""
    try:
        return await witness.stands(one.hold) is (not one.wanted)
    except Denied:
        return True


def _show(found: Iterable[Found], away: Iterable[GuildId], since: datetime) -> None:
    for guild_id in away:
        typer.echo(f"{guild_id}: the bot is not in this server, so nothing can be read there. See: raidbot doctor")
    for one in found:
        names = one.witness.names
        number = len(one.deeds) + len(one.messages)
        told = f"{number} not ours" if number else "everything is accounted for"
        typer.echo(
            f"{deed_words.named(one.witness.guild_id, {one.witness.guild_id: one.name})}: {told} since {time_of(since)}"
        )
        over = {deed.id for deed in one.over}
        lines = [
            (deed.id, f"{deed_words.said_of(deed, names)}{' — no longer so' * (deed.id in over)}  [entry {deed.id}]")
            for deed in one.deeds
        ]
        lines += [(message.id, deed_words.written(message, names)) for message in one.messages]
        for number, line in sorted(lines):
            typer.echo(f"  {time_of(moment_of(number))}  {line}")
        if one.witness.closed:
            typer.echo(f"  Not read, as the bot may not: {', '.join(one.witness.closed)}")


async def _undo(found: Sequence[Found], *, yes: bool) -> int:
    """Take back roles and bans; return how many deeds are over by it."""
    number = sum(len(one.standing) for one in found)
    if not number:
        typer.echo("There is no role and no ban to take back.")
        return 0
    for one in found:
        for back in one.standing:
            typer.echo(f"To take back in {one.name}: {deed_words.wish(back, one.witness.names)}")
    if not yes:
        typer.confirm("Do that?", abort=True)
    return sum([await _undo_in(one) for one in found])


async def _undo_in(found: Found) -> int:
    left: list[TakeBack] = []
    for one in found.standing:
        try:
            await _take_back(found.witness.discord, one)
        except Denied as denied:
            left.append(one)
            typer.echo(f"Not done: {deed_words.wish(one, found.witness.names)}: {denied}. Do it by hand.")
        else:
            typer.echo(f"Done: {deed_words.done(one, found.witness.names)}")
    return found.left - replace(found, standing=left).left


async def _take_back(discord: Discord, one: TakeBack) -> None:
    hold = one.hold
    guild = f"/guilds/{hold.guild_id}"
    what = f"bans/{hold.user_id}" if hold.role_id is None else f"members/{hold.user_id}/roles/{hold.role_id}"
    await (discord.put if one.wanted else discord.delete)(f"{guild}/{what}", WHY)


def time_of(moment: datetime) -> str:
    """Write a moment as an operator reads it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
