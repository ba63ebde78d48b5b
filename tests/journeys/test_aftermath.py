"""What raiders meet before and after a run: the waiting list, the run that follows, and who was there."""

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, menus, words

from raidbot.database.pool import Database

pytestmark = pytest.mark.journey


async def card(raid: Raid, who: str) -> Json:
    return (await raid.use(who, "myrun"))["message"]


async def card_says(raid: Raid, who: str, *says: str) -> Json:
    """Wait until a member's card says all of that."""

    async def found() -> Json | None:
        now = await card(raid, who)
        return now if all(part in words(now) for part in says) else None

    return await until(found, f"the card of {who} to say {says}")


async def test_a_full_run_has_a_line_in_which_raiders_move_up_by_themselves_then_by_call(raid: Raid) -> None:
    opened = await raid.open(party="Halls", location="USWest", max_raiders=1)
    panel = await raid.panel("Open", "1 raider** in · 1 free")
    await raid.press("Rook", panel, "Join")
    full = await raid.panel("2 raiders")

    assert "Waiting list (0)" in buttons(full)
    tansy = await raid.press("Tansy", full, "Waiting list (0)")
    pike = await raid.press("Pike", await raid.panel("1 waiting"), "Waiting list (1)")
    assert "You wait**, number 1 in line" in words(tansy["message"])
    assert "You wait**, number 2 in line" in words(pike["message"])

    await raid.press("Rook", await raid.panel("2 waiting"), "Leave")
    await card_says(raid, "Tansy", "You are in")
    assert "number 1 in line" in words(await card(raid, "Pike"))
    back = await raid.press("Rook", await raid.panel("1 waiting"), "Waiting list (1)")
    assert "number 2 in line" in words(back["message"])

    await raid.press("Odalys", opened["message"], "Start")
    live = await raid.panel("Live", "2 waiting", number=0)
    await raid.press("Tansy", live, "Leave")
    called = await card_says(raid, "Pike", "A place is free for you")
    assert "I'm here" in buttons(called)
    await raid.hands.shift_clock(61)
    called = await card_says(raid, "Rook", "A place is free for you")
    passed = await card_says(raid, "Pike", "You wait", "number 1 in line")
    assert "I'm here" not in buttons(passed)

    async def here() -> bool:
        told = await raid.press("Rook", called, "I'm here")  # their fourth press, which may be slowed down
        return "Location: **USWest**" in words(told["message"])

    await until(here, "Rook to be in and to read where")
    assert "You wait" in words(await card(raid, "Pike"))


async def test_a_run_again_calls_its_raiders_once_and_lets_them_come_first(raid: Raid) -> None:
    opened = await raid.open(party="Halls", location="USWest", description="Bring slow", max_raiders=5)
    panel = await raid.panel("Open")
    await raid.press("Rook", panel, "Join")
    started = await raid.press("Odalys", opened["message"], "Start")
    await raid.call("is live")
    asked = await raid.press("Odalys", started["message"], "End")
    ended = await raid.press("Odalys", asked["message"], "End it")
    before = len(await raid.hands.pings(raid.people["Rook"]))

    again = await raid.press("Odalys", ended["message"], "Run again")
    assert "come first for a minute" in words(again["message"])
    call = await raid.call("comes next")
    new = await raid.call("come first; everybody else")
    assert call["pinged"] == [str(raid.people["Rook"])]
    assert (new["pinged_everyone"], new["pinged_roles"], new["pinged"]) == (None, [], [])
    assert "Bring slow" in words(new)

    tansy = await raid.press("Tansy", new, "Join")
    rook = await raid.press("Rook", call, "Join")
    assert "The raiders of the run before come first" in words(tansy["message"])
    assert "You are in" in words(rook["message"])
    assert len(await raid.hands.pings(raid.people["Rook"])) == before + 1
    await raid.hands.shift_clock(61)
    await card_says(raid, "Tansy", "You are in")


