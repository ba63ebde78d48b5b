"""Which feature owns which table, which write it and which read it, found in the SQL of migrations and stores."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "raidbot"
MIGRATIONS = SOURCE / "database" / "migrations"

FRAME = "backend"
"""Owns what belongs to no feature: the outbox and its readers, heartbeats."""

CREATED = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.MULTILINE)
DROPPED = re.compile(r"^DROP TABLE (?:IF EXISTS )?(\w+)", re.MULTILINE)
RENAMED = re.compile(r"^ALTER TABLE (\w+) RENAME TO (\w+)", re.MULTILINE)
NUMBERED = re.compile(r"\d{4}_(?P<feature>\w+)")
WRITTEN = re.compile(r"\b(?:INSERT INTO|DELETE FROM|UPDATE)\s+(\w+)")
READ = re.compile(r"(?:\b(?:FROM|JOIN|USING)|,)\s+(\w+)")


@dataclass
class Table:
    """One table, and who does what with it."""

    owner: str
    writers: set[str] = field(default_factory=set[str])
    readers: set[str] = field(default_factory=set[str])


def tables() -> dict[str, Table]:
    """Return every table by its name. Its owner is named by the migration that creates it."""
    found = {name: Table(owner) for name, owner in _owners().items()}
    for part, sql in _statements():
        for name in set(WRITTEN.findall(sql)) & found.keys():
            found[name].writers.add(part)
        for name in set(READ.findall(sql)) & found.keys():
            found[name].readers.add(part)
    return dict(sorted(found.items()))


def markdown() -> str:
    """Return the page that lists them."""
    lines = [
        "# Tables, and who reads them",
        "",
        "A store may read any table; its owner alone writes it. To the outbox every feature adds what happened.",
        "Written from the migrations and stores by `just docs`.",
        "",
        "| table | owner | read by |",
        "| --- | --- | --- |",
        *(
            f"| `{name}` | {one.owner} | {', '.join(sorted(one.readers - {one.owner})) or '—'} |"
            for name, one in tables().items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _owners() -> dict[str, str]:
    owners: dict[str, str] = {}
    features = [path.name for path in (SOURCE / "features").iterdir() if path.is_dir()]
    for path in sorted(MIGRATIONS.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        named = NUMBERED.match(path.stem)
        about = named["feature"] if named else ""
        owner = max((one for one in features if about.startswith(one)), key=len, default=FRAME)
        owners |= {name: owner for name in CREATED.findall(sql) if name not in owners}
        for old, new in RENAMED.findall(sql):
            owners[new] = owners.pop(old)
        for name in DROPPED.findall(sql):
            owners.pop(name, None)
    return owners


def _statements() -> Iterator[tuple[str, str]]:
    """Return each text with SQL in it, with the part of the program where it stands."""
    gathered: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        top, _, rest = path.relative_to(SOURCE).as_posix().partition("/")
        part = rest.partition("/")[0] if top == "features" else top
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                gathered[part].append(node.value)
    for part, texts in gathered.items():
        for text in texts:
            yield part, text
