"""The decisions about what a run tells: how many in one message, and for how long it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from raidbot.core.ids import RoleId, RunId, UserId
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ROSTER, Roster, Settings
from raidbot.features.runs.model.notices import Saying

AT_ONCE = 80
"""So many members are mentioned in one message: all of them fit into its text."""

GLANCE_S = 30
"""How long a message with raiders' names stands where the roster is for staff alone."""

LONG_S = 600
"""For so many seconds it helps to be told what is not a call to hurry."""

RAID, THREAD = "raid", "thread"

CALLS = (Saying.STARTED, Saying.POPPED, Saying.MOVED_UP, Saying.ACCEPTED, Saying.LOCATION, Saying.CALLED)
"""What raiders are called for while a run goes on: of no use once it is over."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something that a run tells."""

    saying: Saying
    of: str
    """Which time: of one run the same thing is told once for each."""
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    channel: str = RAID
    lapses_s: int = 240


def to_raiders(
    run_id: RunId, message: Message, user_ids: Sequence[UserId], settings: Settings, role_id: RoleId | None = None
) -> list[NoticeWish]:
    """Return the messages by which raiders are pinged, as few as Discord allows; they vanish soon unless all may read.

    raids.md 35: mentions need neither a role nor a request for each raider. Where the run has a role, one message calls
    that, and by name only those whom Discord has not given it yet: who came last is named first.
    """
    keep_s = GLANCE_S if settings.get(ROSTER) is Roster.STAFF else None
    if role_id is not None and user_ids:
        return [
            NoticeWish(
                name=f"{head(run_id, message.saying, message.of)}role",
                kind=message.saying,
                subject_id=run_id,
                channel=message.channel,
                body=message.body,
                role_ids=[role_id],
                user_ids=list(user_ids[::-1][:AT_ONCE]),
                lapses_s=message.lapses_s,
                keep_s=keep_s,
            )
        ]
    return [
        NoticeWish(
            name=f"{head(run_id, message.saying, message.of)}{start}",
            kind=message.saying,
            subject_id=run_id,
            channel=message.channel,
            body=message.body,
            user_ids=list(user_ids[start : start + AT_ONCE]),
            lapses_s=message.lapses_s,
            keep_s=keep_s,
        )
        for start in range(0, len(user_ids), AT_ONCE)
    ]


def head(run_id: int, saying: Saying, of: str) -> str:
    """Return how the names of all messages begin by which raiders are told the same."""
    return f"run-{run_id}-{saying}-{of}-"


def to_leaders(run_id: RunId, message: Message, user_ids: Sequence[UserId]) -> NoticeWish:
    """Return the message by which those who lead are told something that stays."""
    return NoticeWish(
        name=f"run-{run_id}-{message.saying}-{message.of}",
        kind=message.saying,
        subject_id=run_id,
        channel=message.channel,
        body=message.body,
        user_ids=list(user_ids[:AT_ONCE]),
        lapses_s=message.lapses_s,
    )
