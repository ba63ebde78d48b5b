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
async def raid(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
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


async def test_what_is_done_by_hand_is_shown_with_who_did_it_put_back_and_asked_about_also_over_a_restart(
    raid: Raid,
) -> None:
    mira, alwyn = raid.people["Mira"], raid.people["Alwyn"]
    newt, rook = raid.people["Newt"], raid.people["Rook"]
    await end_a_timeout(raid, mira, newt)
    await by_automod(raid, raid.people["Quill"])
    await ban_and_be_hindered(raid, raid.people["Wren"])
    await suspend(raid, raid.extra[:22])  # with the ban, more than twenty changes
    await told(raid, "3 members changed by hand", "3 got a role", "It goes on")
    await raid.house.kill("bot")

    pruned = await act_while_it_is_away(raid)
    await raid.house.start_bot()

    kick = await told(raid, f"<@{mira}> kicked <@{rook}> by hand", "asked for it", "send them an invitation")
    assert buttons(kick) == {}
    await told(raid, f"AutoMod timed <@{raid.people['Pike']}> out, until <t:", "Rule: **Spam links**")
    await told(raid, f"Pruned **{pruned} member", f"1 day inactive, by <@{alwyn}>", "spring cleaning")
    ended = await told(raid, f"ended the timeout of <@{newt}> by hand")
    await raid.press("Mira", ended, "Put it back")
    await told(raid, "5 members changed by hand", f"<@{alwyn}> did that")
    await until(lambda: is_again(raid), "the timeout to be back, and the ban to be lifted")
    await told(raid, f"banned <@{raid.people['Wren']}>", f"Put back, by <@{alwyn}>", without="give me Ban Members")

    await raid.hands.shift_clock(120)
    question = await told(raid, "24 members differ from the record", "24 would lose a role")
    await told(raid, "5 members changed by hand", "in /plans", without="It goes on")
    log = await raid.hands.messages(raid.channels["bot-log"], alwyn, limit=100)
    assert sum("the role <@&" in words(one) for one in log) == 19
    await raid.press("Alwyn", question, "Enforce record")
    await told(raid, "5 members changed by hand", "put back")
    await told(raid, f"gave <@{raid.extra[0]}> the role", f"Put back, by <@{alwyn}>")


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


async def act_while_it_is_away(raid: Raid) -> int:
    """Let people and AutoMod do things that nobody hears of at once; return how many were pruned."""
    guild, mira, newt = raid.house.guild_id, raid.people["Mira"], raid.people["Newt"]
    await suspend(raid, raid.extra[22:])
    await raid.hands.leave(newt, guild)
    await raid.hands.join(newt, guild)  # so that no prune takes them
    await raid.hands.timeout(mira, guild, newt, 7200)
    await raid.hands.timeout(mira, guild, newt, 0)
    await raid.hands.kick(mira, guild, raid.people["Rook"], "asked for it")
    await raid.hands.automod(guild, raid.people["Pike"], 7200, "Spam links")
    return await raid.hands.prune(raid.people["Alwyn"], guild, 1, reason="spring cleaning")


async def by_automod(raid: Raid, quill: int) -> None:
    """Let a rule time Quill out, and staff end that: it is told as AutoMod's, whoever the audit log names."""
    await raid.hands.automod(raid.house.guild_id, quill, 3600, "No *scams*")
    message = await told(raid, f"AutoMod timed <@{quill}> out, until <t:", "Rule: **No \\*scams\\***")
    await raid.press("Security Sten", message, "Put it back")

    async def is_over() -> bool:
        return await timed_out(raid, "Quill") is None

    await until(is_over, "AutoMod's timeout to be over")


async def ban_and_be_hindered(raid: Raid, wren: int) -> None:
    """Let Alwyn ban Wren, and lift that while the bot may not: the message says what it lacks."""
    alwyn = raid.people["Alwyn"]
    await raid.hands.ban(alwyn, raid.house.guild_id, wren, "scams @everyone")
    ban = await told(raid, f"<@{alwyn}> banned <@{wren}> by hand", "Reason: scams", str(wren))
    assert list(buttons(ban)) == ["Put it back"]
    assert (await raid.hands.pinged(int(ban["id"])))["pinged"] == []
    await raid.hands.faults(fail=[{"route": "DELETE /guilds/*/bans/*", "status": 403, "code": 50013, "times": 1}])
    await raid.press("Alwyn", ban, "Put it back")
    await told(raid, f"banned <@{wren}>", "give me Ban Members")
    assert await is_banned(raid, "Wren")


async def suspend(raid: Raid, members: list[int]) -> None:
    """Let Alwyn give the suspended role by hand."""
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    suspended = next(one["id"] for one in view["roles"] if one["name"] == "Suspended")
    for member in members:
        await raid.hands.change_roles(raid.people["Alwyn"], raid.house.guild_id, member, [suspended])


async def is_again(raid: Raid) -> bool:
    """Tell whether Newt is timed out again, and Wren may come in again."""
    return await timed_out(raid, "Newt") is not None and not await is_banned(raid, "Wren")
