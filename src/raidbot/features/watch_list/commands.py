"""Slash commands of the watch list."""

from typing import TypeAlias

import discord
from discord import app_commands

from raidbot.bot import look
from raidbot.bot.commands import command, group
from raidbot.bot.files import Upload, fetch_text
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION, ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core import igns
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.watch_list import api, rules
from raidbot.features.watch_list.model import LONGEST, Effect, Suspect, WatchId
from raidbot.features.watch_list.panels import imported, line, listed

Text: TypeAlias = app_commands.Range[str, 1, LONGEST]

group("watch", "Whom staff want to know of when they come in")


@command("watch add", "Look out for an account or a name", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(
    reason="Why; security reads it",
    member="The account; paste the id of somebody who is not here",
    ign="A name in the game",
    evidence="What shows it: text or links",
    until="The last day in UTC, as 2026-12-31; without it for good",
    effect="What happens when they turn up; without it security is told",
)
@app_commands.choices(
    effect=[
        app_commands.Choice(name="Tell security", value=Effect.ALERT.value),
        app_commands.Choice(name="Verify by hand only", value=Effect.REVIEW.value),
        app_commands.Choice(name="Do not verify", value=Effect.REFUSE.value),
    ]
)
async def add(  # noqa: PLR0913 - one for each thing that an entry says
    press: Press,
    reason: Text,
    *,
    member: discord.User | None = None,
    ign: app_commands.Range[str, 1, igns.LONGEST] | None = None,
    evidence: Text | None = None,
    until: app_commands.Range[str, 10, 10] | None = None,
    effect: str = Effect.ALERT.value,
) -> Answer:
    """Put somebody on the list."""
    suspect = Suspect(
        user_id=UserId(member.id) if member else None,
        ign=ign.strip() if ign else None,
        reason=reason.strip(),
        evidence=(evidence or "").strip(),
        effect=Effect(effect),
        until=rules.end_of(until) if until else None,
    )
    added = await press.ask(api.add_watch, api.AddWatch(press.guild_id, suspect))
    return Answer(f"✅ On the watch list: {line(added)}")


@command("watch remove", "Look out for somebody no more", needs=Rank.OFFICER, bucket=ORGANIZING)
@app_commands.describe(number="The number of the entry, as /watch list shows it")
async def remove(press: Press, number: app_commands.Range[int, 1, 2**53]) -> Answer:
    """Take an entry off the list."""
    removed = await press.ask(api.remove_watch, api.RemoveWatch(press.guild_id, WatchId(number)))
    return Answer(f"✅ Off the watch list: {line(removed)}")


@command("watch list", "Whom staff look out for", needs=Rank.SECURITY, bucket=ORGANIZING)
async def show(press: Press) -> Answer:
    """List the latest entries."""
    found = await press.ask(api.list_watches, api.ListWatches(press.guild_id))
    return Answer(view=listed(found)) if found else Answer("The watch list is empty. /watch add puts somebody on it.")


@command("watch export", "The whole watch list as a file", needs=Rank.SECURITY, bucket=CONFIGURATION)
async def export(press: Press) -> Answer:
    """Hand out the list as a file."""
    found = await press.ask(api.list_watches, api.ListWatches(press.guild_id))
    name = "watch-list.csv"
    file: discord.ui.File[discord.ui.LayoutView] = discord.ui.File(f"attachment://{name}")
    view = look.sheet(look.text(f"{len(found)} on the watch list."), file)
    return Answer(view=view, file=(name, rules.write_csv(found)))


@command("watch import", "Take in a file of /watch export, of this server or another", needs=Rank.OFFICER)
@app_commands.describe(file="A CSV file with the columns discord_id, ign, reason, evidence, effect, until")
async def take_in(press: Press, file: discord.Attachment) -> Answer:
    """Take in a file."""
    text = await fetch_text(Upload.of(file))
    return Answer(imported(await press.ask(api.import_watches, api.ImportWatches(press.guild_id, text))))
