"""Keys, windows, lines and points under whatever is pressed, two at a time, while time passes.

After each pair: nobody who counts is unpaid, nobody is paid twice or for nothing, windows counted who was in, and
nobody read the location without a right to.
"""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from decimal import Decimal
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
from raidbot.features.runs.api import offers as offers_api
from raidbot.features.runs.api import pops as pops_api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Outcome

LEADERS = [UserId(2), UserId(3)]
"""Who opened it, and another organizer: two connections."""
RAIDERS = [UserId(number) for number in range(10, 14)]

LED = ["pop", "pop", "pop", "undo", "failed", "completed", "nobody", "named", "accept", "cap", "uncap"]
RAIDED = ["join", "join", "leave", "offer", "withdraw"]
LIVED = ["open", "start", "end", "cancel", "reopen"]
acts = st.tuples(st.sampled_from([*LED, *RAIDED, *RAIDED, *LIVED]), st.integers(0, 3))

INTO = {"opened", "joined", "moved_up", "added"}
OUT_OF = {"left", "removed", "waiting", "called", "passed_over"}


AT_ONCE = timedelta(seconds=2)
"""A request's time is that of its arrival: of some that arrive together the later one may be decided first."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A pop as its table holds it, with what everybody has for it."""

    id: int
    run_id: RunId
    number: int
    outcome: Outcome
    leader_id: str
    window_ends_at: datetime
    closed_at: datetime | None
    undone: bool
    inside: list[str]
    completions: dict[str, int]
    points: dict[str, str]
    leads: dict[str, int]
    keys: dict[str, int]


class Move(msgspec.Struct, frozen=True):
    """Somebody came or went, or a window closed."""

    id: int
    run_id: RunId
    kind: str
    user_id: int
    number: int | None
    happened_at: datetime


class Reveal(msgspec.Struct, frozen=True):
    """That somebody was shown the location, and whether they had the right."""

    user_id: int
    grounds: str
    rightly: bool


