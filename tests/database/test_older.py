"""What a migration may do while the last release still has to run on it: add, and nothing else."""

import re
from pathlib import Path

import pytest

from raidbot.database.migrate import load_migrations

LAST_RELEASED = int((Path(__file__).parent / "released.txt").read_text(encoding="ascii"))
"""The number of the last migration that the last release has; `just release` writes it. 0: nothing was released."""

EXCUSE = "-- Unused since: "
"""With a release behind it: from that one on nobody uses what the migration takes away."""

BREAKS = {
    "takes a table away": re.compile(r"^DROP TABLE"),
    "takes a column away": re.compile(r"\bDROP COLUMN\b"),
    "takes a default away": re.compile(r"\bDROP DEFAULT\b"),
    "renames": re.compile(r"\bRENAME\b"),
    "changes a type": re.compile(r"\bALTER (COLUMN )?\w+ (SET DATA )?TYPE\b"),
    "requires a value": re.compile(r"\bSET NOT NULL\b|\bADD (?!CONSTRAINT)(?!.*\bDEFAULT\b).*\bNOT NULL\b"),
    "takes a key away": re.compile(r"^DROP INDEX|\bDROP CONSTRAINT \w+_(pkey|key)\b"),
    "narrows what is allowed": re.compile(
        r"\bADD (CONSTRAINT \w+ )?(CHECK|UNIQUE|PRIMARY KEY|FOREIGN KEY|EXCLUDE)\b|^CREATE UNIQUE INDEX"
    ),
}
"""What may fail statements of a release that knows nothing of it; a key is named by ON CONFLICT."""

TABLE = re.compile(r"^(?:ALTER|DROP) (?:TABLE|INDEX) (?:IF EXISTS )?(?:ONLY )?(\w+)|^CREATE UNIQUE INDEX \w+ ON (\w+)")


def breaks(sql: str, fresh: set[str]) -> list[str]:
    """Return what a migration does that the last release may not stand.

    A check that comes in the place of one of the same name widens it. Tables and indexes in `fresh` are in no release.
    """
    statements = [" ".join(one.split()) for one in re.sub(r"--.*", "", sql).split(";")]
    widened = re.findall(r"DROP CONSTRAINT (\w+_check)\b", " ".join(statements))
    found = list[str]()
    for one in statements:
        table = TABLE.search(one)
        if one.startswith("CREATE TABLE") or (table and (table[1] or table[2]) in fresh):
            continue
        actions = re.split(r",(?![^()]*\))", one)
        risky = [each for each in actions if not any(f"ADD CONSTRAINT {name} " in each for name in widened)]
        found += [what for each in risky for what, pattern in BREAKS.items() if pattern.search(each.strip())]
    return found


def test_what_came_since_the_last_release_only_adds_to_its_tables() -> None:
    """Going back is starting the release before, on this schema; `script/test-older` tries that."""
    later = [one for one in load_migrations() if one.number > LAST_RELEASED]
    fresh = {name for one in later for name in re.findall(r"(?m)^CREATE (?:UNIQUE )?(?:TABLE|INDEX) (\w+)", one.sql)}

    told = {one.name: breaks(one.sql, fresh) for one in later if EXCUSE not in one.sql}

    assert {name: found for name, found in told.items() if found} == {}


def test_the_last_release_has_no_more_migrations_than_there_are() -> None:
    assert 0 <= LAST_RELEASED <= len(load_migrations())


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ALTER TABLE run ADD COLUMN note text;", []),
        ("ALTER TABLE run ADD COLUMN note text NOT NULL DEFAULT '';", []),
        ("ALTER TABLE run ADD COLUMN note text DEFAULT '' NOT NULL;", []),
        ("ALTER TABLE run ADD COLUMN price numeric(8, 2) CHECK (price IN (1, 2)) DEFAULT 1 NOT NULL;", []),
        ("ALTER TABLE run ADD COLUMN note text NOT NULL;", ["requires a value"]),
        ("ALTER TABLE run ADD a text NOT NULL DEFAULT '', ADD COLUMN b text NOT NULL;", ["requires a value"]),
        ("ALTER TABLE run ALTER COLUMN note SET NOT NULL;", ["requires a value"]),
        ("ALTER TABLE run ALTER COLUMN note TYPE bigint USING 1;", ["changes a type"]),
        ("ALTER TABLE run ALTER COLUMN note DROP DEFAULT;", ["takes a default away"]),
        ("ALTER TABLE run ALTER COLUMN note DROP NOT NULL;", []),
        ("ALTER TABLE run\n    DROP COLUMN note;", ["takes a column away"]),
        ("ALTER TABLE run RENAME COLUMN a TO b;", ["renames"]),
        ("DROP TABLE run;", ["takes a table away"]),
        ("DROP INDEX idx_run;", ["takes a key away"]),
        ("ALTER TABLE run DROP CONSTRAINT run_pkey;", ["takes a key away"]),
        ("ALTER TABLE run ADD CHECK (stars > 0);", ["narrows what is allowed"]),
        ("CREATE UNIQUE INDEX one ON run (a);", ["narrows what is allowed"]),
        ("CREATE INDEX one ON run (a);", []),
        ("CREATE TABLE new (a int NOT NULL, UNIQUE (a));", []),
        ("CREATE UNIQUE INDEX one ON new (a); ALTER TABLE new ADD CHECK (a > 0);", []),
        ("ALTER TABLE run DROP CONSTRAINT a_check; ALTER TABLE run ADD CONSTRAINT a_check CHECK (a > 0);", []),
        ("-- DROP TABLE run;\nCREATE INDEX one ON run (a);", []),
    ],
)
def test_what_a_release_may_not_stand_is_told_from_what_it_does_not_notice(sql: str, found: list[str]) -> None:
    assert breaks(sql, {"new"}) == found
