"""The backend's figures for Prometheus."""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from raidbot.backups.model import Backup
from raidbot.backups.rules import newest_copied, newest_verified
from raidbot.database.pool import Database


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
        self.refused = Counter(
            "raidbot_backend_refused_total",
            "Requests that were refused because a caller asked for too much",
            ["limit"],
            registry=self.registry,
        )
        self.statements = Histogram(
            "raidbot_backend_statements",
            "SQL statements of a request",
            ["path"],
            registry=self.registry,
            buckets=(0, 1, 2, 3, 4, 6, 10, 20),
        )
        self.jobs = Histogram(
            "raidbot_job_seconds",
            "Time of a turn of a job, all its batches together",
            ["job"],
            registry=self.registry,
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120),
        )
        self.failed_jobs = Counter(
            "raidbot_job_failures_total", "Turns of a job that failed", ["job"], registry=self.registry
        )
        self.job_failures_in_a_row = Gauge(
            "raidbot_job_failures_in_a_row",
            "Turns of a job that failed one after the other",
            ["job"],
            registry=self.registry,
        )

        self.disk = Gauge(
            "raidbot_disk_used_ratio", "How much of the disk of DATA_DIR is used, from 0 to 1", registry=self.registry
        )
        self.verified = Gauge(
            "raidbot_backup_verified_timestamp_seconds",
            "When the newest backup that was verified was taken; 0 without one",
            registry=self.registry,
        )
        self.copied = Gauge(
            "raidbot_backup_copied_timestamp_seconds",
            "When the newest backup that was copied elsewhere was taken; 0 without one",
            registry=self.registry,
        )

    def take(self, backups: Sequence[Backup]) -> None:
        """Show how old the newest backups are."""
        for gauge, newest in ((self.verified, newest_verified(backups)), (self.copied, newest_copied(backups))):
            gauge.set(newest.timestamp() if newest else 0)

    def watch(self, database: Database) -> None:
        """Show the figures of a pool too."""
        self.registry.register(_Pool(database))


class _Pool(Collector):
    """Reads the figures of a pool when they are asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    def collect(self) -> Iterator[Metric]:
        pool = self._database
        yield GaugeMetricFamily("raidbot_pool_connections", "Open connections to PostgreSQL", pool.size)
        yield GaugeMetricFamily("raidbot_pool_idle", "Open connections that nobody uses", pool.idle)
        yield GaugeMetricFamily("raidbot_pool_waiting", "Transactions that wait for a connection", pool.waiting)
        yield CounterMetricFamily("raidbot_pool_waits", "Transactions that asked for a connection", pool.waits)
        yield CounterMetricFamily("raidbot_pool_wait_seconds", "Seconds that they waited, all together", pool.waited_s)
        yield CounterMetricFamily("raidbot_pool_exhausted", "Transactions that got none in time", pool.refused)
        yield CounterMetricFamily("raidbot_slow_queries", "Queries that took longer than 100 ms", pool.slow_queries)
