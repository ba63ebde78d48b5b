"""What is done with the ledger: by other features in the transaction that decides it, and by hand."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from raidbot.backend.serving import Call, serves
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import GuildId, UserId
from raidbot.core.text import shown
from raidbot.database.transaction import Transaction
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import SELF_CREDIT_CAP, ChannelKey
from raidbot.features.inbox import service as inbox
from raidbot.features.points import api, rules
from raidbot.features.points.model import (
    CREDIT_WAITS,
    Award,
    AwardKind,
    Credit,
    CreditState,
    Difference,
    Hand,
    Logged,
    NothingLogged,
    Pay,
    UnknownCredit,
)
from raidbot.features.points.store import credits as wishes
from raidbot.features.points.store import ledger as store

WEEK_S = 7 * 24 * 60 * 60


async def pay(tx: Transaction, guild_id: GuildId, pays: Sequence[Pay], hand: Hand) -> int:
    """Pay each subject that was not paid before; return how many were. One statement, none for nothing."""
    return await store.add(tx, guild_id, pays, hand) if pays else 0


async def take_back_pop(tx: Transaction, guild_id: GuildId, pop_id: int, hand: Hand) -> int:
    """Answer everything paid for a pop by an entry that takes it back; return how many. One statement."""
    return await store.reverse_pop(tx, guild_id, pop_id, hand)


async def take_back(tx: Transaction, guild_id: GuildId, awards: Sequence[Award], hand: Hand) -> int:
    """Answer these entries by ones that take them back; return how many. One statement, none for nothing."""
    return await store.reverse(tx, guild_id, [one.id for one in awards], hand) if awards else 0


async def compare(
    tx: Transaction, guild_id: GuildId, pop_ids: Sequence[int], about: Callable[[Award], bool], owed: Sequence[Pay]
) -> Difference:
    """Return what has to be written so that what `about` takes of some pops is paid as owed. One statement."""
    entries = await store.of_pops(tx, guild_id, pop_ids)
    paid = {one.id: one for one in entries if one.corrects is None and about(one)}
    return rules.difference([one for one in entries if one.id in paid or one.corrects in paid], owed)


async def settle(tx: Transaction, guild_id: GuildId, difference: Difference, hand: Hand) -> None:
    """Write what was found to be missing or wrong. Two statements at the most."""
    await take_back(tx, guild_id, difference.back, hand)
    await pay(tx, guild_id, difference.pays, hand)


async def standing(tx: Transaction, guild_id: GuildId, subjects: Sequence[str]) -> list[Award]:
    """Return what was paid for these subjects and stands. One statement."""
    return await store.standing(tx, guild_id, subjects)


async def of_run(tx: Transaction, guild_id: GuildId, run_id: int, user_id: UserId | None = None) -> list[Award]:
    """Return every entry about a run, or about one member in it. One statement."""
    return await store.of_run(tx, guild_id, run_id, user_id)


@serves(api.log_run)
async def log_run(call: Call[api.LogRun]) -> Logged:
    """Write down runs that somebody led, by hand."""
    dungeon = _dungeon(call.ask.dungeon)
    return await _by_hand(call, _pay(call, dungeon, AwardKind.LEAD, "run"))


@serves(api.log_key)
async def log_key(call: Call[api.LogKey]) -> Logged:
    """Write down keys that somebody popped, by hand; which key it was stands in the subject."""
    dungeon = _dungeon(call.ask.dungeon)
    key = rules.checked_key(dungeon, call.ask.key)
    return await _by_hand(call, _pay(call, dungeon, AwardKind.KEY, key.key))


def _pay(call: Call[Any], dungeon: Dungeon, kind: AwardKind, what: str) -> Pay:
    ask: api.LogByHand = call.ask
    if call.key is None:
        raise InvalidRequest("The Idempotency-Key header is missing: it makes a repeated request write one entry.")
    amount = rules.checked_amount(ask.amount)
    each = dungeon.points.organizer if kind is AwardKind.LEAD else dungeon.points.key_pop
    return Pay(
        user_id=ask.user_id,
        kind=kind,
        dungeon=dungeon.key,
        quantity=amount,
        points=each * amount,
        subject=f"hand:{int(call.key)}:{what}",
        happened_at=rules.moment_of(ask.when, call.now),
        reason=ask.reason,
    )


async def _by_hand(call: Call[Any], entry: Pay) -> Logged:
    """Write an entry within the cap of a day and not below 0; pressed twice, it is written once.

    What a member credits to themselves above the cap waits for an officer.
    """
    tx, guild_id = call.tx, call.ask.guild_id
    await store.hold_member(tx, guild_id, entry.user_id)
    waits = False
    if not await store.standing(tx, guild_id, [entry.subject]):
        if entry.quantity < 0:
            before = await store.total(tx, guild_id, entry.user_id, entry.kind, entry.dungeon)
            rules.check_taken(-entry.quantity, before)
        waits = entry.user_id == call.caller and await _above_cap(call, entry)
        if not waits:
            await pay(tx, guild_id, [entry], Hand(call.caller, call.now))
    return Logged(
        user_id=entry.user_id,
        kind=entry.kind,
        dungeon=entry.dungeon,
        quantity=entry.quantity,
        points=entry.points,
        happened_at=entry.happened_at,
        waits=waits,
    )


async def _above_cap(call: Call[Any], entry: Pay) -> bool:
    """Return whether an entry is more than its writer may credit to themselves today; an officer is asked then."""
    guild_id: GuildId = call.ask.guild_id
    midnight = call.now.replace(hour=0, minute=0, second=0, microsecond=0)
    most = (await guild_config.settings_of(call.tx, guild_id)).get(SELF_CREDIT_CAP)
    oldest = midnight - timedelta(days=rules.DAYS_BACK)
    today = await store.credited_to_themselves(call.tx, guild_id, call.caller, midnight, oldest)
    if rules.within_cap(entry.quantity, today, most):
        return False
    channels = (await guild_config.mappings_of(call.tx, guild_id)).channels
    rules.check_asked(entry.quantity, most, today, asked=ChannelKey.BOT_LOG in channels)
    credit = await wishes.wish(call.tx, guild_id, entry, call.now)
    if credit is not None:
        await discord_state.tell(call.tx, guild_id, [_notice(credit)], call.now)
    return True


def _notice(credit: Credit) -> NoticeWish:
    body = {
        "user_id": str(int(credit.user_id)),
        "kind": credit.kind,
        "dungeon": credit.dungeon,
        "quantity": credit.quantity,
        "reason": credit.reason,
        "day": credit.happened_at.date().isoformat(),
    }
    return NoticeWish(
        name=f"credit-{credit.id}",
        kind=CREDIT_WAITS,
        subject_id=credit.id,
        channel=ChannelKey.BOT_LOG,
        body=body,
        lapses_s=WEEK_S,
    )


@serves(api.confirm_credit)
async def confirm_credit(call: Call[api.ConfirmCredit]) -> Credit:
    """Write what a member wants credited to themselves into the ledger, in the officer's name."""
    credit = await _decided(call, CreditState.CONFIRMED)
    entry = Pay(
        user_id=credit.user_id,
        kind=credit.kind,
        dungeon=credit.dungeon,
        quantity=credit.quantity,
        points=credit.points,
        subject=credit.subject,
        happened_at=credit.happened_at,
        reason=credit.reason,
    )
    await pay(call.tx, call.ask.guild_id, [entry], Hand(call.caller, call.now))
    return credit


