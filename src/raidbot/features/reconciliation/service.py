"""What the backend does about reconciliation."""

from datetime import datetime

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import ACTS, ChoreKind, NoticeWish
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.reconciliation import api, rules
from raidbot.features.reconciliation.model import (
    PLAN_MADE,
    Adopted,
    Cause,
    Decision,
    Intent,
    Plan,
    PlanDecided,
    PlanShown,
    UnknownPlan,
)
from raidbot.features.reconciliation.store import plans as store

WEEK_S = 7 * 24 * 60 * 60


async def reconcile(tx: Transaction, guild_id: GuildId, intent: Intent, now: datetime) -> Plan | None:
    """Let Discord show what a comparison found missing, or let an administrator decide where that is much.

    For other features. What one person did on purpose goes to `discord_state.service.wish` instead.
    Returns None where nothing is missing.
    """
    members = len({one.user_id for one in intent.wishes})
    if not members:
        return None
    await store.hold(tx, guild_id)
    is_fresh = await store.is_restored_since(tx, now - rules.AFTER_RESTORE)
    many = rules.waits(members, await store.done_since(tx, guild_id, now - rules.HOUR))
    if intent.always_asks or is_fresh or many:
        return await _ask(tx, guild_id, intent, now)
    await discord_state.wish(tx, guild_id, intent.wishes, now)
    return await store.add_done(tx, guild_id, intent.cause, members, now)


async def meet_again(tx: Transaction, now: datetime) -> None:
    """Make a record that was restored ready to meet Discord: for a day, administrators decide about every difference.

    What it had meant to do in Discord when the backup was taken becomes a plan too: much of it was done, and some
    of it was taken back.
    """
    await store.add_restore(tx, now)
    for guild_id, wishes in (await discord_state.take_back(tx)).items():
        await _ask(tx, guild_id, Intent(cause=Cause.RESTORED, wishes=wishes), now)


async def _ask(tx: Transaction, guild_id: GuildId, intent: Intent, now: datetime) -> Plan:
    """Keep it as a plan, and tell administrators; a plan that grows is told anew, and once."""
    plan = await store.open_plan(tx, guild_id, intent.cause, now)
    members = await store.add_changes(tx, plan.id, intent.wishes)
    if members == plan.members:
        return plan
    await discord_state.withdraw(tx, guild_id, f"plan-{plan.id}-", now)
    changes = await store.changes(tx, plan.id)
    body = {
        "cause": plan.cause,
        "members": members,
        "gain": sum(one.kind is ChoreKind.GIVE_ROLE for one in changes),
        "lose": sum(one.kind is ChoreKind.TAKE_ROLE for one in changes),
        "names": sum(one.kind is ChoreKind.NICKNAME for one in changes),
        "acts": sum(one.kind in ACTS for one in changes),
    }
    told = NoticeWish(
        name=f"plan-{plan.id}-{members}-{now.timestamp():.6f}",
        kind=PLAN_MADE,
        subject_id=plan.id,
        channel=ChannelKey.BOT_LOG,
        body=body,
        lapses_s=WEEK_S,
    )
    await discord_state.tell(tx, guild_id, [told], now)
    return Plan(id=plan.id, cause=plan.cause, members=members, state=plan.state, made_at=plan.made_at)


async def drop(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> None:
    """Take members out of plans that wait: somebody has decided about them alone. For other features."""
    await store.drop(tx, guild_id, user_ids)


async def adopted(tx: Transaction, limit: int) -> list[Adopted]:
    """Return what the record is to take over next, once, for the feature that knows how."""
    found = await store.take_adopted(tx, limit)
    if not found:
        await store.finish_adopting(tx)
    return found


async def next_adopted(tx: Transaction) -> datetime | None:
    """Return since when something waits to be taken over."""
    return await store.next_adopted(tx)


@serves(api.list_plans)
async def list_plans(call: Call[api.ListPlans]) -> list[Plan]:
    """Return the plans that wait for a decision."""
    return await store.open_plans(call.tx, call.ask.guild_id)


@serves(api.show_plan)
async def show_plan(call: Call[api.ShowPlan]) -> PlanShown:
    """Return a plan with all that it changes."""
    plan = await _held(call)
    return PlanShown(plan=plan, changes=await store.changes(call.tx, plan.id))


@serves(api.decide_plan)
async def decide_plan(call: Call[api.DecidePlan]) -> Plan:
    """Do what an administrator decided, once."""
    ask = call.ask
    plan = await _held(call)
    rules.check_open(plan)
    if ask.decision is Decision.ADOPTED:
        rules.check_adoptable(plan)
    decided = await store.decide(call.tx, plan.id, ask.decision, call.caller, call.now)
    if ask.decision is Decision.ENFORCED:
        await discord_state.wish(call.tx, ask.guild_id, await store.changes(call.tx, plan.id), call.now, bulk=True)
    happened = PlanDecided(
        guild_id=ask.guild_id,
        plan_id=plan.id,
        cause=plan.cause,
        decision=ask.decision,
        by=call.caller,
        at=call.now,
    )
    await emit(call.tx, happened, call.now)
    return decided


async def _held(call: Call[api.ShowPlan] | Call[api.DecidePlan]) -> Plan:
    plan = await store.hold_plan(call.tx, call.ask.guild_id, call.ask.plan_id)
    if plan is None:
        raise UnknownPlan("There is no such plan on this server. /plans lists those that wait.")
    return plan
