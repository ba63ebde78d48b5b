"""What the backend does about changes by hand."""

from typing import Any

from raidbot.backend import callers
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import RoleId
from raidbot.core.nicknames import main_name
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import ChoreKind, NoticeWish, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey
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

WEEK_S = 7 * 24 * 60 * 60


@serves(api.note_hand)
async def note_hand(call: Call[api.NoteHand]) -> api.Noted:
    """Write down what is against the record, and show it in the log of the bot."""
    ask = call.ask
    mappings = await guild_config.mappings_of(call.tx, ask.guild_id)
    keys = {role_id: key for key, role_id in mappings.roles.items()}
    raider = await raiders.find(call.tx, ask.guild_id, ask.user_id)
    nickname = await raiders.nickname_of(call.tx, raider) if raider else None
    against = [one for one in _changes(ask, keys) if rules.differs(one, raider, nickname)]
    told = [await store.add(call.tx, ask.guild_id, one, call.now) for one in against]
    noted = [one for one in told if one is not None]
    if ChannelKey.BOT_LOG in mappings.channels:
        await discord_state.tell(call.tx, ask.guild_id, [_notice(one) for one in noted], call.now)
    return api.Noted([one.id for one in noted])


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
