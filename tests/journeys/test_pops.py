"""Keys that pop: what leaders and raiders press and see, against real processes."""

import pytest
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, menus, words

pytestmark = pytest.mark.journey


async def live(raid: Raid, dungeon: str = "shatters") -> Json:
    """Open a run and start it; returns the organizer's private panel."""
    opened = await raid.open(dungeon=dungeon, party="Party of Odalys", location="USWest Medusa")
    started = await raid.press("Odalys", opened["message"], "Start")
    await raid.panel("Live", number=0)
    return started["message"]


async def pick(raid: Raid, who: str, message: Json, menu: str, value: str) -> Json:
    """Choose something in the menu whose custom id begins so."""
    custom_id = next(one for one in menus(message) if one.startswith(menu))
    return await raid.hands.select(raid.people[who], int(message["id"]), custom_id, [value])


async def test_a_key_pops_with_one_press_its_window_shows_and_closes_and_more_is_told_afterwards(raid: Raid) -> None:
    private = await live(raid)
    panel = await raid.panel("Live", number=0)
    await raid.press("Rook", panel, "Join")
    asked = await raid.press("Rook", panel, "Key")
    await raid.press("Rook", asked["message"], "Yes, I have it")
    confirm = await raid.press("Quill", panel, "Organizer")
    other = await raid.press("Quill", confirm["message"], "Open it")

    popped = await raid.press("Odalys", private, "Key popped")
    assert "Counted**, and 1 raider called" in words(popped["message"])
    await raid.panel("Key 1 popped** — join closes", number=0)
    rook = str(raid.people["Rook"])
    told = await pick(raid, "Odalys", popped["message"], "run:popper:", rook)
    assert f"Popped by: <@{rook}>" in words(told["message"])
    failed = await pick(raid, "Odalys", told["message"], "run:pop_outcome:", "failed")
    assert "Outcome: **Failed**" in words(failed["message"])
    mixed = await raid.press("Odalys", failed["message"], "Other dungeon")
    halls = await raid.choose("Odalys", mixed["message"], "lost_halls")
    assert "Dungeon: **Lost Halls**" in words(halls["message"])

    again = await raid.press("Quill", other["message"], "Key popped")
    assert "Key 1 is counted already" in words(again["message"])

    await raid.hands.shift_clock(26)
    closed = await raid.panel("1 pop", without="join closes", number=0)
    assert "Join next" in buttons(closed)
    late = await raid.press("Tansy", closed, "Join next")
    assert "You count from key 2" in words(late["message"])

    undone = await raid.press("Odalys", halls["message"], "Undo")
    assert "Key 1 is taken back" in words(undone["message"])
    assert "Key popped" in buttons(undone["message"])
    await raid.panel("Live", without="1 pop", number=0)
