"""The table of imitated rules and the tests that prove them name the same rules."""

import ast
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "reference" / "loopback.md"


def written() -> list[str]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    first = lines.index("| rule | module | source |") + 2
    rows = lines[first : lines.index("", first)]
    return [row.split(" | ")[0].removeprefix("| ") for row in rows]


def proved() -> set[str]:
    found: set[str] = set()
    for file in HERE.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "rule":
                found |= {each.value for each in node.args if isinstance(each, ast.Constant)}  # pyright: ignore[reportAssignmentType, reportUnhashable]
    return found


def test_every_rule_of_the_table_has_a_test() -> None:
    assert [row for row in written() if row not in proved()] == []


def test_every_rule_that_a_test_names_stands_in_the_table() -> None:
    assert sorted(proved() - set(written())) == []


def test_no_rule_stands_twice() -> None:
    assert len(written()) == len(set(written()))
