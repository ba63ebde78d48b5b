"""How often RealmEye is asked: with pauses, less often when it is in trouble, and not at all when it says so."""

from datetime import datetime, timedelta

import msgspec

from raidbot.features.realmeye.model.queue import Reason, SiteState

PATIENCE = 3
"""Failures in a row after which the site counts as away. One that says no is away at once."""

RETRY = timedelta(seconds=5)
"""The pause after a first failure; it doubles with each further one."""

LONGEST_RETRY = timedelta(minutes=15)

REFUSED = timedelta(minutes=1)
"""The shortest pause after it asked us to come less often or shut us out."""

LONGEST_WAIT = timedelta(hours=6)
"""However long it asks us to wait, somebody looks again after this."""

SLOWEST_PACE_S = 60.0


def after_page(site: SiteState, now: datetime, pause: timedelta, took_s: float) -> SiteState:
    """Return how the site stands after it answered."""
    pace = min(0.8 * site.pace_s + 0.2 * (took_s + pause.total_seconds()), SLOWEST_PACE_S)
    return SiteState(next_at=now + pause, pace_s=pace)


def after_failure(
    site: SiteState, now: datetime, reason: Reason, retry_after: timedelta | None, jitter: float
) -> SiteState:
    """Return how the site stands after it did not answer as it should.

    Args:
        site: How it stood before.
        now: When that was seen.
        reason: What went wrong.
        retry_after: For how long it asked us to stay away, if it did.
        jitter: From 0 to 1; so many fifths longer is the pause.
    """
    failures = site.failures + 1
    pause = min(RETRY * 2 ** min(failures - 1, 10), LONGEST_RETRY)
    says_no = reason in {Reason.TOO_MANY, Reason.FORBIDDEN}
    if says_no:
        pause = max(pause, REFUSED)
    pause = max(pause * (1 + jitter / 5), min(retry_after or timedelta(0), LONGEST_WAIT))
    is_away = says_no or retry_after is not None or failures >= PATIENCE
    return msgspec.structs.replace(
        site,
        next_at=now + pause,
        failures=failures,
        away_since=site.away_since or (now if is_away else None),
        away_reason=reason if is_away or site.away_since else None,
    )