class Paying(RuleBasedStateMachine):
    """Presses of two organizers and four raiders."""

    world: World

    @initialize()
    def open_first(self) -> None:
        self.guild = self.world.found_guild([*LEADERS, *RAIDERS])
        self.run_id = RunId(0)
        self.pops = 0
        self.together(("open", 0))
        self.together(("start", 0))

    @rule(act=acts)
    def one_presses(self, act: tuple[str, int]) -> None:
        self.together(act)

    @rule(first=acts, second=acts)
    def two_press_at_once(self, first: tuple[str, int], second: tuple[str, int]) -> None:
        self.together(first, second)

    @rule(raider=st.integers(0, 3))
    def joins_race_a_key(self, raider: int) -> None:
        self.together(("join", raider), ("pop", 0), ("leave", (raider + 1) % 4), ("pop", 1))

    @rule(seconds=st.sampled_from([3, 26, 70]))
    def time_passes(self, seconds: int) -> None:
        self.world.served.pass_time(seconds)

    def together(self, *acts: tuple[str, int]) -> None:
        self.world.runner.run(self._together(acts))

    async def _together(self, acts: tuple[tuple[str, int], ...]) -> None:
        outcomes = await asyncio.gather(*(self._act(*act) for act in acts), return_exceptions=True)
        strange = [one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, Refusal)]
        assert strange == []
        assert all(len(one.sentence) > 20 for one in outcomes if isinstance(one, Refusal))
        popped = [one for act, one in zip(acts, outcomes, strict=True) if act[0] == "pop" and isinstance(one, Run)]
        undone = any(act[0] in {"undo", "end", "cancel"} for act in acts)
        assert undone or len({one.pops for one in popped}) == len(popped)
        self.run_id = max([self.run_id, *(one.id for one in outcomes if isinstance(one, Run))])
        if self.run_id:
            shown = await self.world.served.client.call(api.show_run, api.ShowRun(self.guild, self.run_id))
            self.pops = shown.pops

    def _act(self, verb: str, who: int) -> Awaitable[Any]:
        if verb == "open" or not self.run_id:
            ask = api.OpenRun(guild_id=self.guild, dungeon="shatters", party="p", location="l", max_raiders=3)
            return self.world.served.ask(api.open_run, ask, LEADERS[0])
        endpoint, asked = {**self._lives(), **self._leads(), **self._raids()}[verb]
        by = RAIDERS[who] if verb in RAIDED else LEADERS[who % 2 if verb in LED else 0]
        return self.world.served.ask(endpoint, asked, by)

    def _lives(self) -> dict[str, tuple[Any, Any]]:
        of = (self.guild, self.run_id)
        return {
            "start": (api.start_run, api.StartRun(*of)),
            "end": (api.end_run, api.EndRun(*of)),
            "cancel": (api.cancel_run, api.CancelRun(*of, "mistake")),
            "reopen": (api.reopen_run, api.ReopenRun(*of)),
        }

    def _leads(self) -> dict[str, tuple[Any, Any]]:
        of, last = (self.guild, self.run_id), max(1, self.pops)
        return {
            "pop": (pops_api.pop_key, pops_api.PopKey(*of, self.pops + 1)),
            "undo": (pops_api.undo_pop, pops_api.UndoPop(*of, last)),
            "failed": (pops_api.tell_pop, pops_api.TellPop(*of, last, outcome=Outcome.FAILED)),
            "completed": (pops_api.tell_pop, pops_api.TellPop(*of, last, outcome=Outcome.COMPLETED)),
            "nobody": (pops_api.tell_pop, pops_api.TellPop(*of, last, outcome=Outcome.NOBODY)),
            "named": (pops_api.tell_pop, pops_api.TellPop(*of, last, popper_id=RAIDERS[0])),
            "accept": (offers_api.accept_all, offers_api.AcceptAll(*of)),
            "cap": (api.cap_run, api.CapRun(*of, 1)),
            "uncap": (api.cap_run, api.CapRun(*of, None)),
        }

    def _raids(self) -> dict[str, tuple[Any, Any]]:
        of = (self.guild, self.run_id)
        key = "shatters_key"
        return {
            "join": (joins_api.join_run, joins_api.JoinRun(*of)),
            "leave": (joins_api.leave_run, joins_api.LeaveRun(*of)),
            "offer": (offers_api.offer_key, offers_api.OfferKey(*of, key)),
            "withdraw": (offers_api.withdraw_key, offers_api.WithdrawKey(*of, key)),
        }

    @invariant()
    def what_must_hold_holds(self) -> None:
        if hasattr(self, "guild"):
            self.world.runner.run(self._check())

    async def _check(self) -> None:
        pops, moves = await self._pops(), await self._moves()
        for run_id in {one.run_id for one in pops}:
            self._check_run([one for one in pops if one.run_id == run_id and not one.undone])
        for pop in pops:
            self._check_pay(pop)
            if pop.closed_at and not pop.undone and pop.number:
                assert set(pop.inside) == counted(pop, [one for one in moves if one.run_id == pop.run_id])
        assert [one for one in await self._reveals() if not one.rightly] == []
        assert await self._stray_offers() == 0

    def _check_run(self, standing: list[Kept]) -> None:
        """Its keys are numbered without gaps, one window is open at the most, and it is the last one's."""
        assert [one.number for one in standing] in ([0], list(range(1, len(standing) + 1)))
        assert all(one.closed_at is not None for one in standing[:-1])

    def _check_pay(self, pop: Kept) -> None:
        """Who counts has exactly what is owed, and nobody else has anything."""
        due = pop.closed_at is not None and not pop.undone
        completed = due and pop.outcome is Outcome.COMPLETED
        led = due and pop.outcome is not Outcome.NOBODY
        assert pop.completions == (dict.fromkeys(pop.inside, 1) if completed else {})
        assert {who: Decimal(total) for who, total in pop.points.items()} == (
            dict.fromkeys(pop.inside, Decimal(1)) if completed else {}
        )
        assert pop.leads == ({pop.leader_id: 1} if led else {})
        assert sum(pop.keys.values()) <= (0 if pop.undone else 1)

    async def _pops(self) -> list[Kept]:
        async with self.world.database.transaction() as tx:
            return await tx.many(
                Kept,
                """
                WITH had AS (
                    SELECT pop_id, kind, user_id, sum(quantity)::bigint AS quantity, sum(points) AS points
                      FROM award WHERE guild_id = $1
                     GROUP BY pop_id, kind, user_id HAVING sum(quantity) <> 0 OR sum(points) <> 0)
                SELECT p.id, p.run_id, p.number, p.outcome, p.leader_id::text AS leader_id, p.window_ends_at,
                       p.closed_at,
                       p.undone_at IS NOT NULL AS undone,
                       array(SELECT s.user_id::text FROM run_snapshot s
                              WHERE s.pop_id = p.id AND s.struck_at IS NULL ORDER BY 1) AS inside,
                       (SELECT coalesce(jsonb_object_agg(h.user_id, h.quantity), '{}') FROM had h
                         WHERE h.pop_id = p.id AND h.kind = 'completion') AS completions,
                       (SELECT coalesce(jsonb_object_agg(h.user_id, h.points::text), '{}') FROM had h
                         WHERE h.pop_id = p.id AND h.kind = 'completion') AS points,
                       (SELECT coalesce(jsonb_object_agg(h.user_id, h.quantity), '{}') FROM had h
                         WHERE h.pop_id = p.id AND h.kind = 'lead') AS leads,
                       (SELECT coalesce(jsonb_object_agg(h.user_id, h.quantity), '{}') FROM had h
                         WHERE h.pop_id = p.id AND h.kind = 'key') AS keys
                  FROM run_pop p WHERE p.guild_id = $1 ORDER BY p.run_id, p.number
                """,
                self.guild,
            )

    async def _moves(self) -> list[Move]:
        async with self.world.database.transaction() as tx:
            return await tx.many(
                Move,
                """
                SELECT e.id, e.run_id, e.kind, coalesce((e.detail ->> 'user_id')::bigint, e.user_id) AS user_id,
                       (e.detail ->> 'number')::bigint AS number, e.happened_at
                  FROM run_entry e JOIN run r ON r.id = e.run_id WHERE r.guild_id = $1 ORDER BY e.id
                """,
                self.guild,
            )

    async def _stray_offers(self) -> int:
        """Return how many keys stand in the line of members who are not in."""
        async with self.world.database.transaction() as tx:
            found = await tx.value(
                int,
                """
                SELECT count(*) FROM run_offer o
                 WHERE o.guild_id = $1 AND o.state IN ('offered', 'accepted')
                   AND NOT EXISTS (SELECT FROM run_join j WHERE j.run_id = o.run_id AND j.user_id = o.user_id
                                      AND j.state = 'join')
                """,
                self.guild,
            )
        return found or 0

    async def _reveals(self) -> list[Reveal]:
        async with self.world.database.transaction() as tx:
            return await tx.many(
                Reveal,
                """
                SELECT v.user_id, v.grounds,
                       CASE v.grounds
                       WHEN 'leader' THEN v.user_id = r.organizer_id
                       WHEN 'key' THEN EXISTS (SELECT FROM run_offer o
                                                WHERE o.run_id = r.id AND o.user_id = v.user_id
                                                  AND (o.state = 'popped' OR o.accepted_at <= v.first_at + $2))
                       WHEN 'raider' THEN r.started_at <= v.first_at + $2
                                      AND EXISTS (SELECT FROM run_entry e
                                                   WHERE e.run_id = r.id AND e.user_id = v.user_id
                                                     AND e.kind IN ('joined', 'moved_up')
                                                     AND e.happened_at <= v.first_at + $2)
                       ELSE false END AS rightly
                  FROM run_reveal v JOIN run r ON r.id = v.run_id WHERE r.guild_id = $1
                """,
                self.guild,
                AT_ONCE,
            )


def counted(pop: Kept, moves: list[Move]) -> set[str]:
    """Return who was in when a window closed, out of the record of who came and went."""
    closing = max(one.id for one in moves if one.kind == "window_closed" and one.number == pop.number)
    late = pop.closed_at == pop.window_ends_at
    before = [one for one in moves if one.id < closing and not (late and one.happened_at > pop.window_ends_at)]
    last = {one.user_id: one.kind for one in before if one.kind in INTO | OUT_OF}
    return {str(who) for who, kind in last.items() if kind in INTO}


@pytest.mark.hypothesis
def test_whatever_is_pressed_and_whenever_everybody_has_exactly_what_they_are_owed(
    postgres: EmbeddedServer, template: str, tmp_path: Path
) -> None:
    try_machine(Paying, postgres, template, tmp_path, settings(max_examples=30, stateful_step_count=20))