@serves(api.refuse_credit)
async def refuse_credit(call: Call[api.RefuseCredit]) -> Credit:
    """Leave out what a member wants credited to themselves."""
    return await _decided(call, CreditState.REFUSED)


async def _decided(call: Call[Any], state: CreditState) -> Credit:
    """Decide about a credit, once, and leave its member a letter about it."""
    ask: api.DecideCredit = call.ask
    credit = await wishes.hold(call.tx, ask.guild_id, ask.credit_id)
    if credit is None:
        raise UnknownCredit("Nothing of that number waits to be credited on this server.")
    rules.check_credit(credit, call.caller)
    decided = await wishes.decide(call.tx, credit.id, state, call.caller, call.now)
    what = f"{credit.quantity} \N{MULTIPLICATION SIGN} {_dungeon(credit.dungeon).name}"
    body = f"<@{call.caller}> {state} what you logged for yourself: {what}, “{shown(credit.reason)}”."
    await inbox.leave(call.tx, ask.guild_id, credit.user_id, f"Your log was {state}", body, call.now)
    return decided


def _dungeon(key: str) -> Dungeon:
    """Return a dungeon by its key.

    Raises:
        NothingLogged: the catalogue has none.
    """
    dungeon = catalogue.find(key)
    if dungeon is None:
        raise NothingLogged("There is no such dungeon. Pick one from the list that the command offers.")
    return dungeon
