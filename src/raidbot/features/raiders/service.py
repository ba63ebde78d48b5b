"""What the backend does about raiders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from raidbot.backend import callers
from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import STAYS, ChoreKind, MembersArrived, NoticeWish, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import NICKNAME, ChannelKey, NicknameFormat
from raidbot.features.raiders import api, rules
from raidbot.features.raiders.model import (
    RAIDER_CHANGED,
    Entry,
    EntryKind,
    History,
    How,
    Naming,
    NotVerified,
    Owner,
    Raider,
    RaiderRenamed,
    RaidersImported,
    RaiderStatus,
    RaiderUnverified,
    RaiderVerified,
    UnknownRaider,
    details_of,
)
from raidbot.features.raiders.store import names as store
from raidbot.features.realmeye import service as realmeye
from raidbot.features.realmeye.model.facts import Kind
from raidbot.features.realmeye.model.queue import PageRead, Read, Wanted
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.reconciliation.model import Cause, Intent
from raidbot.features.watch_list import service as watch_list
from raidbot.features.watch_list.model import Occasion, Seen

DAY_S = 24 * 60 * 60


async def assign(tx: Transaction, guild_id: GuildId, naming: Naming, now: datetime) -> Raider:
    """Verify a member under an IGN, for other features: record, role and nickname.

    Told twice, it happens once, and Discord is made to show it anew.

    Raises:
        InvalidIgn: no raider of the game is called that.
        IgnTaken: another raider has it.
        IgnLeftBehind: another one has it who left or is not verified any more; staff may take it over.
        OnWatchList: the watch list says that they are not verified.
    """
    ign = rules.checked_ign(naming.ign)
    await store.hold_names(tx, guild_id)
    before = await store.find_raider(tx, guild_id, naming.user_id)
    await _free(tx, guild_id, naming, now)
    if before is None or before.ign.lower() != ign.lower() or before.status is not RaiderStatus.VERIFIED:
        seen = Seen(user_id=naming.user_id, names=[ign], occasion=Occasion.VERIFY)
        await watch_list.check(tx, guild_id, seen, now, in_bulk=naming.in_bulk)
    start = before or Raider(guild_id=guild_id, user_id=naming.user_id, ign=ign, status=RaiderStatus.VERIFIED)
    raider = rules.with_main(start, ign)
    if before != raider:
        await store.save_raider(tx, raider)
        await _note(tx, guild_id, _entry(EntryKind.VERIFIED, naming, now, before.ign if before else None))
        verified = RaiderVerified(guild_id=guild_id, user_id=naming.user_id, ign=ign, by=naming.by, how=naming.how)
        await emit(tx, verified, now)
        if naming.how not in {How.REALMEYE, How.IMPORT}:  # there it was read before, or is too much to read
            await _look_back(tx, guild_id, naming.user_id, ign, now)
    await show(tx, raider, now, bulk=naming.how is How.IMPORT)
    return raider


async def assign_many(tx: Transaction, guild_id: GuildId, namings: Sequence[Naming], now: datetime) -> set[UserId]:
    """Verify of many members those about whom there is nothing to decide, for other features.

    Left out, and to be assigned one by one, is who has a name or claims one that somebody has, and who is on the watch
    list. As many statements for many as for one. Returns who was verified.
    """
    await store.hold_names(tx, guild_id)
    clear = await store.unclaimed(tx, guild_id, namings)
    clear -= await watch_list.suspects(tx, guild_id, [one for one in namings if one.user_id in clear], now)
    some = [one for one in namings if one.user_id in clear]
    if not some:
        return set()
    await store.add_raiders(tx, guild_id, some)
    await store.add_entries(tx, guild_id, [_entry(EntryKind.VERIFIED, one, now, None) for one in some])
    imported = RaidersImported(guild_id=guild_id, user_ids=sorted(clear), by=some[0].by)
    await emit(tx, imported, now)
    raiders = [
        Raider(guild_id=guild_id, user_id=one.user_id, ign=one.ign, status=RaiderStatus.VERIFIED) for one in some
    ]
    wishes = await _wishes(tx, guild_id, raiders)
    await discord_state.wish(tx, guild_id, await _unseen(tx, guild_id, wishes), now, bulk=True)
    return clear


async def unverify(
    tx: Transaction, guild_id: GuildId, user_id: UserId, by: UserId, reason: str, now: datetime
) -> Raider | None:
    """Take the verification of a member back, for other features. Names, and all that is on record, stay.

    Raises:
        NotVerified: they are not.
    """
    await store.hold_names(tx, guild_id)
    raider = await store.find_raider(tx, guild_id, user_id)
    verified = raider is not None and raider.status is RaiderStatus.VERIFIED
    if not verified and not await store.holds(tx, guild_id, user_id, RoleKey.VERIFIED_RAIDER):
        raise NotVerified("They are not verified. There is nothing to take back.")
    if raider is not None:
        raider = Raider(
            guild_id=guild_id, user_id=user_id, ign=raider.ign, status=RaiderStatus.UNVERIFIED, alts=raider.alts
        )
        await store.save_raider(tx, raider)
    entry = Entry(
        user_id=user_id,
        kind=EntryKind.UNVERIFIED,
        changed_by=by,
        changed_at=now,
        old_ign=raider.ign if raider else None,
        why=reason,
    )
    await _note(tx, guild_id, entry)
    await emit(tx, RaiderUnverified(guild_id=guild_id, user_id=user_id, by=by, reason=reason, at=now), now)
    await _hide(tx, guild_id, user_id, now)
    return raider


async def rename(tx: Transaction, guild_id: GuildId, naming: Naming, now: datetime) -> Raider:
    """Correct the main IGN of a raider, for other features; whether they are verified stays as it is.

    Raises:
        UnknownRaider: they have none.
        IgnTaken: another raider has it, or had it and left it behind.
        OnWatchList: the watch list says no.
    """
    before = await _claimed(tx, guild_id, naming, Occasion.EDIT_NAME, now)
    alts = rules.with_main(before, naming.ign).alts
    raider = Raider(guild_id=guild_id, user_id=before.user_id, ign=naming.ign, status=before.status, alts=alts)
    if raider != before:
        await store.save_raider(tx, raider)
        await _note(tx, guild_id, _entry(EntryKind.RENAMED, naming, now, before.ign))
        renamed = RaiderRenamed(
            guild_id=guild_id, user_id=before.user_id, old_ign=before.ign, ign=naming.ign, by=naming.by
        )
        await emit(tx, renamed, now)
        await _look_back(tx, guild_id, raider.user_id, raider.ign, now)
    await show(tx, raider, now)
    return raider


async def find(tx: Transaction, guild_id: GuildId, user_id: UserId) -> Raider | None:
    """Return a raider, for other features; None where no name is known."""
    return await store.find_raider(tx, guild_id, user_id)


async def nickname_of(tx: Transaction, raider: Raider) -> str | None:
    """Return what a raider's nickname is to say, for other features; None: anything."""
    return rules.nickname(raider, (await guild_config.settings_of(tx, raider.guild_id)).get(NICKNAME))


