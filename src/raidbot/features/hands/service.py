"""What the backend does about changes by hand."""

from typing import Any

from raidbot.backend import callers
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, RoleId
from raidbot.core.nicknames import main_name
from raidbot.core.ranks import Rank, RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import ChoreKind, NoticeWish, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey, Mappings
from raidbot.features.hands import api, rules
from raidbot.features.hands.model import (
    HAND_SEEN,
    CannotRecord,
    Change,
    Hand,
    HandKind,
    HandState,
    UnknownHand,
)
from raidbot.features.hands.store import changes as store
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import How, Naming, NotOnYourself
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.reconciliation.model import Cause, Intent

WEEK_S = 7 * 24 * 60 * 60


@serves(api.note_hand)
async def note_hand(call: Call[api.NoteHand]) -> api.Noted:
    """Write down what is against the record, and show it in the log of the bot."""
    mappings = await guild_config.mappings_of(call.tx, call.ask.guild_id)
    return await _note(call, call.ask.guild_id, await _against(call.tx, call.ask, mappings), mappings)


@serves(api.note_missed)
async def note_missed(call: Call[api.NoteMissed]) -> api.Noted:
    """Write down what was changed while nobody listened, as if it happened now; much of it is one question."""
    ask = call.ask
    mappings = await guild_config.mappings_of(call.tx, ask.guild_id)
    known = await store.known(call.tx, ask.guild_id, [one.entry_id for one in ask.changes])
    news = [one for one in ask.changes if one.guild_id == ask.guild_id and one.entry_id not in known]
    against = [change for one in news for change in await _against(call.tx, one, mappings)]
    await store.reach(call.tx, ask.guild_id, ask.place)
    if not rules.is_much(against):
        return await _note(call, ask.guild_id, against, mappings)
    wishes = [wish for one in against if (wish := await _undone(call, one)) is not None]
    asked = Intent(cause=Cause.HANDS, wishes=wishes, always_asks=True)
    await reconciliation.reconcile(call.tx, ask.guild_id, asked, call.now)
    return api.Noted([])


@serves(api.find_place)
async def find_place(call: Call[api.FindPlace]) -> api.Place:
    """Return how far the audit log was read."""
    return api.Place(await store.place(call.tx, call.ask.guild_id))


@serves(api.record_hand)
async def record_hand(call: Call[api.RecordHand]) -> Hand:
    """Let the record say what was done by hand."""
    hand = await _open(call)
    decided = await store.decide(call.tx, hand.id, HandState.RECORDED, call.caller, call.now)
    if hand.kind is HandKind.NICKNAME:
        await _rename(call, hand)
    elif hand.role_key == RoleKey.VERIFIED_RAIDER:
        await _verify_or_not(call, hand)
    return decided


@serves(api.put_hand_back)
async def put_hand_back(call: Call[api.PutHandBack]) -> Hand:
    """Let Discord show again what the record says."""
    hand = await _open(call)
    if hand.kind is HandKind.NICKNAME:
        if raider := await raiders.find(call.tx, call.ask.guild_id, hand.user_id):
            await raiders.show(call.tx, raider, call.now)
    else:
        kind = ChoreKind.TAKE_ROLE if hand.kind is HandKind.ROLE_GAINED else ChoreKind.GIVE_ROLE
        wish = Wish(user_id=hand.user_id, kind=kind, target=hand.role_id)
        await discord_state.wish(call.tx, call.ask.guild_id, [wish], call.now)
    return await store.decide(call.tx, hand.id, HandState.PUT_BACK, call.caller, call.now)


async def _against(tx: Transaction, ask: api.NoteHand, mappings: Mappings) -> list[Change]:
    """Return what of an entry is against the record."""
    keys = {role_id: key for key, role_id in mappings.roles.items()}
    changes = _changes(ask, keys)
    if not changes:
        return []
    raider = await raiders.find(tx, ask.guild_id, ask.user_id)
    nickname = await raiders.nickname_of(tx, raider) if raider else None
    return [one for one in changes if rules.differs(one, raider, nickname)]


