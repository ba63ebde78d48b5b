"""Log entries are read back as the panels write them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from raidbot.cli.log_words import NameTold, last_of_each, name_told, run_told
from raidbot.core.ids import UserId
from raidbot.dungeons import catalogue
from raidbot.features.raiders.model import EntryKind
from raidbot.features.raiders.panels import CHANGES
from raidbot.features.runs.model.log import Entry
from raidbot.features.runs.panels.log import chapter

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
SHATTERS = catalogue.known("shatters")
THREAD = f"{SHATTERS.name} · run 17"
ODALYS, QUILL, ROOK = 3, 4, 5
NEWT = UserId(11)


def log(*acts: tuple[str, int, dict[str, Any]]) -> list[str]:
    """Return the messages of a log, a chapter for each act."""
    entries = [
        Entry(id=number, user_id=by, kind=kind, detail=detail, happened_at=NOON)
        for number, (kind, by, detail) in enumerate(acts, start=1)
    ]
    return [chapter([one], SHATTERS.key).embed.description or "" for one in entries]


def change(kind: EntryKind, new: str = "Newtron", old: str = "Newt") -> NameTold | None:
    return name_told(f"<@11> {CHANGES[kind].format(new=new, old=old)}.\nWhy: seen in the nexus\n-# By <@2> · `11`")


@pytest.mark.parametrize(
    ("kind", "ign"),
    [
        (EntryKind.VERIFIED, "Newtron"),
        (EntryKind.RENAMED, "Newtron"),
        (EntryKind.ALT_ADDED, "Newtron"),
        (EntryKind.ALT_REMOVED, "Newt"),
        (EntryKind.UNVERIFIED, ""),
    ],
)
def test_a_change_of_names_is_read_as_it_was_written(kind: EntryKind, ign: str) -> None:
    assert change(kind) == NameTold(kind, NEWT, ign)


@pytest.mark.parametrize(
    "text", ["", "<@11> is verified as **New ton**.", "He said: <@11> is verified as **Newton**.", "<@11> loses"]
)
def test_what_reads_otherwise_is_no_change_of_names(text: str) -> None:
    assert name_told(text) is None
    assert change(EntryKind.TAKEN) is None


def test_what_came_last_counts_and_a_new_name_is_that_of_the_verification() -> None:
    told = [
        NameTold(EntryKind.VERIFIED, NEWT, "Newt"),
        NameTold(EntryKind.ALT_ADDED, NEWT, "Leibniz"),
        NameTold(EntryKind.RENAMED, NEWT, "Newtron"),
        NameTold(EntryKind.ALT_REMOVED, NEWT, "leibniz"),
        NameTold(EntryKind.RENAMED, UserId(12), "Wrenny"),
        NameTold(EntryKind.RENAMED, UserId(12), "Wrennie"),
        NameTold(EntryKind.VERIFIED, UserId(13), "Fen"),
        NameTold(EntryKind.UNVERIFIED, UserId(13), ""),
    ]

    assert [one for _, one in last_of_each(enumerate(told))] == [
        NameTold(EntryKind.VERIFIED, NEWT, "Newtron"),
        told[3],
        told[5],
        told[7],
    ]


def test_what_the_record_says_is_not_asked_for_again() -> None:
    def known(kind: EntryKind, *, verified: bool, ign: str | None) -> bool:
        names = {(NEWT, ign.lower())} if ign else set[tuple[UserId, str]]()
        return NameTold(kind, NEWT, "Newtron").is_on_record({NEWT} if verified else set(), names)

    assert known(EntryKind.VERIFIED, verified=True, ign="NEWTRON")
    assert not known(EntryKind.VERIFIED, verified=False, ign="Newtron")
    assert not known(EntryKind.VERIFIED, verified=True, ign="Newt")
    assert known(EntryKind.UNVERIFIED, verified=False, ign="Newtron")
    assert not known(EntryKind.UNVERIFIED, verified=True, ign="Newtron")
    assert known(EntryKind.ALT_REMOVED, verified=True, ign=None)
    assert not known(EntryKind.ALT_REMOVED, verified=True, ign="Newtron")
    assert not known(EntryKind.RENAMED, verified=True, ign="Newt")


def test_a_run_is_read_with_who_led_it_last_what_popped_and_how_it_ended() -> None:
    key = SHATTERS.keys[0].key
    entries = log(
        ("opened", ODALYS, {}),
        ("joined", ROOK, {}),
        ("noted", ODALYS, {"old": None, "new": "**Ended**"}),
        ("popped", ODALYS, {"number": 1}),
        ("offer_popped", ODALYS, {"key": key, "user_id": str(ROOK)}),
        ("pop_undone", ODALYS, {"number": 1}),
        ("popped", ODALYS, {"number": 1}),
        ("popped", ODALYS, {"number": 2}),
        ("handed_over", ODALYS, {"to": str(QUILL)}),
        ("ended", QUILL, {}),
    )

    run = run_told(THREAD, entries)

    assert run is not None
    assert (run.dungeon.key, run.number, run.leader, run.pops, run.end) == ("shatters", 17, QUILL, 2, "ended")
    assert run.keys == ((key, ROOK),)


@pytest.mark.parametrize(
    ("kind", "detail", "end"),
    [
        ("auto_ended", {}, "ended by itself"),
        ("cancelled", {"reason": "x"}, "cancelled"),
        ("started", {}, "not ended"),
        ("taken_over", {"from": str(ODALYS)}, "not ended"),
    ],
)
def test_a_run_without_pops_is_read_too(kind: str, detail: dict[str, Any], end: str) -> None:
    run = run_told(THREAD, log(("opened", ODALYS, {}), (kind, QUILL, detail)))

    assert run is not None
    assert (run.pops, run.end) == (0, end)
    assert run.leader == (QUILL if kind == "taken_over" else ODALYS)


@pytest.mark.parametrize("thread", ["Keys", "Nowhere · run 3", "Screenshot Newt", "Shatters · run x"])
def test_a_thread_of_something_else_is_no_run(thread: str) -> None:
    assert run_told(thread, []) is None
