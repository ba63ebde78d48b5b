"""What the backend does about changes by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from raidbot.backend import callers
from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.errors import Refusal
from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.core.nicknames import main_name
from raidbot.core.ranks import Rank, RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.custom_roles import service as custom_roles
from raidbot.features.custom_roles.model import Earned, EarnedKind
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import A_CROWD, ChoreKind, ChoresStuck, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey, Mappings
from raidbot.features.hands import api, rules
from raidbot.features.hands.model import (
    ACTS,
    AUTOMOD,
    Act,
    CannotPutBack,
    CannotRecord,
    Change,
    CrowdId,
    CrowdShown,
    Hand,
    HandId,
    HandKind,
    HandsChanged,
    HandShown,
    HandState,
    Prune,
    TimeIsUp,
    UnknownHand,
)
from raidbot.features.hands.store import changes as store
from raidbot.features.hands.store import crowds, prunes
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import How, Naming, NotOnYourself
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.reconciliation.model import Adopted, Cause, Intent, PlanDecided, PlanId, PlanState


@serves(api.note_hand)
async def note_hand(call: Call[api.NoteHand]) -> api.Noted:
    """Write down what is against the record or a fact for it, and show it in the log of the bot."""
    mappings = await guild_config.mappings_of(call.tx, call.ask.guild_id)
    against = await _against(call.tx, call.ask, mappings, call.now)
    return await _note(call, against, mappings)


@serves(api.note_missed)
async def note_missed(call: Call[api.NoteMissed]) -> api.Noted:
    """Write down what was changed while nobody listened; much of it is one message and one question."""
    ask = call.ask
    mappings = await guild_config.mappings_of(call.tx, ask.guild_id)
    for one in ask.prunes:
        await _pruned(call.tx, one, call.now)
    known = await store.known(call.tx, ask.guild_id, [one.entry_id for one in ask.changes])
    news = [one for one in ask.changes if one.guild_id == ask.guild_id and one.entry_id not in known]
    against = [change for one in news for change in await _against(call.tx, one, mappings, call.now)]
    await store.reach(call.tx, ask.guild_id, ask.place)
    if not rules.is_much(against):
        return await _note(call, against, mappings)
    await store.hold_guild(call.tx, ask.guild_id)
    people = {one.by for one in against}
    crowd = await crowds.begin(
        call.tx,
        ask.guild_id,
        people.pop() if len(people) == 1 else None,
        by_bot=all(one.by_bot for one in against),
        began_at=call.now,
        due_at=None,
    )
    for one in against:
        await _written(call, one, crowd.id)
    by = AUTOMOD if crowd.by_automod else crowd.changed_by
    due = crowds.Due(guild_id=ask.guild_id, id=crowd.id, changed_by=by, began_at=crowd.began_at)
    await ask_about(call.tx, due, call.now)
    return api.Noted([])


@serves(api.note_prune)
async def note_prune(call: Call[api.NotePrune]) -> api.Pruned:
    """Write down that many were put out at once, and tell the log of the bot in one line."""
    return api.Pruned(await _pruned(call.tx, call.ask, call.now))


@serves(api.read_prunes)
async def read_prunes(call: Call[api.ReadPrunes]) -> list[Prune]:
    """Return who put out many at once, the latest first."""
    return await prunes.latest(call.tx, call.ask.guild_id)


@serves(api.find_place)
async def find_place(call: Call[api.FindPlace]) -> api.Place:
    """Return how far the audit log was read."""
    return api.Place(await store.place(call.tx, call.ask.guild_id))


@serves(api.read_shown)
async def read_shown(call: Call[api.ReadShown]) -> api.Shown:
    """Return which messages are kept drawn, and where they belong."""
    guild_id, since = call.ask.guild_id, call.now - rules.SHOWN_FOR
    mappings = await guild_config.mappings_of(call.tx, guild_id)
    return api.Shown(
        channel_id=mappings.channels.get(ChannelKey.BOT_LOG),
        hands=await store.shown(call.tx, guild_id, since),
        crowds=await store.crowds_shown(call.tx, guild_id, since),
    )


@serves(api.show_hand)
async def show_hand(call: Call[api.ShowHand]) -> HandShown:
    """Return a change as its message shows it, with what stands in the way of putting it back."""
    hand = await store.find(call.tx, call.ask.guild_id, call.ask.hand_id)
    if hand is None:
        raise _unknown()
    hindered = await _hindered(call, hand) if hand.state is HandState.PUT_BACK else ""
    old = hand.changed_at < call.now - rules.SHOWN_FOR
    return HandShown(hand=hand, over=old or hand.state is HandState.NOTED, hindered=hindered)


@serves(api.show_crowd)
async def show_crowd(call: Call[api.ShowCrowd]) -> CrowdShown:
    """Return many changes as their message shows them."""
    guild_id = call.ask.guild_id
    crowd = await crowds.find(call.tx, guild_id, call.ask.crowd_id)
    if crowd is None:
        raise _unknown()
    state = None if crowd.plan_id is None else await crowds.plan_state(call.tx, guild_id, crowd.plan_id)
    old = crowd.began_at < call.now - rules.SHOWN_FOR
    return CrowdShown(
        crowd=crowd,
        members=await crowds.members(call.tx, crowd.id),
        tallies=await crowds.tallies(call.tx, crowd.id),
        plan_state=state,
        over=old or (crowd.due_at is None and state is not PlanState.OPEN),
    )


@serves(api.record_hand)
async def record_hand(call: Call[api.RecordHand]) -> Hand:
    """Let the record say what was done by hand."""
    hand = await _open(call)
    rules.check_recordable(hand)
    if hand.kind is HandKind.NICKNAME:
        await _rename(call.tx, call.ask.guild_id, hand, call.caller, call.now)
    elif hand.role_key == RoleKey.VERIFIED_RAIDER:
        await _verify_or_not(call, hand)
    elif hand.role_key == rules.EARNED:
        await _earn_or_not(call, hand)
    return await _decided(call, hand, HandState.RECORDED)


@serves(api.put_hand_back)
async def put_hand_back(call: Call[api.PutHandBack]) -> Hand:
    """Let Discord show again what the record says, or undo what was done."""
    hand = await _open(call)
    if hand.kind is HandKind.NICKNAME:
        if raider := await raiders.find(call.tx, call.ask.guild_id, hand.user_id):
            await raiders.show(call.tx, raider, call.now)
    else:
        await discord_state.wish(call.tx, call.ask.guild_id, [rules.undone(hand, call.now)], call.now)
    return await _decided(call, hand, HandState.PUT_BACK)


@serves(api.read_acts)
async def read_acts(call: Call[api.ReadActs]) -> list[Act]:
    """Return what was done to an account by hand."""
    return await acts_of(call.tx, call.ask.guild_id, call.ask.user_id)


async def acts_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[Act]:
    """Return which timeouts, kicks and bans of an account were made or ended by hand, for other features."""
    return await store.acts_of(tx, guild_id, user_id)


async def adopt_nickname(tx: Transaction, adopted: Adopted, now: datetime) -> None:
    """Let the record take over a nickname that a plan asked about, for other features.

    What says no IGN, or one of somebody else, stays as it is; its message says so.
    """
    hand = await store.of_plan(tx, adopted.guild_id, adopted.plan_id, adopted.user_id, HandKind.NICKNAME)
    if hand is None:
        return
    try:
        await _rename(tx, adopted.guild_id, hand, adopted.by, now)
    except Refusal:  # before anything was written
        await store.decide(tx, adopted.guild_id, [hand.id], HandState.LEFT, adopted.by, now)
        await _draw_plan(tx, adopted.guild_id, adopted.plan_id, [hand.id], now)


@on(PlanDecided)
async def follow_plan(tx: Transaction, happened: PlanDecided) -> None:
    """Let what was asked about together be decided together."""
    if happened.cause is not Cause.HANDS:
        return
    guild_id, state = happened.guild_id, rules.BY_PLAN[happened.decision]
    alone = await store.decide_plan(tx, guild_id, happened.plan_id, state, happened.by, happened.at)
    await _draw_plan(tx, guild_id, happened.plan_id, alone, happened.at)


@on(ChoresStuck)
async def show_hindrance(tx: Transaction, happened: ChoresStuck) -> None:
    """Show at what was put back what stands in its way, or that nothing does any more."""
    since = happened.at - rules.SHOWN_FOR
    if touched := await store.touch_put_back(tx, happened.guild_id, happened.user_ids, since):
        await emit(tx, HandsChanged(guild_id=happened.guild_id, hands=touched, crowds=[]), happened.at)


async def ask_about(tx: Transaction, due: crowds.Due, now: datetime) -> None:
    """Ask an administrator about all that somebody changed of late, as one plan."""
    guild_id = due.guild_id
    found = await store.hold_open(tx, guild_id, due.id, due.changed_by, due.began_at - rules.WITHIN)
    wishes = {one.id: wish for one in found if (wish := await _undone(tx, guild_id, one, now)) is not None}
    asked = Intent(cause=Cause.HANDS, wishes=rules.first_of_each(wishes.values()), always_asks=True)
    plan = await reconciliation.reconcile(tx, guild_id, asked, now)
    await crowds.finish(tx, due.id, plan.id if plan else None)
    alone = await store.ask_about(tx, guild_id, list(wishes), plan.id) if plan else []
    await emit(tx, HandsChanged(guild_id=guild_id, hands=alone, crowds=[due.id]), now)


async def _pruned(tx: Transaction, ask: api.NotePrune, now: datetime) -> bool:
    """Write a prune down and let the log tell it; tell whether it is new."""
    prune = Prune(
        entry_id=ask.entry_id,
        pruned_by=ask.by,
        by_bot=ask.by_bot,
        members=ask.members,
        inactive_days=ask.inactive_days,
        reason=ask.reason,
        pruned_at=ask.at,
    )
    if not await prunes.add(tx, ask.guild_id, prune):
        return False
    mappings = await guild_config.mappings_of(tx, ask.guild_id)
    if ChannelKey.BOT_LOG in mappings.channels:
        await discord_state.tell(tx, ask.guild_id, [rules.told_of(prune)], now)
    return True


async def _draw_plan(tx: Transaction, guild_id: GuildId, plan_id: PlanId, alone: list[HandId], now: datetime) -> None:
    """Let all messages be drawn anew that tell of what a plan asked about."""
    together = await crowds.touch(tx, guild_id, plan_id)
    await emit(tx, HandsChanged(guild_id=guild_id, hands=alone, crowds=together), now)


async def _against(tx: Transaction, ask: api.NoteHand, mappings: Mappings, now: datetime) -> list[Change]:
    """Return what of an entry is against the record, or a fact for it."""
    guild_id, user_id = ask.guild_id, ask.user_id
    earned = await custom_roles.held_by(tx, guild_id, user_id) if ask.gained or ask.lost else set[RoleId]()
    can_be_earned = await custom_roles.given_out(tx, guild_id) if ask.gained else set[RoleId]()
    keys: dict[RoleId, str] = dict.fromkeys([*earned, *can_be_earned], rules.EARNED)
    keys |= {role_id: key for key, role_id in mappings.roles.items()}
    changes = _changes(ask, keys, now)
    if all(one.kind in ACTS for one in changes):
        return changes
    raider = await raiders.find(tx, guild_id, user_id)
    nickname = await raiders.nickname_of(tx, raider) if raider else None
    return [one for one in changes if rules.differs(one, raider, nickname, earned)]


async def _note(call: Call[Any], against: Sequence[Change], mappings: Mappings) -> api.Noted:
    """Write changes down, and show those that were not shown before; what goes on and on grows one message."""
    guild_id, is_shown = call.ask.guild_id, ChannelKey.BOT_LOG in mappings.channels
    if not against:
        return api.Noted([])
    await store.hold_guild(call.tx, guild_id)
    known = await store.known(call.tx, guild_id, [one.entry_id for one in against])
    alone, together = list[HandId](), set[CrowdId]()
    for one in against:
        if one.entry_id in known:
            continue
        crowd_id = await _crowd_of(call, one)
        hand_id = await _written(call, one, crowd_id, version=int(is_shown))
        if crowd_id is None:
            alone.append(hand_id)
        else:
            together.add(crowd_id)
    if alone or together:
        await emit(call.tx, HandsChanged(guild_id=guild_id, hands=alone, crowds=sorted(together)), call.now)
    return api.Noted(alone)


async def _crowd_of(call: Call[Any], change: Change) -> CrowdId | None:
    """Return the crowd that a change belongs to, which grows by it; None: it is told by itself."""
    tx, guild_id, now = call.tx, call.ask.guild_id, call.now
    crowd = await crowds.growing(tx, guild_id, change.by)
    if crowd is not None and await crowds.grow(tx, crowd.id, rules.asked_at(crowd.began_at, now)):
        return crowd.id
    if await store.told_since(tx, guild_id, change.by, now - rules.WITHIN) < A_CROWD:
        return None
    due_at = rules.asked_at(now, now)
    began = await crowds.begin(tx, guild_id, change.by, by_bot=change.by_bot, began_at=now, due_at=due_at)
    return began.id


async def _written(call: Call[Any], change: Change, crowd_id: CrowdId | None, version: int = 1) -> HandId:
    """Write a change down, and as a fact if it is one."""
    guild_id, kept = call.ask.guild_id, store.Kept(rules.first_state(change), crowd_id, version)
    if change.kind in ACTS:
        await store.add_act(call.tx, guild_id, change)
    return await store.add(call.tx, guild_id, change, kept, call.now)


async def _undone(tx: Transaction, guild_id: GuildId, hand: Hand, now: datetime) -> Wish | None:
    """Return what would put a change back; None where nothing does."""
    if hand.kind is HandKind.NICKNAME:
        raider = await raiders.find(tx, guild_id, hand.user_id)
        wanted = await raiders.nickname_of(tx, raider) if raider else None
        return None if wanted is None else Wish(user_id=hand.user_id, kind=ChoreKind.NICKNAME, value=wanted)
    try:
        return rules.undone(hand, now)
    except (TimeIsUp, CannotPutBack):
        return None


async def _hindered(call: Call[api.ShowHand], hand: Hand) -> str:
    """Return what stands in the way of putting a change back, as Discord's answer was last."""
    kind, target = rules.CHORES[hand.kind], hand.role_id
    waiting = await discord_state.chores_of(call.tx, call.ask.guild_id, hand.user_id)
    return next((one.last_error or "" for one in waiting if (one.kind, one.target) == (kind, target)), "")


