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


async def test_a_key_pops_with_one_press_its_window_shows_and_closes_and_more_is_told_afterwards_raids_37(
    raid: Raid,
) -> None:
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


async def test_after_the_end_keys_are_named_by_menu_and_by_ign_and_the_run_is_told_and_corrected(raid: Raid) -> None:
    private = await live(raid)
    panel = await raid.panel("Live", number=0)
    await raid.use("Security Sten", "verify", member=str(raid.people["Tansy"]), ign="Tansybloom")
    await raid.press("Rook", panel, "Join")
    await offers_a_key(raid, "Rook", panel)

    ended = await ends_after_two_keys(raid, private)
    await names_both_keys(raid, ended)
    await reads_what_it_was(raid, run_of(panel))
    await corrects_it(raid, run_of(panel))


async def offers_a_key(raid: Raid, who: str, panel: Json) -> None:
    asked = await raid.press(who, panel, "Key")
    await raid.press(who, asked["message"], "Yes, I have it")


async def ends_after_two_keys(raid: Raid, private: Json) -> Json:
    first = await raid.press("Odalys", private, "Key popped")
    again = await raid.press("Odalys", first["message"], "Your panel")
    second = await raid.press("Odalys", again["message"], "Key popped")
    back = await raid.press("Odalys", second["message"], "Your panel")
    sure = await raid.press("Odalys", back["message"], "End")
    assert "How key 2 went" in words(sure["message"])
    failed = await raid.choose("Odalys", sure["message"], "failed")
    sure = await raid.choose("Odalys", failed["message"], "completed")
    ended = await raid.press("Odalys", sure["message"], "End it")
    assert "2 keys** without a name" in words(ended["message"])
    return ended["message"]


async def names_both_keys(raid: Raid, ended: Json) -> None:
    rook = str(raid.people["Rook"])
    keys = await raid.press("Odalys", ended, "Log keys")
    assert "2 of 2 keys without a name" in words(keys["message"])
    who = await raid.press("Odalys", keys["message"], "Name it")
    named = await pick(raid, "Odalys", who["message"], "keys:holder:", rook)
    assert f"<@{rook}>, 5 points" in words(named["message"])

    other = await raid.press("Odalys", named["message"], "Name it")
    form = await raid.press("Odalys", other["message"], "By IGN", wait="first")
    wrong = await raid.hands.submit(raid.people["Odalys"], int(form["id"]), {"ign": "tansy"})
    assert "Did you mean Tansybloom" in words(wrong["message"])
    form = await raid.press("Odalys", other["message"], "By IGN", wait="first")
    done = await raid.hands.submit(raid.people["Odalys"], int(form["id"]), {"ign": "TANSYBLOOM"})
    assert "All is said" in words(done["message"])
    assert "Every key has a name" in words((await raid.use("Odalys", "unlogged"))["message"])


async def reads_what_it_was(raid: Raid, run: str) -> None:
    mine = await raid.use("Rook", "runinfo")
    told = await raid.choose("Rook", mine["message"], run)
    assert words(told["message"]).count("✅ you were in") == 2
    assert "What happened" not in words(told["message"])
    everything = await raid.use("Quill", "runinfo", run=int(run))
    assert f"popped by <@{raid.people['Rook']}>" in words(everything["message"])
    assert "not paid: you were not in" in words(everything["message"])


async def corrects_it(raid: Raid, run: str) -> None:
    rook = raid.people["Rook"]
    change: Json = {"run": int(run), "reason": "Was not there", "pop": 2, "remove": f"<@{rook}>"}
    refused = await raid.use("Quill", "runedit", **change)
    assert "Only who led this run, or an officer" in words(refused["message"])
    preview = await raid.use("Odalys", "runedit", **change)
    assert f"<@{rook}> completion -1 · **-1 points**" in words(preview["message"])
    confirmed = await raid.press("Odalys", preview["message"], "Confirm")
    assert "is corrected, with 1 entry" in words(confirmed["message"])
    later = await raid.use("Rook", "runinfo", run=int(run))
    assert "staff took you out of it afterwards · reason: Was not there" in words(later["message"])


async def test_popped_beside_a_holder_names_the_key_and_what_was_missed_is_logged_by_hand(raid: Raid) -> None:
    private = await live(raid)
    panel = await raid.panel("Live", number=0)
    rook = str(raid.people["Rook"])
    await raid.press("Rook", panel, "Join")
    await offers_a_key(raid, "Rook", panel)

    counted = await raid.press("Odalys", private, "Key popped")
    line = await raid.press("Odalys", counted["message"], "Keys")
    accepted = await raid.press("Odalys", line["message"], "Accept")
    popped = await raid.press("Odalys", accepted["message"], "Popped")
    assert f"Key 1 is noted for <@{rook}>" in words(popped["message"])

    logged = await raid.use("Odalys", "logkey", dungeon="shatters", reason="Bot was away", amount=2, member=rook)
    assert f"+2 keys popped for <@{rook}>" in words(logged["message"])
    taken = await raid.use("Odalys", "logkey", dungeon="shatters", reason="One too many", amount=-3, member=rook)
    assert "at most 2 can be taken away" in words(taken["message"])
    wrong = await raid.use("Odalys", "logrun", dungeon="shatters", reason="x", when="yesterday")
    assert "year-month-day" in words(wrong["message"])
    many = await raid.use("Odalys", "logrun", dungeon="shatters", reason="x", amount=6)
    assert "An officer was asked" in words(many["message"])
    asked = await raid.said("bot-log", "logged **+6 runs led** for themselves")
    refused = await raid.press("Quill", asked, "Confirm")
    assert "the rank Officer or higher" in words(refused["message"])
    confirmed = await raid.press("Officer Oda", asked, "Confirm")
    assert "It counts now" in words(confirmed["message"])
    read = await raid.use("Odalys", "inbox")
    assert "Your log was confirmed" in words(read["message"])


def run_of(panel: Json) -> str:
    """Return the number of the run that a panel shows."""
    return next(iter(buttons(panel).values())).rpartition(":")[2]
