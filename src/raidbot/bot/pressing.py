"""From an interaction to the feature's function, and its answer back."""

import asyncio
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog

from raidbot.bot import answers, commands, members, reading
from raidbot.bot.backend import AWAY, Backend, Fault
from raidbot.bot.buttons import Opened, Pressed, find_component, find_form, forms, gates
from raidbot.bot.commands import Declared
from raidbot.bot.files import Upload
from raidbot.bot.metrics import DONE, arrives
from raidbot.bot.painter import Painter
from raidbot.bot.pictures import Pictures
from raidbot.bot.presses import Press
from raidbot.bot.rates import Bucket, Rates
from raidbot.bot.replies import Answer
from raidbot.core.errors import NotFound, Refusal, Unavailable
from raidbot.core.ids import ChannelId, GuildId, InteractionId, MessageId

log: structlog.stdlib.BoundLogger = structlog.get_logger()


GATE_PATIENCE_S = 0.3
"""So long a form waits for whether somebody is asked first."""

CLOSES_WITHIN_S = 3.0
"""So long presses that were begun are waited for when the bot stops."""


class ForeignGuild(Refusal):
    """This server is not one that the bot serves."""


class UnknownButton(NotFound):
    """Nothing answers this custom id."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes interactions and hands each to the function that knows it."""

    backend: Backend
    painter: Painter
    pictures: Pictures
    rates: Rates
    guild_ids: frozenset[GuildId]
    noting: set[asyncio.Future[None]] = field(default_factory=set[asyncio.Future[None]])
    under_way: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]])
    """Interactions that are being answered."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the bot stops: who presses now is told to press again."""

    async def close(self) -> None:
        """Begin nothing more, and wait until whoever pressed before has the answer."""
        self.closed.set()
        if waiting := self.under_way - {asyncio.current_task()}:
            await asyncio.wait(waiting, timeout=CLOSES_WITHIN_S)

    async def take(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press, a choice or a submitted form."""
        with self._under_way():
            await self._take(interaction)

    async def run(self, interaction: discord.Interaction[Any], used: Declared, options: dict[str, Any]) -> None:
        """Answer a command."""
        with self._under_way():
            await self._run(interaction, used, options)

    @contextmanager
    def _under_way(self) -> Generator[None]:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an interaction is answered outside of a task")
        self.under_way.add(task)
        try:
            yield
        finally:
            self.under_way.discard(task)

    async def _take(self, interaction: discord.Interaction[Any]) -> None:
        arrives()
        try:
            press = self._press(interaction)
        except Refusal as refused:
            await answers.turn_down(interaction, refused)
            return
        custom_id = str((interaction.data or {}).get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            found = find_form(custom_id)
        else:
            found = find_component(custom_id)
        if found is None:
            old = UnknownButton("This button belongs to nothing I know any more. Use the newest message instead.")
            await answers.turn_down(interaction, old)
            return
        route = found[0]
        with DONE.labels(route.pattern.pattern.partition(":(")[0]).time():
            await self._carry_out(interaction, route, _with_parts(press, found[1]))

    async def _run(self, interaction: discord.Interaction[Any], used: Declared, options: dict[str, Any]) -> None:
        arrives()

        async def work() -> Answer:
            press = self._press(interaction)
            outcome = "fault"
            try:
                await self._admit(press, used.bucket)
                answer = await used.runs(press, **options)
            except Refusal as refused:
                outcome = refused.code
                raise
            else:
                outcome = "done"
                return answer
            finally:
                self._note(press, used.name, options, outcome)

        with DONE.labels(f"/{used.name}").time():
            await answers.command(interaction, work)

    async def read(self, message: discord.Message) -> None:
        """Hand on what a member posted in a thread, if there are files with it."""
        member, channel = message.author, message.channel
        if member.bot or not isinstance(member, discord.Member) or not isinstance(channel, discord.Thread):
            return
        if member.guild.id not in self.guild_ids or not message.attachments:
            return
        press = Press(
            backend=self.backend,
            painter=self.painter,
            pictures=self.pictures,
            guild=member.guild,
            member=member,
            channel_id=ChannelId(channel.id),
            key=InteractionId(message.id),
            files=tuple(Upload.of(one) for one in message.attachments),
            message_id=MessageId(message.id),
        )
        for reader in reading.readers:
            await reader(press)

    def _note(self, press: Press, name: str, options: dict[str, Any], outcome: str) -> None:
        """Write down the use of a command, while its member reads the answer."""
        log.info("Command", command=name, user=str(press.user_id), guild=str(press.guild_id), outcome=outcome)
        task = asyncio.ensure_future(_noted(press, name, options, outcome))
        self.noting.add(task)
        task.add_done_callback(self.noting.discard)

    async def _carry_out(self, interaction: discord.Interaction[Any], route: Pressed | Opened, press: Press) -> None:
        if isinstance(route, Opened):
            opens = route.opens

            async def opened() -> discord.ui.Modal | Answer:
                await self._admit(press, route.bucket)
                return await _asked_quickly(route, press) or await opens(press)

            await answers.open_form(interaction, opened)
            return
        handles = route.handles

        async def handled() -> Answer:
            await self._admit(press, route.bucket)
            return await _asked(route, press) or await handles(press)

        manner = "answers" if press.shared and route.manner == "redraws" else route.manner
        await answers.press(interaction, handled(), manner)

    async def _admit(self, press: Press, bucket: Bucket) -> None:
        """Count the act, and let the record know first what the member holds now."""
        await self.rates.check(bucket, press.guild_id, press.user_id)
        await members.tell(lambda watcher: watcher.changed(press.backend, press.member))

    def _press(self, interaction: discord.Interaction[Any]) -> Press:
        if self.closed.is_set():
            raise Unavailable(AWAY)
        guild, member = interaction.guild, interaction.user
        if guild is None or not isinstance(member, discord.Member):
            raise ForeignGuild("I do not run raids here. Use me in the server that invited me.")
        if guild.id not in self.guild_ids:
            raise ForeignGuild(
                f"I do not serve this server. Whoever runs me can add its id, `{guild.id}`, to DISCORD_GUILD_IDS."
            )
        return Press(
            backend=self.backend,
            painter=self.painter,
            pictures=self.pictures,
            guild=guild,
            member=member,
            channel_id=ChannelId(interaction.channel_id or 0),
            key=InteractionId(interaction.id),
            gateway_s=interaction.client.latency,
            application_flags=interaction.client.application_flags.value,
            fields=_fields(interaction.data or {}),
            choices=tuple((interaction.data or {}).get("values", ())),
            files=_files(interaction.data or {}),
            message_id=MessageId(interaction.message.id) if interaction.message else None,
            screen=answers.Screen(interaction),
            shared=interaction.message is not None and not interaction.message.flags.ephemeral,
        )


async def _noted(press: Press, name: str, options: dict[str, Any], outcome: str) -> None:
    for note in commands.noters:
        try:
            await note(press, name, options, outcome)
        except (Refusal, Fault) as away:
            log.warning("A command could not be written down", command=name, key=str(press.key), reason=str(away))


async def _asked(route: Pressed | Opened, press: Press) -> Answer | None:
    """Return what is asked before a button acts that steers; a form that was opened has been asked for."""
    asks = gates.get(route.pattern.pattern.partition(":")[0])
    if asks is None or not press.shared or not route.steers or route in forms:
        return None
    return await asks(press)


async def _asked_quickly(route: Opened, press: Press) -> Answer | None:
    """Return what is asked before a form opens; a slow backend holds no form up, for what is sent is checked anyway."""
    try:
        async with asyncio.timeout(GATE_PATIENCE_S):
            return await _asked(route, press)
    except (TimeoutError, Unavailable):
        return None


def _with_parts(press: Press, match: re.Match[str]) -> Press:
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    ids = {name: int(value) for name, value in parts.items() if value.isascii() and value.isdigit()}
    return replace(press, ids=ids, words={name: value for name, value in parts.items() if name not in ids})


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what a form's inputs hold, by their custom id. Labels and rows hold inputs."""
    found: dict[str, str] = {}
    waiting: list[Mapping[str, Any]] = list(data.get("components", ()))
    while waiting:
        one = waiting.pop()
        if "custom_id" in one:
            values = one.get("values")
            found[one["custom_id"]] = ",".join(values) if values is not None else str(one.get("value", ""))
        waiting.extend(one.get("components", ()))
        if "component" in one:
            waiting.append(one["component"])
    return found


def _files(data: Mapping[str, Any]) -> tuple[Upload, ...]:
    """Return what was uploaded. docs: Receiving and Responding, Resolved Data Structure."""
    attachments: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    return tuple(Upload(str(one["filename"]), int(one["size"]), str(one["url"])) for one in attachments.values())