async def check_free(tx: Transaction, guild_id: GuildId, naming: Naming) -> str:
    """Return an IGN as it would be written, if it could be theirs now, for other features.

    Raises:
        InvalidIgn: no raider of the game is called that.
        IgnTaken: another raider has it.
        IgnLeftBehind: another one has it who left or is not verified any more, and nothing is proven yet.
    """
    ign = rules.checked_ign(naming.ign)
    owner = await store.owner_of(tx, guild_id, ign)
    rules.takes_over(owner, naming)
    return ign


async def show(tx: Transaction, raider: Raider, now: datetime, *, bulk: bool = False) -> None:
    """Let Discord show what is on record of a verified raider: the role and the nickname."""
    await discord_state.wish(tx, raider.guild_id, await _wishes(tx, raider.guild_id, [raider]), now, bulk=bulk)


async def by_ign(tx: Transaction, guild_id: GuildId, ign: str) -> Raider:
    """Return the raider of that IGN, main or alt, in any spelling of capitals, for other features.

    Raises:
        UnknownRaider: nobody has it; the sentence names those that look alike.
    """
    found = await store.alike(tx, guild_id, ign.strip())
    return rules.only(ign.strip(), found)


@serves(api.verify_raider)
async def verify_raider(call: Call[api.VerifyRaider]) -> Raider:
    """Write down whose an IGN is. Told twice, it happens once; a lost role is given again each time."""
    ask = call.ask
    rules.check_may_decide(call.caller, call.rank, ask.user_id)
    before = await store.find_raider(call.tx, ask.guild_id, ask.user_id)
    if before is not None and before.ign.lower() != ask.ign.strip().lower():
        await _check_outranks(call)
    return await assign(call.tx, ask.guild_id, _naming(call), call.now)


