"""Members who verify themselves, at a backend whose reader asks the local RealmEye."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from tests.features.realmeye.pages import a_player
from tests.support.backend import ADMIN, CHANNEL, GUILD, ROLES, STRANGER, Served
from tests.support.house import until

from raidbot.core.ids import ChannelId, RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.verification.api import config
from raidbot.features.verification.api import sessions as api
from raidbot.features.verification.model.sessions import Mine
from realmeye_loopback.client import RealmEye

MODERATOR, SECURITY, COLLEAGUE = UserId(940), UserId(950), UserId(951)
STAFF = {RoleKey.MODERATOR: RoleId(34), RoleKey.SECURITY: RoleId(35)}
NEWT, TANSY = UserId(960), UserId(961)
CHANNELS = {
    ChannelKey.GETVERIFIED: CHANNEL,
    ChannelKey.MANUAL_VERIFICATION: ChannelId(801),
    ChannelKey.VERI_LOG: ChannelId(802),
}


class Told(msgspec.Struct, frozen=True):
    """A notice, as it is on record."""

    kind: str
    channel: str
    user_ids: list[int]
    body: dict[str, Any]


class Town:
    """A guild that verifies, seen through its members."""

    def __init__(self, served: Served, database: Database, realmeye: RealmEye) -> None:
        self.served = served
        self.database = database
        self.realmeye = realmeye

    async def open(self) -> None:
        """Map what verification needs, and let everybody be there."""
        await self.served.mirror(MirroredMember(ADMIN, [], administrator=True))
        roles = {**ROLES, **STAFF}
        await self.served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, dict(roles)), ADMIN)
        await self.served.ask(guild_config.set_channels, guild_config.SetChannels(GUILD, dict(CHANNELS)), ADMIN)
        await self.served.mirror(
            MirroredMember(MODERATOR, [STAFF[RoleKey.MODERATOR]]),
            MirroredMember(SECURITY, [STAFF[RoleKey.SECURITY]]),
            MirroredMember(COLLEAGUE, [STAFF[RoleKey.SECURITY]]),
            *(MirroredMember(who, []) for who in (NEWT, TANSY, STRANGER)),
        )

    async def mine(self, who: UserId = NEWT) -> Mine:
        return await self.served.ask(api.open_mine, api.OpenMine(GUILD), who)

    async def begin(self, ign: str = "newton", who: UserId = NEWT) -> Mine:
        return await self.served.ask(api.begin, api.Begin(GUILD, ign), who)

    async def look(self, who: UserId = NEWT) -> Mine:
        return await self.served.ask(api.look, api.Look(GUILD), who)

    async def describe(self, *lines: str, ign: str = "Newton", **changed: Any) -> None:
        """Let a player's page say that."""
        await self.realmeye.put(a_player(ign, description=list(lines), **changed))

    async def answered(self, who: UserId = NEWT, looks: int = 1) -> Mine:
        """Wait until so many looks were answered."""

        async def enough() -> Mine | None:
            found = await self.mine(who)
            return found if found.checks >= looks or found.stage == "verified" else None

        return await until(enough, "RealmEye to answer")

    async def looked(self, who: UserId = NEWT, looks: int = 1) -> Mine:
        """Look, and wait for what comes of it."""
        await self.look(who)
        return await self.answered(who, looks)

    async def chores(self, who: UserId = NEWT) -> list[tuple[str, int, str]]:
        """What Discord is to show of a member."""
        found = await self.served.client.call(discord_state.member_chores, discord_state.MemberChores(GUILD, who))
        return [(one.kind, one.target, one.value) for one in found]

    async def told(self, kind: str) -> list[Told]:
        """What was told, or is going to be."""
        async with self.database.transaction() as tx:
            return await tx.many(
                Told, "SELECT kind, channel, user_ids, body FROM notice WHERE kind = $1 ORDER BY id", kind
            )

    async def set(self, requirement: str, value: str | None) -> Any:
        """Ask something of players."""
        ask = msgspec.convert(
            {"guild_id": GUILD, "requirement": requirement, "value": value},
            config.SetRequirement,
            dec_hook=lambda _, value: value,
        )
        return await self.served.ask(config.set_requirement, ask, MODERATOR)


Asks = Callable[[], Awaitable[Any]]
