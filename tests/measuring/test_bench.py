"""The bench works: its community is one that the rules would have made, and each piece of work is done."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bench import work
from bench.community import GUILD, Community, Size, seeded
from bench.driver import Writer
from bench.machine import Calibration, family
from bench.results import Result, compared, load, save
from bench.tables import Table
from tests.support.backend import KEY, serving
from tests.support.database import administer

from raidbot.core.ids import RunId
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database
from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import Settings
from raidbot.features.points import service as points
from raidbot.features.runs.rules.pops import pays
from raidbot.features.runs.store import pops

SIZE = Size(members=400, organizers=40, past_runs=200, live_runs=3, raiders=20)
ROUNDS = work.Rounds(clients=2, warm=2, one=2, many=4, pops=1, ends=1, ends_alone=1)

ORPHANS = """
SELECT array_agg(format('SELECT count(*) FROM %s a WHERE a.%I IS NOT NULL'
                        ' AND NOT EXISTS (SELECT FROM %s b WHERE b.%I = a.%I)',
              c.conrelid::regclass, a.attname, c.confrelid::regclass, b.attname, a.attname))
  FROM pg_constraint c
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_upper(c.conkey, 1)]
  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[array_upper(c.confkey, 1)]
 WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""
"""For each foreign key the question how many rows it does not hold for; by the last of its columns."""

COUNTS = ("SELECT count(*) FROM member", "SELECT count(*) FROM raider_name", "SELECT count(*) FROM award")
BOOKED = "SELECT count(*) FROM award WHERE kind = $1"
UNPAID = """
SELECT count(*) FROM run_snapshot s
 WHERE NOT EXISTS (SELECT FROM award a WHERE a.pop_id = s.pop_id AND a.user_id = s.user_id AND a.kind = 'completion')
"""


async def test_a_community_has_what_its_size_says_and_every_raider_of_a_pop_is_paid(database_url: str) -> None:
    async with seeded(database_url, SIZE) as community:
        counts = [await community.ask(one) for one in COUNTS]
        past = await community.ask(
            "SELECT count(*) FROM run_join j JOIN run r ON r.id = j.run_id WHERE status = 'ended'"
        )
        booked = {kind: await community.ask(BOOKED, kind) for kind in ("completion", "lead", "key")}
        live = await community.ask(
            "SELECT count(*) FROM run_join j JOIN run r ON r.id = j.run_id WHERE status = 'live'"
        )

        assert counts == [400, 400, 200 * 10]
        assert (past, SIZE.participations, live) == (200 * 30, 200 * 30, 3 * 20)
        assert booked == {"completion": 200 * SIZE.counted, "lead": 200, "key": 200}
        assert await community.ask(UNPAID) == 0
        assert await orphans(community) == 0


async def orphans(community: Community) -> int:
    """How many rows point to nothing."""
    questions: list[str] = await community.ask(ORPHANS)
    assert len(questions) > 10
    return sum([await community.ask(one) for one in questions])


async def test_the_ledger_says_what_the_rules_owe(database_url: str, database: Database) -> None:
    async with seeded(database_url, SIZE), database.transaction() as tx:
        for run_id in map(RunId, (1, 77, SIZE.past_runs)):
            [pop] = await pops.paid(tx, run_id)
            dungeon = catalogue.find(pop.dungeon)
            assert dungeon is not None

            owed = pays(pop, run_id, dungeon, Settings({}))

            entries = [one for one in await points.of_run(tx, GUILD, run_id) if one.kind != "key"]
            assert sorted((one.subject, one.points, one.quantity) for one in entries) == sorted(
                (one.subject, one.points, one.quantity) for one in owed
            )


async def test_each_piece_of_work_is_done_in_as_many_statements_as_are_aimed_at(
    database_url: str, database: Database, postgres: EmbeddedServer, tmp_path: Path
) -> None:
    await administer(database_url, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    async with seeded(database_url, SIZE) as community, serving(database, tmp_path / "clock") as served:
        port = urlsplit(served.url).port
        assert port is not None
        bench = work.Bench(database_url, port, lambda: {"backend": [os.getpid()], "PostgreSQL": family(postgres.pid)})
        loads = work.Loads(community, Writer(KEY), ROUNDS, await community.raiders(), SIZE.live_runs)

        done = [await bench.due(ROUNDS), *[await bench.measured(row, loads) for row in work.ROWS]]

    assert {one.row.name: one.one.errors + one.many.errors for one in done if one.errors} == {}
    assert [one.row.name for one in done if one.one.items == 0 or one.many.items == 0] == []
    assert [miss for one in done for miss in one.misses if miss.startswith("SQL")] == []
    assert len(work.table(SIZE, done).rows) == len(work.ROWS) + 1
    assert {row[0] for row in work.growth(done, done).rows} == {one.row.title for one in done}


def result(json_ms: float, figures: Mapping[str, float]) -> Result:
    return Result(Calibration(json_ms, 0.1), [Table("work", ["a"], [["b"]], dict(figures))])


def test_two_results_are_compared_figure_by_figure_with_both_calibrations(tmp_path: Path) -> None:
    save(result(50, {"work.join.p50_ms": 2.0, "gone": 1.0, "errors": 0.0}), tmp_path / "before.json")

    lines = compared(load(tmp_path / "before.json"), result(100, {"work.join.p50_ms": 3.0, "errors": 0.0}))

    assert lines[2:] == [
        "| calibration.json_ms | 50 | 100 | 2.00 |",
        "| calibration.select_ms | 0.1 | 0.1 | 1.00 |",
        "| work.join.p50_ms | 2 | 3 | 1.50 |",
        "| errors | 0 | 0 | - |",
        "\nOnly in one of the two: gone",
    ]


def test_a_file_that_holds_no_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("[]")

    with pytest.raises(ValueError, match=r"other.json holds no result of this bench"):
        load(tmp_path / "other.json")
