"""Members verify themselves, as they and staff meet it: against real processes, with a local RealmEye."""

import pytest
from tests.features.realmeye.pages import a_player
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, parts, said
from tests.support.town import PNG, by_form, fill, looks

from realmeye_loopback.client import RealmEye
from realmeye_loopback.troubles import Mode

pytestmark = pytest.mark.journey


async def test_a_code_is_found_by_itself_although_the_backend_is_killed_meanwhile_and_stands_in_no_log_community_w1_w8(
    town: tuple[Raid, RealmEye],
) -> None:
    raid, realmeye = town
    panel = await raid.shown("get-verified", "Newt", "Get verified")
    begun = (await fill(raid, "Newt", panel, "Get verified", ign="newton"))["message"]
    code = begun["content"]
    assert len(code) == 14
    links = [one["url"] for one in parts(begun) if one.get("label") == "Open RealmEye"]
    assert links == [f"{raid.house.realmeye_url}/player/newton"]
    await realmeye.put(a_player("Newton", description=["hello", code.lower()]))
    await realmeye.trouble(Mode.SLOW, seconds=60, times=1)

    waiting = (await raid.press("Newt", begun, "Check"))["message"]
    assert "1st in line" in said(waiting)
    assert waiting["content"] == code
    await raid.house.kill("backend")
    await realmeye.no_trouble()
    refused = await raid.press("Newt", panel, "Get verified")
    assert "⚠️" in said(refused["message"])
    await raid.house.start_backend()
    await raid.hands.shift_clock(20)

    await looks(raid, "Newt", "Newton")
    await raid.shown("get-verified", "Newt", "You are verified as **Newton**")
    logged = await raid.shown("veri-log", "Alwyn", "is verified as **Newton**", "through realmeye")
    for told in (said(logged), raid.house.log("backend"), raid.house.log("bot")):
        assert code not in told
        assert code.replace("-", "") not in told


async def test_an_outage_offers_the_other_way_and_whoever_lost_their_screen_is_called(
    town: tuple[Raid, RealmEye],
) -> None:
    raid, realmeye = town
    panel = await raid.shown("get-verified", "Newt", "Get verified")
    begun = (await fill(raid, "Newt", panel, "Get verified", ign="Newton"))["message"]
    await realmeye.put(a_player("Newton", description=[begun["content"]]))
    await realmeye.trouble(Mode.STATUS, status=403)

    await raid.press("Newt", begun, "Check")
    away = await raid.shown("get-verified", "Newt", "RealmEye stopped answering", "Your place is kept")
    assert "Screenshot instead" in buttons(away)
    await raid.house.kill("bot")
    await raid.house.start_bot()
    await realmeye.no_trouble()
    await raid.hands.shift_clock(3600)

    await looks(raid, "Newt", "Newton")
    called = await raid.shown("notices", "Newt", "your verification has an answer")
    assert {int(one["id"]) for one in called["mentions"]} == {raid.people["Newt"]}
    told = await raid.press("Newt", called, "Get verified")
    assert "You are verified as **Newton**" in said(told["message"])
    await raid.hands.shift_clock(180)

    async def gone() -> bool:
        messages = await raid.hands.messages(raid.channels["notices"], raid.people["Newt"])
        return all("has an answer" not in said(one) for one in messages)

    await until(gone, "the call to vanish")


async def by_letter(raid: Raid, who: str) -> Json:
    """Wait until nothing calls a member who has read the decision elsewhere, and let them read the letter."""

    async def uncalled() -> bool:
        told = await raid.hands.messages(raid.channels["notices"], raid.people[who])
        return not any(f"<@{raid.people[who]}> a message of this server's staff waits" in said(one) for one in told)

    await until(uncalled, "the call to the letter to vanish")
    return await by_command(raid, who, "inbox")


async def by_thread(raid: Raid, panel: Json) -> int:
    """Let Wren paste a screenshot into a private thread, after something that is none; return the thread."""
    begun = (await fill(raid, "Wren", panel, "Get verified", ign="Wrenny"))["message"]
    how = (await raid.press("Wren", begun, "Screenshot instead"))["message"]
    await raid.hands.faults(fail=[{"route": "POST /channels/*/threads", "status": 403, "times": 1}])
    refused = await raid.press("Wren", how, "Use a thread")  # CannotOpenThread
    assert "ask staff to let me create them" in said(refused["message"])
    opened = await raid.press("Wren", how, "Use a thread")
    thread = thread_of(opened)
    await raid.hands.say(raid.people["Wren"], thread, files={"b.gif": b"GIF89a" + b"\0" * 20})
    await in_channel(raid, thread, "Wren", "no PNG, JPEG or WEBP")
    await raid.house.kill("bot")  # the picture comes while nobody listens
    await raid.hands.say(raid.people["Wren"], thread, "here", files={"b.png": PNG})
    await raid.house.start_bot()
    await in_channel(raid, thread, "Wren", "Staff look at it")
    return thread


