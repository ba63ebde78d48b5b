"""What the backend does about who was there, after the end of a run."""

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import claims as api
from raidbot.features.runs.model.claims import ClaimState, WhoWasThere
from raidbot.features.runs.model.joins import Card
from raidbot.features.runs.rules import claims as rules
from raidbot.features.runs.service.holding import found, led, saved, steered
from raidbot.features.runs.service.joins import card_of, hold_situation
from raidbot.features.runs.service.pops import count_in, count_out, moment
from raidbot.features.runs.store import claims as store
from raidbot.features.runs.store import pops


@serves(api.claim_run)
async def claim_run(call: Call[api.ClaimRun]) -> Card:
    """Write down that a member says they were there; said twice, it stands once."""
    met = await hold_situation(call)
    run = await found(call, call.ask.run_id)
    rules.check_claim(run, met, await store.uncounted(call.tx, run.id, call.caller), call.now)
    await store.add(call.tx, run.guild_id, run.id, call.caller, call.now)
    return await card_of(call, met)


@serves(api.list_claims)
async def list_claims(call: Call[api.ListClaims]) -> WhoWasThere:
    """Return who says that they were there, and who counts."""
    run = await steered(call)
    return await store.who_was_there(call.tx, run.id)


@serves(api.decide_claims)
async def decide_claims(call: Call[api.DecideClaims]) -> WhoWasThere:
    """Confirm claims, which counts and pays them for every completed pop, or refuse them."""
    run, ask = await led(call), call.ask
    rules.check_decide(run)
    state = ClaimState.APPROVED if ask.approve else ClaimState.REFUSED
    decided = await store.decide(call.tx, run.id, state, ask.user_ids, (call.caller, call.now))
    if decided and ask.approve:
        await count_in(call.tx, moment(call, "was there"), await store.completed(call.tx, run.id), decided)
    if decided:
        await saved(call, run, f"claims_{state}", user_ids=[str(int(one)) for one in decided])
    return await store.who_was_there(call.tx, run.id)


@serves(api.strike_raiders)
async def strike_raiders(call: Call[api.StrikeRaiders]) -> WhoWasThere:
    """Let members who were not there count for no pop, and take back what they were paid for it."""
    run, ask = await led(call), call.ask
    rules.check_decide(run)
    counted = {one.user_id for one in (await store.who_was_there(call.tx, run.id)).counted}
    struck = [one for one in ask.user_ids if one in counted]
    if struck:
        ids = [one.id for one in await pops.paid(call.tx, run.id)]
        await count_out(call.tx, moment(call, "was not there"), ids, struck)
        await saved(call, run, "struck", user_ids=[str(int(one)) for one in struck])
    return await store.who_was_there(call.tx, run.id)
