"""Runs and situations made by hand, for tests of rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.features.runs.model.joins import Situation
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.places import Stage

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWNER = UserId(3)


def a_run(status: RunStatus = RunStatus.OPEN, party: str | None = "p", location: str | None = "l") -> Run:
    return Run(
        id=RunId(1),
        guild_id=GuildId(2),
        organizer_id=OWNER,
        leader_id=OWNER,
        co_leader_ids=[],
        dungeon="shatters",
        status=status,
        party=party,
        location=location,
        placed=1,
        stage=Stage.KEYS,
        note=None,
        join_locked=False,
        max_raiders=None,
        chain=None,
        reason=None,
        opened_at=NOON,
        started_at=None,
        closed_at=None,
        auto_end_at=NOON + timedelta(hours=2),
        endings=0,
        version=1,
        urgent_version=1,
        raiders=1,
        free=None,
        waiting=0,
        classes={},
        brings={},
        offers=[],
        pops=0,
        pop=None,
        steps=[],
        screenshot=None,
        claims=0,
        unnamed_keys=0,
    )


def met(**differs: Any) -> Situation:
    usual: dict[str, Any] = {
        "dungeon": "shatters",
        "status": RunStatus.OPEN,
        "join_locked": False,
        "stage": Stage.KEYS,
        "needed": {},
        "leader_id": OWNER,
        "max_raiders": None,
        "needs_verified": True,
        "join_role_id": None,
        "verified": True,
        "suspended": False,
        "state": None,
        "leads": False,
        "key_holder": False,
        "brings": [],
        "pops": 0,
        "window_ends_at": None,
        "settings": {},
    }
    return Situation(**{**usual, **differs})
