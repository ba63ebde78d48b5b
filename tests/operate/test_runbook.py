"""Every command of the runbook does what its page says: it is typed, on a machine as the page finds it.

Docker cannot run here. Its commands are compared with the Compose file alone, in `tests/deploy/test_pages.py`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.operate.pages import RUNBOOK, Step, steps
from tests.operate.worlds import JOURNEYS, TROUBLES, WORLDS, World, a_running_system
from tests.support.house import ROOT
from tests.support.record import Record

from raidbot.core.alerts import RunbookPage

PAGES = sorted(page.stem for page in RUNBOOK.glob("*.md") if page.stem != "README")

FIRST_SCREEN = 25
"""Lines that a terminal of the usual size shows of a page."""


def typed(world: World, step: Step) -> str:
    """Type the commands of a step, and return what an operator then reads."""
    told = subprocess.run(  # noqa: S603 - commands of our own pages
        ["/bin/sh", "-e", "-c", step.commands],
        check=False,
        cwd=world.folder,
        env=environ(world),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert told.returncode in world.ends_with, f"{step.commands}\n{told.stdout}"
    return told.stdout


def environ(world: World) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(world.folder),
        "DATABASE_URL": world.record.where.url,
        "BACKEND_API_KEY": "k" * 32,
        "DATA_DIR": str(world.folder / "data"),
        "BACKUP_DIR": str(world.folder / "backups"),
        **world.environ,
    }


def follow(world: World, page: str, step: Step) -> None:
    """Type a step of a page, and read what it promises."""
    output = typed(world, step)
    assert step.is_met_by(output), f"{page}.md: {step.commands}\npromised:\n{step.expected}\nread:\n{output}"


def test_every_page_is_typed_somewhere() -> None:
    assert sorted([*WORLDS, *TROUBLES, *JOURNEYS]) == PAGES, (
        "say in tests/operate/worlds.py how a page finds the machine"
    )
    for page, journey in JOURNEYS.items():
        assert f'"{page}.md"' in (ROOT / "tests" / "journeys" / journey).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", WORLDS)
async def test_what_a_page_says_to_type_leads_to_what_it_says_must_be_read(
    page: str, record: Record, tmp_path: Path
) -> None:
    world = World(record, tmp_path)
    going_on = WORLDS[page](world)
    for step in steps(RUNBOOK / f"{page}.md"):
        await anext(going_on)
        follow(world, page, step)
    await going_on.aclose()


@pytest.mark.journey
@pytest.mark.timeout(300)
async def test_what_pages_say_to_type_on_a_system_that_runs_leads_to_what_they_say_must_be_read(tmp_path: Path) -> None:
    async with a_running_system(tmp_path) as world:
        for page, trouble in TROUBLES.items():
            await trouble(world)
            for step in steps(RUNBOOK / f"{page}.md"):
                follow(world, page, step)


@pytest.mark.parametrize("page", PAGES)
def test_the_first_screen_says_what_is_seen_what_to_type_and_what_must_be_read(page: str) -> None:
    screen = "\n".join((RUNBOOK / f"{page}.md").read_text(encoding="utf-8").splitlines()[:FIRST_SCREEN])

    assert re.search(r"^\*\*You (see|need)\*\*", screen, re.MULTILINE)
    assert "```sh\n" in screen
    assert "**You must read**" in screen


def test_the_index_leads_to_every_page_and_the_record_has_its_pages() -> None:
    index = (RUNBOOK / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([a-z-]+)\.md\)", index)) == set(PAGES)
    assert {page.value for page in RunbookPage} <= set(PAGES)


@pytest.mark.parametrize(
    ("expected", "output", "met"),
    [
        ("a … c\n", "a b c\n", True),
        ("a … c\n", "a b d\n", False),
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a\n…\n", "a\n", True),
        ("a\n", "a\nb\n", False),
    ],
)
def test_what_a_page_promises_is_compared_line_by_line(expected: str, output: str, *, met: bool) -> None:
    assert Step("x", expected).is_met_by(output) is met
