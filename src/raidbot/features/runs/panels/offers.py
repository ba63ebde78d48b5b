"""Offering a key, and its line as those who lead see it."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING, PARTICIPATION
from raidbot.bot.replies import Answer
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.features.runs.api import joins as parts
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.api import offers as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.offers import LinedUp, Offer, OfferId, OfferState
from raidbot.features.runs.panels.joins import card, offer_line
from raidbot.features.runs.panels.words import dungeon_of, named

HOLDERS = 6
"""So many holders fit on one page of the line."""


@button(r"run:key:(?P<run>\d+):(?P<key>[a-z0-9_]{2,40})", bucket=PARTICIPATION)
async def ask_offer(press: Press) -> Answer:
    """Ask once whether they really hold the key; who stands in line already sees where."""
    told = await press.ask(parts.my_part, parts.MyPart(*named(press)))
    if not told.joined or any(offer.key == press.words["key"] for offer in told.offers):
        hint = "" if told.joined else "Join first: only those who are in can pop a key."
        return Answer(view=card(told, hint))
    key = catalogue.known(told.dungeon).find_key(press.words["key"])
    name = f"{key.emoji} **{key.name}**" if key else "this key"
    yes = look.button("Yes, I have it", f"run:offer:{told.run_id}:{press.words['key']}", look.SUCCESS)
    question = f"Do you have {name} and will you pop it in this run? Who offers and does not pop gets a mark."
    return Answer(view=look.sheet(look.text(question), look.row(yes, look.button("No", f"run:card:{told.run_id}"))))


@button(r"run:offer:(?P<run>\d+):(?P<key>[a-z0-9_]{2,40})", bucket=PARTICIPATION, manner="redraws")
async def offer(press: Press) -> Answer:
    """Put the key into the line."""
    told = await press.ask(api.offer_key, api.OfferKey(*named(press), key=press.words["key"]))
    return Answer(view=_lined_up(told, press.ids["run"]))


@button(r"run:withdraw:(?P<run>\d+):(?P<key>[a-z0-9_]{2,40})", bucket=PARTICIPATION, manner="redraws")
async def withdraw(press: Press) -> Answer:
    """Take the key out of the line."""
    told = await press.ask(api.withdraw_key, api.WithdrawKey(*named(press), key=press.words["key"]))
    return Answer(view=card(told, "Your key offer is removed." if told.changed else "You offered no such key."))


def _lined_up(told: LinedUp, run_id: int) -> discord.ui.LayoutView:
    dungeon = catalogue.known(told.dungeon)
    places = (("Party", told.party), ("Location", told.location))
    lines = [f"{label}: **{shown(value)}**" for label, value in places if value]
    head = "Thank you." if told.changed else "You offered it already."
    later = "-# Party and location stand on your card as soon as they are set." if not lines else ""
    if told.offer.state is OfferState.OFFERED:
        later = "-# You are told when you are accepted, and your card shows where you stand."
    return look.sheet(
        look.text(f"{head} {offer_line(told.offer, dungeon)}", *lines, later),
        look.row(
            look.button("My card", f"run:card:{run_id}"),
            look.button("Take key back", f"run:withdraw:{run_id}:{told.offer.key}"),
        ),
    )


def line(run: Run, page: int = 0) -> discord.ui.LayoutView:
    """Draw the line of key holders, with what can be done about each."""
    dungeon = dungeon_of(run)
    if not run.offers:
        return look.sheet(
            look.text("### Keys", "Nobody offers a key now."), _foot(run, 0, more=False), colour=dungeon.colour
        )
    ordered = sorted(run.offers, key=lambda one: (one.key, one.state is not OfferState.ACCEPTED))
    start = min(page * HOLDERS, (len(ordered) - 1) // HOLDERS * HOLDERS)
    shown_now = ordered[start : start + HOLDERS]
    parts_of_each = [part for one in shown_now for part in _holder(run, one)]
    return look.sheet(
        look.text("### Keys", f"{look.many(len(ordered), 'offer')}, accepted ones first."),
        *parts_of_each,
        _foot(run, start // HOLDERS, more=start + HOLDERS < len(ordered)),
        colour=dungeon.colour,
    )


def _holder(run: Run, one: Offer) -> list[discord.ui.Item[discord.ui.LayoutView]]:
    key = dungeon_of(run).find_key(one.key)
    label = f"{key.emoji} {key.label}" if key else one.key
    name = f"**{shown(one.ign)}** (<@{one.user_id}>)" if one.ign else f"<@{one.user_id}>"
    if one.state is OfferState.ACCEPTED:
        return [
            look.text(f"{label}: {name} — accepted"),
            look.row(
                look.button("Popped", f"run:holder_popped:{run.id}:{one.id}", look.SUCCESS),
                look.button("Did not pop", f"run:no_pop:{run.id}:{one.id}"),
                look.button("Remove", f"run:unoffer:{run.id}:{one.id}"),
            ),
        ]
    return [
        look.text(f"{label}: {name} — in line"),
        look.row(
            look.button("Accept", f"run:accept:{run.id}:{one.id}", look.SUCCESS),
            look.button("Remove", f"run:unoffer:{run.id}:{one.id}"),
        ),
    ]


def _foot(run: Run, page: int, *, more: bool) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    waits = any(one.state is OfferState.OFFERED for one in run.offers)
    pages = [look.button("More", f"run:keys_page:{run.id}:{page + 1}")] if more else []
    first = [look.button("First page", f"run:keys_page:{run.id}:0")] if page else []
    everyone = [look.button("Accept all", f"run:accept_all:{run.id}")] if waits else []
    last = [look.button(f"Key {run.pop.number} …", f"run:pop_tell:{run.id}")] if run.pop and not run.status.over else []
    return look.row(*everyone, *first, *pages, *last, look.button("Refresh", f"run:keys_page:{run.id}:{page}"))


@button(r"run:keys:(?P<run>\d+)", bucket=ORGANIZING)
async def open_line(press: Press) -> Answer:
    """Show the line of key holders."""
    return Answer(view=line(await press.ask(runs.steer_run, runs.SteerRun(*named(press)))))


@button(r"run:keys_page:(?P<run>\d+):(?P<page>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def turn_page(press: Press) -> Answer:
    """Show another page of the line."""
    return Answer(view=line(await press.ask(runs.steer_run, runs.SteerRun(*named(press))), press.ids["page"]))


@button(r"run:accept:(?P<run>\d+):(?P<offer>\d+)", bucket=ORGANIZING, manner="redraws")
async def accept(press: Press) -> Answer:
    """Let a holder read party and location."""
    ask = api.AcceptOffer(*named(press), offer_id=OfferId(press.ids["offer"]))
    return Answer(view=line(await press.ask(api.accept_offer, ask)))


@button(r"run:accept_all:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def accept_all(press: Press) -> Answer:
    """Let the first holders of each key read party and location."""
    return Answer(view=line(await press.ask(api.accept_all, api.AcceptAll(*named(press)))))


@button(r"run:no_pop:(?P<run>\d+):(?P<offer>\d+)", bucket=ORGANIZING, manner="redraws")
async def did_not_pop(press: Press) -> Answer:
    """Mark a holder who did not pop; the next one is accepted."""
    ask = api.DidNotPop(*named(press), offer_id=OfferId(press.ids["offer"]))
    return Answer(view=line(await press.ask(api.did_not_pop, ask)))


@button(r"run:unoffer:(?P<run>\d+):(?P<offer>\d+)", bucket=ORGANIZING, manner="redraws")
async def remove(press: Press) -> Answer:
    """Take an offer out of the line."""
    ask = api.RemoveOffer(*named(press), offer_id=OfferId(press.ids["offer"]))
    return Answer(view=line(await press.ask(api.remove_offer, ask)))
