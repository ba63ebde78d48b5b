"""Slash commands of runs."""

import asyncio
import re
from typing import Any

import discord
from discord import app_commands

from raidbot.bot import look
from raidbot.bot.backend import Backend, Fault
from raidbot.bot.commands import command
from raidbot.bot.files import Upload
from raidbot.bot.panels import NotPosted, Subject
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION, ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.errors import Refusal, Unavailable
from raidbot.core.ids import ChannelId, GuildId, RunId, UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import UnknownPosting
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import edits as edits_api
from raidbot.features.runs.api import joins, leaders
from raidbot.features.runs.api import life as api
from raidbot.features.runs.api import timeline as timeline_api
from raidbot.features.runs.model.life import AlreadyLeading
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.model.pops import Outcome
from raidbot.features.runs.panels import edits, timeline
from raidbot.features.runs.panels.joins import card, cards_to_choose
from raidbot.features.runs.panels.organizer import left_out, panels_to_choose, private
from raidbot.features.runs.panels.oryx3 import KEPT, give_screenshot
from raidbot.features.runs.panels.words import KIND, OUTCOMES, raid_channel

Place = app_commands.Range[str, 1, 100]
Note = app_commands.Range[str, 1, 500]

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
}
"""What the bot must be allowed to do in the raid channel, as Discord calls it."""


RunNumber = app_commands.Range[int, 1, 2**53]
"""As large as Discord takes a number. docs: Application Commands, Option Type"""

BACKEND_PATIENCE_S = 0.5
"""So long suggestions wait for what the server ran lately."""

MENTION = re.compile(r"<@!?(\d{15,20})>")


class BotCannotPost(Refusal):
    """The bot lacks permissions in the channel."""


