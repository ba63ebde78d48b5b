"""What members do that opens an interaction: the same refusals as Discord's own app makes."""

from typing import Any

from discord_loopback import asks, bounds, commands, components, modals, typed
from discord_loopback.bounds import refused
from discord_loopback.components import BUTTON, SELECTS
from discord_loopback.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, Interactions
from discord_loopback.modals import BadValueError
from discord_loopback.model import LOADING, Channel, Json, Message
from discord_loopback.typed import Typing


class Acts:
    """The hands of the members."""

    def __init__(self, interactions: Interactions) -> None:
        self.interactions = interactions
        self.world = interactions.world

    def _typing(self, ask: asks.Command, focused: str | None = None) -> tuple[Channel, Typing]:
        channel = bounds.place(self.world, ask.user, ask.channel_id, "USE_APPLICATION_COMMANDS")
        if ask.guild_id is not None and channel.guild_id not in (None, ask.guild_id):
            raise refused("That channel is in another server")
        return channel, Typing(self.world, ask.user, channel, ask.options, focused)

    def command(self, ask: asks.Command) -> Interaction:
        """Type a command."""
        channel, typing = self._typing(ask)
        return self.interactions.open(COMMAND, ask.user, channel, typed.command(typing, ask.name))

    def autocomplete(self, ask: asks.Autocomplete) -> Interaction:
        """Type into an option that suggests."""
        channel, typing = self._typing(ask, ask.focused)
        return self.interactions.open(AUTOCOMPLETE, ask.user, channel, typed.command(typing, ask.name))

    def user_command(self, ask: asks.UserCommand) -> Interaction:
        """Use a command on a member."""
        channel = bounds.place(self.world, ask.user, ask.channel_id, "USE_APPLICATION_COMMANDS")
        typing = Typing(self.world, ask.user, channel)
        data = typed.context(typing, commands.USER, ask.name, ask.target_id)
        return self.interactions.open(COMMAND, ask.user, channel, data)

    def message_command(self, ask: asks.MessageCommand) -> Interaction:
        """Use a command on a message."""
        message = bounds.message(self.world, ask.user, ask.message_id)
        channel = bounds.place(self.world, ask.user, message.channel_id, "USE_APPLICATION_COMMANDS")
        typing = Typing(self.world, ask.user, channel)
        data = typed.context(typing, commands.MESSAGE, ask.name, message.id)
        return self.interactions.open(COMMAND, ask.user, channel, data)

    def _component(self, ask: asks.Click) -> tuple[Message, Channel, Json]:
        message = bounds.message(self.world, ask.user, ask.message_id)
        channel = self.world.channel(message.channel_id)
        member = self.world.find_member(channel.guild_id, ask.user)
        if member and bounds.timed_out(self.world, member):
            raise refused("They are timed out")  # to confirm
        component = components.find(message.components, ask.custom_id)
        if component is None or message.flags & LOADING:
            raise refused(f"The message has nothing with the custom id {ask.custom_id!r}")
        if component.get("disabled"):
            raise refused("It is disabled")
        return message, channel, component

    def click(self, ask: asks.Click) -> Interaction:
        """Press a button."""
        message, channel, component = self._component(ask)
        if component["type"] != BUTTON:
            raise refused("It is no button")
        data: Json = {"custom_id": ask.custom_id, "component_type": BUTTON, "id": component["id"]}
        return self.interactions.open(COMPONENT, ask.user, channel, data, source=message)

    def select(self, ask: asks.Select) -> Interaction:
        """Choose from a menu."""
        message, channel, component = self._component(ask)
        if component["type"] not in SELECTS:
            raise refused("It is no menu")
        data: Json = {"custom_id": ask.custom_id, "component_type": component["type"], "id": component["id"]}
        data["values"] = self._chosen(component, ask.values)
        found = typed.referred(component["type"], ask.values)
        typed.fitting(self.world, component, found)
        if resolved := typed.resolved(self.world, channel, found):
            data["resolved"] = resolved
        return self.interactions.open(COMPONENT, ask.user, channel, data, source=message)

    @staticmethod
    def _chosen(component: Json, values: list[str]) -> list[str]:
        try:
            return modals.chosen(component, values)
        except BadValueError as bad:
            raise refused(str(bad)) from bad

    def submit(self, ask: asks.Submit) -> Interaction:
        """Send a form that an interaction opened."""
        opener = self.interactions.find(ask.interaction_id)
        if opener.modal is None or opener.user_id != ask.user:
            raise refused("No form was opened for them")
        channel = bounds.place(self.world, ask.user, opener.channel_id)
        filled, found, uploads = self._filled(channel, opener.modal, ask.values)
        data: Json = {"custom_id": opener.modal["custom_id"], "components": filled}
        resolved = typed.resolved(self.world, channel, found)
        if uploads:
            resolved["attachments"] = {each["id"]: each for each in uploads}
        if resolved:
            data["resolved"] = resolved
        return self.interactions.open(MODAL, ask.user, channel, data, source=opener.source, parent=opener)

    def _filled(
        self, channel: Channel, form: Json, values: dict[str, Any]
    ) -> tuple[list[Json], list[tuple[str, int]], list[Json]]:
        try:
            return modals.submitted(self.world, channel.id, form, values)
        except BadValueError as bad:
            raise refused(str(bad)) from bad
