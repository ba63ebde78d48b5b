"""A raider's own card, and what its buttons do."""

from collections.abc import Sequence

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import PARTICIPATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import RunId
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.dungeons.classes import BY_KEY, CLASSES
from raidbot.dungeons.model import Dungeon
from raidbot.features.runs.api import joins as api
from raidbot.features.runs.model.claims import ClaimState
from raidbot.features.runs.model.joins import Card, JoinState
from raidbot.features.runs.model.offers import OfferState, OwnOffer
from raidbot.features.runs.panels.words import named

CLAIMS = {
    ClaimState.OPEN: "🙋 **You say that you were there.** Whoever led decides within a day; /myrun shows what. —",
    ClaimState.APPROVED: "✅ **You count: you were there.** —",
    ClaimState.REFUSED: "✖️ **Whoever led did not confirm that you were there.** Ask them if that is wrong. —",
    ClaimState.LAPSED: "⌛ **Nobody decided within a day whether you were there, so it lapsed.** Ask staff. —",
}
"""What became of a member's word that they were there."""

NOTHING = "none"
"""The value of a menu by which everything is taken back."""


def card(told: Card, note: str = "") -> discord.ui.LayoutView:
    """Draw a member's own part in a run."""
    dungeon = catalogue.known(told.dungeon)
    if told.status.over:
        return look.sheet(look.text(note, *card_lines(told)), colour=dungeon.colour)
    buttons = [look.button("Leave", f"run:leave_card:{told.run_id}")]
    if told.state is JoinState.CALLED:
        buttons.insert(0, look.button("I'm here", f"run:here:{told.run_id}", look.SUCCESS))
    if told.state in {JoinState.JOIN, JoinState.WAITING, JoinState.CALLED}:
        buttons.append(look.button("I bring", f"run:outfit_card:{told.run_id}"))
    return look.sheet(
        look.text(note, *card_lines(told)),
        *([look.row(*buttons)] if told.state not in {None, JoinState.LEFT, JoinState.REMOVED} else []),
        *([look.row(*_withdrawals(told, dungeon))] if told.offers else []),
        colour=dungeon.colour,
    )


def cards_to_choose(cards: Sequence[Card]) -> discord.ui.LayoutView:
    """Draw the choice between the runs that a member is in."""
    runs = [(str(told.run_id), f"{catalogue.known(told.dungeon).name} · run {told.run_id}") for told in cards]
    return look.sheet(look.text("### Your runs"), look.menu("run:pick_card", "Which run?", runs[:25]))


def card_lines(told: Card) -> list[str]:
    """Say what a member's part in a run is, line by line."""
    dungeon = catalogue.known(told.dungeon)
    if told.claim is not None:
        return [f"{CLAIMS[told.claim]} {dungeon.emoji} **{dungeon.name}**"]
    if told.state in {None, JoinState.LEFT, JoinState.REMOVED}:
        return [f"{_outside(told)} {dungeon.emoji} {dungeon.name}"]
    return [
        f"{_head(told)} — {dungeon.emoji} {dungeon.name}, {look.many(told.raiders, 'raider')} so far.",
        f"You count from key {told.counts_from}: the one before went without you." if told.counts_from else "",
        _first(told),
        *_places(told),
        *_outfit(told, dungeon),
        *(offer_line(offer, dungeon) for offer in told.offers),
    ]


def _outside(told: Card) -> str:
    if told.state is JoinState.REMOVED:
        why = f": {shown(told.reason)}" if told.reason else ""
        return f"You were taken out{why}. Whoever leads can add you again."
    if told.reason:
        return f"You are out of this run: **{shown(told.reason)}**. Once that is settled, press Join again."
    return "You left." if told.changed else "You are not in this run."


def _head(told: Card) -> str:
    if told.state is JoinState.WAITING:
        return f"⏳ **You wait**, number {told.place or told.waiting} in line"
    if told.state is JoinState.CALLED and told.called_until is not None:
        return f"🔔 **A place is free for you.** Press I'm here {look.ago(told.called_until)} at the latest"
    already = "" if told.changed else " already"
    return f"✅ **You are in{already}**"


def _first(told: Card) -> str:
    if told.first_until is None:
        return ""
    return f"-# The raiders of the run before come first. You move up by yourself {look.ago(told.first_until)}."


def _places(told: Card) -> list[str]:
    if told.state is not JoinState.JOIN:
        return []
    places = (("Party", told.party), ("Location", told.location))
    lines = [f"{label}: **{shown(value)}**" for label, value in places if value]
    return lines or ["-# Party and location stand here as soon as you may see them: press Join again."]


def _outfit(told: Card, dungeon: Dungeon) -> list[str]:
    plays = BY_KEY.get(told.plays or "")
    wants = [want for key in told.brings if (want := dungeon.find_want(key)) and want.key != told.plays]
    listed = [f"{one.emoji} {one.name}" for one in (*([plays] if plays else []), *wants)]
    return [f"You bring {', '.join(listed)}."] if listed else []


