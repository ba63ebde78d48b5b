"""`raidbot rehearse`: trying on a real test server what our loopback takes for true."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer

from raidbot import settings
from raidbot.bot.logins import LoginRefused
from raidbot.cli import portal, wellness
from raidbot.cli.initiating import token_of
from raidbot.cli.stopped import Stopped
from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, snowflake
from raidbot.core.permissions import EVERYTHING, labels
from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.faults import DatabaseAway
from raidbot.features.realmeye.jobs.site import Manners, user_agent
from raidbot.rehearsal import record, scenery
from raidbot.rehearsal.conducting import Conductor, Plan
from raidbot.rehearsal.model import Differs, Skipped, Step
from raidbot.rehearsal.progress import BadProgress, Progress
from raidbot.rehearsal.rest import Away
from raidbot.rehearsal.steps import BASE, STEPS
from raidbot.rehearsal.talk import Stop, Talk
from raidbot.rehearsal.waiting import Waits
from raidbot.settings import RehearsalSettings

GO_ON = "Run the same command again to go on where it stopped."


class CannotRehearse(Stopped):
    """Something must be different first; the text says what."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the operator said."""

    guild: str
    token: str = field(repr=False)
    only: Sequence[str] = ()
    anyway: bool = False
    again: bool = False
    discord: bool = True
    phones: bool = True