async def by_command(raid: Raid, who: str, name: str) -> Json:
    where = (raid.guild_id, raid.channels["get-verified"])
    return await raid.hands.command(raid.people[who], *where, name, {}, wait="answered")


async def staff_see_that_it_was_read(raid: Raid) -> None:
    denial = await raid.shown("veri-log", "Alwyn", "Screenshot denied", "Not in the vault", "ticket 1")
    read = await raid.press("Security Sten", denial, "Did they read it?")
    assert f"The message to <@{raid.people['Newt']}>" in said(read["message"])
    assert ": read <t:" in said(read["message"])


async def by_a_thread_that_staff_delete(raid: Raid, begun: Json) -> None:
    how = (await raid.press("Newt", begun, "Screenshot instead"))["message"]
    first = thread_of(await raid.press("Newt", how, "Use a thread"))
    await raid.hands.edit_channel(first, delete=True)
    assert thread_of(await raid.press("Newt", how, "Use a thread")) != first


def thread_of(told: Json) -> int:
    return int(said(told["message"]).partition("<#")[2].partition(">")[0])


async def test_two_of_the_staff_decide_about_screenshots_given_by_form_and_by_thread(
    town: tuple[Raid, RealmEye],
) -> None:
    raid, _ = town
    panel = await raid.shown("get-verified", "Newt", "Get verified")
    begun = await by_form(raid, panel)
    await by_a_thread_that_staff_delete(raid, begun)
    thread = await by_thread(raid, panel)

    # Two of the staff take one each, from the message that shows the line.
    queue = await raid.shown("manual-verification", "Security Sten", "2 screenshots to review")
    first = (await raid.press("Security Sten", queue, "Next"))["message"]
    second = (await raid.press("Officer Oda", queue, "Next"))["message"]
    assert "### Newton" in said(first)
    assert "### Wrenny" in said(second)
    assert any("items" in one for one in parts(first))
    late = await raid.press("Officer Oda", await raid.shown("manual-verification", "Alwyn", "**Newton**"), "Decide")
    assert "looks at this one until" in said(late["message"])

    denied = await raid.choose("Security Sten", first, "Not in the vault")
    assert "**Newton** is denied" in said(denied["message"])
    approved = await fill(raid, "Officer Oda", second, "Approve as…", ign="Wrennie")
    assert "**Wrennie** is verified" in said(approved["message"])
    await looks(raid, "Wren", "Wrennie")
    await an_old_card_says_so(raid, first)

    # The bot is killed; the member reads what to fix by the same button, and by a command.
    await raid.house.kill("bot")
    await raid.house.start_bot()
    told = await raid.press("Newt", panel, "Get verified")
    for read in (told, await by_letter(raid, "Newt"), await by_command(raid, "Newt", "getverified")):
        assert "Not in the vault" in said(read["message"])
        assert "Stand in your vault" in said(read["message"])
    assert told["message"]["content"] == begun["content"]
    await staff_see_that_it_was_read(raid)
    await raid.shown("veri-log", "Alwyn", "Screenshot approved", "Wrennie", "ticket 2")
    await raid.shown("manual-verification", "Alwyn", "Nobody waits")
    await is_gone(raid, thread)


async def is_gone(raid: Raid, thread: int) -> None:
    async def gone() -> bool:
        view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
        return all(int(one["id"]) != thread for one in (*view["channels"], *view.get("threads", ())))

    await until(gone, "the thread to be deleted")


async def an_old_card_says_so(raid: Raid, card: Json) -> None:
    """What is decided stays so, and whoever presses on it reads who decided and is led on."""
    skips = next(one for one in buttons(card).values() if ":skip:" in one)
    old = await raid.replay("manual-verification", [skips])
    told = await raid.hands.click(raid.people["Officer Oda"], int(old["id"]), skips, wait="answered")
    assert f"<@{raid.people['Security Sten']}> denied this <t:" in said(told["message"])
    assert "Next" in buttons(told["message"])


async def in_channel(raid: Raid, channel: int, who: str, says: str) -> None:
    async def found() -> bool:
        return any(says in said(one) for one in await raid.hands.messages(channel, raid.people[who]))

    await until(found, f"the thread to say {says}")
