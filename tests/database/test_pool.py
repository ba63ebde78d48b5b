import asyncio
import logging
import os
import shutil
import signal
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
import structlog
from structlog.testing import capture_logs
from tests.support.database import administer, another, reachable_folder

from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database, DatabaseAway, DatabaseBusy, OutcomeUnknown
from raidbot.database.postmaster import Postmaster, free_port

NEVER_MS = 3_600_000


@pytest.fixture
def server() -> Generator[EmbeddedServer]:
    """A server that the test may kill."""
    folder = reachable_folder()
    with EmbeddedServer(folder / "postgres", options={"fsync": "off"}) as running:
        yield running
    shutil.rmtree(folder)


@asynccontextmanager
async def a_pool(url: str, **how: Any) -> AsyncGenerator[Database]:
    pool = await Database.connect(DatabaseSettings(url, **how))
    try:
        yield pool
    finally:
        await pool.close()


async def until(is_right: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_right():
            await asyncio.sleep(0.01)


async def until_it_answers(database: Database) -> None:
    async with asyncio.timeout(60):
        while not await database.ping():
            pass


async def sleep_in_sql(database: Database, seconds: float) -> None:
    async with database.transaction() as tx:
        await tx.run("SELECT pg_sleep($1)", seconds)


async def test_a_slow_query_is_logged_with_its_text_and_label_but_no_values(database_url: str) -> None:
    async with a_pool(database_url, slow_ms=20) as database:
        with capture_logs() as lines:
            async with database.transaction(label="k3f9-7") as tx:
                await tx.run(
                    """
                    SELECT pg_sleep($1),
                           $2::text
                    """,
                    0.03,
                    "a member's secret",
                )

    # On a busy machine BEGIN may be slow too.
    slow = [line for line in lines if line["event"] == "Slow query" and "pg_sleep" in line["sql"]]
    assert [line["sql"] for line in slow] == ["SELECT pg_sleep($1), $2::text"]
    assert slow[0]["label"] == "k3f9-7"
    assert slow[0]["took_ms"] >= 30
    assert slow[0]["log_level"] == "warning"
    assert "secret" not in repr(lines)


@pytest.fixture
def log_level(request: pytest.FixtureRequest) -> Generator[int]:
    """Logs from that level on, for one test."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(request.param))
    yield request.param
    structlog.configure(**before)


@pytest.mark.parametrize("log_level", [logging.DEBUG, logging.INFO], indirect=True)
async def test_other_queries_are_logged_at_debug_only(database_url: str, log_level: int) -> None:
    with capture_logs() as lines:
        async with a_pool(database_url, slow_ms=NEVER_MS) as database, database.transaction() as tx:
            await tx.value(int, "SELECT 1")

    assert {line["log_level"] for line in lines} <= {"debug"}
    said = [line["sql"] for line in lines if line["event"] == "Query"]
    assert said == (["BEGIN", "SELECT 1", "COMMIT"] if log_level == logging.DEBUG else [])


async def test_who_finds_all_connections_in_use_is_told_so_in_time(database_url: str) -> None:
    # One connection, which is open already: to open another may take longer than that.
    async with a_pool(database_url, pool_size=1, acquire_timeout_s=0.2) as database:
        async with database.transaction():
            with pytest.raises(DatabaseBusy, match=r"All 1 database connections were in use for 0\.2 s"):
                await sleep_in_sql(database, 0)

        assert await database.ping()
        assert database.waiting == 0


async def test_those_who_wait_get_the_next_connection_in_turn(database_url: str) -> None:
    async with a_pool(database_url, pool_size=1) as database:
        served: list[int] = []

        async def ask(number: int) -> None:
            async with database.transaction():
                served.append(number)

        async with database.transaction():
            asking = [asyncio.create_task(ask(number)) for number in range(3)]
            await until(lambda: database.waiting == 3)
        await asyncio.gather(*asking)

    assert served == [0, 1, 2]
    assert database.waits >= 4
    assert database.waited_s > 0


async def test_one_who_stops_waiting_takes_no_connection_away(database_url: str) -> None:
    async with a_pool(database_url, pool_size=1) as database:
        async with database.transaction():
            asking = asyncio.create_task(sleep_in_sql(database, 0))
            await until(lambda: database.waiting == 1)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

        assert await database.ping()


async def test_a_cancelled_transaction_leaves_nothing_and_gives_its_connection_back(database_url: str) -> None:
    async with a_pool(database_url, pool_size=1) as database:
        async with database.transaction() as tx:
            await tx.run("CREATE TABLE kept (number integer)")
        began = asyncio.Event()

        async def be_slow() -> None:
            async with database.transaction() as tx:
                await tx.run("INSERT INTO kept VALUES (1)")
                began.set()
                await tx.run("SELECT pg_sleep(50)")

        slow = asyncio.create_task(be_slow())
        await began.wait()
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)

        async with database.transaction() as tx:
            assert await tx.value(int, "SELECT count(*) FROM kept") == 0


async def test_the_pool_opens_no_more_connections_than_its_size(database_url: str) -> None:
    async with a_pool(database_url, pool_size=3) as database:
        await asyncio.gather(*(sleep_in_sql(database, 0.01) for _ in range(20)))

        assert database.size == 3
        assert database.idle == 3


async def test_connections_nobody_uses_are_closed_but_one(database_url: str) -> None:
    async with a_pool(database_url, pool_size=5, idle_s=0.05) as database:
        await asyncio.gather(*(sleep_in_sql(database, 0.02) for _ in range(5)))

        await until(lambda: database.size == 1)
        assert await database.ping()


async def test_a_second_use_of_a_connection_costs_no_statement_between(database_url: str) -> None:
    """Reset queries of the driver would stand in pg_stat_statements."""
    await administer(database_url, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    async with a_pool(database_url, pool_size=1) as database:
        async with database.transaction() as tx:
            await tx.run("SELECT pg_stat_statements_reset()")
        for _ in range(3):
            await database.ping()

        async with database.transaction() as tx:
            sql = "SELECT string_agg(query, ';') FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid "
            sql += "WHERE datname = current_database()"
            ran = await tx.value(str, sql)

    assert ran is not None
    assert "SELECT $1" in ran
    assert not any(word in ran for word in ("UNLISTEN", "RESET ALL", "CLOSE ALL", "advisory_unlock"))


async def test_commits_wait_for_the_disk(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.value(str, "SHOW synchronous_commit") == "on"


async def test_a_statement_that_takes_too_long_is_stopped(database_url: str) -> None:
    async with a_pool(database_url, statement_timeout_s=0.5) as database:
        with pytest.raises(DatabaseBusy, match="time limit for statements"):
            await sleep_in_sql(database, 50)

        assert await database.ping()


async def test_a_forgotten_transaction_lets_go_of_its_locks(database_url: str) -> None:
    await administer(database_url, "CREATE TABLE kept (number integer)")
    async with a_pool(database_url, forgotten_after_s=1) as database:
        holds, let_go = asyncio.Event(), asyncio.Event()

        async def forget() -> None:
            async with database.transaction() as tx:
                await tx.run("LOCK TABLE kept")
                holds.set()
                await let_go.wait()

        forgotten = asyncio.create_task(forget())
        await holds.wait()
        await administer(database_url, "INSERT INTO kept VALUES (1)")  # by one who is not forgotten, however slow
        let_go.set()

        with pytest.raises(DatabaseAway):
            await forgotten


async def test_a_transaction_whose_connection_is_cut_says_so(database: Database, database_url: str) -> None:
    async def be_cut_off() -> None:
        async with database.transaction() as tx:
            pid = await tx.value(int, "SELECT pg_backend_pid()")
            await administer(database_url, f"SELECT pg_terminate_backend({pid}, 5000)")
            await tx.value(int, "SELECT 1")

    with pytest.raises(DatabaseAway, match="broke in the middle of a transaction"):
        await be_cut_off()

    assert await database.ping()


async def test_a_cut_before_the_commit_is_confirmed_leaves_the_outcome_open(
    database: Database, database_url: str
) -> None:
    told: list[str] = []

    async def be_cut_off() -> None:
        async with database.transaction() as tx:
            tx.after_commit(lambda: told.append("committed"))
            pid = await tx.value(int, "SELECT pg_backend_pid()")
            await administer(database_url, f"SELECT pg_terminate_backend({pid}, 5000)")

    with pytest.raises(OutcomeUnknown):
        await be_cut_off()

    assert told == []
    assert await database.ping()


async def test_a_deadlock_comes_out_as_it_is(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("CREATE TABLE pair (number integer PRIMARY KEY)")
        await tx.run("INSERT INTO pair VALUES (1), (2)")
    both_hold = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.transaction() as tx:
            await tx.run("SELECT FROM pair WHERE number = $1 FOR UPDATE", first)
            await both_hold.wait()
            await tx.run("SELECT FROM pair WHERE number = $1 FOR UPDATE", second)

    came_out = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)

    assert [type(one) for one in came_out if one] == [asyncpg.DeadlockDetectedError]


async def test_the_pool_finds_a_server_again_that_was_killed_and_restarted(server: EmbeddedServer) -> None:
    async with a_pool(server.url) as database:
        async with database.transaction() as tx:
            await tx.run("CREATE TABLE kept (number integer)")
            await tx.run("INSERT INTO kept VALUES (7)")

        server.crash()
        away = await database.ping()
        with pytest.raises(DatabaseAway, match=r"127\.0\.0\.1:[0-9]+/raidbot cannot be reached"):
            await sleep_in_sql(database, 0)
        server.start()
        await until_it_answers(database)

        assert not away
        async with database.transaction() as tx:
            assert await tx.value(int, "SELECT number FROM kept") == 7


async def test_a_kill_in_the_middle_takes_back_what_was_not_committed(server: EmbeddedServer) -> None:
    async with a_pool(server.url) as database:
        async with database.transaction() as tx:
            await tx.run("CREATE TABLE kept (number integer)")

        async def be_killed() -> None:
            async with database.transaction() as tx:
                await tx.run("INSERT INTO kept VALUES (1)")
                server.crash()
                await tx.run("INSERT INTO kept VALUES (2)")

        with pytest.raises(DatabaseAway):
            await be_killed()
        server.start()
        await until_it_answers(database)

        async with database.transaction() as tx:
            assert await tx.value(int, "SELECT count(*) FROM kept") == 0


async def test_a_server_that_does_not_answer_new_connections_is_told_in_time(server: EmbeddedServer) -> None:
    postmaster = Postmaster(server.folder / "data").pid or 0
    async with a_pool(server.url, pool_size=2, acquire_timeout_s=0.3) as database:
        async with database.transaction() as tx:
            os.kill(postmaster, signal.SIGSTOP)
            try:
                with pytest.raises(DatabaseAway, match="did not answer in time"):
                    await sleep_in_sql(database, 0)
            finally:
                os.kill(postmaster, signal.SIGCONT)
            assert await tx.value(int, "SELECT 1") == 1

        await until_it_answers(database)


async def test_a_frozen_connection_is_given_up_and_another_taken(server: EmbeddedServer) -> None:
    async with a_pool(server.url, pool_size=1, statement_timeout_s=0.1) as database:
        frozen: list[int] = []

        async def be_frozen() -> None:
            async with database.transaction() as tx:
                frozen.append(await tx.value(int, "SELECT pg_backend_pid()") or 0)
                os.kill(frozen[0], signal.SIGSTOP)
                await tx.value(int, "SELECT 1")

        with pytest.raises(DatabaseAway, match="broke in the middle"):
            await be_frozen()
        answers = await database.ping()
        os.kill(frozen[0], signal.SIGCONT)

        assert answers


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda url: url.replace("raidbot:", "raidbot:wrong"), "refused the user or the password"),
        (lambda url: another(url, "nowhere"), "has no such database"),
    ],
)
async def test_a_wrong_address_is_told_without_the_password(postgres: EmbeddedServer, change: Any, told: str) -> None:
    url: str = change(postgres.url)

    with pytest.raises(DatabaseAway, match=told) as raised:
        await Database.connect(DatabaseSettings(url))

    assert url.split("@", maxsplit=1)[0].rpartition(":")[2] not in str(raised.value)


async def test_a_port_where_nobody_listens_is_told() -> None:
    port = free_port()

    with pytest.raises(DatabaseAway, match=rf"localhost:{port}/raidbot cannot be reached"):
        await Database.connect(DatabaseSettings(f"postgres://raidbot:pw@localhost:{port}/raidbot"))


async def test_a_server_without_free_connections_is_busy(postgres: EmbeddedServer, database_url: str) -> None:
    await administer(postgres.url, "CREATE ROLE guest LOGIN PASSWORD 'guest' CONNECTION LIMIT 1")
    url = database_url.replace(database_url.split("//")[1].split("@", maxsplit=1)[0], "guest:guest")
    try:
        async with a_pool(url, pool_size=2) as database, database.transaction():
            with pytest.raises(DatabaseBusy, match="no free connection"):
                await sleep_in_sql(database, 0)
    finally:
        await administer(postgres.url, "DROP ROLE guest")


def test_settings_show_no_password() -> None:
    settings = DatabaseSettings("postgres://raidbot:secret@db.example:5433/raids")

    assert repr(settings) == "DatabaseSettings(db.example:5433/raids)"
    assert "secret" not in str(structlog.processors.JSONRenderer()(None, "info", {"settings": repr(settings)}))