def offer_line(offer: OwnOffer, dungeon: Dungeon) -> str:
    """Say where a member's own key stands."""
    key = dungeon.find_key(offer.key)
    named_key = f"{key.emoji} {key.name}" if key else offer.key
    if offer.state is OfferState.ACCEPTED:
        return f"{named_key}: **accepted** — be ready to pop it."
    return f"{named_key}: in line, number {offer.place}."


def _withdrawals(told: Card, dungeon: Dungeon) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    keys = [(offer.key, dungeon.find_key(offer.key)) for offer in told.offers]
    return [
        look.button("Take key back" if len(keys) == 1 else f"No {key.label}"[:14], f"run:withdraw:{told.run_id}:{name}")
        for name, key in keys
        if key is not None
    ]


def outfit(told: Card) -> discord.ui.LayoutView:
    """Draw the menus by which a member says what they play and bring."""
    dungeon = catalogue.known(told.dungeon)
    wants = [want for want in dungeon.wants if want.key not in BY_KEY]
    menus = [
        look.menu(
            f"run:play:{told.run_id}",
            "Your class",
            [(one.key, f"{one.emoji} {one.name}") for one in CLASSES] + [(NOTHING, "No class")],
            chosen=[told.plays] if told.plays else [],
        )
    ]
    if wants:
        menus.append(
            look.menu(
                f"run:bring:{told.run_id}",
                "What you bring besides",
                [(want.key, f"{want.emoji} {want.name}") for want in wants] + [(NOTHING, "Nothing of that")],
                chosen=told.brings,
                most=len(wants) + 1,
            )
        )
    back = look.row(look.button("Done", f"run:card:{told.run_id}"))
    return look.sheet(look.text(*card_lines(told)), *menus, back, colour=dungeon.colour)


@button(r"run:join:(?P<run>\d+)", bucket=PARTICIPATION)
async def join(press: Press) -> Answer:
    """Take a raider in, or put them in line."""
    return Answer(view=card(await press.ask(api.join_run, api.JoinRun(*named(press)))))


@button(r"run:here:(?P<run>\d+)", bucket=PARTICIPATION, manner="redraws")
async def here(press: Press) -> Answer:
    """Take in who was called for a free place."""
    return Answer(view=card(await press.ask(api.join_run, api.JoinRun(*named(press)))))


@button(r"run:leave:(?P<run>\d+)", bucket=PARTICIPATION)
async def leave(press: Press) -> Answer:
    """Let a raider out."""
    return Answer(view=card(await press.ask(api.leave_run, api.LeaveRun(*named(press)))))


@button(r"run:leave_card:(?P<run>\d+)", bucket=PARTICIPATION, manner="redraws")
async def leave_from_card(press: Press) -> Answer:
    """Let a raider out, on their card."""
    return Answer(view=card(await press.ask(api.leave_run, api.LeaveRun(*named(press)))))


@button(r"run:my_card:(?P<run>\d+)", bucket=PARTICIPATION)
async def open_card(press: Press) -> Answer:
    """Show a member's card."""
    return Answer(view=card(await press.ask(api.my_part, api.MyPart(*named(press)))))


@button(r"run:card:(?P<run>\d+)", bucket=PARTICIPATION, manner="redraws")
async def draw_card_again(press: Press) -> Answer:
    """Draw a member's card anew."""
    return Answer(view=card(await press.ask(api.my_part, api.MyPart(*named(press)))))


@button(r"run:pick_card", bucket=PARTICIPATION, manner="redraws")
async def pick_card(press: Press) -> Answer:
    """Show the card of the run that was chosen."""
    run_id = RunId(int(press.choice))
    return Answer(view=card(await press.ask(api.my_part, api.MyPart(press.guild_id, run_id))))


@button(r"run:outfit:(?P<run>\d+)", bucket=PARTICIPATION)
async def open_outfit(press: Press) -> Answer:
    """Show the menus of class and what one brings."""
    return Answer(view=outfit(await press.ask(api.my_part, api.MyPart(*named(press)))))


@button(r"run:outfit_card:(?P<run>\d+)", bucket=PARTICIPATION, manner="redraws")
async def outfit_on_card(press: Press) -> Answer:
    """Show the menus in the place of the card."""
    return Answer(view=outfit(await press.ask(api.my_part, api.MyPart(*named(press)))))


@button(r"run:play:(?P<run>\d+)", bucket=PARTICIPATION, manner="redraws")
async def play(press: Press) -> Answer:
    """Take the class that was chosen."""
    chosen = _chosen(press.choices)
    ask = api.Play(*named(press), plays=chosen[0] if chosen else None)
    return Answer(view=outfit(await press.ask(api.play, ask)))


@button(r"run:bring:(?P<run>\d+)", bucket=PARTICIPATION, manner="redraws")
async def bring(press: Press) -> Answer:
    """Take what was chosen to bring."""
    return Answer(view=outfit(await press.ask(api.bring, api.Bring(*named(press), brings=_chosen(press.choices)))))


def _chosen(choices: Sequence[str]) -> list[str]:
    return [] if NOTHING in choices else list(choices)