@serves(api.unverify_raider)
async def unverify_raider(call: Call[api.UnverifyRaider]) -> api.Unverified:
    """Take a verification back, with the reason."""
    ask = call.ask
    rules.check_may_decide(call.caller, call.rank, ask.user_id)
    await _check_outranks(call)
    return api.Unverified(await unverify(call.tx, ask.guild_id, ask.user_id, call.caller, ask.reason.strip(), call.now))


@serves(api.rename_raider)
async def rename_raider(call: Call[api.RenameRaider]) -> Raider:
    """Correct a main IGN; whether they are verified stays as it is."""
    rules.check_may_decide(call.caller, call.rank, call.ask.user_id)
    await _check_outranks(call)
    return await rename(call.tx, call.ask.guild_id, _naming(call), call.now)


@serves(api.add_alt)
async def add_alt(call: Call[api.AddAlt]) -> Raider:
    """Write down another name of a raider."""
    rules.check_may_decide(call.caller, call.rank, call.ask.user_id)
    naming = _naming(call)
    raider = await _claimed(call.tx, call.ask.guild_id, naming, Occasion.ADD_ALT, call.now)
    if naming.ign.lower() not in [one.lower() for one in raider.names]:
        rules.check_another_alt(raider)
        await store.add_alt(call.tx, raider.guild_id, raider.user_id, naming.ign)
        await _note(call.tx, raider.guild_id, _entry(EntryKind.ALT_ADDED, naming, call.now, None))
        await _look_back(call.tx, raider.guild_id, raider.user_id, naming.ign, call.now)
    return await _shown_anew(call, raider)


@serves(api.remove_alt)
async def remove_alt(call: Call[api.RemoveAlt]) -> Raider:
    """Let another name of a raider go."""
    rules.check_may_decide(call.caller, call.rank, call.ask.user_id)
    await _check_outranks(call)
    await store.hold_names(call.tx, call.ask.guild_id)
    raider = _known(await store.find_raider(call.tx, call.ask.guild_id, call.ask.user_id))
    alt = rules.alt_of(raider, call.ask.ign)
    await store.delete_alt(call.tx, raider.guild_id, raider.user_id, alt)
    entry = Entry(
        user_id=raider.user_id,
        kind=EntryKind.ALT_REMOVED,
        changed_by=call.caller,
        changed_at=call.now,
        old_ign=alt,
        why=call.ask.why.strip() or None,
    )
    await _note(call.tx, raider.guild_id, entry)
    return await _shown_anew(call, raider)


@serves(api.show_raider)
async def show_raider(call: Call[api.ShowRaider]) -> Raider:
    """Return a raider to themselves, and to organizers and above."""
    ask = call.ask
    rules.check_look(call.caller, await callers.rank(call.tx, ask.guild_id, call.caller), ask.user_id)
    return _known(await store.find_raider(call.tx, ask.guild_id, ask.user_id))


@serves(api.read_history)
async def read_history(call: Call[api.ReadHistory]) -> History:
    """Return what happened to a member's names, a page of it."""
    tx, ask = call.tx, call.ask
    raider = await store.find_raider(tx, ask.guild_id, ask.user_id)
    found = await store.entries(tx, (ask.guild_id, ask.user_id), ask.before, rules.ON_A_PAGE + 1)
    return rules.page(found, raider if found else _known(raider))


@serves(api.read_name_history)
async def read_name_history(call: Call[api.ReadNameHistory]) -> History:
    """Return what happened to a name, whoever had it, a page of it; a name that nobody had names those alike."""
    tx, ask = call.tx, call.ask
    ign = rules.checked_ign(ask.ign)
    owner = await store.owner_of(tx, ask.guild_id, ign)
    raider = await store.find_raider(tx, ask.guild_id, owner.user_id) if owner else None
    found = await store.entries_about(tx, (ask.guild_id, ign), ask.before, rules.ON_A_PAGE + 1)
    return rules.page(found, raider if found else raider or await by_ign(tx, ask.guild_id, ign))


