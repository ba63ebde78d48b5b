"""What an application may answer to an interaction, and what it makes of it. docs: Receiving and Responding."""

from discord_loopback import commands, modals, posts
from discord_loopback.errors import ApiError, wrong
from discord_loopback.files import Upload
from discord_loopback.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, Interactions, metadata
from discord_loopback.model import (
    CHAT_INPUT_COMMAND,
    COMPONENTS_V2,
    CONTEXT_MENU_COMMAND,
    EPHEMERAL,
    LOADING,
    REPLY,
    SILENT,
    SUPPRESS_EMBEDS,
    Json,
    Message,
)
from discord_loopback.posts import Draft

PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 1, 4, 5, 6, 7, 8, 9
FITTING = {
    COMMAND: (MESSAGE, DEFERRED, FORM),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, FORM),
    AUTOCOMPLETE: (CHOICES,),
    MODAL: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE),
}


class Answers:
    """Takes the answers of the application."""

    def __init__(self, interactions: Interactions) -> None:
        self.interactions = interactions
        self.world = interactions.world

    def first(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> None:
        """Take the first answer.

        Raises:
            ApiError: 50035 where its type does not fit or its content is wrong.
        """
        kind: int = body.get("type") or 0
        fitting = FITTING[interaction.type]
        if kind not in fitting or (kind in (DEFERRED_UPDATE, UPDATE) and interaction.source is None):
            listed = ", ".join(str(each) for each in fitting)
            raise wrong(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
        data: Json = body.get("data") or {}
        if kind in (MESSAGE, DEFERRED):
            self._message(interaction, kind, data, uploads)
        elif kind in (DEFERRED_UPDATE, UPDATE):
            self._update(interaction, kind, data, uploads)
        elif kind == CHOICES:
            commands.check_choices(data)
            interaction.choices = data["choices"]
        else:
            modals.check(data)
            interaction.modal = modals.numbered(data)
        self.interactions.acknowledge(interaction, kind)
        if kind not in (DEFERRED, DEFERRED_UPDATE):
            self.interactions.settled(interaction)
        self.interactions.tell(interaction)

    def _message(self, interaction: Interaction, kind: int, data: Json, uploads: list[Upload]) -> None:
        draft = self._draft(interaction, data, uploads)
        if kind == DEFERRED:
            draft.flags = draft.flags & EPHEMERAL | LOADING
            draft.body = {}
        else:
            posts.check(draft)
        interaction.message = posts.send(self.world, self.world.channel(interaction.channel_id), draft)

    def _update(self, interaction: Interaction, kind: int, data: Json, uploads: list[Upload]) -> None:
        source = interaction.source
        if source is None or source.id not in self.world.messages:
            raise ApiError(10008)
        if kind == UPDATE:
            posts.change(self.world, source, data, uploads)
        interaction.message = source

    def _draft(self, interaction: Interaction, data: Json, uploads: list[Upload]) -> Draft:
        flags = int(data.get("flags") or 0) & (EPHEMERAL | SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2)
        reference: Json | None = None
        kind = CHAT_INPUT_COMMAND if interaction.data.get("type", 1) == 1 else CONTEXT_MENU_COMMAND
        if interaction.source is not None:  # to confirm: answers to components are replies to the message
            kind = REPLY
            reference = {
                "type": 0,
                "message_id": str(interaction.source.id),
                "channel_id": str(interaction.channel_id),
            }
        return Draft(
            author_id=self.world.application_id,
            body=data,
            uploads=uploads,
            type=kind,
            flags=flags,
            metadata=metadata(self.world, interaction),
            reference=reference,
            interaction_id=interaction.id,
            ephemeral_for=interaction.user_id if flags & EPHEMERAL else None,
            webhook_id=self.world.application_id,
        )

    def follow_up(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Message:
        """Send a further message; the first one after a deferral takes its place.

        Raises:
            ApiError: 50006 or 50035.
        """
        original = interaction.message
        if original is not None and original.flags & LOADING:  # docs: Followup Messages, after a deferred response
            return self.edit(interaction, original, body, uploads)
        draft = self._draft(interaction, body, uploads)
        draft.type = REPLY if interaction.callback in (MESSAGE, DEFERRED) else draft.type
        if draft.type == REPLY and original is not None:
            draft.reference = {"type": 0, "message_id": str(original.id), "channel_id": str(original.channel_id)}
        posts.check(draft)
        message = posts.send(self.world, self.world.channel(interaction.channel_id), draft)
        interaction.followups.append(message)
        self.interactions.settled(interaction)
        self.interactions.tell(interaction)
        return message

    def edit(self, interaction: Interaction, message: Message, body: Json, uploads: list[Upload]) -> Message:
        """Change a message of this interaction.

        Raises:
            ApiError: 50006 or 50035.
        """
        posts.change(self.world, message, body, uploads)
        self.interactions.settled(interaction)
        self.interactions.tell(interaction)
        return message

    def message_of(self, interaction: Interaction, name: str) -> Message:
        """Return `@original`, or a message of this interaction by its id.

        Raises:
            ApiError: 10008.
        """
        if name == "@original":
            found = interaction.message
        else:
            mine = [interaction.message, *interaction.followups]
            found = next((each for each in mine if each is not None and str(each.id) == name), None)
        if found is None or found.id not in self.world.messages:
            raise ApiError(10008)
        return found
