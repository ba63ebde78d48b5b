"""One raid through every layer: real PostgreSQL, real processes, real sockets, and what members see."""

import asyncio

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, menus, words

pytestmark = pytest.mark.journey

PUBLIC = {"Join", "Leave", "I bring", "Organizer", "Cult Key", "Void Key", "Vial"}
"""The buttons on the panel of a run of Lost Halls."""


async def live(raid: Raid) -> Json:
    """Open a run and start it; returns the organizer's private panel."""
    opened = await raid.open(party="Halls of Odalys", location="USWest Medusa")
    started = await raid.press("Odalys", opened["message"], "Start")
    await raid.panel("Live", number=0)
    return started["message"]


async def test_an_open_run_shows_what_it_is_and_neither_party_nor_location(raid: Raid) -> None:
    opened = await raid.open(party="Halls of Odalys", location="USWest Medusa", description="Bring keys @everyone")

    panel = await raid.panel("Lost Halls", "Open", "1 raider")
    assert buttons(panel).keys() == PUBLIC
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
    assert buttons(over).keys() == {"I was there", "Organizer"}

    again = await raid.press("Odalys", ended["message"], "Reopen")
    assert "It goes on" in words(again["message"])
    assert buttons(await raid.panel("Live", "Reopened")).keys() == PUBLIC


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
    [stands] = await raid.panels()
    assert f"/{raid.channels['raid']}/{stands['id']})" in words(second["message"])
    assert "your panel" in words(panel["message"])


async def test_the_dungeons_of_the_last_runs_are_suggested_first_and_the_exalts_while_the_backend_is_away(
    raid: Raid,
) -> None:
    where = (raid.guild_id, raid.channels["bot-commands"])
    await raid.open(dungeon="snake_pit")
    await raid.open(who="Quill", dungeon="mad_lab")

    known = await raid.hands.autocomplete(raid.people["Odalys"], *where, "run", {"dungeon": ""}, "dungeon")
    await raid.house.kill("backend")
    away = await raid.hands.autocomplete(raid.people["Odalys"], *where, "run", {"dungeon": ""}, "dungeon")

    assert [one["value"] for one in known["choices"]][:3] == ["mad_lab", "snake_pit", "oryx_3"]
    assert [one["value"] for one in away["choices"]][:2] == ["oryx_3", "advanced_nest"]


async def test_a_new_run_calls_the_role_of_its_dungeon_and_nobody_else(raid: Raid) -> None:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    role = next(one["id"] for one in view["roles"] if one["name"] == "Lost Halls")
    mapped = await raid.use("Alwyn", "dungeonrole set", dungeon="lost_halls", role=role)
    assert f"Lost Halls: <@&{role}>" in words(mapped["message"])

    await raid.open()
    await raid.panel("Open")
    await raid.press("Rook", (await raid.panels())[-1], "Join")
    panel = await raid.panel("2 raiders")

    assert panel["pinged_roles"] == [role]
    assert panel["pinged_everyone"] is None


async def test_here_is_called_once_in_its_pause_and_the_organizer_is_told(raid: Raid) -> None:
    await raid.use("Alwyn", "settings set", setting="ping_at_open", value="here")

    first = await raid.open()
    second = await raid.open(who="Quill")

    assert [one["pinged_everyone"] for one in await raid.panels()] == ["here", None]
    assert "left out" not in words(first["message"])
    assert "`@here` was left out" in words(second["message"])


async def test_who_is_in_a_live_run_reads_the_location_on_their_card_alone(raid: Raid) -> None:
    await live(raid)

    card = await raid.press("Rook", await raid.panel("Live"), "Join")

    assert "Location: **USWest Medusa**" in words(card["message"])
    assert card["message"]["ephemeral_for"] == str(raid.people["Rook"])
    assert "USWest" not in words(await raid.panel("2 raiders"))