@on(MembersArrived)
async def welcome(tx: Transaction, happened: MembersArrived) -> None:
    """Give back at once what was theirs: role and nickname of a verified raider, and a suspension or mute."""
    guild_id = happened.guild_id
    known = await store.raiders(tx, guild_id, [one.user_id for one in happened.members])
    verified = [one for one in known if one.status is RaiderStatus.VERIFIED]
    wishes = await _wishes(tx, guild_id, verified) if verified else []
    marks = {await store.role(tx, guild_id, key) for key in (RoleKey.SUSPENDED, RoleKey.MUTED)}
    wishes += [
        Wish(user_id=one.user_id, kind=ChoreKind.GIVE_ROLE, target=role_id, value=STAYS)
        for one in happened.members
        for role_id in one.left_with
        if role_id in marks
    ]
    if len(happened.members) == 1:
        await discord_state.wish(tx, guild_id, wishes, happened.at)
        return
    # Several at once are found by a comparison after a gap: many of them are no everyday return.
    await reconciliation.reconcile(tx, guild_id, Intent(cause=Cause.RETURNED, wishes=wishes), happened.at)


@on(PageRead)
async def judge_history(tx: Transaction, happened: PageRead) -> None:
    """Tell security if a raider was called like somebody on the watch list before, once RealmEye has told."""
    if happened.kind is not Kind.NAMES:
        return
    raider = await store.find_raider(tx, happened.guild_id, happened.user_id)
    if raider is not None and happened.ign.lower() in map(str.lower, raider.names):
        await _look_back(tx, happened.guild_id, happened.user_id, happened.ign, happened.at)


async def _look_back(tx: Transaction, guild_id: GuildId, user_id: UserId, ign: str, now: datetime) -> None:
    """Ask RealmEye what a player was called before, where staff look out for anybody; tell security of what it knows.

    Nobody waits for it: staff have decided, and hear of it later.
    """
    if not await watch_list.looks_out(tx, guild_id):
        return
    told = await realmeye.ask(tx, Wanted(guild_id=guild_id, user_id=user_id, ign=ign, kinds=(Kind.NAMES,)), now)
    former = realmeye.former_names(told.facts) if isinstance(told, Read) else []
    if former:
        seen = Seen(user_id=user_id, names=[ign, *former], occasion=Occasion.HISTORY)
        await watch_list.look_back(tx, guild_id, seen, now)


async def _free(tx: Transaction, guild_id: GuildId, naming: Naming, now: datetime) -> None:
    """Take a name from whoever left it behind, if that was wanted; the record says so."""
    owner = await store.owner_of(tx, guild_id, naming.ign.strip())
    if owner is None or not rules.takes_over(owner, naming):
        return
    await _release(tx, guild_id, owner, naming.ign.strip())
    taken = Entry(
        user_id=owner.user_id,
        kind=EntryKind.TAKEN,
        changed_by=naming.by,
        changed_at=now,
        old_ign=naming.ign.strip(),
        how=naming.how,
        why=f"goes to <@{naming.user_id}>",
    )
    await _note(tx, guild_id, taken)


async def _release(tx: Transaction, guild_id: GuildId, owner: Owner, ign: str) -> None:
    """Let a name go. An alt takes the place of a main; whoever has no name left is no raider any more."""
    if not owner.is_main:
        await store.delete_alt(tx, guild_id, owner.user_id, ign)
        return
    raider = await store.find_raider(tx, guild_id, owner.user_id)
    if raider is None or not raider.alts:
        await store.delete_raider(tx, guild_id, owner.user_id)
        return
    main = raider.alts[0]
    await store.save_raider(
        tx, Raider(guild_id=guild_id, user_id=owner.user_id, ign=main, status=raider.status, alts=raider.alts[1:])
    )


async def _claimed(tx: Transaction, guild_id: GuildId, naming: Naming, occasion: Occasion, now: datetime) -> Raider:
    """Return the raider whose a name is to be, once others and the watch list have no say in it."""
    await store.hold_names(tx, guild_id)
    raider = _known(await store.find_raider(tx, guild_id, naming.user_id))
    await _free(tx, guild_id, naming, now)
    if naming.ign.lower() not in [one.lower() for one in raider.names]:
        seen = Seen(user_id=naming.user_id, names=[naming.ign], occasion=occasion)
        await watch_list.check(tx, guild_id, seen, now)
    return raider


