"""What the operator's pages tell people to type is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from raidbot.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs" / "operate").rglob("*.md")])
CALL = re.compile(r"(?m)(?:^|bin/)raidbot ([a-z-]+)((?:[ \n\\]+(?!docker|raidbot)[\w./:@*-]+)*)")


def commands() -> dict[str, Any]:
    """The commands by name, with their options; typer brings its own types for them."""
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def calls(page: Path) -> list[tuple[str, list[str]]]:
    """Every call of `raidbot` in code, with its words."""
    text = page.read_text(encoding="utf-8")
    code = [*re.findall(r"```sh\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)]
    found = [call for one in code for call in CALL.findall(one)]
    return [(name, rest.replace("\\", " ").split()) for name, rest in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_exists_with_its_options(page: Path) -> None:
    known = commands()
    wrong = list[str]()
    for name, words in calls(page):
        if name not in known:
            wrong.append(f"raidbot {name}")
            continue
        options = {option for one in known[name].params for option in (*one.opts, *one.secondary_opts)}
        wrong += [f"raidbot {name} {word}" for word in words if word.startswith("--") and word not in options]

    assert wrong == []
