"""A table has one owner, who alone writes it; who reads it stands on a page."""

from pathlib import Path

from tools import tables

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tables.md"
FOR_ALL = {"outbox"}
"""Every feature adds to it what happened."""


def test_a_table_is_written_by_its_owner_alone() -> None:
    strangers = {
        name: sorted(one.writers - {one.owner})
        for name, one in tables.tables().items()
        if one.writers - {one.owner} and name not in FOR_ALL
    }

    assert strangers == {}


def test_the_page_says_who_reads_what() -> None:
    assert PAGE.read_text(encoding="utf-8") == tables.markdown()


def test_writing_and_reading_are_told_apart() -> None:
    found = tables.tables()

    assert found["award"].owner == "points"
    assert found["outbox"].writers >= {"runs", "discord_state"}
    assert found["raider_name"].readers >= {"raiders", "runs"}
