"""The `.env` file: what changes in it is told before it is written, and only its owner reads it."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values

from raidbot.settings import is_secret

LINE = re.compile(r"(?m)^(?:export\s+)?([A-Za-z_]\w*)[ \t]*=.*\n?")

HEAD = "# Written by raidbot init. Every variable is told in docs/reference/settings.md.\n"

Wanted = Mapping[str, str | None]
"""What variables are to be; None takes one out."""


def read(file: Path) -> dict[str, str]:
    """Return the variables of a file; none where there is none."""
    return {name: value for name, value in dotenv_values(file, interpolate=False).items() if value}


def changes(file: Path, wanted: Wanted) -> Iterator[str]:
    """Say what writing would change, without the values of secrets."""
    present = read(file)
    for name, value in wanted.items():
        before = present.get(name)
        if value == before or (value is None and before is None):
            continue
        if is_secret(name):
            yield f"{name}: {'is taken out' if value is None else 'gets another value' if before else 'is set'}"
        else:
            yield f"{name}: {before or 'not set'} -> {value or 'not set'}"


def write(file: Path, wanted: Wanted) -> None:
    """Change variables where they stand and add the others; comments and everything else stay."""
    text = file.read_text(encoding="utf-8") if file.exists() else HEAD
    for name, value in wanted.items():
        line = "" if value is None else f"{name}={value}\n"
        if any(found[1] == name for found in LINE.finditer(text)):
            text = _replaced(text, name, line)
        else:
            text = (text if text.endswith("\n") else text + "\n") + line
    keep(file, text)


def _replaced(text: str, name: str, line: str) -> str:
    """Put a line in the place of the first one of that name, and drop the others."""
    lines = iter([line])
    return LINE.sub(lambda found: next(lines, "") if found[1] == name else found[0], text)


def keep(file: Path, text: str, mode: int = 0o600) -> None:
    """Write a file at once or not at all; owner and group stay those that it had."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text)
        if file.exists():
            had = file.stat()
            os.fchown(new.fileno(), had.st_uid, had.st_gid)
            mode |= had.st_mode & stat.S_IRGRP  # a group that was let in stays in
        os.fchmod(new.fileno(), mode)
    beside.replace(file)
