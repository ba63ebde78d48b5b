"""The how-to pages show code; it has to fit the code that is there."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
EXAMPLE = "raidbot.features.motd"
"""The feature that the pages invent."""


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")  # discord.py, on import
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_on_a_page_parses_and_imports_what_exists(page: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    missing: list[str] = []

    for tree in map(ast.parse, blocks):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith(EXAMPLE):
                module = import_module(node.module)
                missing += [f"{node.module}.{name.name}" for name in node.names if not hasattr(module, name.name)]

    assert missing == []
