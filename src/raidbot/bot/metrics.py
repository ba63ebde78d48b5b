"""The bot's figures for Prometheus."""

from prometheus_client import CollectorRegistry, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""The figures of this process."""

ANSWERED = Histogram(
    "raidbot_bot_interaction_seconds",
    "Time from an interaction's arrival to its final answer",
    ["what"],
    registry=REGISTRY,
    buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 0.7, 1, 2, 3, 10, 25),
)
BACKLOG = Gauge("raidbot_bot_painter_backlog", "Messages that wait to be drawn", registry=REGISTRY)
OLDEST = Gauge("raidbot_bot_painter_oldest_seconds", "Age of the longest waiting drawing", registry=REGISTRY)
GATEWAY = Gauge("raidbot_bot_gateway_seconds", "Latency of the gateway", registry=REGISTRY)
