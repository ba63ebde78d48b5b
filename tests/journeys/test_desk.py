"""Leading a run from its desk: the panel above the log, who is asked first, and a log without gaps or repetitions."""

import re
from typing import Any

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from raidbot.database.pool import Database

pytestmark = pytest.mark.journey


async def filled(raid: Raid, who: str, message: Json, label: str, **values: str) -> Json:
    """Open a form, type into it, and send it."""
    form = await raid.press(who, message, label, wait="first")
    return await raid.hands.submit(raid.people[who], int(form["id"]), values)


async def test_staff_lead_from_the_desk_in_private_and_its_log_tells_every_act_raids_42(raid: Raid) -> None:
    await raid.open(party="Odalys party", location="USWest")
    panel = await raid.panel("Open")
    desk = await raid.desk("desk", "1 raider")
    assert list(buttons(desk))[:3] == ["Start", "Party & loc", "Lock"]
    assert list(buttons(desk))[3:8] == ["Raiders", "Keys", "Ping", "Chain", "Note"]
    assert list(buttons(desk))[8:10] == ["Take over", "Cancel"]

    locked = await raid.press("Officer Oda", desk, "Lock")
    asked = await raid.press("Quill", await raid.desk("Locked"), "Unlock")
    noted = await filled(raid, "Odalys", desk, "Note", note="Bring a knight")
    planned = await filled(raid, "Odalys", desk, "Chain", pops="3", places="40")

    assert locked["message"]["ephemeral_for"] == str(raid.people["Officer Oda"])
    assert "your panel" in words(locked["message"])
    assert f"<@{raid.people['Odalys']}> leads this run, not you" in words(asked["message"])
    assert "your panel" in words(noted["message"])
    assert "40 free" in words(planned["message"])
    desk = await raid.desk("Locked", "Chain 0/3")
    await raid.press("Odalys", desk, "Unlock")
    await raid.panel("Open", without="Locked")
    for who in ("Rook", "Tansy", "Pike"):
        await raid.press(who, panel, "Join")

    raiders = [f"<@{raid.people[who]}>" for who in ("Rook", "Tansy", "Pike")]
    told = await raid.logged(desk, "**Opened**", "Locked joining", "Bring a knight", "Chain: nothing → 3", *raiders)
    joins = re.findall(r"Joined: (.*)", "\n".join(told))
    assert sorted(", ".join(joins).split(", ")) == sorted(raiders)
    assert [one for who in ("Rook", "Tansy", "Pike") for one in await raid.hands.pings(raid.people[who])] == []


