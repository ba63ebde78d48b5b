"""The scripts are what a newcomer runs first."""

import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted([*(ROOT / "script").iterdir(), ROOT / ".ci" / "run"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_can_be_run_and_is_plain_shell(script: Path) -> None:
    check = ["/bin/sh", "-n", script]
    parsed = subprocess.run(check, capture_output=True, text=True, check=False)  # noqa: S603 - our own scripts

    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n# ")
    assert parsed.stderr == ""


def test_every_recipe_of_the_menu_says_what_it_does() -> None:
    lines = (ROOT / "justfile").read_text(encoding="utf-8").splitlines()

    unexplained = [
        line
        for before, line in pairwise(lines)
        if line[:1].isalpha() and line.rstrip().split("#")[0].rstrip().endswith((":", "setup")) and before[:2] != "# "
    ]

    assert unexplained == []
