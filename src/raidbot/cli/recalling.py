"""`raidbot restore --from-discord`: what the logs in Discord tell and the restored record does not have."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import typer

from raidbot import settings
from raidbot.bot.sealing import Sealer
from raidbot.cli import deed_words, portal
from raidbot.cli.auditing import CannotAudit, since_of, time_of
from raidbot.cli.backing_up import record
from raidbot.cli.calling_discord import Discord
from raidbot.cli.log_words import NameTold, RunTold, last_of_each, name_told, run_told
from raidbot.cli.witnessing import Witness
from raidbot.core.clock import Clock
from raidbot.core.ids import ChannelId
from raidbot.database.connection import DatabaseSettings
from raidbot.database.pool import Database
from raidbot.features.deeds import store
from raidbot.features.deeds.model import KEPT, Message
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders.model import EntryKind
from raidbot.settings import OperatorSettings

LOGS = {
    ChannelKey.RAID_LOG,
    ChannelKey.VERI_LOG,
    ChannelKey.BOT_LOG,
    ChannelKey.PUNISHMENT_LOG,
    ChannelKey.QUOTA,
    ChannelKey.STAFF_UPDATES,
}
"""Where it is read what was done."""

COMMANDS = {
    EntryKind.VERIFIED: "/verify member:{user} ign:{ign}",
    EntryKind.RENAMED: "/editname member:{user} ign:{ign}",
    EntryKind.ALT_ADDED: "/addalt member:{user} ign:{ign}",
    EntryKind.ALT_REMOVED: "/removealt member:{user} ign:{ign}",
    EntryKind.UNVERIFIED: "/unverify member:{user} reason:log {message}",
}
"""What enters a change of names."""


@dataclass(frozen=True)
class Told:
    """What the logs of one guild tell and the record does not have."""

    name: str
    names: list[tuple[Message, NameTold]]
    runs: list[tuple[Message, RunTold]]
    other: list[Message]
    """What a person has to read."""
    closed: list[str]
    """Where the bot may not read."""


def recall(environ: Mapping[str, str], since: str | None) -> None:
    """List what the logs tell since a moment, or since the backup that was put back last.

    Raises:
        CannotAudit: there is no token, or no backup was put back.
        DiscordRefuses: Discord does not answer, or does not take the token.
    """
    wanted = settings.load_operator(environ)
    if wanted.token is None or not wanted.guild_ids:
        raise CannotAudit("There is no token in .env: without it there is no Discord to look at. See: raidbot init")
    with record(settings.load_backup(environ)) as where:
        asyncio.run(_recall(wanted, wanted.token.reveal(), where, since))


async def _recall(wanted: OperatorSettings, token: str, where: DatabaseSettings, asked: str | None) -> None:
    clock = Clock(wanted.test_clock_file)
    application = await portal.look(wanted.discord_api_url, token)
    database = await Database.connect(where)
    try:
        since = since_of(asked, clock.now()) if asked else await _since_the_backup(database)
        async with Discord(wanted.discord_api_url, token, Sealer(_nothing, clock), clock) as discord:
            for guild_id in wanted.guild_ids or ():
                if guild_id in application.guilds:
                    _show(await _look(database, Witness(discord, guild_id, application.bot_id), since), since)
    finally:
        await database.close()


async def _nothing() -> bytes:
    """Nothing is changed, so nothing is sealed."""
    return b""


async def _since_the_backup(database: Database) -> datetime:
    async with database.transaction(label="recall") as tx:
        restored = await store.last_restored(tx)
        if restored is None:
            raise CannotAudit(
                "No backup was put back into this record. Say since when: raidbot restore --from-discord --since 3h"
            )
        return await store.last_told(tx, restored) or restored - KEPT


async def _look(database: Database, witness: Witness, since: datetime) -> Told:
    name = await witness.look_around()
    async with database.transaction(label="recall") as tx:
        channels = {one.channel_id: one.key for one in await store.channels(tx, witness.guild_id) if one.key in LOGS}
    logged = await _unknown(database, await witness.messages(since, set(channels)))
    names, runs, other = list[tuple[Message, NameTold]](), list[tuple[Message, RunTold]](), list[Message]()
    for one in logged:
        if told := name_told(one.text):
            names.append((one, told))
        elif channels.get(one.channel_id) == ChannelKey.RAID_LOG and (run := await _run(witness, one, since)):
            runs.append((one, run))
        else:
            other.append(one)
    desks = {int(message.id) for message, _ in runs}
    return Told(
        name,
        await _missing_names(database, witness, names),
        await _missing_runs(database, witness, runs),
        [one for one in other if int(one.channel_id) not in desks],
        list(dict.fromkeys(witness.closed)),
    )


async def _unknown(database: Database, messages: Sequence[Message]) -> list[Message]:
    """Return what is not on record, the oldest first."""
    async with database.transaction(label="recall") as tx:
        ours = set(await store.ours(tx, [one.id for one in messages]))
    return sorted((one for one in messages if one.id not in ours), key=lambda one: one.id)


async def _run(witness: Witness, desk: Message, since: datetime) -> RunTold | None:
    """Return what the log below a desk tells; its thread has the number of the message."""
    thread = await witness.channel(ChannelId(desk.id))
    if thread is None:
        return None
    entries = await witness.messages_in(ChannelId(desk.id), since)
    return run_told(str(thread["name"]), [one.text for one in sorted(entries, key=lambda one: one.id)])


async def _missing_names(
    database: Database, witness: Witness, told: Iterable[tuple[Message, NameTold]]
) -> list[tuple[Message, NameTold]]:
    """Return the changes of names that came last for what they are about, unless the record says so already."""
    async with database.transaction(label="recall") as tx:
        known = {(one.user_id, one.ign.lower()): one.verified for one in await store.names(tx, witness.guild_id)}
    verified = {user_id for (user_id, _), is_verified in known.items() if is_verified}
    return [(message, one) for message, one in last_of_each(told) if not one.is_on_record(verified, set(known))]


async def _missing_runs(
    database: Database, witness: Witness, told: Iterable[tuple[Message, RunTold]]
) -> list[tuple[Message, RunTold]]:
    """Return the runs of which nobody has entered anything under the number of their log."""
    async with database.transaction(label="recall") as tx:
        reasons = await store.reasons(tx, witness.guild_id)
    return [(message, one) for message, one in told if f"log {message.id}" not in reasons]


def _show(told: Told, since: datetime) -> None:
    if told.closed:
        typer.echo(f"{told.name}: not read, as the bot may not: {', '.join(told.closed)}")
    lines = [*_names(told.names), *_runs(told.runs), *_others(told.other)]
    if not lines:
        typer.echo(f"{told.name}: the record has all that the logs tell since {time_of(since)}.")
        return
    typer.echo(f"{told.name}: since {time_of(since)} the logs tell this, and the record does not have it.")
    typer.echo("Read each before you enter it: whoever had the bot's token could write there too.")
    for line in lines:
        typer.echo(f"  {line}")


def _names(told: Iterable[tuple[Message, NameTold]]) -> Iterator[str]:
    for message, one in told:
        command = COMMANDS[one.kind].format(user=int(one.user_id), ign=one.ign, message=int(message.id))
        yield f"{time_of(message.at)}  {command}  {deed_words.link(message)}"


def _runs(told: Iterable[tuple[Message, RunTold]]) -> Iterator[str]:
    for message, run in told:
        led = f"led by {int(run.leader)}" if run.leader else "nobody is named"
        what = f"{run.dungeon.name}, run {run.number}, {led}, {run.end}"
        yield f"{time_of(message.at)}  {what}  {deed_words.link(message)}"
        shared = f"dungeon:{run.dungeon.key} when:{message.at:%Y-%m-%d} reason:log {message.id}"
        if run.leader and run.pops:
            yield f"    /logrun {shared} amount:{run.pops} member:{int(run.leader)}"
        for key, user_id in run.keys:
            yield f"    /logkey {shared} key:{key} member:{int(user_id)}"


def _others(told: Iterable[Message]) -> Iterator[str]:
    for message in told:
        yield f"{time_of(message.at)}  {deed_words.quoted(message)} {deed_words.link(message)}"
