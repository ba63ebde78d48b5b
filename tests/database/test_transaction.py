from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import asyncpg
import msgspec
import pytest
from asyncpg.exceptions import InternalClientError

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.faults import DatabaseAway
from raidbot.database.pool import Database


class Mood(StrEnum):
    CALM = "calm"
    HASTY = "hasty"


class Kept(msgspec.Struct, frozen=True):
    guild_id: GuildId
    run_id: RunId
    mood: Mood
    points: Decimal
    opened_at: datetime
    body: dict[str, Any]
    raiders: list[UserId]
    note: str | None


class Number(msgspec.Struct, frozen=True):
    number: int


OPENED_AT = datetime(2026, 11, 23, 20, 15, 30, 123456, tzinfo=UTC)

KEPT = Kept(
    guild_id=GuildId(1180000000000000001),
    run_id=RunId(7),
    mood=Mood.HASTY,
    points=Decimal("12.50"),
    opened_at=OPENED_AT,
    body={"party": "USEast", "reacts": [1, 2], "nested": {"by": "1180000000000000002"}},
    raiders=[UserId(2), UserId(3)],
    note=None,
)


async def a_table(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("CREATE TABLE kept (number integer PRIMARY KEY)")


async def numbers(database: Database) -> list[int]:
    async with database.transaction() as tx:
        rows = await tx.many(Number, "SELECT number FROM kept ORDER BY number")
    return [row.number for row in rows]


async def test_a_row_comes_back_as_it_was_stored_with_its_own_types(database: Database) -> None:
    async with database.transaction() as tx:
        found = await tx.one(
            Kept,
            """
            SELECT $1::bigint AS guild_id, $2::bigint AS run_id, $3::text AS mood, $4::numeric AS points,
                   $5::timestamptz AS opened_at, $6::jsonb AS body, $7::bigint[] AS raiders, $8::text AS note
            """,
            KEPT.guild_id,
            KEPT.run_id,
            KEPT.mood,
            KEPT.points,
            KEPT.opened_at,
            KEPT.body,
            KEPT.raiders,
            KEPT.note,
        )

    assert found == KEPT
    assert type(found.guild_id) is GuildId
    assert type(found.raiders[0]) is UserId
    assert type(found.mood) is Mood
    assert found.opened_at.utcoffset() == OPENED_AT.utcoffset()


async def test_jsonb_takes_structs_with_ids_as_strings(database: Database) -> None:
    async with database.transaction() as tx:
        found = await tx.value(dict, "SELECT $1::jsonb", KEPT)

    assert found is not None
    assert found["guild_id"] == "1180000000000000001"
    assert found["points"] == "12.50"


async def test_one_row_that_is_not_there_is_a_lookup_error_without_values(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(LookupError) as raised:
            await tx.one(Number, "SELECT 1 AS number\n  WHERE $1::text = 'x'", "what a member typed")

    assert "no Number found by: SELECT 1 AS number WHERE" in str(raised.value)
    assert "member typed" not in str(raised.value)


async def test_maybe_and_value_answer_none_when_there_is_no_row(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.maybe(Number, "SELECT 1 AS number WHERE false") is None
        assert await tx.value(int, "SELECT 1 WHERE false") is None
        assert await tx.value(int, "SELECT NULL::integer") is None


async def test_value_has_the_kind_that_was_asked_for(database: Database) -> None:
    async with database.transaction() as tx:
        user = await tx.value(UserId, "SELECT 5::bigint")
        mood = await tx.value(Mood, "SELECT 'calm'")

    assert type(user) is UserId
    assert mood is Mood.CALM


async def test_run_tells_how_many_rows_changed(database: Database) -> None:
    async with database.transaction() as tx:
        made = await tx.run("CREATE TABLE kept (number integer)")
        added = await tx.run("INSERT INTO kept SELECT generate_series(1, $1)", 5)
        updated = await tx.run("UPDATE kept SET number = -number WHERE number > $1", 2)
        deleted = await tx.run("DELETE FROM kept")

    assert (made, added, updated, deleted) == (0, 5, 3, 5)


async def test_statements_are_counted_without_begin_and_commit(database: Database) -> None:
    await a_table(database)

    async with database.transaction() as tx:
        await tx.run("INSERT INTO kept VALUES ($1)", 1)
        await tx.run_each("INSERT INTO kept VALUES ($1)", [(2,), (3,)])
        await tx.many(Number, "SELECT number FROM kept")
        await tx.maybe(Number, "SELECT number FROM kept LIMIT 1")
        await tx.value(int, "SELECT count(*) FROM kept")

    assert tx.statements == 6


async def test_run_each_with_no_rows_does_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run_each("INSERT INTO nowhere VALUES ($1)", [])

    assert tx.statements == 0


async def test_a_block_that_raises_leaves_nothing_behind(database: Database) -> None:
    await a_table(database)

    async def change_my_mind() -> None:
        async with database.transaction() as tx:
            await tx.run("INSERT INTO kept VALUES (1)")
            raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await change_my_mind()

    assert await numbers(database) == []


async def test_an_error_of_the_sql_comes_out_and_rolls_back(database: Database) -> None:
    await a_table(database)

    async def add_twice() -> None:
        async with database.transaction() as tx:
            await tx.run("INSERT INTO kept VALUES (1)")
            await tx.run("INSERT INTO kept VALUES (1)")

    with pytest.raises(asyncpg.UniqueViolationError):
        await add_twice()

    assert await numbers(database) == []


async def test_what_follows_a_commit_happens_once_and_finds_the_change_stored(database: Database) -> None:
    await a_table(database)
    told: list[int] = []

    async with database.transaction() as tx:
        tx.after_commit(lambda: told.append(database.size - database.idle))
        await tx.run("INSERT INTO kept VALUES (1)")
        before = list(told)

    assert before == []
    assert told == [0]
    assert await numbers(database) == [1]


async def test_what_follows_a_commit_does_not_happen_without_one(database: Database) -> None:
    told: list[str] = []

    async def give_up() -> None:
        async with database.transaction() as tx:
            tx.after_commit(lambda: told.append("committed"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await give_up()

    assert told == []


async def test_a_commit_that_a_constraint_refuses_is_not_announced(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("CREATE TABLE late (number integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    told: list[str] = []

    async def add_twice() -> None:
        async with database.transaction() as tx:
            tx.after_commit(lambda: told.append("committed"))
            await tx.run_each("INSERT INTO late VALUES ($1)", [(1,), (1,)])

    with pytest.raises(asyncpg.UniqueViolationError):
        await add_twice()

    assert told == []
    assert await database.ping()


async def test_a_step_after_commit_that_fails_does_not_hide_that_it_committed(database: Database) -> None:
    await a_table(database)
    told: list[str] = []

    def break_down() -> None:
        raise RuntimeError("listener broke")

    async with database.transaction() as tx:
        tx.after_commit(break_down)
        tx.after_commit(lambda: told.append("second"))
        await tx.run("INSERT INTO kept VALUES (1)")

    assert told == ["second"]
    assert await numbers(database) == [1]


async def test_a_transaction_that_is_over_cannot_be_used(database: Database) -> None:
    async with database.transaction() as tx:
        pass

    with pytest.raises(RuntimeError, match="transaction is over"):
        await tx.value(int, "SELECT 1")


async def test_a_session_that_ended_before_its_line_did_is_away_and_its_connection_dropped(database: Database) -> None:
    dropped: list[bool] = []

    async def meet_the_end() -> None:
        async with database.transaction() as tx:
            told = tx._told(InternalClientError("cannot switch to state 11; another operation (2) is in progress"))
            dropped.append(tx._is_closed())
            raise told

    with pytest.raises(DatabaseAway):
        await meet_the_end()

    assert dropped == [True]
    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT 1") == 1
