"""Reading what a page tells an operator to type, and what it says they must read then."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

OPERATE = Path(__file__).parents[2] / "docs" / "operate"
RUNBOOK = OPERATE / "runbook"

BLOCK = re.compile(r"^[ ]*```(?P<kind>sh|text)\n(?P<content>.*?)^[ ]*```$", re.MULTILINE | re.DOTALL)

ANYTHING = "…"
"""Stands for any part of a line; alone on a line for any number of lines."""


@dataclass(frozen=True)
class Step:
    """One block of commands, and what must be read after it."""

    commands: str
    expected: str | None

    def is_met_by(self, output: str) -> bool:
        """Tell whether an output is what the page promises, which may be nothing but a good end."""
        if self.expected is None:
            return True
        return re.fullmatch("".join(map(_pattern, self.expected.splitlines())), output.rstrip("\n") + "\n") is not None


def steps(page: Path) -> list[Step]:
    """Return the steps of a page in order."""
    found = list[Step]()
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        content = textwrap.dedent(block["content"])
        if block["kind"] == "sh":
            found.append(Step(content, None))
        elif found and found[-1].expected is None:
            found[-1] = Step(found[-1].commands, content)
    return found


def rows(page: Path) -> dict[str, Step]:
    """Return the steps that stand in a table of the page, one a row, by their commands."""
    found = re.findall(r"^\|[^|]*\| `(raidbot [^`|]+)` \| `([^`|]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)
    around = f"{ANYTHING}\n{ANYTHING}%s{ANYTHING}\n{ANYTHING}\n"
    return {command: Step(command, around % told) for command, told in found}


def _pattern(line: str) -> str:
    if line.strip() == ANYTHING:
        return r"(?:.*\n)*"
    return ".*".join(re.escape(part) for part in line.split(ANYTHING)) + r"\n"