async def test_whatever_is_killed_there_is_one_thread_and_no_line_is_lost_or_told_twice_raids_26(
    raid: Raid, database: Database
) -> None:
    opened = await raid.open(party="p", location="l")
    panel, desk = await raid.panel("Open"), await raid.desk("1 raider")
    await raid.logged(desk, "**Opened**")
    private: dict[str, Any] = opened["message"]
    for number, who in enumerate(("Rook", "Tansy", "Pike", "Wren")):
        await raid.press(who, panel, "Join")
        if number % 2:
            await raid.house.kill("bot")
            async with database.transaction() as tx:  # as if it had been killed before it could write that down
                await tx.run("UPDATE posting SET told_until = 0 WHERE kind = 'run_desk'")
            await raid.hands.shift_clock(600 * (number // 2))
            await raid.house.start_bot()
    await raid.press("Odalys", private, "Lock")

    told = await raid.logged(desk, "Locked joining", f"<@{raid.people['Wren']}>")

    assert "\n".join(told).count("**Opened**") == 1
    names = re.findall(r"<@\d+>", " ".join(re.findall(r"Joined: (.*)", "\n".join(told))))
    assert sorted(names) == sorted(f"<@{raid.people[who]}>" for who in ("Rook", "Tansy", "Pike", "Wren"))
    shown = await raid.hands.messages(raid.channels["raid-log"], raid.people["Mira"])
    assert [one["id"] for one in shown if one.get("components")] == [desk["id"]]


async def test_two_who_change_the_same_at_once_are_asked_and_nothing_typed_is_lost_raids_27(raid: Raid) -> None:
    opened = await raid.open(party="Old", location="USWest")
    desk = await raid.desk("Old")
    mine = await raid.press("Odalys", opened["message"], "Party & loc", wait="first")
    await filled(raid, "Officer Oda", desk, "Party & loc", party="Oda's", location="EUWest")

    asked = await raid.hands.submit(raid.people["Odalys"], int(mine["id"]), {"party": "Mine", "location": "USEast"})
    shown = words(asked["message"])
    await raid.house.kill("bot")
    await raid.house.start_bot()
    kept = await raid.press("Odalys", asked["message"], "Use mine")

    assert "Party: Oda's" in shown
    assert "Party: Mine" in shown
    assert "Party: Mine" in words(kept["message"])
    assert "Party: Mine" in words(await raid.desk("USEast"))


async def test_while_the_backend_is_away_forms_open_with_what_is_shown_and_never_under_one_id_raids_33(
    raid: Raid,
) -> None:
    opened = await raid.open(party="Old", location="USWest")
    await raid.desk("Old")
    forms = ["run:take:1", "run:remove:1", "run:add:1", "run:step:1:0:realm_score", "run:shot:1"]
    message = await raid.replay("bot-commands", forms)
    await raid.house.kill("backend")

    form = await raid.press("Odalys", opened["message"], "Party & loc", wait="first")
    others = [
        await raid.hands.click(raid.people["Quill"], int(message["id"]), one, wait="first") for one in [*forms, *forms]
    ]

    typed = str(form.get("modal", form))
    assert "Old" in typed
    assert "USWest" in typed
    ids = [str(one["modal"]["custom_id"]) for one in others]
    assert len(set(ids)) == 2 * len(forms)


async def test_a_run_changes_hands_and_its_host_may_take_it_back(raid: Raid) -> None:
    await raid.open(party="Old", location="USWest")
    panel, desk = await raid.panel("Open"), await raid.desk("Old")
    await raid.press("Rook", panel, "Join")

    question = await raid.press("Quill", desk, "Take over")
    form = await raid.press("Quill", question["message"], "Take over", wait="first")
    taken = await raid.hands.submit(raid.people["Quill"], int(form["id"]), {"party": "Quill's"})

    assert f"<@{raid.people['Odalys']}> leads this run and is told" in words(question["message"])
    assert "You lead it now" in words(taken["message"])
    await raid.desk(f"Led by <@{raid.people['Quill']}>", "Quill's")
    told = await raid.in_thread(desk, "is led by", who="Odalys")
    assert [one["by"] for one in await raid.hands.pings(raid.people["Odalys"])] == ["user"]
    assert await raid.hands.pings(raid.people["Tansy"]) == []
    back = await raid.press("Odalys", told, "Take it back")
    again = await raid.press("Odalys", back["message"], "Take over", wait="first")
    await raid.hands.submit(raid.people["Odalys"], int(again["id"]), {})
    await raid.desk(f"Led by <@{raid.people['Odalys']}>")


async def test_the_raiders_are_called_once_on_demand_and_listed_as_text_and_file(raid: Raid) -> None:
    opened = await raid.open(party="p", location="l")
    await raid.press("Rook", await raid.panel("Open"), "Join")

    asked = await raid.press("Odalys", opened["message"], "Ping")
    called = await raid.press("Odalys", asked["message"], "Start soon")
    at_once = await raid.press("Odalys", called["message"], "Ping")
    too_soon = await raid.press("Odalys", at_once["message"], "Join now")
    private = (await raid.use("Odalys", "panel"))["message"]
    listed = await raid.press("Odalys", private, "Raiders")
    file = await raid.press("Odalys", listed["message"], "As file")

    assert "1 raider called" in words(called["message"])
    assert "called a moment ago" in words(too_soon["message"])

    async def pinged() -> bool:
        return len(await raid.hands.pings(raid.people["Rook"])) == 1

    await until(pinged, "Rook to be called")
    assert "2 raiders" in words(listed["message"])
    assert file["message"]["attachments"] or "raiders-of-run" in str(file["message"])


async def test_the_desk_works_after_15_minutes_shows_the_outcome_and_leads_back_for_a_while_raids_32(
    raid: Raid,
) -> None:
    opened = await raid.open(party="p", location="l")
    await raid.press("Odalys", opened["message"], "Start")
    await raid.hands.shift_clock(16 * 60)
    asked = await raid.press("Odalys", await raid.desk("Live"), "End")
    ended = await raid.press("Odalys", asked["message"], "End it")
    assert "ended after" in words(ended["message"])

    desk = await raid.desk("ended after")
    assert buttons(desk).keys() >= {"Raiders", "Reopen"}
    reopened = await raid.press("Odalys", desk, "Reopen")

    assert "It goes on" in words(reopened["message"])
    await raid.desk("Live")
    await raid.logged(desk, "**Ended**", "**Reopened**")