async def test_what_is_to_follow_opens_with_the_end_and_by_a_button_where_time_ended_the_run(raid: Raid) -> None:
    opened = await raid.open(party="Halls", location="USWest")
    started = await raid.press("Odalys", opened["message"], "Start")

    choices = await raid.press("Odalys", started["message"], "Next run")
    assert sum(len(values) for values in menus(choices["message"]).values()) == 52
    wished = await raid.choose("Odalys", choices["message"], "void")
    assert "opens as soon as this run ends" in words(wished["message"])
    asked = await raid.press("Odalys", wished["message"], "End")
    ended = await raid.press("Odalys", asked["message"], "End it")

    assert "is open. /panel brings up" in words(ended["message"])
    await raid.panel("Void", "Open")
    assert "Void" in words((await raid.use("Odalys", "panel"))["message"])

    theirs = await raid.open("Quill", party="Halls", location="USWest")
    await raid.press("Tansy", await raid.panel("Lost Halls", "Open"), "Join")
    desk = await raid.desk("Lost Halls", "· desk", who="Quill")
    live = await raid.press("Quill", theirs["message"], "Start")
    choices = await raid.press("Quill", live["message"], "Next run")
    await raid.choose("Quill", choices["message"], "nest")
    await raid.desk("Lost Halls", "Live", who="Quill")
    before = [len(await raid.hands.pings(raid.people[one])) for one in ("Quill", "Tansy")]
    await raid.hands.shift_clock(111 * 60)
    await raid.in_thread(desk, "ends by itself", "**Nest** opens only if one of you presses End", who="Quill")
    await raid.hands.shift_clock(10 * 60)
    told = await raid.in_thread(desk, "ended by itself, so", "**Nest** did not open", who="Quill")
    await raid.shown("raid", "Tansy", "ended after", "**Nest** was to follow and did not open")
    await raid.logged(desk, "**Ended by itself**. Nest did not open: whoever leads presses Next run", who="Quill")

    pinged = [len(await raid.hands.pings(raid.people[one])) for one in ("Quill", "Tansy")]
    assert pinged == [before[0] + 2, before[1]]
    twice = [await raid.press("Quill", told, "Open Nest") for _ in range(2)]
    assert "come first for a minute" in words(twice[0]["message"])
    assert "follows this one already" in words(twice[1]["message"])


async def test_who_was_there_says_so_and_whoever_led_decides(raid: Raid, database: Database) -> None:
    opened = await raid.open(party="Halls", location="USWest")
    await raid.press("Rook", await raid.panel("Open"), "Join")
    started = await raid.press("Odalys", opened["message"], "Start")
    asked = await raid.press("Odalys", started["message"], "End")
    await raid.press("Odalys", asked["message"], "End it")
    over = await raid.panel("ended after", "Were you there")

    said = await raid.press("Tansy", over, "I was there")
    in_already = await raid.press("Rook", over, "I was there")
    await raid.press("Pike", over, "I was there")
    assert "You say that you were there" in words(said["message"])
    assert "counted already" in words(in_already["message"])
    counted = await raid.panel("2 say that they were there")

    after = await raid.press("Odalys", counted, "Organizer")
    listed = await raid.press("Odalys", after["message"], "Who was there")
    chosen = await raid.choose("Odalys", listed["message"], str(raid.people["Tansy"]))
    done = await raid.press("Odalys", chosen["message"], "Refuse all")
    shows = await raid.press("Odalys", done["message"], "No-shows")
    struck = await raid.choose("Odalys", shows["message"], str(raid.people["Rook"]))

    assert "1 raider struck" in words(struck["message"])
    assert "You count: you were there" in words(await card(raid, "Tansy"))
    assert "did not confirm" in words(await card(raid, "Pike"))
    async with database.transaction() as tx:
        owed = "SELECT array_agg(user_id ORDER BY user_id) FROM (SELECT user_id FROM award WHERE kind = 'completion'"
        paid = await tx.value(list[int], owed + " GROUP BY user_id HAVING sum(quantity) > 0) a")
    assert paid == sorted([raid.people["Odalys"], raid.people["Tansy"]])
    await raid.hands.shift_clock(15 * 60 + 1)
    await raid.panel("ended after", without="Were you there")


async def test_a_server_that_wants_it_public_shows_party_and_location_on_the_panel_from_the_start_on(
    raid: Raid,
) -> None:
    await raid.use("Alwyn", "settings set", setting="location", value="public")
    opened = await raid.open(party="Halls of Odalys", location="USWest Medusa")
    assert "Medusa" not in words(await raid.panel("Open"))

    await raid.press("Odalys", opened["message"], "Start")

    await raid.panel("Live", "Party: **Halls of Odalys** · Location: **USWest Medusa**", number=0)