async def _note(call: Call[Any], guild_id: GuildId, against: list[Change], mappings: Mappings) -> api.Noted:
    """Write changes down, and show those that were not shown before."""
    told = [await store.add(call.tx, guild_id, one, call.now) for one in against]
    noted = [one for one in told if one is not None]
    if ChannelKey.BOT_LOG in mappings.channels:
        await discord_state.tell(call.tx, guild_id, [_notice(one) for one in noted], call.now)
    return api.Noted([one.id for one in noted])


async def _undone(call: Call[api.NoteMissed], change: Change) -> Wish | None:
    """Return what would put a change back; None for the Team role, which is put right by itself."""
    if change.role_key == RoleKey.TEAM:
        return None
    if change.kind is HandKind.NICKNAME:
        raider = await raiders.find(call.tx, call.ask.guild_id, change.user_id)
        wanted = await raiders.nickname_of(call.tx, raider) if raider else None
        return None if wanted is None else Wish(user_id=change.user_id, kind=ChoreKind.NICKNAME, value=wanted)
    kind = ChoreKind.TAKE_ROLE if change.kind is HandKind.ROLE_GAINED else ChoreKind.GIVE_ROLE
    return Wish(user_id=change.user_id, kind=kind, target=change.role_id or 0)


async def _open(call: Call[Any]) -> Hand:
    """Return a change that the caller may decide about, with its row held."""
    ask: api.OfHand = call.ask
    hand = await store.hold(call.tx, ask.guild_id, ask.hand_id)
    if hand is None:
        raise UnknownHand("There is no such change on this server.")
    rules.check_open(hand)
    if call.caller == hand.user_id and call.rank < Rank.ADMINISTRATOR:
        raise NotOnYourself("Nobody decides about themselves. Ask somebody else of the staff.")
    rules.check_reach(call.rank, await callers.rank(call.tx, ask.guild_id, hand.changed_by))
    return hand


async def _rename(call: Call[api.RecordHand], hand: Hand) -> None:
    ign = main_name(hand.new)
    if ign is None:
        raise CannotRecord("That nickname says no IGN. Use /editname with the IGN, or put it back.")
    naming = Naming(
        user_id=hand.user_id, ign=ign, by=call.caller, how=How.HAND, why=f"nickname by <@{hand.changed_by}>"
    )
    await raiders.rename(call.tx, call.ask.guild_id, naming, call.now)


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


def _changes(ask: api.NoteHand, keys: dict[RoleId, RoleKey]) -> list[Change]:
    """Return what an entry of the audit log says, of the roles that count and of the nickname."""
    roles = [(HandKind.ROLE_GAINED, ask.gained), (HandKind.ROLE_LOST, ask.lost)]
    changes = [
        Change(
            entry_id=ask.entry_id, user_id=ask.user_id, by=ask.by, kind=kind, role_id=role_id, role_key=keys[role_id]
        )
        for kind, role_ids in roles
        for role_id in role_ids
        if keys.get(role_id) in rules.WATCHED
    ]
    if ask.new_nickname is not None:
        changes.append(
            Change(
                entry_id=ask.entry_id,
                user_id=ask.user_id,
                by=ask.by,
                kind=HandKind.NICKNAME,
                old=ask.old_nickname,
                new=ask.new_nickname,
            )
        )
    return changes


def _notice(hand: Hand) -> NoticeWish:
    return NoticeWish(
        name=f"hand-{hand.id}",
        kind=HAND_SEEN,
        subject_id=hand.id,
        channel=ChannelKey.BOT_LOG,
        body={
            "kind": hand.kind,
            "user_id": str(int(hand.user_id)),
            "by": str(int(hand.changed_by)),
            "role_id": str(hand.role_id),
            "role_key": hand.role_key,
            "old": hand.old,
            "new": hand.new,
        },
        lapses_s=WEEK_S,
    )
