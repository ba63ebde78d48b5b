"""What grows with each run is found by an index that fits: nobody waits longer because a guild has raided for years."""

from pathlib import Path

from tests.features.runs.steps import (
    cancel,
    end,
    join,
    leave,
    live,
    opened,
    pop,
    put,
    reopen,
    shown,
    tell,
    undo,
    until,
    verified,
    window_closed,
)
from tests.support.backend import CHANNEL, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, Served, furnish, serving
from tests.support.history import Observed, what_grows

from raidbot.core.ids import MessageId, RoleId
from raidbot.features.keys import api as keys
from raidbot.features.runs.api import (
    claims,
    edits,
    follows,
    joins,
    leaders,
    life,
    log,
    offers,
    oryx3,
    pings,
    pops,
    roles,
    timeline,
)
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import CallFor
from raidbot.features.runs.model.oryx3 import Step, Verdict
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.model.pops import Outcome

GROWING = {
    *("run", "run_leader", "run_join", "run_bring", "run_entry", "run_pop", "run_snapshot", "run_offer", "run_claim"),
    *("run_edit", "run_ping", "run_reveal", "run_role", "run_step", "run_screenshot"),
    *("key_use", "award", "notice", "outbox"),
}


async def raided(served: Served, round_: int) -> None:
    """Let members raid for an evening, and staff correct afterwards what was wrong."""
    await put(served, "run_ping", "role")
    run = await live(served)
    await join(served, run, RAIDER)
    await _lined_up(served, run)
    await pop(served, run, 1)
    await pop(served, run, 2)
    await undo(served, run, 2)
    await window_closed(served, run)
    await pop(served, run, 2)
    await window_closed(served, run)
    await tell(served, run, 2, outcome=Outcome.FAILED)
    await leave(served, run, RAIDER)
    await end(served, run)
    await reopen(served, run)
    await end(served, run)
    await _claimed(served, run)
    await _corrected(served, run)
    await _read(served, run)
    await _led_on(served, run)
    await _oryx(served, round_)
    await _over(served, run)


async def _lined_up(served: Served, run: Run) -> None:
    """Let keys and places be asked for, with more raiders than places."""
    first, second, third = await verified(served, 3)
    ask, call = served.ask, served.client.call
    await call(pings.claim_ping, pings.ClaimPing(GUILD, run.id, PingMoment.START))
    await call(roles.keep_run_role, roles.KeepRunRole(GUILD, run.id, RoleId(70_000 + run.id % 1000)))
    await ask(joins.play, joins.Play(GUILD, run.id, "mystic"), RAIDER)
    await ask(joins.bring, joins.Bring(GUILD, run.id, ["curse", "slow"]), RAIDER)
    await ask(life.cap_run, life.CapRun(GUILD, run.id, 3), ORGANIZER)
    await join(served, run, first, second, third)
    told = await ask(offers.offer_key, offers.OfferKey(GUILD, run.id, "shatters_key"), first)
    await ask(offers.did_not_pop, offers.DidNotPop(GUILD, run.id, told.offer.id), ORGANIZER)
    await ask(offers.offer_key, offers.OfferKey(GUILD, run.id, "shatters_key"), RAIDER)
    await ask(offers.accept_all, offers.AcceptAll(GUILD, run.id), ORGANIZER)
    await ask(joins.list_raiders, joins.ListRaiders(GUILD, run.id), ORGANIZER)
    await ask(joins.remove_raiders, joins.RemoveRaiders(GUILD, run.id, [first], "away"), ORGANIZER)
    await ask(life.cap_run, life.CapRun(GUILD, run.id, None), ORGANIZER)
    await ask(pings.call_raiders, pings.CallRaiders(GUILD, run.id, CallFor.COME), ORGANIZER)
    await ask(leaders.name_co_leaders, leaders.NameCoLeaders(GUILD, run.id, [second]), ORGANIZER)


async def _claimed(served: Served, run: Run) -> None:
    """Let one who was late say that they were there, and be confirmed."""
    late = (await verified(served, 4))[3]
    await served.ask(claims.claim_run, claims.ClaimRun(GUILD, run.id), late)
    await served.ask(claims.list_claims, claims.ListClaims(GUILD, run.id), ORGANIZER)
    await served.ask(claims.decide_claims, claims.DecideClaims(GUILD, run.id, approve=True), ORGANIZER)
    await served.ask(claims.strike_raiders, claims.StrikeRaiders(GUILD, run.id, [late]), ORGANIZER)


