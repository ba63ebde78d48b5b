"""The endpoints of forms that were open for a while."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.forms import Filled, FormKind
from raidbot.features.runs.model.life import Run

Typed = Annotated[str, msgspec.Meta(max_length=500)]


class FillForm(OfRun, frozen=True):
    """Set what was typed, unless it changed since the form was opened."""

    form: FormKind
    values: dict[str, Typed | None]
    seen: int
    """The mark of what the form showed when it was opened."""


class AnswerForm(OfRun, frozen=True):
    """Set what was typed, though somebody else was faster."""

    entry_id: int


fill_form = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/forms", Rank.MEMBER, FillForm, Filled)
answer_form = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/forms/{entry_id}", Rank.MEMBER, AnswerForm, Run)
