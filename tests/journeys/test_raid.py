"""One raid through every layer: real PostgreSQL, real processes, real sockets, and what members see."""

import pytest
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, menus, words

pytestmark = pytest.mark.journey


async def live(raid: Raid) -> Json:
    """Open a run and start it; returns the organizer's private panel."""
    opened = await raid.open(party="Halls of Odalys", location="USWest Medusa")
    started = await raid.press("Odalys", opened["message"], "Start")
    await raid.panel("Live")
    return started["message"]


async def test_an_open_run_shows_what_it_is_and_neither_party_nor_location(raid: Raid) -> None:
    opened = await raid.open(party="Halls of Odalys", location="USWest Medusa", description="Bring keys @everyone")

    panel = await raid.panel("Lost Halls", "Open", "1 raider")
    assert buttons(panel).keys() == {"Join", "Leave", "Organizer"}
    assert "USWest" not in words(panel)
    assert "Halls of Odalys" not in words(panel)
    assert panel["pinged_everyone"] is None
    assert "USWest Medusa" in words(opened["message"])
    assert opened["message"]["ephemeral_for"] == str(raid.people["Odalys"])


async def test_raiders_come_and_go_and_the_panel_counts_them(raid: Raid) -> None:
    await raid.open()
    panel = await raid.panel("1 raider")

    joined = await raid.press("Rook", panel, "Join")
    await raid.press("Tansy", panel, "Join")
    await raid.panel("3 raiders")
    again = await raid.press("Rook", panel, "Join")
    left = await raid.press("Rook", panel, "Leave")

    await raid.panel("2 raiders")
    assert ["You are in**" in words(one["message"]) for one in (joined, again, left)] == [True, False, False]
    assert "You are in already" in words(again["message"])
    assert "You left" in words(left["message"])
    assert joined["message"]["ephemeral_for"] == str(raid.people["Rook"])


async def test_who_may_not_is_told_why_and_what_to_do(raid: Raid) -> None:
    await raid.open()
    panel = await raid.panel("Open")

    suspended = await raid.press("Sully", panel, "Join")
    stranger = await raid.press("Rook", panel, "Organizer")

    assert "You are suspended" in words(suspended["message"])
    assert "Only the organizer of this run" in words(stranger["message"])


async def test_an_end_asks_once_names_what_ends_and_can_be_taken_back(raid: Raid) -> None:
    private = await live(raid)

    asked = await raid.press("Odalys", private, "End")
    assert "End **Lost Halls** with 1 raider?" in words(asked["message"])
    ended = await raid.press("Odalys", asked["message"], "End it")
    over = await raid.panel("ended after", "1 raider")
    assert buttons(over) == {}

    again = await raid.press("Odalys", ended["message"], "Reopen")
    assert "It goes on" in words(again["message"])
    assert buttons(await raid.panel("Live")).keys() == {"Join", "Leave", "Organizer"}


async def test_a_cancelled_run_says_why(raid: Raid) -> None:
    private = await live(raid)

    asked = await raid.press("Odalys", private, "Cancel")
    gone = await raid.choose("Odalys", asked["message"], "no_key")

    assert "cancelled: no key" in words(gone["message"])
    await raid.panel("cancelled: no key")
    assert menus(asked["message"])


async def test_a_locked_run_takes_nobody_until_it_is_unlocked(raid: Raid) -> None:
    opened = await raid.open()

    locked = await raid.press("Odalys", opened["message"], "Lock")
    assert "Join" not in buttons(await raid.panel("Locked"))

    await raid.press("Odalys", locked["message"], "Unlock")
    assert "Join" in buttons(await raid.panel("Open", without="Locked"))


async def test_start_asks_for_party_and_location_which_are_typed_into_a_form(raid: Raid) -> None:
    private = (await raid.open())["message"]

    refused = await raid.press("Odalys", private, "Start")
    assert "Set party and location first" in words(refused["message"])
    form = await raid.press("Odalys", private, "Party & loc", wait="first")
    values = {"party": "Odalys LH", "location": "EUNorth Beholder"}
    placed = await raid.hands.submit(raid.people["Odalys"], int(form["id"]), values)
    assert "EUNorth Beholder" in words(placed["message"])

    started = await raid.press("Odalys", private, "Start")
    assert "Live" in words(started["message"])
    assert "EUNorth" not in words(await raid.panel("Live"))


async def test_an_organizer_has_one_run_and_is_told_which(raid: Raid) -> None:
    await raid.open()

    second = await raid.open()
    panel = await raid.use("Odalys", "panel")

    assert "You are leading run" in words(second["message"])
    assert len(await raid.panels()) == 1
    assert "your panel" in words(panel["message"])
