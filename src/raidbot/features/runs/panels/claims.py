"""Who was there, after the end of a run: what members say, and what whoever led decides."""

from collections.abc import Sequence

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING, PARTICIPATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId
from raidbot.core.text import shown
from raidbot.features.runs.api import claims as api
from raidbot.features.runs.model.claims import Claim, ClaimState, Counted, WhoWasThere
from raidbot.features.runs.panels.joins import card
from raidbot.features.runs.panels.words import named

AT_ONCE = 25
"""Options of one menu. docs: Component Reference, String Select"""

MENUS = 4
"""So many menus on a page: a hundred raiders."""


@button(r"run:was_there:(?P<run>\d+)", bucket=PARTICIPATION)
async def claim(press: Press) -> Answer:
    """Write down that a member says they were there."""
    return Answer(view=card(await press.ask(api.claim_run, api.ClaimRun(*named(press)))))


@button(r"run:claims:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def open_claims(press: Press) -> Answer:
    """Show who says that they were there."""
    told = await press.ask(api.list_claims, api.ListClaims(*named(press)))
    return Answer(view=claims(press, told))


@button(r"run:claims_all:(?P<run>\d+):(?P<approve>[01])", bucket=ORGANIZING, manner="redraws")
async def decide_all(press: Press) -> Answer:
    """Confirm or refuse all claims that nobody has decided."""
    return await _decide(press, approve=bool(press.ids["approve"]), user_ids=None)


@button(r"run:claims_some:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def approve_some(press: Press) -> Answer:
    """Confirm the claims that were chosen."""
    return await _decide(press, approve=True, user_ids=[UserId(int(one)) for one in press.choices])


async def _decide(press: Press, *, approve: bool, user_ids: list[UserId] | None) -> Answer:
    ask = api.DecideClaims(*named(press), approve=approve, user_ids=user_ids)
    return Answer(view=claims(press, await press.ask(api.decide_claims, ask)))


@button(r"run:no_shows:(?P<run>\d+):(?P<page>\d{1,2})", bucket=ORGANIZING, manner="redraws")
async def open_no_shows(press: Press) -> Answer:
    """Show who counts, to strike those who were not there."""
    told = await press.ask(api.list_claims, api.ListClaims(*named(press)))
    return Answer(view=no_shows(press, told, press.ids["page"]))


@button(r"run:strike:(?P<run>\d+):(?P<menu>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def strike(press: Press) -> Answer:
    """Let those who were chosen count for nothing."""
    ask = api.StrikeRaiders(*named(press), user_ids=[UserId(int(one)) for one in press.choices])
    told = await press.ask(api.strike_raiders, ask)
    return Answer(view=no_shows(press, told, press.ids["menu"] // MENUS, struck=len(press.choices)))


def claims(press: Press, told: WhoWasThere) -> discord.ui.LayoutView:
    """Draw who says that they were there, with what can be decided."""
    run_id = named(press)[1]
    waiting = [one for one in told.claims if one.state is ClaimState.OPEN]
    decided = [one for one in told.claims if one.state is not ClaimState.OPEN]
    lines = [f"{_name(one)} says so {look.ago(one.claimed_at)}" for one in waiting[:AT_ONCE]]
    return look.sheet(
        look.text(
            "### Who was there",
            f"{look.many(len(told.counted), 'raider')} counted, {len(waiting)} more say that they were there.",
            *lines,
            _decided(decided),
            "-# Who is confirmed is paid for every completed pop. What nobody decides within a day lapses."
            if waiting
            else "",
        ),
        *_choices(press, waiting),
        look.row(
            look.button("No-shows", f"run:no_shows:{run_id}:0"),
            look.button("Back", f"run:panel_again:{run_id}"),
        ),
    )


def _choices(press: Press, waiting: Sequence[Claim]) -> list[discord.ui.Item[discord.ui.LayoutView]]:
    if not waiting:
        return []
    run_id = named(press)[1]
    some = [_option(press, one) for one in waiting[:AT_ONCE]]
    return [
        look.menu(f"run:claims_some:{run_id}", "These were there …", some, most=len(some)),
        look.row(
            look.button("Approve all", f"run:claims_all:{run_id}:1", look.SUCCESS),
            look.button("Refuse all", f"run:claims_all:{run_id}:0", look.DANGER),
        ),
    ]


def _decided(decided: Sequence[Claim]) -> str:
    listed = [f"{_name(one)} {one.state}" for one in decided[:AT_ONCE]]
    return f"-# Decided: {', '.join(listed)}" if listed else ""


def no_shows(press: Press, told: WhoWasThere, page: int, struck: int = 0) -> discord.ui.LayoutView:
    """Draw who counts, in menus by which those who were not there are struck."""
    run_id = named(press)[1]
    groups = [told.counted[start : start + AT_ONCE] for start in range(0, len(told.counted), AT_ONCE)]
    pages = max(1, -(-len(groups) // MENUS))
    page = min(page, pages - 1)
    first = page * MENUS
    menus = [_menu(press, first + number, group) for number, group in enumerate(groups[first : first + MENUS])]
    return look.sheet(
        look.text(
            "### No-shows",
            f"{look.many(struck, 'raider')} struck." if struck else "",
            "Choose who was not there: they count for no pop of this run, and what they got for it is taken back."
            if menus
            else "Nobody counts for this run.",
        ),
        *menus,
        look.row(
            *([look.button("More", f"run:no_shows:{run_id}:{page + 1}")] if page + 1 < pages else []),
            *([look.button("First page", f"run:no_shows:{run_id}:0")] if page else []),
            look.button("Back", f"run:claims:{run_id}"),
        ),
    )


def _menu(press: Press, number: int, group: Sequence[Counted]) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    options = [_option(press, one) for one in group]
    placeholder = f"{options[0][1]} to {options[-1][1]}"
    return look.menu(f"run:strike:{named(press)[1]}:{number}", placeholder[:100], options, most=len(options))


def _option(press: Press, one: Claim | Counted) -> tuple[str, str]:
    """Return a member as a menu offers them: by IGN, else by the name that the server knows."""
    member = press.guild.get_member(one.user_id)
    return str(int(one.user_id)), one.ign or (member.display_name if member else f"Member {one.user_id}")


def _name(one: Claim) -> str:
    return f"**{shown(one.ign)}** (<@{one.user_id}>)" if one.ign else f"<@{one.user_id}>"
