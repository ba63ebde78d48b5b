"""The nouns of what a run tells whom."""

from enum import StrEnum


class Saying(StrEnum):
    """What is told. Values of `notice.kind`; docs/reference/notices.md says who must notice each, and who must not."""

    STARTED = "run_started"
    POPPED = "run_popped"
    MOVED_UP = "run_moved_up"
    ACCEPTED = "run_accepted"
    LOCATION = "run_location"
    REMOVED = "run_removed"
    LOST = "run_lost"
    CANCELLED = "run_cancelled"
    TAKEN_OVER = "run_taken_over"
    ENDING = "run_ending"
    CALLED = "run_called"
    EARLY = "run_early_ping"
    O3 = "run_o3"
    SCREENSHOT = "run_screenshot"
    KEYS = "keys_unlogged"
    FOLLOWS = "run_follows"
    NOT_FOLLOWED = "run_not_followed"


class CallFor(StrEnum):
    """What raiders are called for on demand."""

    SOON = "soon"
    JOIN = "join"
    COME = "come"
