"""The scripts are what a newcomer runs first."""

import os
import re
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


def test_the_release_before_is_tried_with_every_feature_that_writes() -> None:
    script = (ROOT / "script" / "test-older").read_text(encoding="utf-8")
    chosen = set(re.findall(r"\btest_\w+\.py\b", script))
    writing = {store.parent.name for store in (ROOT / "src/raidbot/features").glob("*/store*")}

    tried = {file.parent.name for file in (ROOT / "tests/features").glob("*/test_*.py") if file.name in chosen}

    assert writing - tried == set()


def test_every_recipe_of_the_menu_says_what_it_does() -> None:
    lines = (ROOT / "justfile").read_text(encoding="utf-8").splitlines()

    unexplained = [
        line
        for before, line in pairwise(lines)
        if line[:1].isalpha() and line.rstrip().split("#")[0].rstrip().endswith((":", "setup")) and before[:2] != "# "
    ]

    assert unexplained == []
