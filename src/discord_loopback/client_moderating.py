"""The hands, for Python: what moderators do from the menus of Discord's app."""

from collections.abc import Mapping, Sequence
from typing import Any

from discord_loopback import asks, controls
from discord_loopback.calling import Caller


class Moderating(Caller):
    """What needs permissions and a role above the one it is done to. `user` is the moderator."""

    async def change_roles(self, user: int, guild: int, member: int, roles: Sequence[int | str]) -> None:
        """Give and take roles, so that the member has these."""
        wanted = [int(each) for each in roles]
        await self.ask(controls.change_roles, asks.ChangeRoles(user=user, guild_id=guild, user_id=member, roles=wanted))

    async def nickname(self, user: int, guild: int, member: int, nick: str | None) -> None:
        """Change a nickname, one's own included."""
        await self.ask(controls.nickname, asks.Nickname(user=user, guild_id=guild, user_id=member, nick=nick))

    async def timeout(self, user: int, guild: int, member: int, seconds: float) -> None:
        """Time a member out; 0 seconds end that."""
        await self.ask(controls.timeout, asks.Timeout(user=user, guild_id=guild, user_id=member, seconds=seconds))

    async def kick(self, user: int, guild: int, member: int, reason: str | None = None) -> None:
        """Put a member out."""
        await self.ask(controls.kick, asks.OnMember(user=user, guild_id=guild, user_id=member, reason=reason))

    async def ban(
        self, user: int, guild: int, member: int, reason: str | None = None, *, delete_message_seconds: int = 0
    ) -> None:
        """Ban an account, and delete what it wrote of late."""
        ask = asks.Ban(
            user=user,
            guild_id=guild,
            user_id=member,
            reason=reason,
            delete_message_seconds=delete_message_seconds,
        )
        await self.ask(controls.ban, ask)

    async def unban(self, user: int, guild: int, member: int, reason: str | None = None) -> None:
        """Lift a ban."""
        await self.ask(controls.unban, asks.OnMember(user=user, guild_id=guild, user_id=member, reason=reason))

    async def prune(
        self, user: int, guild: int, days: int, include_roles: Sequence[int | str] = (), reason: str | None = None
    ) -> int:
        """Put out members without a role, or with these alone, who were not seen for so long; return how many."""
        named = [int(each) for each in include_roles]
        ask = asks.Prune(user=user, guild_id=guild, days=days, include_roles=named, reason=reason)
        return int((await self.ask(controls.prune, ask))["pruned"])

    async def automod(self, guild: int, member: int, seconds: float, rule: str = "Spam") -> None:
        """Let a rule of AutoMod time a member out."""
        await self.ask(controls.automod, asks.Automod(guild_id=guild, user_id=member, seconds=seconds, rule=rule))

    async def pin(self, user: int, message_id: int | str) -> None:
        """Pin a message."""
        await self.ask(controls.pin, asks.OfMessage(user=user, message_id=int(message_id)))

    async def unpin(self, user: int, message_id: int | str) -> None:
        """Unpin a message."""
        await self.ask(controls.unpin, asks.OfMessage(user=user, message_id=int(message_id)))

    async def change_channel(  # noqa: PLR0913 - one for each thing that can change
        self,
        user: int,
        channel: int,
        *,
        name: str | None = None,
        topic: str | None = None,
        slowmode: int | None = None,
        archived: bool | None = None,
        locked: bool | None = None,
    ) -> None:
        """Change name, topic and slow mode of a channel; close, open and lock a thread."""
        ask = asks.ChangeChannel(
            user=user,
            channel_id=channel,
            name=name,
            topic=topic,
            slowmode=slowmode,
            archived=archived,
            locked=locked,
        )
        await self.ask(controls.change_channel, ask)

    async def permit(self, user: int, channel: int, overwrites: Sequence[Mapping[str, Any]]) -> None:
        """Set who may do what in a channel."""
        ask = asks.Permit(user=user, channel_id=channel, overwrites=[dict(each) for each in overwrites])
        await self.ask(controls.permit, ask)

    async def delete_channel(self, user: int, channel: int) -> None:
        """Delete a channel or thread."""
        await self.ask(controls.delete_channel, asks.InChannel(user=user, channel_id=channel))

    async def delete_role(self, user: int, guild: int, role: int) -> None:
        """Delete a role."""
        await self.ask(controls.delete_role, asks.DeleteRole(user=user, guild_id=guild, role_id=role))