async def suggest_dungeons(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the dungeons that fit what was typed so far, 25 at most; before that those of this server's last runs."""
    found = catalogue.search(typed, await _recent(interaction) if not typed.strip() else [])[:25]
    return [app_commands.Choice(name=f"{one.emoji} {one.name}", value=one.key) for one in found]


async def _recent(interaction: discord.Interaction[Any]) -> list[str]:
    """Return the dungeons that the server ran lately; none where the backend is slow or away."""
    backend: Backend = interaction.client.backend
    try:
        async with asyncio.timeout(BACKEND_PATIENCE_S):
            return await backend.call(api.recent_dungeons, api.RecentDungeons(GuildId(interaction.guild_id or 0)))
    except (TimeoutError, Unavailable, Fault):
        return []


async def suggest_keys(_: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the keys that fit what was typed so far, each once, 25 at most."""
    every = {key.key: key for dungeon in catalogue.all_dungeons() for key in dungeon.keys}
    found = [key for key in every.values() if typed.lower() in key.name.lower()][:25]
    return [app_commands.Choice(name=f"{key.emoji} {key.name}", value=key.key) for key in found]


@command("run", "Open a run: its panel goes to the raid channel", needs=Rank.ORGANIZER, bucket=ORGANIZING)
@app_commands.describe(
    dungeon="Which dungeon",
    party="Name of the party in the game",
    location="Server and realm, or bazaar",
    description="A note that everybody sees",
    max_raiders="How many places there are besides yours; who comes later waits in line",
    chain="How many keys you mean to pop",
    needs="How many of what, where it is not as usual: Helm Rune 2, Curse 1",
)
@app_commands.autocomplete(dungeon=suggest_dungeons)
async def run(  # noqa: PLR0913 - options of a command
    press: Press,
    dungeon: app_commands.Range[str, 1, 60],
    *,
    party: Place | None = None,
    location: Place | None = None,
    description: Note | None = None,
    max_raiders: app_commands.Range[int, 1, 500] | None = None,
    chain: app_commands.Range[int, 1, 99] | None = None,
    needs: app_commands.Range[str, 1, 300] | None = None,
) -> Answer:
    """Open a run, post its panel, and hand its organizer the private one."""
    found = catalogue.find(dungeon) or next(iter(catalogue.search(dungeon)), None)
    await check_channel(press, found.key if found else dungeon)
    ask = api.OpenRun(
        guild_id=press.guild_id,
        dungeon=found.key if found else dungeon,
        party=party,
        location=location,
        note=description,
        max_raiders=max_raiders,
        chain=chain,
        needs=needs,
    )
    try:
        opened = await press.ask(api.open_run, ask)
    except AlreadyLeading as leading:
        raise await _linked(press, leading) from None
    posted = await press.painter.stand(Subject(press.guild_id, KIND, opened.id))
    if posted.message_id is None:
        raise NotPosted("The panel was deleted as soon as it stood. /panel brings up yours.")
    link = look.link(press.guild_id, posted.channel_id, posted.message_id)
    return Answer(
        view=private(opened, " ".join([f"[The panel]({link}) is up.", await left_out(press, opened, PingMoment.OPEN)]))
    )


async def _linked(press: Press, leading: AlreadyLeading) -> AlreadyLeading:
    """Return the refusal of a second run with the way to the first one."""
    run_id = RunId(int(leading.details["run_id"]))
    find = discord_state.FindPosting(press.guild_id, KIND, run_id)
    try:
        stands = await press.backend.call(discord_state.find_posting, find)
    except UnknownPosting:
        return leading
    if stands.message_id is None:
        return leading
    link = look.link(press.guild_id, stands.channel_id, stands.message_id)
    return AlreadyLeading(f"{leading.sentence} [See it]({link}), or use /panel.", run_id=run_id)


@command("panel", "Your panel of the run that you lead", needs=Rank.ORGANIZER, bucket=ORGANIZING)
async def panel(press: Press) -> Answer:
    """Show the organizer's panel again, wherever they are; who leads none chooses one that they may steer."""
    runs = await press.ask(leaders.steerable_runs, leaders.SteerableRuns(press.guild_id))
    if runs.own and (len(runs.own) == 1 or runs.own[0].leader_id == press.user_id):
        return Answer(view=private(runs.own[0], viewer=press.user_id))
    return Answer(view=panels_to_choose([*runs.own, *runs.others]))


@command("myrun", "Your card of the run that you are in", bucket=INFORMATION)
async def myrun(press: Press) -> Answer:
    """Show a member's own card; who is in several runs chooses."""
    cards = await press.ask(joins.my_runs, joins.MyRuns(press.guild_id))
    if not cards:
        return Answer("You are in no run now. Look for one in the raid channel, and press Join below its panel.")
    return Answer(view=card(cards[0]) if len(cards) == 1 else cards_to_choose(cards))


@command("taken", "Give the screenshot that Oryx 3 needs before it starts", needs=Rank.ORGANIZER, bucket=ORGANIZING)
@app_commands.describe(
    screenshot="The whole window of the game, with /who and /server in the chat",
    run="The number of the run; without it the one that you lead",
)
async def taken(
    press: Press, screenshot: discord.Attachment, run: app_commands.Range[int, 1, 2**53 - 1] | None = None
) -> Answer:
    """Keep the screenshot of a run."""
    run_id = RunId(run) if run else (await press.ask(api.own_run, api.OwnRun(press.guild_id))).id
    await give_screenshot(press, run_id, (Upload.of(screenshot),))
    now = await press.ask(api.steer_run, api.SteerRun(press.guild_id, run_id))
    return Answer(view=private(now, KEPT))


async def check_channel(press: Press, dungeon: str) -> ChannelId:
    """Return the raid channel of a dungeon, if the bot can post there.

    Raises:
        Unmapped: none is set.
        BotCannotPost: the bot may not; the sentence names what is missing.
    """
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    channel_id = raid_channel(mappings, dungeon)
    channel = press.guild.get_channel(channel_id)
    if channel is None:
        raise BotCannotPost("I cannot see the raid channel. An administrator maps another one with /setchannels.")
    allowed = channel.permissions_for(press.guild.me)
    if missing := [label for name, label in NEEDED.items() if not getattr(allowed, name)]:
        raise BotCannotPost(f"In <#{channel_id}> I lack {', '.join(missing)}. An administrator gives me that there.")
    return channel_id


@command("runinfo", "What a run was, and why you were or were not paid", bucket=INFORMATION)
@app_commands.describe(run="The number of the run; without it you choose one of yours")
async def runinfo(press: Press, run: RunNumber | None = None) -> Answer:
    """Show the record of a run, as far as the reader may see it."""
    if run is not None:
        told = await press.ask(timeline_api.read_timeline, timeline_api.ReadTimeline(press.guild_id, RunId(run)))
        return Answer(view=timeline.timeline(told))
    found = await press.ask(timeline_api.recent_runs, timeline_api.RecentRuns(press.guild_id))
    if not found:
        return Answer("You were in no run yet. The runs that go on stand in the raid channel.")
    return Answer(view=timeline.recent(found))


@command("runedit", "Correct a run that is over, with a reason", needs=Rank.ORGANIZER, bucket=ORGANIZING)
@app_commands.describe(
    run="The number of the run: /runinfo shows it",
    reason="Why: those concerned read it",
    pop="Which key; without it every one of the run",
    add="Raiders who were in: mentions or IGNs",
    remove="Raiders who were not in: mentions or IGNs",
    popper="Who popped the key",
    key="Which key it was",
    outcome="How it went",
    leader="Who led",
    dungeon="Which dungeon it was",
)
@app_commands.autocomplete(dungeon=suggest_dungeons, key=suggest_keys)
@app_commands.choices(outcome=[app_commands.Choice(name=label, value=one.value) for one, label in OUTCOMES.items()])
async def runedit(  # noqa: PLR0913 - what can be corrected
    press: Press,
    run: RunNumber,
    reason: app_commands.Range[str, 1, 500],
    *,
    pop: app_commands.Range[int, 1, 999] | None = None,
    add: app_commands.Range[str, 1, 1000] | None = None,
    remove: app_commands.Range[str, 1, 1000] | None = None,
    popper: discord.Member | None = None,
    key: app_commands.Range[str, 1, 60] | None = None,
    outcome: str | None = None,
    leader: discord.Member | None = None,
    dungeon: app_commands.Range[str, 1, 60] | None = None,
) -> Answer:
    """Show exactly what a correction would write, and ask."""
    ask = edits_api.AskEdit(
        guild_id=press.guild_id,
        run_id=RunId(run),
        reason=reason,
        pop=pop,
        add=names(add),
        strike=names(remove),
        popper_id=UserId(popper.id) if popper else None,
        key=key,
        outcome=Outcome(outcome) if outcome else None,
        leader_id=UserId(leader.id) if leader else None,
        dungeon=dungeon,
    )
    return Answer(view=edits.asked(await press.ask(edits_api.ask_edit, ask)))


def names(typed: str | None) -> list[str]:
    """Return the members of a text, each by id or IGN: mentions, ids and IGNs between commas or spaces."""
    return MENTION.sub(r" \1 ", typed or "").replace(",", " ").split()[:25]
