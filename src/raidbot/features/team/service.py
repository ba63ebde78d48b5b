"""What the backend does about the Team role. It reads the mirror alone: when Discord fails, nobody loses anything."""

from datetime import datetime

from raidbot.backend.events import on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.model import ChoreKind, GuildMirrored, MembersArrived, MembersMirrored, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import Unmapped
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.reconciliation.model import Cause, Intent, Plan
from raidbot.features.team import api, store


async def sync(tx: Transaction, guild_id: GuildId, now: datetime, who: list[UserId] | None = None) -> Plan | None:
    """Let everybody with a staff rank hold the Team role and nobody else, or ask where that is much."""
    wishes = [
        Wish(
            user_id=one.user_id,
            kind=ChoreKind.GIVE_ROLE if one.belongs else ChoreKind.TAKE_ROLE,
            target=one.role_id,
        )
        for one in await store.differences(tx, guild_id, who)
    ]
    return await reconciliation.reconcile(tx, guild_id, Intent(cause=Cause.TEAM, wishes=wishes), now)


@serves(api.sync_team)
async def sync_team(call: Call[api.SyncTeam]) -> api.Synced:
    """Compare everybody."""
    mappings = await guild_config.mappings_of(call.tx, call.ask.guild_id)
    if RoleKey.TEAM not in mappings.roles:
        raise Unmapped("No Team role is set. An administrator sets it with /setroles.")
    return api.Synced(await sync(call.tx, call.ask.guild_id, call.now))


@on(MembersMirrored)
async def follow_roles(tx: Transaction, happened: MembersMirrored) -> None:
    """Let the Team role follow a rank that somebody got or lost."""
    await sync(tx, happened.guild_id, happened.at, happened.user_ids)


@on(GuildMirrored)
async def compare(tx: Transaction, happened: GuildMirrored) -> None:
    """Compare everybody, at a start and after roles were mapped."""
    await sync(tx, happened.guild_id, happened.at)


@on(MembersArrived)
async def follow_arrivals(tx: Transaction, happened: MembersArrived) -> None:
    """Take in those who came with a staff rank: administrators by Discord's own permission."""
    await sync(tx, happened.guild_id, happened.at, [one.user_id for one in happened.members])
