"""Names and words that have no place here."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "stuff"}
"""Names that say nothing about what is inside."""
TEXT = {".py", ".md", ".toml", ".sql", ".html", ".css", ".js", ".yml", ".yaml", ""}
OPEN_END = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME|XXX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.-])/(home|Users|root|work|workspace)/\w")
INDEX_HOST = re.compile(r"pypi\.|pythonhosted|registry\.npmjs|--(extra-)?index-url=")


def tracked() -> list[Path]:
    """List the files that belong to the project, with those not yet committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git of whoever runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("no git here")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return where a pattern stands in the project's own text; the lock is not ours to word."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [path.relative_to(ROOT) for path in tracked() if path.suffix == ".py"]

    assert [str(path) for path in named if EMPTY_NAMES & {path.stem, *path.parts[:-1]}] == []


def test_open_ends_are_issues_and_not_comments() -> None:
    assert lines_with(OPEN_END) == []


def test_nothing_depends_on_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATH) == []
    assert lines_with(INDEX_HOST) == []


def test_the_lock_names_no_index() -> None:
    assert not re.search("https?://", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
