"""What the backend does about roles that are earned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from raidbot.backend.configuration import Entries, Holds, Section, There, section
from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.authors import Author
from raidbot.core.guilds import RoleInPlace
from raidbot.core.ids import ChannelId, GuildId, RoleId, UserId, snowflake
from raidbot.database.transaction import Transaction
from raidbot.features.custom_roles import api, rules, store
from raidbot.features.custom_roles.model import (
    MOST_ROLES,
    BadTerms,
    Change,
    CustomRole,
    CustomRoleChanged,
    Earned,
    EarnedKind,
    PanelShown,
    Terms,
    TooManyRoles,
    UnknownPanel,
    UnknownRole,
)
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import HARMLESS, ChoreKind, MembersArrived, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ROLE_CHANNEL
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.reconciliation.model import Adopted, Cause, Intent
from raidbot.features.verification.model.tickets import RoleEarned
from raidbot.features.verification.service import config as verification
from raidbot.features.verification.service import tickets

WHERE_ASKED = "where members ask for a role"


@serves(api.list_roles)
async def list_roles(call: Call[api.ListRoles]) -> list[CustomRole]:
    """Return which roles are given out, and what is asked for each."""
    return await store.roles(call.tx, call.ask.guild_id)


@serves(api.save_role)
async def save_role(call: Call[api.SaveRole]) -> CustomRole:
    """Give a role out, or change what is asked for it. A message that was taken away comes back."""
    tx, ask = call.tx, call.ask
    if ask.seen.role.id != ask.role_id:
        raise BadTerms("What was told about the role is about another one. Try again.")
    guild_config.check_harmless(ask.guild_id, ask.seen)
    if ask.channel is not None:
        guild_config.check_channel(ROLE_CHANNEL, ask.channel, WHERE_ASKED)
    await guild_config.hold(tx, ask.guild_id)
    before = await store.roles(tx, ask.guild_id, ask.role_id)
    if not before and len(await store.roles(tx, ask.guild_id)) >= MOST_ROLES:
        raise TooManyRoles(f"{MOST_ROLES} roles are given out here. Take one back with /customrole remove.")
    after = _changed(before[0].terms if before else Terms(), ask)
    await _save(tx, guild_config.author_of(call), ask.role_id, after)
    if after.channel_id is not None and await store.is_lost(tx, ask.guild_id, ask.role_id):
        panels = await store.touch_panel(tx, ask.guild_id, ask.role_id, None)
        panels += await store.add_panel(tx, ask.guild_id, ask.role_id, after.channel_id)
        await emit(tx, CustomRoleChanged(guild_id=ask.guild_id, panels=panels), call.now)
    return await _known(tx, ask.guild_id, ask.role_id)


@serves(api.clear_part)
async def clear_part(call: Call[api.ClearPart]) -> CustomRole:
    """Let a part of what is asked be as it comes; the old one is kept on record."""
    tx, ask = call.tx, call.ask
    await guild_config.hold(tx, ask.guild_id)
    before = await _known(tx, ask.guild_id, ask.role_id)
    await _save(tx, guild_config.author_of(call), ask.role_id, rules.cleared(before.terms, ask.part))
    return await _known(tx, ask.guild_id, ask.role_id)


@serves(api.remove_role)
async def remove_role(call: Call[api.RemoveRole]) -> CustomRole:
    """Give a role out no more; who waits for it is told, and who has it keeps it."""
    tx, ask = call.tx, call.ask
    await guild_config.hold(tx, ask.guild_id)
    before = await _known(tx, ask.guild_id, ask.role_id)
    await _save(tx, guild_config.author_of(call), ask.role_id, None)
    return before


@serves(api.read_panels)
async def read_panels(call: Call[api.ReadPanels]) -> api.Panels:
    """Return which messages stand where members ask."""
    return api.Panels({one.id: one.version for one in await store.standing(call.tx, call.ask.guild_id)})


@serves(api.show_panel)
async def show_panel(call: Call[api.ShowPanel]) -> PanelShown:
    """Return what a message shows where members ask."""
    found = await store.find_panel(call.tx, call.ask.guild_id, call.ask.panel_id)
    if found is None:
        raise UnknownPanel("There never was such a message. An administrator brings one with /createrole.")
    return found


@on(RoleEarned)
async def keep_earned(tx: Transaction, happened: RoleEarned) -> None:
    """Write down that a member has earned a role: it is theirs although they leave and come back."""
    earned = Earned(
        user_id=happened.user_id,
        role_id=happened.role_id,
        kind=EarnedKind.GIVEN,
        by=happened.by,
        why=f"ticket {happened.ticket_id}",
    )
    await store.add_earned(tx, happened.guild_id, earned, happened.at)


@on(MembersArrived)
async def give_back(tx: Transaction, happened: MembersArrived) -> None:
    """Give members who came back the roles that they earned. What somebody decides about waits for that."""
    guild_id, user_ids = happened.guild_id, [one.user_id for one in happened.members]
    held = await store.holdings(tx, guild_id, user_ids)
    if not held:
        return
    undecided = await store.undecided(tx, guild_id, user_ids)
    wishes = [
        Wish(user_id=one.user_id, kind=ChoreKind.GIVE_ROLE, target=int(one.role_id), value=HARMLESS)
        for one in held
        if one not in undecided
    ]
    if len(happened.members) == 1:
        await discord_state.wish(tx, guild_id, wishes, happened.at)
        return
    # Several at once are found by a comparison after a gap: many of them are no everyday return.
    await reconciliation.reconcile(tx, guild_id, Intent(cause=Cause.EARNED, wishes=wishes), happened.at)


async def held_by(tx: Transaction, guild_id: GuildId, user_id: UserId) -> set[RoleId]:
    """Return which roles a member has earned on record, for other features."""
    return {one.role_id for one in await store.holdings(tx, guild_id, [user_id])}


async def given_out(tx: Transaction, guild_id: GuildId) -> set[RoleId]:
    """Return which roles members can earn, for other features."""
    return {one.role_id for one in await store.roles(tx, guild_id)}


async def write_down(tx: Transaction, guild_id: GuildId, earned: Earned, at: datetime) -> None:
    """Write down that a role was given or taken, for other features. Discord is left as it is."""
    await store.add_earned(tx, guild_id, earned, at)


async def adopt(tx: Transaction, change: Adopted, now: datetime) -> None:
    """Let the record say that a member holds a role no more, where an administrator let Discord be right."""
    role_id = RoleId(change.target)
    if change.kind is ChoreKind.GIVE_ROLE and role_id in await held_by(tx, change.guild_id, change.user_id):
        taken = Earned(
            user_id=change.user_id,
            role_id=role_id,
            kind=EarnedKind.TAKEN,
            by=change.by,
            why=f"as Discord shows it, plan {change.plan_id}",
        )
        await store.add_earned(tx, change.guild_id, taken, now)


def _changed(before: Terms, ask: api.SaveRole) -> Terms:
    """Return what is asked once the parts that were given have taken the place of what was there."""
    given: dict[str, Any] = {
        "channel_id": ask.channel and ask.channel.id,
        "description": None if ask.description is None else rules.unfolded(ask.description),
        "instructions": None if ask.instructions is None else rules.unfolded(ask.instructions),
        "image_url": None if ask.image_url is None else verification.checked_address(ask.image_url),
        "decides": ask.decides,
    }
    return msgspec.structs.replace(before, **{name: value for name, value in given.items() if value is not None})


async def _save(tx: Transaction, author: Author, role_id: RoleId, terms: Terms | None) -> None:
    """Write down what is asked for a role, with old and new on record, and let its message follow."""
    guild_id = author.guild_id
    found = await store.roles(tx, guild_id, role_id)
    before = found[0].terms if found else None
    if terms == before:
        return
    if terms is None:
        await store.delete(tx, guild_id, role_id)
        await tickets.withdraw_role(tx, guild_id, role_id, author.at)
    else:
        await store.save(tx, guild_id, role_id, terms)
    old, new = msgspec.to_builtins((before, terms), enc_hook=str)
    await store.add_change(tx, guild_id, Change(role_id=role_id, old=old, new=new, changed_by=author.by), author.at)
    where = None if terms is None else terms.channel_id
    panels = await store.touch_panel(tx, guild_id, role_id, where)
    if where is not None:
        panels += await store.add_panel(tx, guild_id, role_id, where)
    await emit(tx, CustomRoleChanged(guild_id=guild_id, panels=panels), author.at)


async def _known(tx: Transaction, guild_id: GuildId, role_id: RoleId) -> CustomRole:
    found = await store.roles(tx, guild_id, role_id)
    if not found:
        raise UnknownRole("No screenshot leads to that role. /customrole list shows which ones are given out.")
    return found[0]


async def _read(tx: Transaction, guild_id: GuildId) -> Entries:
    entries: Entries = {}
    for one in await store.roles(tx, guild_id):
        entries |= rules.in_file(one.role_id, one.terms)
    return entries


def _check(name: str, value: str, there: There) -> str:
    """Check one value of a file; that the role may be handed out is checked with each of them."""
    head, _, part = name.partition("/")
    try:
        role = there.role(snowflake(RoleId, head))
    except ValueError:
        role = None
    if role is None:
        raise BadTerms(f"there is no role {head[:40]} in this server. Put the id of one that there is.")
    everyone = there.role(RoleId(there.guild_id))
    place = RoleInPlace(
        role=role,
        everyone_may=everyone.permissions if everyone else 0,
        is_below_bot=there.bot_height is None or role.height < there.bot_height,
    )
    guild_config.check_harmless(there.guild_id, place)
    if part == "picture":
        return verification.checked_address(value)
    return _channel(value, there) if part == "channel" else rules.check_text(part, value)


def _channel(value: str, there: There) -> str:
    channel = there.channel(ChannelId(int(value))) if value.isascii() and value.isdigit() else None
    if channel is None:
        raise BadTerms(f"there is no text channel {value[:40]} in this server, or I cannot see it.")
    guild_config.check_channel(ROLE_CHANNEL, channel, WHERE_ASKED)
    return value


async def _write(tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
    by_role: dict[RoleId, dict[str, str | None]] = {}
    for name, value in entries.items():
        head, _, part = name.partition("/")
        by_role.setdefault(RoleId(int(head)), {})[part] = value
    for role_id, values in by_role.items():
        found = await store.roles(tx, author.guild_id, role_id)
        await _save(tx, author, role_id, rules.from_file(found[0].terms if found else None, values))


section(
    Section(
        "custom_roles", "Roles that members earn with a screenshot: /createrole", Holds.TEXTS, _read, _check, _write
    )
)
