"""The backend's figures for Prometheus."""

from prometheus_client import CollectorRegistry, Histogram


class Metrics:
    """Counters and histograms of one backend process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "raidbot_backend_request_seconds",
            "Time to answer a request",
            ["route"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 25),
        )
        self.statements = Histogram(
            "raidbot_backend_statements",
            "SQL statements of a request",
            ["path"],
            registry=self.registry,
            buckets=(0, 1, 2, 3, 4, 6, 10, 20),
        )
