"""What members can do, and cannot: the same refusals as Discord's own app makes."""

from typing import TYPE_CHECKING, Any

from discord_loopback import components, modals, permissions, places, posts, typed
from discord_loopback.components import BUTTON, SELECTS
from discord_loopback.errors import ApiError
from discord_loopback.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, Interactions
from discord_loopback.modals import BadValueError
from discord_loopback.model import DM, LOADING, WRITABLE, Channel, Json, Message
from discord_loopback.posts import Draft

if TYPE_CHECKING:
    from discord_loopback.world import World


def refused(message: str) -> ApiError:
    """Return the refusal of something that Discord's app would not let one do."""
    return ApiError(0, message, status=403)


class Acts:
    """The hands of the members."""

    def __init__(self, interactions: Interactions) -> None:
        self.interactions = interactions
        self.world: World = interactions.world

    def _place(self, user_id: int, channel_id: int, *needed: str) -> Channel:
        channel = self.world.channel(channel_id)
        granted = self.world.granted(user_id, channel)
        if not granted & permissions.VIEW:
            raise refused("They cannot see this channel")
        wanted = permissions.bits(*needed)
        if granted & wanted != wanted:
            raise refused(f"They lack {' or '.join(needed)} here")
        return channel

    def _message(self, user_id: int, message_id: int) -> Message:
        message = self.world.messages.get(message_id)
        if message is None or not self.world.sees(user_id, message):
            raise ApiError(10008)
        return message

    def command(self, user_id: int, channel_id: int, name: str, options: dict[str, Any]) -> Interaction:
        """Type a command."""
        channel = self._place(user_id, channel_id, "USE_APPLICATION_COMMANDS")
        data = typed.command(self.world, user_id, channel, name, options)
        return self.interactions.open(COMMAND, user_id, channel, data)

    def autocomplete(
        self, user_id: int, channel_id: int, name: str, options: dict[str, Any], focused: str
    ) -> Interaction:
        """Type into an option that suggests."""
        channel = self._place(user_id, channel_id, "USE_APPLICATION_COMMANDS")
        data = typed.command(self.world, user_id, channel, name, options, focused=focused)
        return self.interactions.open(AUTOCOMPLETE, user_id, channel, data)

    def _component(self, user_id: int, message_id: int, custom_id: str) -> tuple[Message, Channel, Json]:
        message = self._message(user_id, message_id)
        channel = self.world.channel(message.channel_id)
        member = self.world.find_member(channel.guild_id, user_id)
        if member and member.timeout_until and member.timeout_until > self.world.clock.now():
            raise refused("They are timed out")  # to confirm
        component = components.find(message.components, custom_id)
        if component is None or message.flags & LOADING:
            raise refused(f"The message has nothing with the custom id {custom_id!r}")
        if component.get("disabled"):
            raise refused("It is disabled")
        return message, channel, component

    def click(self, user_id: int, message_id: int, custom_id: str) -> Interaction:
        """Press a button."""
        message, channel, component = self._component(user_id, message_id, custom_id)
        if component["type"] != BUTTON:
            raise refused("It is no button")
        data: Json = {"custom_id": custom_id, "component_type": BUTTON, "id": component["id"]}
        return self.interactions.open(COMPONENT, user_id, channel, data, source=message)

    def select(self, user_id: int, message_id: int, custom_id: str, values: list[str]) -> Interaction:
        """Choose from a menu."""
        message, channel, component = self._component(user_id, message_id, custom_id)
        if component["type"] not in SELECTS:
            raise refused("It is no menu")
        data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        data["values"] = self._chosen(component, values)
        if resolved := typed.resolved(self.world, channel, typed.referred(component["type"], values)):
            data["resolved"] = resolved
        return self.interactions.open(COMPONENT, user_id, channel, data, source=message)

    @staticmethod
    def _chosen(component: Json, values: list[str]) -> list[str]:
        try:
            return modals.chosen(component, values)
        except BadValueError as bad:
            raise refused(str(bad)) from bad

    def submit(self, user_id: int, interaction_id: int, values: dict[str, Any]) -> Interaction:
        """Send a form that an interaction opened."""
        opener = self.interactions.find(interaction_id)
        if opener.modal is None or opener.user_id != user_id:
            raise refused("No form was opened for them")
        channel = self._place(user_id, opener.channel_id)
        try:
            filled, found, uploads = modals.submitted(self.world, channel.id, opener.modal, values)
        except BadValueError as bad:
            raise refused(str(bad)) from bad
        data: Json = {"custom_id": opener.modal["custom_id"], "components": filled}
        resolved = typed.resolved(self.world, channel, found)
        if uploads:
            resolved["attachments"] = {each["id"]: each for each in uploads}
        if resolved:
            data["resolved"] = resolved
        return self.interactions.open(MODAL, user_id, channel, data, source=opener.source, parent=opener)

    def say(self, user_id: int, channel_id: int, content: str) -> Message:
        """Write a message."""
        channel = self.world.channel(channel_id)
        if channel.type not in WRITABLE:
            raise refused("Nobody can write there")
        needed = "SEND_MESSAGES_IN_THREADS" if channel.thread else "SEND_MESSAGES"
        channel = self._place(user_id, channel_id, needed)
        if channel.thread:
            if channel.thread.locked and not self.world.granted(user_id, channel) & permissions.MANAGE_THREADS:
                raise refused("The thread is locked")
            places.wake(self.world, channel)
            channel.thread.members.setdefault(user_id, self.world.clock.now())
        self._slowed(user_id, channel)
        draft = Draft(author_id=user_id, body={"content": content})
        posts.check(draft)
        return posts.send(self.world, channel, draft)

    def _slowed(self, user_id: int, channel: Channel) -> None:
        """Let a member write once in so many seconds. docs: Channel, rate_limit_per_user; Permissions, BYPASS_SLOWMODE.

        Raises:
            ApiError: 20016.
        """
        if not channel.slowmode or self.world.granted(user_id, channel) & permissions.bits("BYPASS_SLOWMODE"):
            return
        now = self.world.clock.now()
        wait = channel.spoke_at.get(user_id, 0.0) + channel.slowmode - now
        if wait > 0:
            raise ApiError(20016, more={"retry_after": round(wait, 3)})
        channel.spoke_at[user_id] = now

    def delete(self, user_id: int, message_id: int) -> None:
        """Delete a message, or dismiss a private one."""
        message = self._message(user_id, message_id)
        channel = self.world.channel(message.channel_id)
        mine = user_id in (message.author_id, message.ephemeral_for)
        if not mine and (
            channel.type == DM or not self.world.granted(user_id, channel) & permissions.bits("MANAGE_MESSAGES")
        ):
            raise refused("They may not delete this message")
        posts.remove(self.world, message)