async def _open(call: Call[Any]) -> Hand:
    """Return a change that the caller may decide about, with its row held."""
    ask: api.OfHand = call.ask
    hand = await store.hold(call.tx, ask.guild_id, ask.hand_id)
    if hand is None:
        raise _unknown()
    rules.check_open(hand)
    if call.caller == hand.user_id and call.rank < Rank.ADMINISTRATOR:
        raise NotOnYourself("Nobody decides about themselves. Ask somebody else of the staff.")
    theirs = Rank.MEMBER if hand.changed_by is None else await callers.rank(call.tx, ask.guild_id, hand.changed_by)
    rules.check_reach(hand.kind, call.rank, theirs)
    return hand


async def _decided(call: Call[Any], hand: Hand, state: HandState) -> Hand:
    """Write down what was decided, and let its message say so."""
    guild_id = call.ask.guild_id
    await store.decide(call.tx, guild_id, [hand.id], state, call.caller, call.now)
    await emit(call.tx, HandsChanged(guild_id=guild_id, hands=[hand.id], crowds=[]), call.now)
    decided = await store.find(call.tx, guild_id, hand.id)
    return decided or hand


def _unknown() -> UnknownHand:
    return UnknownHand("There is no such change on this server.")


async def _rename(tx: Transaction, guild_id: GuildId, hand: Hand, by: UserId, now: datetime) -> None:
    ign = main_name(hand.new)
    if ign is None:
        raise CannotRecord("That nickname says no IGN. Use /editname with the IGN, or put it back.")
    why = f"nickname by <@{hand.changed_by}>"
    await raiders.rename(tx, guild_id, Naming(user_id=hand.user_id, ign=ign, by=by, how=How.HAND, why=why), now)


