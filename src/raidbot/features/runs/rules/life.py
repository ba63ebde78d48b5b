"""The decisions of runs. Pure: what is and who asks in, a refusal or nothing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import needs
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config.model import (
    AUTO_END_MINUTES,
    LOCATION,
    NEEDED,
    O3_SCREENSHOT,
    OPEN_MINUTES,
    START_NEEDS,
    Asked,
    LocationPolicy,
    Needs,
    Settings,
    StartNeeds,
)
from raidbot.features.runs.model.life import (
    BadNeeds,
    NotLive,
    NotReopened,
    NotStartable,
    NotYourRun,
    Run,
    RunOver,
    RunStatus,
)
from raidbot.features.runs.model.places import Stage

REOPEN_FOR = timedelta(minutes=10)
"""How long an end or a cancellation can be taken back."""

CLAIMED_FOR = timedelta(minutes=15)
"""How long after its end members may say that they were in a run."""

EXTENSION = timedelta(hours=1)
"""How long a run goes on at the least after Extend."""

WARNING = timedelta(minutes=10)
"""How long before the automatic end its organizer is warned."""

GRACE = timedelta(minutes=15)
"""How long everything due waits after an outage, in which nobody could extend it."""


@dataclass(frozen=True)
class Spans:
    """How long runs of a guild go on by themselves."""

    live: timedelta
    """After an act of the leader of a live run."""
    open: timedelta
    """After the opening, or an act of the leader, of a run that is not live yet."""


def spans_of(settings: Settings) -> Spans:
    """Return how long runs go on by a guild's settings."""
    return Spans(
        live=timedelta(minutes=settings.get(AUTO_END_MINUTES)), open=timedelta(minutes=settings.get(OPEN_MINUTES))
    )


def check_leader(run: Run, caller: UserId, rank: Rank) -> None:
    """Check that a member may steer a run: who leads or opened it always, organizers and above too.

    Raises:
        NotYourRun: neither.
    """
    if caller not in run.led_by and rank < Rank.ORGANIZER:
        raise NotYourRun(
            "Only the organizer of this run, or an organizer of this server, can do that. Ask one of them."
        )


def check_unfinished(run: Run) -> None:
    """Check that something can still happen to a run.

    Raises:
        RunOver: it ended or was cancelled.
    """
    if run.status.over:
        raise RunOver(
            f"This run is over already ({run.status}). Reopen takes that back for 10 minutes; "
            "later open a new one with /run.",
            status=run.status,
        )


def needed(settings: Settings, dungeon: Dungeon, typed: str | None) -> dict[str, int]:
    """Return what a run needs in other numbers than the catalogue has: what was typed, before what the guild set.

    Raises:
        BadNeeds: the text names nothing of this dungeon, or no numbers.
    """
    set_so = settings.get(NEEDED, dungeon.key)
    theirs = set_so.numbers if isinstance(set_so, Needs) else {}
    asked = {} if typed is None else needs.read_needs(typed, [dungeon])
    if asked is None:
        names = ", ".join(one.name for one in (*dungeon.keys, *dungeon.wants))
        raise BadNeeds(f"needs takes {needs.LIMITS}. {dungeon.name} knows {names}.", field="needs")
    known = {one.key for one in (*dungeon.keys, *dungeon.wants)}
    return {key: number for key, number in {**theirs, **asked}.items() if key in known}


def start_needs(settings: Settings, dungeon: Dungeon) -> frozenset[str]:
    """Return what a run must have before it can start: party, location, and a screenshot for Oryx 3."""
    asks_screenshot = dungeon.oryx3 and settings.get(O3_SCREENSHOT) is Asked.REQUIRED
    screenshot = frozenset({"screenshot"} if asks_screenshot else ())
    return screenshot | _place_needs(settings.get(START_NEEDS, dungeon.key), dungeon)


def _place_needs(needs: StartNeeds, dungeon: Dungeon) -> frozenset[str]:
    if needs is StartNeeds.CATALOGUE:
        asked = (("party", dungeon.needs_party), ("location", dungeon.needs_location))
        return frozenset(word for word, needed in asked if needed)
    return {
        StartNeeds.BOTH: frozenset({"party", "location"}),
        StartNeeds.PARTY: frozenset({"party"}),
        StartNeeds.LOCATION: frozenset({"location"}),
        StartNeeds.NEITHER: frozenset[str](),
    }[needs]


