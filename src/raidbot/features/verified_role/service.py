"""What the backend does about the verified role as a whole."""

from datetime import datetime, timedelta

from raidbot.backend.events import on
from raidbot.core.errors import Refusal
from raidbot.core.ids import GuildId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.model import ChoreKind, GuildMirrored, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import (
    How,
    Naming,
    RaiderRenamed,
    RaidersImported,
    RaiderStatus,
    RaiderUnverified,
    RaiderVerified,
)
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.reconciliation.model import Adopted, Cause, Intent
from raidbot.features.verified_role import store

DECIDED_FOR = timedelta(days=30)
"""So long it is not asked again about what an administrator left as it is."""


@on(GuildMirrored)
async def compare(tx: Transaction, happened: GuildMirrored) -> None:
    """Give back what a few lost, and ask about the rest: nobody knows why somebody holds the role without a record."""
    guild_id, now = happened.guild_id, happened.at
    found = await store.differences(tx, guild_id, now - DECIDED_FOR)
    give = [Wish(user_id=one.user_id, kind=ChoreKind.GIVE_ROLE, target=one.role_id) for one in found if one.belongs]
    take = [Wish(user_id=one.user_id, kind=ChoreKind.TAKE_ROLE, target=one.role_id) for one in found if not one.belongs]
    await reconciliation.reconcile(tx, guild_id, Intent(cause=Cause.VERIFIED, wishes=give), now)
    asked = Intent(cause=Cause.UNRECORDED, wishes=take, always_asks=True)
    await reconciliation.reconcile(tx, guild_id, asked, now)


@on(RaiderVerified)
async def leave_out_verified(tx: Transaction, happened: RaiderVerified) -> None:
    """Let a plan that waits say nothing of whom somebody has verified alone."""
    await reconciliation.drop(tx, happened.guild_id, [happened.user_id])


@on(RaiderRenamed)
async def leave_out_renamed(tx: Transaction, happened: RaiderRenamed) -> None:
    """Let a plan that waits never bring back an old nickname."""
    await reconciliation.drop(tx, happened.guild_id, [happened.user_id])


@on(RaiderUnverified)
async def leave_out_unverified(tx: Transaction, happened: RaiderUnverified) -> None:
    """Let a plan that waits never give the role to whom somebody has unverified."""
    await reconciliation.drop(tx, happened.guild_id, [happened.user_id])


@on(RaidersImported)
async def leave_out_many(tx: Transaction, happened: RaidersImported) -> None:
    """Let a plan that waits say nothing of those whose names were taken over."""
    await reconciliation.drop(tx, happened.guild_id, happened.user_ids)


async def adopt(tx: Transaction, change: Adopted, now: datetime) -> None:
    """Let the record say what Discord shows of a member's verified role; it knows of nothing else.

    Who lacks the role is not verified any more. Who holds it is verified if their IGN is known and free.
    """
    if change.target != await _role(tx, change.guild_id):
        return
    raider = await raiders.find(tx, change.guild_id, change.user_id)
    if raider is None:
        return
    why = f"as Discord shows it, plan {change.plan_id}"
    if change.kind is ChoreKind.GIVE_ROLE and raider.status is RaiderStatus.VERIFIED:
        await raiders.unverify(tx, change.guild_id, change.user_id, change.by, why, now)
    if change.kind is ChoreKind.TAKE_ROLE and raider.status is not RaiderStatus.VERIFIED:
        naming = Naming(user_id=change.user_id, ign=raider.ign, by=change.by, how=How.HAND, why=why, in_bulk=True)
        try:
            await raiders.assign(tx, change.guild_id, naming, now)
        except Refusal:  # the watch list says no, before anything was written
            return


async def _role(tx: Transaction, guild_id: GuildId) -> int | None:
    return (await guild_config.mappings_of(tx, guild_id)).roles.get(RoleKey.VERIFIED_RAIDER)