async def _corrected(served: Served, run: Run) -> None:
    """Let what was paid be corrected, and keys be named."""
    asked = await served.ask(
        edits.ask_edit, edits.AskEdit(GUILD, run.id, reason="It worked", pop=2, outcome=Outcome.COMPLETED), ORGANIZER
    )
    await served.ask(edits.confirm_edit, edits.ConfirmEdit(GUILD, asked.id), ORGANIZER)
    await served.ask(keys.list_unlogged, keys.ListUnlogged(GUILD), SECOND_ORGANIZER)
    [use, *_] = (await served.ask(keys.read_keys, keys.ReadKeys(GUILD, run.id), ORGANIZER)).uses
    named = keys.NameKey(GUILD, use.id, revision=use.revision, user_id=RAIDER)
    await served.ask(keys.name_key, named, ORGANIZER)
    await served.ask(keys.dismiss_keys, keys.DismissKeys(GUILD, run.id), ORGANIZER)


async def _read(served: Served, run: Run) -> None:
    """Read all that can be read of a run."""
    await shown(served, run)
    await served.client.call(log.read_log, log.ReadLog(GUILD, run.id))
    await served.client.call(log.logs_behind, log.LogsBehind(GUILD))
    await served.client.call(life.list_runs, life.ListRuns(GUILD))
    await served.client.call(roles.list_run_roles, roles.ListRunRoles(GUILD))
    for who in (RAIDER, ORGANIZER):
        await served.ask(joins.my_runs, joins.MyRuns(GUILD), who)
        await served.ask(timeline.recent_runs, timeline.RecentRuns(GUILD), who)
    await served.ask(timeline.read_timeline, timeline.ReadTimeline(GUILD, run.id), ORGANIZER)


async def _led_on(served: Served, run: Run) -> None:
    """Let a run follow, be taken over, and be cancelled."""
    again = await served.ask(follows.follow_run, follows.FollowRun(GUILD, run.id), ORGANIZER)
    await join(served, again, RAIDER)
    await served.ask(leaders.take_over, leaders.TakeOver(GUILD, again.id, None, None), SECOND_ORGANIZER)
    await served.ask(leaders.steerable_runs, leaders.SteerableRuns(GUILD), SECOND_ORGANIZER)
    await cancel(served, again, SECOND_ORGANIZER)
    other = await opened(served, SECOND_ORGANIZER)
    await served.ask(life.own_run, life.OwnRun(GUILD), SECOND_ORGANIZER)
    await cancel(served, other, SECOND_ORGANIZER)


async def _oryx(served: Served, round_: int) -> None:
    """Let Oryx 3 be raided, with a screenshot that is reviewed and holders of keys who popped them."""
    ask = served.ask
    run = await ask(
        life.open_run, life.OpenRun(guild_id=GUILD, dungeon="oryx_3", party="O3", location="USW"), ORGANIZER
    )
    post = MessageId(9_000 + round_)
    kept = oryx3.KeepScreenshot(GUILD, run.id, channel_id=CHANNEL, message_id=post, filename="taken.png")
    await ask(oryx3.keep_screenshot, kept, ORGANIZER)
    good = oryx3.ReviewScreenshot(GUILD, run.id, message_id=post, verdict=Verdict.GOOD)
    await ask(oryx3.review_screenshot, good, SECOND_ORGANIZER)
    await ask(life.start_run, life.StartRun(GUILD, run.id), ORGANIZER)
    await join(served, run, RAIDER)
    told = await ask(offers.offer_key, offers.OfferKey(GUILD, run.id, "sword_rune"), RAIDER)
    await ask(pops.holder_popped, pops.HolderPopped(GUILD, run.id, told.offer.id), ORGANIZER)
    step = oryx3.TakeStep(GUILD, run.id, number=1, step=Step.CLOSED)
    await ask(oryx3.take_step, step, ORGANIZER)
    await ask(oryx3.untake_step, oryx3.UntakeStep(GUILD, run.id, 1), ORGANIZER)
    await ask(oryx3.take_step, step, ORGANIZER)
    await end(served, run)
    await ask(keys.dismiss_keys, keys.DismissKeys(GUILD, run.id), ORGANIZER)


async def _over(served: Served, run: Run) -> None:
    """Let the evening be over: roles of runs are gone, and what waited for its time has had it."""
    for one in await served.client.call(roles.list_run_roles, roles.ListRunRoles(GUILD)):
        await served.client.call(roles.drop_run_role, roles.DropRunRole(GUILD, one.run_id))
    served.pass_time(16 * 60)

    async def closed() -> bool:
        return (await shown(served, run)).claims_until is None

    await until(closed)


async def test_no_step_of_a_run_reads_what_all_runs_left_behind(observed: Observed, tmp_path: Path) -> None:
    async with serving(observed, tmp_path / "clock") as served:
        await furnish(served)

        assert await what_grows(observed, GROWING, lambda round_: raided(served, round_)) == []