def _naming(call: Call[Any]) -> Naming:
    ask: api.ClaimIgn = call.ask
    return Naming(
        user_id=ask.user_id,
        ign=rules.checked_ign(ask.ign),
        by=call.caller,
        why=ask.why.strip(),
        take_from=ask.take_from,
    )


def _known(raider: Raider | None) -> Raider:
    if raider is None:
        raise UnknownRaider("No IGN is known of this member. Security and above set it with /verify.")
    return raider


async def _check_outranks(call: Call[Any]) -> None:
    ask: api.OfRaider = call.ask
    theirs = await callers.rank(call.tx, ask.guild_id, ask.user_id)
    rules.check_outranks(call.caller, call.rank, ask.user_id, theirs)


async def _shown_anew(call: Call[Any], raider: Raider) -> Raider:
    found = await store.find_raider(call.tx, raider.guild_id, raider.user_id) or raider
    await show(call.tx, found, call.now)
    return found


def _entry(kind: EntryKind, naming: Naming, now: datetime, old: str | None) -> Entry:
    return Entry(
        user_id=naming.user_id,
        kind=kind,
        changed_by=naming.by,
        changed_at=now,
        old_ign=old,
        new_ign=naming.ign.strip(),
        how=naming.how,
        why=naming.why or None,
    )


async def _note(tx: Transaction, guild_id: GuildId, entry: Entry) -> None:
    """Write down a change with old and new, and let the log of verifications tell it."""
    number = await store.add_entry(tx, guild_id, entry)
    if entry.how is How.IMPORT or not await store.is_mapped(tx, guild_id, ChannelKey.VERI_LOG):
        return
    told = NoticeWish(
        name=f"raider-{number}",
        kind=RAIDER_CHANGED,
        subject_id=number,
        channel=ChannelKey.VERI_LOG,
        body={**details_of(entry), "user_id": str(int(entry.user_id))},
        lapses_s=DAY_S,
    )
    await discord_state.tell(tx, guild_id, [told], entry.changed_at)


async def _wishes(tx: Transaction, guild_id: GuildId, raiders: list[Raider]) -> list[Wish]:
    """Return what Discord is to show of verified raiders; nothing of others."""
    verified = [one for one in raiders if one.status is RaiderStatus.VERIFIED]
    form = (await guild_config.settings_of(tx, guild_id)).get(NICKNAME)
    role_id = await store.role(tx, guild_id, RoleKey.VERIFIED_RAIDER)
    names = [(one.user_id, rules.nickname(one, form)) for one in verified]
    wishes = [Wish(user_id=who, kind=ChoreKind.NICKNAME, value=name) for who, name in names if name is not None]
    if role_id is not None:
        wishes += [Wish(user_id=one.user_id, kind=ChoreKind.GIVE_ROLE, target=role_id) for one in verified]
    return wishes


async def _unseen(tx: Transaction, guild_id: GuildId, wishes: list[Wish]) -> list[Wish]:
    """Leave out roles that members hold already, as far as is on record."""
    holders = await store.holders(tx, guild_id, RoleKey.VERIFIED_RAIDER, [one.user_id for one in wishes])
    return [one for one in wishes if one.kind is not ChoreKind.GIVE_ROLE or one.user_id not in holders]


async def _hide(tx: Transaction, guild_id: GuildId, user_id: UserId, now: datetime) -> None:
    """Let Discord show that somebody is not verified: neither role nor nickname."""
    form = (await guild_config.settings_of(tx, guild_id)).get(NICKNAME)
    role_id = await store.role(tx, guild_id, RoleKey.VERIFIED_RAIDER)
    wishes: list[Wish] = []
    if form is not NicknameFormat.UNTOUCHED:
        wishes.append(Wish(user_id=user_id, kind=ChoreKind.NICKNAME))
    if role_id is not None:
        wishes.append(Wish(user_id=user_id, kind=ChoreKind.TAKE_ROLE, target=role_id))
    await discord_state.wish(tx, guild_id, wishes, now)
