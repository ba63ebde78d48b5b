"""The decisions about how raiders are called: in as few messages as Discord allows, and not for longer than needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from raidbot.core.ids import RunId, UserId
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ROSTER, ChannelKey, Roster, Settings

AT_ONCE = 80
"""So many mentions fit into one message."""

LAPSES_S = 60
KEPT_S = 30


@dataclass(frozen=True, kw_only=True)
class CallOut:
    """What raiders are called for."""

    run_id: RunId
    kind: str
    """Which words."""
    name: str
    """What is told once."""
    body: dict[str, str | int | None] = field(default_factory=dict[str, str | int | None])


def calls(call: CallOut, user_ids: Sequence[UserId], settings: Settings) -> list[NoticeWish]:
    """Return the messages that call raiders. Where only staff may read who is in, they vanish soon."""
    return [
        NoticeWish(
            name=f"{call.name}{start // AT_ONCE}",
            kind=call.kind,
            subject_id=call.run_id,
            channel=ChannelKey.RAID,
            body=call.body,
            user_ids=list(user_ids[start : start + AT_ONCE]),
            lapses_s=LAPSES_S,
            keep_s=KEPT_S if settings.get(ROSTER) is Roster.STAFF else None,
        )
        for start in range(0, len(user_ids), AT_ONCE)
    ]
