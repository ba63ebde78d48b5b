"""The bot's figures for Prometheus."""

from contextvars import ContextVar
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""The figures of this process."""

QUICK = (0.02, 0.05, 0.1, 0.25, 0.5, 0.7, 1, 2, 3, 10, 25)

ANSWERED = Histogram(
    "raidbot_bot_answered_seconds",
    "Time from an interaction's arrival until Discord took its first answer, which may be that one follows",
    registry=REGISTRY,
    buckets=QUICK,
)
DONE = Histogram(
    "raidbot_bot_interaction_seconds",
    "Time from an interaction's arrival to its final answer",
    ["what"],
    registry=REGISTRY,
    buckets=QUICK,
)
BACKEND = Histogram(
    "raidbot_bot_backend_seconds",
    "Time until the backend answered a request; an outcome is a status, `timed out` or `away`",
    ["path", "outcome"],
    registry=REGISTRY,
    buckets=QUICK,
)
DISCORD = Counter(
    "raidbot_bot_discord_requests_total",
    "Requests to Discord by status: 401, 403 and 429 count against the 10,000 in ten minutes after which it bans",
    ["method", "status"],
    registry=REGISTRY,
)
BACKLOG = Gauge("raidbot_bot_painter_backlog", "Messages that wait to be drawn", registry=REGISTRY)
OLDEST = Gauge("raidbot_bot_painter_oldest_seconds", "Age of the longest waiting drawing", registry=REGISTRY)
GATEWAY = Gauge("raidbot_bot_gateway_seconds", "Latency of the gateway", registry=REGISTRY)
AWAY = Gauge("raidbot_bot_discord_away_seconds", "Since when Discord is away; 0 while it is not", registry=REGISTRY)
EVENTS = Gauge("raidbot_bot_events_age_seconds", "Since when no events could be read", registry=REGISTRY)

_arrived: ContextVar[float] = ContextVar("arrived")


def arrives() -> None:
    """Note that an interaction arrives, for the task that answers it."""
    _arrived.set(perf_counter())


def is_answered() -> None:
    """Note that Discord took the first answer to it."""
    if (since := _arrived.get(None)) is not None:
        ANSWERED.observe(perf_counter() - since)
