"""Runs under whatever members press, two at a time on two connections: what must hold holds after each pair."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.features.runs.worlds import World, try_machine

from raidbot.core.errors import Refusal
from raidbot.core.ids import RunId, UserId
from raidbot.database.embedded import EmbeddedServer
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import Card, JoinRefused
from raidbot.features.runs.model.life import AlreadyLeading, NotLive, NotReopened, NotStartable, Run, RunOver, RunStatus

ORGANIZER = UserId(2)
RAIDERS = [UserId(number) for number in range(10, 14)]
FORESEEN = (AlreadyLeading, JoinRefused, NotLive, NotReopened, NotStartable, RunOver)

VERBS = ["open", "start", "end", "cancel", "reopen", "lock", "unlock", "extend", *("join", "leave") * 3]
DECIDED = {"start", "end", "cancel", "reopen"}
Act = tuple[str, int]
acts = st.tuples(st.sampled_from(VERBS), st.integers(0, len(RAIDERS) - 1))


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A run as its tables hold it."""

    id: RunId
    status: RunStatus
    version: int
    raiders: int
    entries: int
    joined_by_entries: int
    """The organizer, and who joined, less who left."""
    late: int
    """Who joined or left after the end, which nobody may."""
    led: bool
    """Whether the organizer's place is this run's."""


