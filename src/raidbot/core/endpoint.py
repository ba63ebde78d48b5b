"""One REST endpoint, told once: the backend serves it and the bot calls it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar

from raidbot.core.ranks import Rank

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


@dataclass(frozen=True)
class Endpoint(Generic[Ask, Reply]):
    """Where an endpoint lives, who may call it, what it is asked and what it answers.

    The names in `path` are fields of `ask`. The other fields travel in the query of a GET
    and in the JSON body of everything else.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """Below `/v1`, for example `/guilds/{guild_id}/runs`."""
    needs: Rank | None
    """The lowest rank that may call. `None`: the bot itself calls, on nobody's behalf."""
    ask: type[Ask]
    reply: type[Reply]
    can_wait: bool = False
    """Whether it is refused while the disk is nearly full: what neither raids nor punishments need."""

    @cached_property
    def path_fields(self) -> frozenset[str]:
        """The fields of `ask` that stand in the path."""
        return frozenset(re.findall(r"{(\w+)}", self.path))