class Terminal:
    """A person at a terminal. Their lines are read in a thread, which a program that ends does not wait for."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="terminal", daemon=True).start()

    def say(self, text: str) -> None:
        """Print something."""
        typer.echo(text.replace("**", ""))

    async def answer(self) -> str:
        """Return the next line.

        Raises:
            Stop: nobody is there any more.
        """
        line = await self._lines.get()
        if line is None:
            raise Stop
        return line.strip()

    def _read(self) -> None:
        """Hand lines on, read unbuffered: a buffer's lock would be held when the interpreter ends."""
        begun = b""
        while read := os.read(sys.stdin.fileno(), 1024):
            *lines, begun = (begun + read).split(b"\n")
            for line in lines:
                self._heard(line.decode(errors="replace"))
        self._heard(None)

    def _heard(self, line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody listens any more
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


def rehearse(asked: Asked, wanted: RehearsalSettings, release: str) -> None:
    """Walk a person through the script, and leave a report.

    Raises:
        CannotRehearse: something must be different first, or it was cut off.
        DiscordRefuses: the token is wrong, or Discord does not answer.
    """
    try:
        asyncio.run(_rehearse(asked, wanted, release))
    except (KeyboardInterrupt, asyncio.CancelledError) as cut:
        raise CannotRehearse(f"Stopped. {GO_ON}") from cut
    except (Away, Differs, scenery.NotDown, BadProgress, LoginRefused) as fault:
        raise CannotRehearse(f"{fault} {GO_ON}") from fault


def token(file: Path | None, environ: Mapping[str, str]) -> str:
    """Return the token from where the operator has it, or ask for it."""
    known = token_of(file) or settings.find("SECRET_KEY", environ)
    return known or typer.prompt("The bot's token (page Bot of the developer portal)", hide_input=True).strip()


async def _rehearse(asked: Asked, wanted: RehearsalSettings, release: str) -> None:
    clock = Clock(wanted.test_clock_file)
    plan = await _plan(asked, wanted, release)
    if asked.discord:
        await _check(asked, wanted, plan)
    progress = Progress(plan.progress)
    if asked.again:
        progress.forget_outcomes()
    conductor = Conductor(plan, Talk(Terminal()), Waits(clock), progress)
    await _unless_ended(_walk(conductor, asked, wanted))


async def _unless_ended(work: Coroutine[Any, Any, None]) -> None:
    """Do something; when this process is told to end, what `work` has to put right is put right first."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


async def _walk(conductor: Conductor, asked: Asked, wanted: RehearsalSettings) -> None:
    try:
        if asked.discord:
            await _agree(conductor)
            await conductor.on_discord()
        if asked.phones:
            await _bot_is_up(conductor.talk, wanted)
            await conductor.on_phones()
    except Stop:
        conductor.talk.say(f"\nStopped. {GO_ON}")
    except Skipped:
        conductor.talk.say("\nLeft out.")
    finally:
        conductor.write_report()
        conductor.talk.say(f"The report is in {conductor.plan.report}. It names nobody and holds no token.")


async def _plan(asked: Asked, wanted: RehearsalSettings, release: str) -> Plan:
    """Look at token, server and permissions.

    Raises:
        CannotRehearse: they are not fit for it.
        DiscordRefuses: the token is wrong, or Discord does not answer.
    """
    application = await portal.look(wanted.discord_api_url, asked.token)
    guild_id = _guild(asked.guild, application)
    seen = await portal.guild(wanted.discord_api_url, asked.token, guild_id, application)
    if missing := BASE & ~seen.bot_permissions:
        raise CannotRehearse(
            f"The bot lacks {', '.join(labels(missing))} in the test server. Invite it anew: {application.invite}"
        )
    if application.missing_intents:
        raise CannotRehearse(f"Switch on {' and '.join(application.missing_intents)} Intent in the developer portal.")
    return Plan(
        api_url=wanted.discord_api_url or portal.DISCORD,
        token=asked.token,
        agent=portal.AGENT,
        guild_id=guild_id,
        application_id=application.id,
        bot_id=application.bot_id,
        granted=seen.bot_permissions,
        folder=wanted.data_dir,
        manners=Manners(
            wanted.realmeye_url,
            timedelta(seconds=wanted.realmeye_pause_s),
            user_agent(release, wanted.realmeye_contact),
        ),
        release=release,
        steps=_chosen(asked.only),
    )


def _guild(text: str, application: portal.Application) -> GuildId:
    try:
        guild_id = snowflake(GuildId, text)
    except ValueError as fault:
        raise CannotRehearse(f"--guild: {fault}. Right-click the test server's name, Copy Server ID.") from fault
    if guild_id not in application.guilds:
        raise CannotRehearse(f"The bot is not in the server {guild_id}. Invite it: {application.invite}")
    return guild_id


def _chosen(names: Sequence[str]) -> Sequence[Step]:
    """Return the steps that are named, in the order of the script, or all."""
    known = [one.name for one in STEPS]
    if unknown := [one for one in names if one not in known]:
        raise CannotRehearse(f"There is no step {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [one for one in STEPS if one.name in names] or STEPS


async def _check(asked: Asked, wanted: RehearsalSettings, plan: Plan) -> None:
    """Insist that the bot does not run, and that nobody plays in this server.

    Raises:
        CannotRehearse: it runs, or somebody may play there.
    """
    if await asyncio.to_thread(wellness.told, wanted.bot_metrics_port):
        raise CannotRehearse(
            f"The bot runs (port {wanted.bot_metrics_port}), and would answer presses of the rehearsal. "
            "Stop it first; the second part asks for it again."
        )
    if asked.anyway:
        return
    try:
        alive = await _alive(wanted, plan.guild_id)
    except DatabaseAway as away:
        raise CannotRehearse(
            f"Whether people play in this server cannot be asked: {away} Start PostgreSQL, or add --anyway."
        ) from away
    if any(alive):
        raise CannotRehearse(
            f"The record holds {alive.runs} runs and {alive.raiders} raiders of this server, so it may be a live one. "
            "Name a test server, or add --anyway if it is one."
        )


async def _alive(wanted: RehearsalSettings, guild_id: GuildId) -> record.Alive:
    """Return what the record holds of a server; nothing where this machine has no record."""
    if wanted.database_url:
        url, tls = wanted.database_url.reveal(), wanted.database_ssl_reject_unauthorized
        return await record.alive(DatabaseSettings(url, ssl_reject_unauthorized=tls), guild_id)
    folder = wanted.data_dir / "postgres"
    if not folder.exists():
        return record.Alive()
    server = EmbeddedServer(folder)
    await asyncio.to_thread(server.start)
    try:
        return await record.alive(DatabaseSettings(server.url), guild_id)
    finally:
        await asyncio.to_thread(server.stop)


async def _agree(conductor: Conductor) -> None:
    """Say what it will do, and ask.

    Raises:
        Skipped, Stop: the person does not want that.
    """
    plan = conductor.plan
    tried = sum(1 for one in plan.steps if one.name in conductor.progress.kept.outcomes)
    await conductor.talk.asked(
        f"This takes about 20 minutes, in the server {plan.guild_id}. It creates {scenery.CREATES}; all of it is "
        "called rehearsal-… and is deleted at the end, after Ctrl+C too.\n"
        "Have Discord open, best with a second account that is no administrator. The bot must not run meanwhile.\n"
        + ("The bot is Administrator there: three steps make no sense then.\n" if plan.granted == EVERYTHING else "")
        + (f"{tried} of {len(plan.steps)} steps were tried before; what was skipped is asked again.\n" if tried else "")
        + "Whenever you can type: Enter goes on, s leaves a step out, q stops. Enter begins."
    )


async def _bot_is_up(talk: Talk, wanted: RehearsalSettings) -> None:
    """Ask for the bot until it is well.

    Raises:
        Skipped, Stop: the person does not want that.
    """
    ports = {"backend": wanted.backend_metrics_port, "bot": wanted.bot_metrics_port}
    await talk.asked(
        "\nThe second part is what members and staff see. Start backend and bot for this server, then Enter."
    )
    while lacking := await asyncio.to_thread(wellness.ailing, ports):
        await talk.asked("\n".join(lacking) + "\nEnter looks again. s leaves this part out.")
