"""Every SQL literal in the code is prepared against the schema: it must parse, and fill the Struct it is read into."""

import ast
import importlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedServer

SOURCE = Path(__file__).parents[2] / "src"
OPERATORS_PAGE = (SOURCE.parent / "docs" / "operate" / "database.md").read_text()
SQL_AT = {"run": 0, "run_each": 0, "one": 1, "maybe": 1, "many": 1, "value": 1}
"""Which argument of a method of `Transaction` is the SQL."""


@dataclass(frozen=True)
class Statement:
    place: str
    sql: str
    row: type[msgspec.Struct] | None


def is_statement(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    receiver = ast.unparse(node.func.value).rpartition(".")[2]
    return node.func.attr in SQL_AT and receiver == "tx"


def statements_in(file: Path) -> Iterator[Statement]:
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if is_statement(node)]
    if not calls:
        return
    names = vars(importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts)))
    for call in calls:
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        at = SQL_AT[call.func.attr]
        row = value_of(call.args[0], names) if at else None
        is_row = isinstance(row, type) and issubclass(row, msgspec.Struct)
        yield Statement(
            f"{file.relative_to(SOURCE)}:{call.lineno}", value_of(call.args[at], names), row if is_row else None
        )


def value_of(node: ast.expr, names: dict[str, Any]) -> Any:
    """Return the value of a literal or of something named in the module."""
    return eval(compile(ast.Expression(node), "<statement>", "eval"), dict(names))  # noqa: S307 - our own source


def files() -> list[str]:
    own = SOURCE / "raidbot" / "database"
    found = [file for file in sorted(SOURCE.glob("raidbot/**/*.py")) if own not in file.parents]
    return [str(file.relative_to(SOURCE)) for file in found if "tx." in file.read_text()]


@pytest.mark.parametrize("file", files())
async def test_every_statement_fits_the_schema_and_fills_its_row(file: str, database_url: str) -> None:
    found = list(statements_in(SOURCE / file))

    faults = [fault async for fault in _faults(database_url, found)]

    assert faults == []


async def _faults(url: str, found: list[Statement]) -> AsyncIterator[str]:
    connection = await open_connection(DatabaseSettings(url))
    try:
        for one in found:
            try:
                prepared = await connection.prepare(one.sql)
            except asyncpg.PostgresError as fault:
                yield f"{one.place}: {fault}"
                continue
            for fault in _missing(one, {column.name for column in prepared.get_attributes()}):
                yield fault
    finally:
        await connection.close()


def _missing(one: Statement, columns: set[str]) -> Iterator[str]:
    if one.row:
        fields = msgspec.structs.fields(one.row)
        needed = {field.encode_name for field in fields if field.required}
        unread = columns - {field.encode_name for field in fields}
        yield from (f"{one.place}: {one.row.__name__} needs the column {name}" for name in sorted(needed - columns))
        yield from (f"{one.place}: {one.row.__name__} does not read the column {name}" for name in sorted(unread))


async def test_the_statements_of_the_operators_page_run(postgres: EmbeddedServer) -> None:
    block = OPERATORS_PAGE.split("```sql\n")[1].split("```")[0]
    statements = [part for part in block.split(";") if part.strip()]

    faults = [fault async for fault in _faults(postgres.url, [Statement(one, one, None) for one in statements])]

    assert faults == []
    assert len(statements) == 5


async def test_a_wrong_column_and_a_missing_field_are_found(database_url: str) -> None:
    class Row(msgspec.Struct):
        number: int
        name: str

    found = [
        Statement("here:1", "SELECT nothing FROM schema_migration", None),
        Statement("here:2", "SELECT number, checksum FROM schema_migration", Row),
    ]

    faults = [fault async for fault in _faults(database_url, found)]

    assert faults == [
        'here:1: column "nothing" does not exist',
        "here:2: Row needs the column name",
        "here:2: Row does not read the column checksum",
    ]


def test_statements_are_found_in_the_source() -> None:
    found = list(statements_in(SOURCE / "raidbot" / "backend" / "events.py"))

    assert len(found) >= 3
    assert any(one.sql.startswith("INSERT INTO outbox") for one in found)
    assert [one.row.__name__ for one in found if one.row] == ["OutboxRow"]
