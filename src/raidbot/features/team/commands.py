"""Slash commands of the Team role."""

from raidbot.bot import look
from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ranks import Rank
from raidbot.features.reconciliation.model import PlanState
from raidbot.features.team import api


@command("syncteam", "Compare who holds the Team role with who should", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def sync_team(press: Press) -> Answer:
    """Compare everybody; a few are put right, many are asked about."""
    plan = (await press.ask(api.sync_team, api.SyncTeam(press.guild_id))).plan
    if plan is None:
        return Answer("✅ Everybody with a staff rank holds the Team role, and nobody else.")
    if plan.state is PlanState.OPEN:
        members = look.many(plan.members, "member")
        return Answer(f"⚠️ {members} differ, so nothing was changed. Decide in the bot log, or with /plans.")
    return Answer(f"✅ {look.many(plan.members, 'member')} put right. Discord shows it in a moment.")
