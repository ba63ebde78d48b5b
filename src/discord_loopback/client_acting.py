"""The hands, for Python: what members do by themselves."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from discord_loopback import asks, controls
from discord_loopback.asks import Until
from discord_loopback.calling import A, Caller, Files, Json, listed
from discord_loopback.controls import Control


def until(wait: str | None) -> Until:
    """Return how far to wait, where nothing means not at all."""
    return cast("Until", wait or "none")


class Acting(Caller):
    """Typing, pressing, writing, coming and going. What opens an interaction waits until it is answered."""

    async def _open(self, control: Control[A], ask: A) -> Json:
        return (await self.ask(control, ask))["interaction"]

    async def command(  # noqa: PLR0913 - who, where, what
        self,
        user: int,
        guild: int,
        channel: int,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109 - the loopback waits, not this
    ) -> Json:
        """Type a command; subcommands are words of its name."""
        ask = asks.Command(
            user=user,
            guild_id=guild,
            channel_id=channel,
            name=name,
            options=dict(options or {}),
            wait=until(wait),
            timeout=timeout,
        )
        return await self._open(controls.command, ask)

    async def autocomplete(
        self, user: int, guild: int, channel: int, name: str, options: Mapping[str, Any], focused: str
    ) -> Json:
        """Type into an option that suggests; `choices` of what returns are the suggestions."""
        ask = asks.Autocomplete(
            user=user,
            guild_id=guild,
            channel_id=channel,
            name=name,
            options=dict(options),
            focused=focused,
            wait="first",
        )
        return await self._open(controls.autocomplete, ask)

    async def user_command(
        self, user: int, channel: int, name: str, target: int, *, wait: str | None = "answered"
    ) -> Json:
        """Use a command in the menu of a member."""
        ask = asks.UserCommand(user=user, channel_id=channel, name=name, target_id=target, wait=until(wait))
        return await self._open(controls.user_command, ask)

    async def message_command(
        self, user: int, message_id: int | str, name: str, *, wait: str | None = "answered"
    ) -> Json:
        """Use a command in the menu of a message."""
        ask = asks.MessageCommand(user=user, message_id=int(message_id), name=name, wait=until(wait))
        return await self._open(controls.message_command, ask)

    async def click(
        self,
        user: int,
        message_id: int | str,
        custom_id: str,
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Press a button."""
        ask = asks.Click(user=user, message_id=int(message_id), custom_id=custom_id, wait=until(wait), timeout=timeout)
        return await self._open(controls.click, ask)

    async def select(
        self,
        user: int,
        message_id: int | str,
        custom_id: str,
        values: Sequence[str | int],
        *,
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Choose from a menu of any kind."""
        ask = asks.Select(
            user=user,
            message_id=int(message_id),
            custom_id=custom_id,
            values=[str(each) for each in values],
            wait=until(wait),
            timeout=timeout,
        )
        return await self._open(controls.select, ask)

    async def submit(
        self,
        user: int,
        interaction_id: int | str,
        values: Mapping[str, Any],
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Send the form which that interaction opened; a file of a field is made by `file`."""
        ask = asks.Submit(
            user=user, interaction_id=int(interaction_id), values=dict(values), wait=until(wait), timeout=timeout
        )
        return await self._open(controls.submit, ask)

    async def say(
        self,
        user: int,
        channel: int,
        text: str = "",
        *,
        files: Files | None = None,
        reply_to: int | str | None = None,
        ping: bool = True,
    ) -> Json:
        """Write a message, or reply to one."""
        answered = None if reply_to is None else int(reply_to)
        ask = asks.Say(user=user, channel_id=channel, content=text, files=listed(files), reply_to=answered, ping=ping)
        return (await self.ask(controls.say, ask))["message"]

    async def dm(self, user: int, text: str = "", *, files: Files | None = None) -> Json:
        """Write to the bot."""
        return (await self.ask(controls.dm, asks.Dm(user=user, content=text, files=listed(files))))["message"]

    async def open_dm(self, user: int) -> Json:
        """Open the conversation with the bot; returns its channel."""
        return (await self.ask(controls.open_dm, asks.By(user=user)))["channel"]

    async def close_dms(self, user: int, *, closed: bool = True) -> None:
        """Close or open someone's direct messages."""
        await self.ask(controls.close_dms, asks.CloseDms(user=user, closed=closed))

    async def edit(self, user: int, message_id: int | str, text: str) -> Json:
        """Change a message of one's own."""
        ask = asks.Edit(user=user, message_id=int(message_id), content=text)
        return (await self.ask(controls.edit, ask))["message"]

    async def delete(self, user: int, message_id: int | str) -> None:
        """Delete a message, or dismiss a private one."""
        await self.ask(controls.delete, asks.OfMessage(user=user, message_id=int(message_id)))

    async def react(self, user: int, message_id: int | str, emoji: str) -> None:
        """Add a reaction."""
        await self.ask(controls.react, asks.React(user=user, message_id=int(message_id), emoji=emoji))

    async def unreact(self, user: int, message_id: int | str, emoji: str) -> None:
        """Take one's reaction back."""
        await self.ask(controls.unreact, asks.React(user=user, message_id=int(message_id), emoji=emoji))

    async def open_thread(
        self, user: int, channel: int, name: str, *, message_id: int | str | None = None, private: bool = False
    ) -> Json:
        """Open a thread, from a message or without one; returns its channel."""
        source = None if message_id is None else int(message_id)
        ask = asks.OpenThread(user=user, channel_id=channel, name=name, message_id=source, private=private)
        return (await self.ask(controls.open_thread, ask))["channel"]

    async def join_thread(self, user: int, thread: int) -> None:
        """Join a thread."""
        await self.ask(controls.join_thread, asks.InChannel(user=user, channel_id=thread))

    async def leave_thread(self, user: int, thread: int) -> None:
        """Leave a thread."""
        await self.ask(controls.leave_thread, asks.InChannel(user=user, channel_id=thread))

    async def leave(self, user: int, guild: int) -> None:
        """Leave a guild."""
        await self.ask(controls.leave, asks.InGuild(user=user, guild_id=guild))

    async def join(self, user: int, guild: int) -> None:
        """Join a guild."""
        await self.ask(controls.join, asks.InGuild(user=user, guild_id=guild))
