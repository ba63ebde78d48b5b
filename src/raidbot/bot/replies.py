"""What a member reads in private: answers, refusals and faults, in one look."""

import io
from dataclasses import dataclass

import discord

from raidbot.bot.backend import Fault
from raidbot.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Card:
    """A box below plain text, and the buttons below it."""

    embed: discord.Embed
    buttons: discord.ui.View


@dataclass(frozen=True, slots=True)
class Answer:
    """What a press or a command answers, to the one who pressed and nobody else."""

    text: str = ""
    view: discord.ui.LayoutView | None = None
    """Takes the place of `text`."""
    card: Card | None = None
    """Stands below `text`, which a long press copies alone."""
    file: tuple[str, str] | None = None
    """The name and the text of a file that `view` shows as `attachment://<name>`."""

    @property
    def files(self) -> list[discord.File]:
        """What is uploaded with it."""
        if self.file is None:
            return []
        name, text = self.file
        return [discord.File(io.BytesIO(text.encode()), name)]


def refusal(refused: Refusal) -> Answer:
    """Word a rule's no."""
    return Answer(f"⚠️ {refused.sentence}")


def fault(broken: Exception, reference: str) -> Answer:
    """Word something that should not have happened; staff find it by its reference."""
    shown = broken.reference if isinstance(broken, Fault) else reference
    return Answer(f"⚠️ Something broke on our side, and nothing was lost. Tell staff this reference: `{shown}`")
