"""What the operator's pages tell people to type is there.

Commands of `raidbot` are run by `tests/operate`. Here they are compared by name with what exists, as are those of
Docker, which cannot run where tests do, and what is typed in Discord.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from raidbot import features
from raidbot.bot.commands import declared
from raidbot.cli.main import app
from raidbot.cli.understudies import NEXT_BACKEND, NEXT_BOT

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs" / "operate").rglob("*.md")])
DEPLOY = ROOT / "deploy"
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_slash_command_of_a_page_exists(page: Path) -> None:
    features.load("commands")
    known = {words for name in declared for words in (name, declared[name].group)}
    groups = {one.group for one in declared.values() if one.group != one.name}
    addresses = {"health", "metrics"}

    typed = re.findall(r"`/([a-z]+)(?: ([a-z-]+))?[^`/]*`", page.read_text(encoding="utf-8"))
    said = {f"{name} {more}" if name in groups and more else name for name, more in typed} - addresses

    assert said - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_units_services_and_containers_of_a_page_are_those_that_are_handed_out(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    services = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    containers = {one["container_name"] for one in services.values()} | {NEXT_BACKEND, NEXT_BOT}
    options = r"(?: -[\w-]+(?: (?:deploy/|\.)[\w./-]*)?)*"

    units = set(re.findall(r"(?:systemctl \w+|--unit) (raidbot[\w-]*)", text))
    named = set(
        re.findall(rf"docker compose{options} (?:up|logs|exec|run|restart|kill|stop|rm){options} ([a-z][\w-]*)", text)
    )

    assert units <= {file.stem for file in (DEPLOY / "systemd").glob("*.service")}
    assert named <= services.keys()
    assert set(re.findall(r"`(rotmg_[a-z0-9_]+)`", text)) - {"rotmg_raids"} <= containers