async def test_an_organizer_is_warned_before_a_run_ends_by_itself_and_extends_it_raids_36(raid: Raid) -> None:
    await live(raid)
    await raid.hands.shift_clock(111 * 60)

    desk = await raid.desk("Live")
    warning = await raid.in_thread(desk, "ends by itself")
    assert [one["by"] for one in await raid.hands.pings(raid.people["Odalys"])] == ["user"]
    extended = await raid.press("Odalys", warning, "Extend")
    assert "It goes on" in words(extended["message"])

    await raid.hands.shift_clock(20 * 60)
    assert "Live" in words((await raid.panels())[0])


async def test_a_run_that_nobody_ends_ends_by_itself_but_not_while_nobody_can_press_a_button(raid: Raid) -> None:
    await live(raid)
    desk = await raid.desk("Live")
    await raid.house.kill("bot")
    await raid.hands.shift_clock(125 * 60)
    await raid.house.start_bot()
    await raid.logged(desk, "Everything due waits 15 minutes")
    assert "Live" in words((await raid.panels())[0])

    await raid.hands.shift_clock(16 * 60)

    over = await raid.panel("ended after", number=0)
    assert buttons(over).keys() == {"I was there", "Organizer"}


async def test_a_start_calls_whom_the_server_wants_called(raid: Raid) -> None:
    await raid.use("Alwyn", "settings set", setting="ping_at_start", value="here")

    await live(raid)
    other = await raid.open(who="Quill", party="p", location="l")
    second = await raid.press("Quill", other["message"], "Start")
    assert "`@here` was left out" in words(second["message"])

    call = await raid.call("Lost Halls", "is live")
    panel = (await raid.panels())[0]
    assert (panel["pinged_everyone"], call["pinged_everyone"]) == (None, "here")


async def test_a_deleted_panel_comes_back_once_and_pings_nobody_again(raid: Raid) -> None:
    await raid.use("Alwyn", "settings set", setting="ping_at_open", value="here")
    await raid.open()
    first = await raid.panel("Open")

    await raid.hands.delete(raid.people["Mira"], int(first["id"]))
    second = await raid.panel("Open", instead_of=first)
    joined = await raid.press("Rook", second, "Join")
    assert "You are in" in words(joined["message"])
    assert (first["pinged_everyone"], second["pinged_everyone"]) == ("here", None)

    await raid.hands.delete(raid.people["Mira"], int(second["id"]))
    told = await raid.panel("was deleted twice, so it stays away")
    assert buttons(told) == {}
    assert [one["by"] for one in await raid.hands.pings(raid.people["Odalys"])][-1] == "user"


async def test_what_happens_while_the_gateway_is_cut_is_drawn_afterwards(raid: Raid) -> None:
    opened = await raid.open(party="Party", location="USWest")
    await raid.panel("Open")

    await raid.hands.faults(gateway="cut")
    await raid.hands.faults()

    async def started() -> bool:
        told = await raid.press("Odalys", opened["message"], "Start")
        return "Live" in words(told["message"])

    await until(started, "the bot to hear again")
    await raid.panel("Live")


async def test_the_bot_ends_when_told_to_while_it_connects_anew(raid: Raid) -> None:
    await raid.open()
    panel = await raid.panel("Open")
    bot = raid.house.processes["bot"]

    await raid.hands.faults(gateway="invalid")  # from here discord.py waits 5 s for its turn
    missed = await raid.press("Rook", panel, "Join")
    bot.terminate()

    assert missed["state"] == "unanswered"
    assert await asyncio.wait_for(bot.wait(), 60) == 0
    del raid.house.processes["bot"]


async def test_another_organizer_confirms_before_steering_somebody_elses_run(raid: Raid) -> None:
    await raid.open()
    panel = await raid.panel("Open")

    own = await raid.press("Odalys", panel, "Organizer")
    asked = await raid.press("Quill", panel, "Organizer")
    opened = await raid.press("Quill", asked["message"], "Open it")

    assert "your panel" in words(own["message"])
    assert f"<@{raid.people['Odalys']}> leads this run, not you" in words(asked["message"])
    assert asked["message"]["pinged"] == []
    assert "Start" in buttons(opened["message"])
