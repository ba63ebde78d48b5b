"""What a member reads in private: answers, refusals and faults, in one look."""

from dataclasses import dataclass

import discord

from raidbot.bot.backend import Fault
from raidbot.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a press or a command answers, to the one who pressed and nobody else."""

    text: str = ""
    view: discord.ui.LayoutView | None = None
    """Takes the place of `text`."""


def refusal(refused: Refusal) -> Answer:
    """Word a rule's no."""
    return Answer(f"⚠️ {refused.sentence}")


def fault(broken: Exception, reference: str) -> Answer:
    """Word something that should not have happened; staff find it by its reference."""
    shown = broken.reference if isinstance(broken, Fault) else reference
    return Answer(f"⚠️ Something broke on our side, and nothing was lost. Tell staff this reference: `{shown}`")