def check_start(run: Run, needs: frozenset[str]) -> None:
    """Check that a run can go live.

    Raises:
        RunOver: it is over.
        NotStartable: it is live already, or party, location or screenshot are missing.
    """
    check_unfinished(run)
    if run.status is RunStatus.LIVE:
        raise NotStartable("This run is live already. Press Refresh to see how it stands.")
    has = {"party": run.party, "location": run.location, "screenshot": run.screenshot}
    missing = [word for word, value in has.items() if word in needs and not value]
    if not missing:
        return
    places = [word for word in missing if word != "screenshot"]
    sentences = [f"Set {' and '.join(places)} first, with the button Party & loc."] if places else []
    if "screenshot" in missing:
        sentences.append("Give a screenshot first: with the button Screenshot, /taken, or pasted into the log thread.")
    raise NotStartable(" ".join(sentences), missing=missing)


def check_reopen(run: Run, caller: UserId, rank: Rank, now: datetime) -> None:
    """Check that an end or a cancellation can be taken back.

    Raises:
        NotYourRun: neither the organizer nor an officer.
        NotReopened: it is not over, nobody could see it, or 10 minutes have passed.
    """
    if caller not in {run.organizer_id, run.leader_id} and rank < Rank.OFFICER:
        raise NotYourRun("Only the organizer of this run, or an officer, can reopen it. Ask one of them.")
    if run.closed_at is None:
        raise NotReopened("This run is not over. Press Refresh to see how it stands.")
    if run.reason == "not_posted":
        raise NotReopened("The panel of this run could not be posted. Open a new one with /run.")
    if now - run.closed_at > REOPEN_FOR:
        raise NotReopened("The 10 minutes to reopen this run are over. Open a new one with /run.")


def started(run: Run, spans: Spans, stage: Stage, now: datetime) -> Run:
    """Return a run that goes live; the time it had while open no longer counts, and its raiders know where it is."""
    known = run.stage if run.stage.reaches(stage) else stage
    return replace(run, status=RunStatus.LIVE, started_at=now, auto_end_at=now + spans.live, stage=known)


def stage_at_start(settings: Settings, dungeon: Dungeon) -> Stage:
    """Return how far party and location are known once a run is live."""
    return Stage.ALL if settings.get(LOCATION, dungeon.key) is LocationPolicy.PUBLIC else Stage.RAIDERS


def ended(run: Run, now: datetime, reason: str | None = None) -> Run:
    """Return a run that has ended; for a while members may say that they were there."""
    return replace(
        run,
        status=RunStatus.ENDED,
        closed_at=now,
        reason=reason,
        endings=run.endings + 1,
        claims_until=now + CLAIMED_FOR,
    )


def cancelled(run: Run, now: datetime, reason: str) -> Run:
    """Return a run that is cancelled."""
    return replace(run, status=RunStatus.CANCELLED, closed_at=now, reason=reason, endings=run.endings + 1)


def reopened(run: Run, spans: Spans, now: datetime) -> Run:
    """Return a run as it was before it ended; the automatic end counts anew."""
    status = RunStatus.LIVE if run.started_at else RunStatus.OPEN
    return acted(replace(run, status=status, closed_at=None, reason=None, claims_until=None), spans, now)


def acted(run: Run, spans: Spans, now: datetime) -> Run:
    """Return a run after an act of its leader, from which the automatic end counts anew. It never comes nearer."""
    to_go = spans.live if run.status is RunStatus.LIVE else spans.open
    return replace(run, auto_end_at=max(run.auto_end_at, now + to_go))


def extended(run: Run, spans: Spans, now: datetime) -> Run:
    """Return a run that goes on for an hour at the least; pressed twice, it is still one hour."""
    later = acted(run, spans, now)
    return replace(later, auto_end_at=max(later.auto_end_at, now + EXTENSION))


def warn_at(ends_at: datetime, now: datetime) -> datetime | None:
    """Return when to warn of an automatic end; None where it is too near for a warning to help."""
    moment = ends_at - WARNING
    return moment if moment > now else None


def check_end(run: Run) -> None:
    """Check that a run can be ended.

    Raises:
        RunOver: it is over.
        NotLive: it never started: cancel it instead.
    """
    check_unfinished(run)
    if run.status is not RunStatus.LIVE:
        raise NotLive("This run has not started, so there is nothing to end. Cancel it instead.")