async def _verify_or_not(call: Call[api.RecordHand], hand: Hand) -> None:
    guild_id, why = call.ask.guild_id, f"role by <@{hand.changed_by}>"
    if hand.kind is HandKind.ROLE_LOST:
        await raiders.unverify(call.tx, guild_id, hand.user_id, call.caller, why, call.now)
        return
    raider = await raiders.find(call.tx, guild_id, hand.user_id)
    if raider is None:
        raise CannotRecord("No IGN is known of them. Use /verify with their IGN, or put it back.")
    naming = Naming(user_id=hand.user_id, ign=raider.ign, by=call.caller, how=How.HAND, why=why)
    await raiders.assign(call.tx, guild_id, naming, call.now)


async def _earn_or_not(call: Call[api.RecordHand], hand: Hand) -> None:
    earned = Earned(
        user_id=hand.user_id,
        role_id=RoleId(hand.role_id),
        kind=EarnedKind.TAKEN if hand.kind is HandKind.ROLE_LOST else EarnedKind.GIVEN,
        by=call.caller,
        why=f"role by <@{hand.changed_by}>",
    )
    await custom_roles.write_down(call.tx, call.ask.guild_id, earned, call.now)


def _changes(ask: api.NoteHand, keys: dict[RoleId, str], now: datetime) -> list[Change]:
    """Return what an entry of the audit log says: of the roles that count, of the nickname, and what was done."""
    at = ask.at or now

    def change(kind: HandKind, **more: Any) -> Change:
        return Change(
            entry_id=ask.entry_id,
            user_id=ask.user_id,
            by=ask.by or AUTOMOD,
            by_bot=ask.by_bot,
            kind=kind,
            at=at,
            **more,
        )

    roles = [(HandKind.ROLE_GAINED, ask.gained), (HandKind.ROLE_LOST, ask.lost)]
    changes = [
        change(kind, role_id=role_id, role_key=keys[role_id])
        for kind, role_ids in roles
        for role_id in role_ids
        if keys.get(role_id) in {*rules.WATCHED, rules.EARNED}
    ]
    if ask.new_nickname is not None:
        changes.append(change(HandKind.NICKNAME, old=ask.old_nickname, new=ask.new_nickname))
    timed_out = rules.timeout_kind(ask.was_until, ask.until_at, at) if ask.timeout else None
    if ask.timeout and ask.by is None:  # its entry says that, not until when
        timed_out = HandKind.TIMEOUT
    if done := HandKind(ask.out) if ask.out else timed_out:
        more = {"until_at": ask.until_at, "was_until": ask.was_until, "automod_rule": ask.automod_rule}
        changes.append(change(done, reason=ask.reason, **more))
    return changes
