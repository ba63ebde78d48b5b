"""The endpoints of reconciliation."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.reconciliation.model import Decision, Plan, PlanId, PlanShown


class OfPlan(msgspec.Struct, frozen=True):
    """Name a plan."""

    guild_id: GuildId
    plan_id: PlanId


class ShowPlan(OfPlan, frozen=True):
    """Read what a plan would change."""


class DecidePlan(OfPlan, frozen=True):
    """Decide about a plan, once."""

    decision: Decision


class ListPlans(msgspec.Struct, frozen=True):
    """Read the plans that wait for a decision."""

    guild_id: GuildId


PLANS = "/guilds/{guild_id}/plans"
list_plans = Endpoint("GET", PLANS, Rank.ADMINISTRATOR, ListPlans, list[Plan])
show_plan = Endpoint("GET", PLANS + "/{plan_id}", Rank.ADMINISTRATOR, ShowPlan, PlanShown)
decide_plan = Endpoint("POST", PLANS + "/{plan_id}/decide", Rank.ADMINISTRATOR, DecidePlan, Plan)
