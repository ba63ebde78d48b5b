"""What staff do by hand in Discord's own menus: shown with their name, decided about, and put back."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from discord_loopback.client import HandsError

pytestmark = pytest.mark.journey

MEMBERS = 24


@pytest_asyncio.fixture
async def crowded(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path, MEMBERS) as (house, hands):
        yield await Raid.of(house, hands)


async def told(raid: Raid, *says: str, without: str = "\0") -> Json:
    """Wait until one message of the bot's log says all of that, and return it."""

    async def found() -> Json | None:
        shown = await raid.hands.messages(raid.channels["bot-log"], raid.people["Alwyn"], limit=100)
        said = {words(one): one for one in shown if without not in words(one)}
        return next((one for text, one in said.items() if all(part in text for part in says)), None)

    return await until(found, f"the log to say {says}")


async def timed_out(raid: Raid, name: str) -> float | None:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    return next(one["timeout_until"] for one in view["members"] if int(one["id"]) == raid.people[name])


async def is_banned(raid: Raid, name: str) -> bool:
    try:
        await raid.hands.join(raid.people[name], raid.house.guild_id)
    except HandsError:
        return True
    return False


async def test_timeouts_kicks_and_bans_by_hand_are_shown_with_who_did_it_and_put_back(raid: Raid) -> None:
    guild, mira, alwyn = raid.house.guild_id, raid.people["Mira"], raid.people["Alwyn"]
    newt, wren, rook = (raid.people[one] for one in ("Newt", "Wren", "Rook"))

    await end_a_timeout(raid, mira, newt)

    # A ban, with the permission away at first: the message says what to do, and it is done once it may be.
    await raid.hands.ban(alwyn, guild, wren, "scams @everyone")
    ban = await told(raid, f"<@{alwyn}> banned <@{wren}> by hand", "Reason: scams", str(wren))
    assert list(buttons(ban)) == ["Put it back"]
    await raid.hands.faults(fail=[{"route": "DELETE /guilds/*/bans/*", "status": 403, "code": 50013, "times": 1}])
    await raid.press("Alwyn", ban, "Put it back")
    await told(raid, f"banned <@{wren}>", "give me Ban Members")
    assert await is_banned(raid, "Wren")
    await raid.house.kill("bot")

    # Meanwhile: a kick, and a timeout that is ended early. A start tries again what was not allowed.
    await raid.hands.timeout(mira, guild, newt, 7200)
    await raid.hands.timeout(mira, guild, newt, 0)
    await raid.hands.kick(mira, guild, rook, "asked for it")
    await raid.house.start_bot()
    kick = await told(raid, f"<@{mira}> kicked <@{rook}> by hand", "asked for it", "send them an invitation")
    assert buttons(kick) == {}
    ended = await told(raid, f"ended the timeout of <@{newt}> by hand")
    await raid.press("Mira", ended, "Put it back")

    async def is_timed_out() -> bool:
        return await timed_out(raid, "Newt") is not None

    async def is_free() -> bool:
        return not await is_banned(raid, "Wren")

    await until(is_timed_out, "the timeout to be back")
    await until(is_free, "the ban to be lifted")
    await told(raid, f"banned <@{wren}>", f"Put back, by <@{alwyn}>", without="give me Ban Members")


async def end_a_timeout(raid: Raid, mira: int, newt: int) -> None:
    """Let Mira time Newt out, and Alwyn end that: with one press of several, and the message says by whom."""
    await raid.hands.timeout(mira, raid.house.guild_id, newt, 3600)
    message = await told(raid, f"<@{mira}> timed <@{newt}> out by hand, until <t:")
    assert list(buttons(message)) == ["Make it the record", "Put it back"]
    assert "did that. Ask them" in words((await raid.press("Security Sten", message, "Put it back"))["message"])
    pressed = await asyncio.gather(*(raid.press("Alwyn", message, "Put it back") for _ in range(3)))
    assert sorted("was put back already" in words(one["message"]) for one in pressed) == [False, True, True]
    await told(raid, f"timed <@{newt}> out", f"Put back, by <@{raid.people['Alwyn']}>")

    async def is_over() -> bool:
        return await timed_out(raid, "Newt") is None

    await until(is_over, "the timeout to be over")


async def test_a_role_stripped_from_many_fills_no_log_and_is_one_question_also_over_a_restart(crowded: Raid) -> None:
    raid = crowded
    alwyn, guild = raid.people["Alwyn"], raid.house.guild_id
    lines = "\n".join(f"{member} Pawn{chr(97 + number)}" for number, member in enumerate(raid.extra))
    asked = (await raid.use("Alwyn", "forcesync", paste=True))["message"]
    form = await raid.press("Alwyn", asked, "Paste lines", wait="first")
    asked = (await raid.hands.submit(alwyn, int(form["id"]), {"lines": lines}))["message"]
    await raid.press("Alwyn", asked, "Start")
    passed = await until_named(raid)

    for member in raid.extra[:22]:
        await raid.hands.change_roles(alwyn, guild, member, [])
    await told(raid, "2 members changed by hand", "2 lost a role", "It goes on")
    await raid.house.kill("bot")
    for member in raid.extra[22:]:
        await raid.hands.change_roles(alwyn, guild, member, [])
    await raid.house.start_bot()
    await told(raid, "4 members changed by hand", f"<@{alwyn}> did that")

    await raid.hands.shift_clock(passed + 120)
    question = await told(raid, "24 members differ from the record", "24 would gain a role")
    await told(raid, "4 members changed by hand", "in /plans")
    log = await raid.hands.messages(raid.channels["bot-log"], alwyn, limit=100)
    assert sum("took the role" in words(one) for one in log) == 20
    await raid.press("Alwyn", question, "Enforce record")

    await told(raid, "4 members changed by hand", "put back")
    await told(raid, f"from <@{raid.extra[0]}> by hand", f"Put back, by <@{alwyn}>")


async def until_named(raid: Raid) -> float:
    """Wait until everybody has role and nickname, while time passes quickly; return how much of it, in seconds."""
    passed = 0.0

    async def named() -> bool:
        nonlocal passed
        passed += 3
        await raid.hands.shift_clock(passed)
        view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
        return all(one["nick"] for one in view["members"] if int(one["id"]) in raid.extra)

    await until(named, "everybody to be named")
    return passed