class Runs(RuleBasedStateMachine):
    """Presses of one organizer and four raiders."""

    world: World

    @initialize()
    def found_guild(self) -> None:
        self.guild = self.world.found_guild([ORGANIZER, *RAIDERS])
        self.run_id = RunId(0)
        self.seen: dict[RunId, Kept] = {}

    @rule(act=acts)
    def one_presses(self, act: Act) -> None:
        self.world.runner.run(self._together(act))

    @rule(first=acts, second=acts)
    def two_press_at_once(self, first: Act, second: Act) -> None:
        self.world.runner.run(self._together(first, second))

    @rule(others=st.lists(acts, min_size=1, max_size=2))
    def joins_race_an_end(self, others: list[Act]) -> None:
        self.world.runner.run(self._together(("join", 0), ("end", 0), ("join", 1), ("end", 0), ("join", 2), *others))

    async def _together(self, *pressed: Act) -> None:
        outcomes = await asyncio.gather(*(self._act(*act) for act in pressed), return_exceptions=True)
        strange = [one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, FORESEEN)]
        assert strange == []
        assert all(len(one.sentence) > 20 for one in outcomes if isinstance(one, Refusal))
        for outcome in outcomes:
            if isinstance(outcome, Run):
                self.run_id = max(self.run_id, outcome.id)
        self._check_opens([one for act, one in zip(pressed, outcomes, strict=True) if act[0] == "open"])
        self._check_decided([one for act, one in zip(pressed, outcomes, strict=True) if act[0] in DECIDED])
        await self._check_parts(pressed, outcomes)

    def _check_opens(self, outcomes: list[Any]) -> None:
        """Of two openings at once one is a run at the most."""
        runs = {one.id for one in outcomes if isinstance(one, Run)}
        if len(outcomes) > 1 and len(runs) > 1:
            raise AssertionError(f"two runs at once: {runs}")

    def _check_decided(self, outcomes: list[Any]) -> None:
        """Each change of state has a version of its own: no two were decided upon the same state."""
        versions = [(one.id, one.version) for one in outcomes if isinstance(one, Run)]
        assert len(set(versions)) == len(versions)

    async def _check_parts(self, pressed: tuple[Act, ...], outcomes: list[Any]) -> None:
        """Who was told to be in is on the list, unless the same member pressed twice."""
        parts = [(who, one) for (verb, who), one in zip(pressed, outcomes, strict=True) if verb in {"join", "leave"}]
        times = [who for who, _ in parts]
        for who, outcome in parts:
            if isinstance(outcome, Card) and times.count(who) == 1:
                assert await self._is_in(outcome.run_id, RAIDERS[who]) == outcome.joined

    async def _is_in(self, run_id: RunId, who: UserId) -> bool:
        async with self.world.database.transaction() as tx:
            found = await tx.value(
                bool,
                "SELECT EXISTS (SELECT FROM run_join WHERE run_id = $1 AND user_id = $2 AND state = 'join')",
                run_id,
                who,
            )
        return bool(found)

    def _act(self, verb: str, raider: int) -> Awaitable[Any]:
        if verb == "open" or not self.run_id:
            ask = api.OpenRun(guild_id=self.guild, dungeon="shatters", party="p", location="l")
            return self.world.served.ask(api.open_run, ask, ORGANIZER)
        of = (self.guild, self.run_id)
        endpoint, asked = {
            "start": (api.start_run, api.StartRun(*of)),
            "end": (api.end_run, api.EndRun(*of)),
            "cancel": (api.cancel_run, api.CancelRun(*of, "mistake")),
            "reopen": (api.reopen_run, api.ReopenRun(*of)),
            "lock": (api.lock_run, api.LockRun(*of, locked=True)),
            "unlock": (api.lock_run, api.LockRun(*of, locked=False)),
            "extend": (api.extend_run, api.ExtendRun(*of)),
            "join": (joins_api.join_run, joins_api.JoinRun(*of)),
            "leave": (joins_api.leave_run, joins_api.LeaveRun(*of)),
        }[verb]
        return self.world.served.ask(endpoint, asked, RAIDERS[raider] if verb in {"join", "leave"} else ORGANIZER)

    @invariant()
    def what_must_hold_holds(self) -> None:
        if not hasattr(self, "guild"):
            return
        runs = self.world.runner.run(self._kept())
        unfinished = [one for one in runs if not one.status.over]

        assert len(unfinished) <= 1
        assert [one.id for one in runs if one.led] == [one.id for one in unfinished]
        for one in runs:
            assert one.raiders == one.joined_by_entries
            assert one.late == 0
            assert one.version == one.entries  # each change leaves one entry and one version
            self._check_history(one)

    def _check_history(self, now: Kept) -> None:
        before = self.seen.get(now.id)
        if before is not None and before != now:
            assert now.version > before.version
        self.seen[now.id] = now

    async def _kept(self) -> list[Kept]:
        async with self.world.database.transaction() as tx:
            runs = await tx.many(
                Kept,
                """
                SELECT r.id, r.status, r.version,
                       (SELECT count(*) FROM run_join j WHERE j.run_id = r.id AND j.state = 'join') AS raiders,
                       (SELECT count(*) FROM run_entry e WHERE e.run_id = r.id) AS entries,
                       (SELECT 1 + count(*) FILTER (WHERE kind = 'joined') - count(*) FILTER (WHERE kind = 'left')
                          FROM run_entry e WHERE e.run_id = r.id) AS joined_by_entries,
                       (SELECT count(*) FROM run_entry e
                         WHERE e.run_id = r.id AND e.kind IN ('joined', 'left') AND r.closed_at IS NOT NULL
                           AND e.id > (SELECT max(id) FROM run_entry l
                                        WHERE l.run_id = r.id AND l.kind IN ('ended', 'cancelled'))) AS late,
                       EXISTS (SELECT FROM organizer_activity a
                                WHERE a.guild_id = r.guild_id AND a.organizer_id = r.organizer_id
                                  AND a.kind = 'run' AND a.subject_id = r.id) AS led
                  FROM run r
                 WHERE r.guild_id = $1
                 ORDER BY r.id
                """,
                self.guild,
            )
        client = self.world.served.client
        shown = [await client.call(api.show_run, api.ShowRun(self.guild, one.id)) for one in runs]
        assert [(one.status, one.version, one.raiders) for one in shown] == [
            (one.status, one.version, one.raiders) for one in runs
        ]
        return runs


@pytest.mark.hypothesis
def test_whatever_is_pressed_two_at_a_time_counts_activity_and_versions_are_right(
    postgres: EmbeddedServer, template: str, tmp_path: Path
) -> None:
    try_machine(Runs, postgres, template, tmp_path, settings(max_examples=25, stateful_step_count=15))
