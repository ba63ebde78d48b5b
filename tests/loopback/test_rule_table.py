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
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "rule":
                named = [constants[each.id] if isinstance(each, ast.Name) else each for each in node.args]
                found |= {str(each.value) for each in named if isinstance(each, ast.Constant)}
    return found


def test_every_rule_of_the_table_has_a_test() -> None:
    found = proved()

    assert [row for row in written() if row not in found] == []


def test_every_rule_that_a_test_names_stands_in_the_table() -> None:
    assert sorted(proved() - set(written())) == []


def test_no_rule_stands_twice() -> None:
    assert len(written()) == len(set(written()))
