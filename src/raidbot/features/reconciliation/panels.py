"""What administrators read of plans, and how they decide."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.notices import Told, notice
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.features.discord_state.model import ChoreKind, Wish
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.reconciliation import api
from raidbot.features.reconciliation.model import PLAN_MADE, WITHOUT_ADOPTING, Cause, Decision, Plan, PlanId

CAUSES = {
    Cause.TEAM: "the Team role, which everybody with a staff rank holds",
    Cause.RETURNED: "members who came back, and what was theirs",
    Cause.EARNED: "members who came back, and roles that they had earned",
    Cause.VERIFIED: "verified raiders, who lack the verified role",
    Cause.UNRECORDED: "members who hold the verified role, and are not verified on record",
    Cause.HANDS: "what was changed by hand",
    Cause.RESTORED: "what the record had meant to do when its backup was taken",
}
"""What compared, in words."""

UNVERIFIES = "who lacks the role is not verified any more; names stay on record"
VERIFIES = "who holds the role is verified if their IGN is known; /forcesync takes over the names of the others"

RENAMES = "a nickname that says a free IGN becomes the IGN"

ADOPTS = {
    Cause.RETURNED: UNVERIFIES,
    Cause.EARNED: "who lacks a role does not hold it on record any more, and may earn it again",
    Cause.VERIFIED: UNVERIFIES,
    Cause.UNRECORDED: VERIFIES,
    Cause.HANDS: f"{UNVERIFIES}; {VERIFIES}; {RENAMES}; timeouts and bans stay",
    Cause.RESTORED: f"{UNVERIFIES}; {VERIFIES}; nicknames stay, and IGNs too",
}
"""What the record takes over if an administrator lets Discord be right, by what compared."""

DECIDED = {
    Decision.ENFORCED: "Discord is brought back to the record. That goes on behind what members ask for.",
    Decision.LEFT: "All stays as it is, until it is compared again.",
}


@notice(PLAN_MADE, instead=ChannelKey.BOT_LOG)
async def made(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Word what a comparison would change, and ask."""
    body = told.body
    cause = Cause(str(body["cause"]))
    counts = {
        "would gain a role": body["gain"],
        "would lose a role": body["lose"],
        "get a nickname": body["names"],
        "have a timeout or ban undone": body.get("acts", 0),  # notices of an older backend do not tell
    }
    return look.sheet(
        look.text(
            f"### Nothing was changed: {_differ(int(str(body['members'])))} from the record",
            f"Compared: {CAUSES[cause]}.",
            *(f"- {count} {what}" for what, count in counts.items() if count),
            f"`Adopt Discord`: {ADOPTS[cause]}." if cause in ADOPTS else "",
            "-# An administrator decides, once. `Who` lists them.",
        ),
        look.row(*choices(PlanId(told.subject_id), cause)),
        colour=look.AMBER,
    )


def _differ(members: int) -> str:
    return "1 member differs" if members == 1 else f"{members} members differ"


def choices(plan_id: PlanId, cause: Cause) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    """Return the buttons by which a plan is decided."""
    adopt = look.button("Adopt Discord", f"plan:decide:{plan_id}:{Decision.ADOPTED}")
    return [
        look.button("Enforce record", f"plan:decide:{plan_id}:{Decision.ENFORCED}", look.DANGER),
        *([adopt] if cause not in WITHOUT_ADOPTING else []),
        look.button("Leave it", f"plan:decide:{plan_id}:{Decision.LEFT}"),
        look.button("Who", f"plan:who:{plan_id}"),
    ]


def line(plan: Plan) -> str:
    """Word one plan."""
    return f"`{plan.id}` {look.many(plan.members, 'member')}, {CAUSES[plan.cause]}, {look.ago(plan.made_at)}"


@button(r"plan:decide:(?P<plan>\d+):(?P<decision>enforced|adopted|left)", bucket=CONFIGURATION)
async def decide(press: Press) -> Answer:
    """Decide about a plan."""
    decision = Decision(press.words["decision"])
    ask = api.DecidePlan(press.guild_id, PlanId(press.ids["plan"]), decision)
    decided = await press.ask(api.decide_plan, ask)
    says = DECIDED.get(decision) or f"Discord is right: {ADOPTS[decided.cause]}."
    return Answer(f"✅ {look.many(decided.members, 'member')}: {says}")


@button(r"plan:who:(?P<plan>\d+)", bucket=CONFIGURATION)
async def list_members(press: Press) -> Answer:
    """Hand out who would change, and how, as a file."""
    told = await press.ask(api.show_plan, api.ShowPlan(press.guild_id, PlanId(press.ids["plan"])))
    name = f"plan-{told.plan.id}.txt"
    file: discord.ui.File[discord.ui.LayoutView] = discord.ui.File(f"attachment://{name}")
    lines = [_change(one, press.guild) for one in told.changes]
    view = look.sheet(look.text(f"Plan {told.plan.id}: {look.many(told.plan.members, 'member')}."), file)
    return Answer(view=view, file=(name, "\n".join(lines) + "\n"))


def _change(one: Wish, guild: discord.Guild) -> str:
    member, role = guild.get_member(one.user_id), guild.get_role(one.target)
    what = {
        ChoreKind.GIVE_ROLE: f"gains {role.name if role else one.target}",
        ChoreKind.TAKE_ROLE: f"loses {role.name if role else one.target}",
        ChoreKind.NICKNAME: f"is called {one.value}",
        ChoreKind.TIMEOUT: f"is timed out until {one.value}" if one.value else "is timed out no more",
        ChoreKind.BAN: "is banned",
        ChoreKind.UNBAN: "is banned no more",
    }[one.kind]
    return f"{int(one.user_id)}\t{member.display_name if member else 'not here'}\t{what}"
