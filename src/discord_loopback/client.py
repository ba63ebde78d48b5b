"""The hands, for Python: act as a member of a running loopback and see what they see."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from discord_loopback import asks, controls
from discord_loopback.calling import HandsError, Json, file
from discord_loopback.client_acting import Acting, until
from discord_loopback.client_moderating import Moderating
from discord_loopback.server_file import ServerFile

__all__ = ["Hands", "HandsError", "file"]


class Hands(Acting, Moderating):
    """A method for each call of the control API: what members and moderators do, and what one can ask about them.

    Args:
        url: Where the loopback listens, as its first line says.
    """

    async def state(self) -> Json:
        """Return what there is at all."""
        return await self.ask(controls.state, asks.Ask())

    async def view(self, guild: int, user: int) -> Json:
        """Return a guild as a member sees it."""
        return await self.ask(controls.view, asks.InGuild(user=user, guild_id=guild))

    async def messages(self, channel: int, user: int, limit: int = 50) -> list[Json]:
        """Return the latest messages a member may read, oldest first."""
        return await self.ask(controls.messages, asks.Messages(user=user, channel_id=channel, limit=limit))

    async def dms(self, user: int, limit: int = 50) -> list[Json]:
        """Return what a member and the bot wrote each other, oldest first."""
        return await self.ask(controls.dms, asks.Dms(user=user, limit=limit))

    async def pings(self, user: int) -> list[Json]:
        """Return which messages notified someone."""
        return await self.ask(controls.pings, asks.Pings(user=user))

    async def pinged(self, message_id: int | str) -> Json:
        """Return whom a message notified, and who can read it and was not."""
        return await self.ask(controls.pinged, asks.Pinged(message_id=int(message_id)))

    async def interaction(self, interaction_id: int | str) -> Json:
        """Return how far an interaction is, with `first_ms` and `final_ms` after the press."""
        return await self.ask(controls.interaction, asks.OfInteraction(interaction_id=int(interaction_id)))

    async def wait(
        self,
        interaction_id: int | str,
        wait: str = "answered",
        timeout: float = 10,  # noqa: ASYNC109 - the loopback waits, not this
    ) -> Json:
        """Return an interaction once it has come that far."""
        ask = asks.Wait(interaction_id=int(interaction_id), until=until(wait), timeout=timeout)
        return await self.ask(controls.wait, ask)

    async def wait_for(  # noqa: PLR0913 - all that a message can be known by
        self,
        user: int,
        channel: int | None,
        *text: str,
        without: Sequence[str] = (),
        button: str | None = None,
        embed: str | None = None,
        message_id: int | str | None = None,
        after: int | str = 0,
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Return the latest message that the member sees and that fits; no channel means the DM with the bot.

        Raises:
            HandsError: 408; there was none in time, and this is what they saw instead.
        """
        ask = asks.WaitFor(
            user=user,
            channel_id=channel,
            text=list(text),
            without=list(without),
            button=button,
            embed=embed,
            message_id=None if message_id is None else int(message_id),
            after=int(after),
            timeout=timeout,
        )
        return await self.ask(controls.wait_for, ask)

    async def wait_for_ping(
        self,
        user: int,
        channel: int | None = None,
        *,
        after: int | str = 0,
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Return the first ping of a member by a message younger than `after`.

        Raises:
            HandsError: 408; there was none in time.
        """
        ask = asks.WaitForPing(user=user, channel_id=channel, after=int(after), timeout=timeout)
        return await self.ask(controls.wait_for_ping, ask)

    async def found_guild(self, server: Mapping[str, Any]) -> Json:
        """Take the bot into one more guild, which is described as in a server file; returns its id and name."""
        answer = await self.ask(controls.found_guild, asks.FoundGuild(server=msgspec.convert(server, ServerFile)))
        return answer["guild"]

    async def take_out(self, guild: int) -> None:
        """Take the bot out of a guild."""
        await self.ask(controls.take_out, asks.OfGuild(guild_id=guild))

    async def bring_back(self, guild: int, permissions: Sequence[str] = ("ALL",), *, dragged_up: bool = True) -> None:
        """Take the bot into a guild that it was in."""
        ask = asks.BringBack(guild_id=guild, permissions=list(permissions), dragged_up=dragged_up)
        await self.ask(controls.bring_back, ask)

    async def outage(self, guild: int, *, over: bool = False) -> None:
        """Let an outage hide a guild from the bot, or end it."""
        await self.ask(controls.outage, asks.Outage(guild_id=guild, over=over))

    async def set_roles(self, guild: int, user: int, roles: Sequence[int | str]) -> None:
        """Set someone's roles, whoever may."""
        wanted = [int(each) for each in roles]
        await self.ask(controls.set_roles, asks.SetRoles(guild_id=guild, user_id=user, roles=wanted))

    async def edit_channel(
        self,
        channel: int,
        *,
        name: str | None = None,
        overwrites: Sequence[Mapping[str, Any]] | None = None,
        slowmode: int | None = None,
        delete: bool = False,
    ) -> None:
        """Change who may do what in a channel, or delete it, whoever may."""
        wanted = None if overwrites is None else [dict(each) for each in overwrites]
        ask = asks.EditChannel(channel_id=channel, name=name, overwrites=wanted, slowmode=slowmode, delete=delete)
        await self.ask(controls.edit_channel, ask)

    async def reset_token(self) -> str:
        """Press Reset Token in the developer portal; returns the new one, while the old one ends at once."""
        return str((await self.ask(controls.reset_token, asks.Ask()))["token"])

    async def shift_clock(self, seconds: float) -> Json:
        """Run all clocks further ahead; returns by how much they are ahead, and the time."""
        return await self.ask(controls.shift_clock, asks.Shift(shift=seconds))

    async def faults(self, **faults: Any) -> None:
        """Let things go wrong, by the names of `asks.SetFaults`.

        Nothing at all lets everything go well again.
        """
        if not faults:
            return await self.no_faults()
        return await self.ask(controls.faults, msgspec.convert(faults, asks.SetFaults))

    async def no_faults(self) -> None:
        """Let everything go well again."""
        await self.ask(controls.no_faults, asks.Ask())

    async def log(self, after: int = 0) -> Json:
        """Return the requests of the application with higher numbers."""
        return await self.ask(controls.log, asks.Log(after=after))

    async def stats(self) -> Json:
        """Return the counts of requests."""
        return await self.ask(controls.stats, asks.Ask())

    async def reset_stats(self) -> None:
        """Count from nothing."""
        await self.ask(controls.reset_stats, asks.Ask())
