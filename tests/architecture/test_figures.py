"""The page about figures and the dashboard name what the processes show, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry

from raidbot.backend.metrics import Metrics
from raidbot.bot import metrics
from raidbot.database.pool import Database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operate" / "watching.md").read_text(encoding="utf-8")
DASHBOARD = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))


def shown(registry: CollectorRegistry) -> set[str]:
    """The names as Prometheus reads them, without those of a histogram's parts."""
    return {f"{one.name}_total" if one.type == "counter" else one.name for one in registry.collect()}


def every(database: Database) -> set[str]:
    backend = Metrics()
    backend.watch(database)
    return shown(backend.registry) | shown(metrics.REGISTRY)


def test_the_page_lists_every_figure(database: Database) -> None:
    listed = set(re.findall(r"^\| `(raidbot_[a-z_]+)[`{]", PAGE, re.MULTILINE))

    assert listed == every(database)


def queries() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))


def test_the_dashboard_asks_for_figures_that_are_there(database: Database) -> None:
    parts = re.compile(r"_(bucket|sum|count)$")
    asked = {parts.sub("", name) for one in queries() for name in re.findall(r"raidbot_[a-z_]+", one)}

    assert len(asked) > 10
    assert asked <= every(database) | {"raidbot_realmeye_waiting", "raidbot_realmeye_away"}
