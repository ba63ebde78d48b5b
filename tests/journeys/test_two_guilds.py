"""One bot in two servers with the same people: what happens in one is nothing to the other."""

from collections.abc import AsyncGenerator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, menus, said, words
from tests.support.town import by_form, looks

from discord_loopback.client import Hands, HandsError
from raidbot.core.clock import Clock
from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.inbox import service

pytestmark = pytest.mark.journey

ORGANIZERS = ("Odalys", "Quill", "Bram", "Officer Oda", "Mira")
KEEP = 777_000_000_000_000_000


@pytest_asyncio.fixture
async def both(database_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Raid, Raid]]:
    """The sample server and another one like it, in which Security Sten is nobody."""
    async with a_house(database_url, tmp_path, guilds=2) as (house, hands):
        await house.start_realmeye()
        first, second = await Raid.of(house, hands), await Raid.of(house, hands, 1)
        await hands.set_roles(second.guild_id, second.people["Security Sten"], [])
        yield first, second


async def pressed(raid: Raid, message: Json, custom_ids: Sequence[str], *who: str) -> list[str]:
    """Press buttons by what they do, each by the next one; return what is answered to each, a form too."""
    people = cycle([raid.people[one] for one in who])  # whoever presses too often is slowed down
    told = [await raid.hands.click(next(people), int(message["id"]), one, wait="answered") for one in custom_ids]
    assert not [one for one in told if "a bit fast" in said(one["message"])]
    return [str(one["modal"]["title"]) if one["modal"] else said(one["message"]) for one in told]


async def held(raid: Raid, name: str) -> tuple[str | None, list[str]]:
    """How a member looks: nickname and roles."""
    view = await raid.hands.view(raid.guild_id, raid.people["Alwyn"])
    names = {one["id"]: one["name"] for one in view["roles"]}
    member = next(one for one in view["members"] if int(one["id"]) == raid.people[name])
    return member["nick"], sorted(names[one] for one in member["roles"])


async def role(raid: Raid, name: str = "Verified Raider") -> int:
    view = await raid.hands.view(raid.guild_id, raid.people["Alwyn"])
    return next(int(one["id"]) for one in view["roles"] if one["name"] == name)


async def waits(raid: Raid, who: str = "Alwyn") -> Json:
    return await raid.shown("manual-verification", who, "1 screenshot to review")


async def test_a_ticket_of_one_server_is_none_in_the_other_and_who_is_verified_in_one_is_not_in_both_community_w3(
    both: tuple[Raid, Raid],
) -> None:
    first, second = both
    for raid in both:
        await raid.use("Mira", "configverification send-panel")
        await by_form(raid, await raid.shown("get-verified", "Newt", "Get verified"))
    queue = await waits(second)
    theirs = (await second.press("Officer Oda", queue, "Next"))["message"]
    assert "### Newton" in said(theirs)
    before = [await held(raid, "Newt") for raid in both]

    await nobody_decides_with_the_others_rank(second, queue, theirs)
    await numbers_of_the_other_are_unknown(first, theirs)

    assert [await held(raid, "Newt") for raid in both] == before == [(None, []), (None, [])]
    for raid in both:
        await waits(raid)
    mine = (await first.press("Security Sten", await waits(first), "Next"))["message"]
    assert "is verified" in said((await first.press("Security Sten", mine, "Approve"))["message"])
    await looks(first, "Newt", "Newton")
    assert await held(second, "Newt") == (None, [])
    await waits(second)
    await a_name_has_an_owner_in_each(first, second, theirs)


def decides(card: Json) -> list[str]:
    """What the buttons and menus of a card do at once, those left out that open a form."""
    return [one for one in (*buttons(card).values(), *menus(card)) if "_as:" not in one]


async def nobody_decides_with_the_others_rank(second: Raid, queue: Json, card: Json) -> None:
    """Staff of the first are a raider in the second, and press what stands there for its staff."""
    with pytest.raises(HandsError):
        await second.press("Security Sten", queue, "Next")  # they do not even see it
    await second.hands.set_roles(second.guild_id, second.people["Security Sten"], [await role(second)])
    all_of_it = [*buttons(queue).values(), *decides(card)]
    replayed = await second.replay("bot-commands", all_of_it)
    for answer in await pressed(second, replayed, all_of_it, "Security Sten"):
        assert "⚠️" in answer
        assert "Newton" not in answer


async def numbers_of_the_other_are_unknown(first: Raid, card: Json) -> None:
    """The numbers of the second, replayed in the first, where Newt waits too and Sten may decide."""
    some = decides(card)
    assert len(some) > 1
    replayed = await first.replay("manual-verification", some)
    for answer in await pressed(first, replayed, some, "Security Sten"):
        assert "There is no such screenshot in this server" in answer


async def a_name_has_an_owner_in_each(first: Raid, second: Raid, card: Json) -> None:
    """Newton is Newt in the first and may be somebody else in the second; one owner may be so in both."""
    told = await second.use("Alwyn", "verify", member=str(second.people["Tansy"]), ign="newton")
    assert "is verified as **newton**" in words(told["message"])
    refused = said((await second.press("Officer Oda", card, "Approve"))["message"])
    assert f"<@{second.people['Tansy']}>" in refused
    assert "has that IGN, and nothing was changed" in refused
    assert await held(second, "Newt") == (None, [])
    for raid in (first, second):
        told = await raid.use("Alwyn", "verify", member=str(raid.people["Pike"]), ign="Pikeman")
        assert "is verified as **Pikeman**" in words(told["message"])
    told = await first.use("Alwyn", "verify", member=str(first.people["Tansy"]), ign="NEWTON")
    assert "⚠️" in words(told["message"])


async def test_runs_letters_and_panels_stay_in_their_server_and_one_that_is_not_served_is_told_why(
    both: tuple[Raid, Raid], database: Database
) -> None:
    first, second = both
    opened = [
        await raid.open(party=name, location="USWest") for raid, name in zip(both, ("Alpha", "Beta"), strict=True)
    ]
    panels = [await raid.panel("Open") for raid in both]
    assert "⚠️" in words((await second.open(party="p", location="l"))["message"])

    for who in ("Rook", "Tansy"):
        assert "You are in" in words((await first.press(who, panels[0], "Join"))["message"])
    mine = [*buttons(panels[0]).values(), *buttons(opened[0]["message"]).values()]
    number = next(part for one in mine for part in one.split(":") if part.isdigit())
    replayed = await second.replay("bot-commands", mine)
    for answer in await pressed(second, replayed, mine, *ORGANIZERS):
        assert f"This server has no run {number}." in answer
    await first.press("Odalys", opened[0]["message"], "Start")
    await first.panel("Live", "3 raiders", number=0)
    assert (await second.panels())[-1] == panels[1]
    assert "You are in" in words((await second.press("Rook", panels[1], "Join"))["message"])
    await second.panel("Open", "2 raiders")

    await a_letter_is_read_in_its_server(first, second, database)
    await one_that_is_not_served_is_told_why(first, second, panels[1])


async def a_letter_is_read_in_its_server(first: Raid, second: Raid, database: Database) -> None:
    async with database.transaction() as tx:
        now = Clock(first.house.clock_file).now()
        await service.leave(tx, first.guild_id, UserId(first.people["Rook"]), "Yours", "Only here.", now)
    assert "Only here." not in words((await second.use("Rook", "inbox"))["message"])
    assert "Only here." in words((await first.use("Rook", "inbox"))["message"])


async def one_that_is_not_served_is_told_why(first: Raid, second: Raid, panel: Json) -> None:
    """The second is left out of the settings; one that the bot is not in yet is served as soon as it is."""
    house = first.house
    await house.kill("bot")
    house.environ["DISCORD_GUILD_IDS"] = f"{first.guild_id},{KEEP}"
    await house.start_bot()
    for told in (await second.use("Rook", "inbox"), await second.press("Tansy", panel, "Join")):
        assert "I do not serve this server" in words(told["message"])
        assert str(second.guild_id) in words(told["message"])
    assert "Nothing waits" in words((await first.use("Tansy", "inbox"))["message"])
    await first.hands.found_guild(keep(first))
    await until(lambda: keeps_letters(first.hands, first.people["Rook"]), "the new server to be served")


def keep(raid: Raid) -> dict[str, Any]:
    """One more server, of Rook's."""
    allowed = ["VIEW_CHANNEL", "SEND_MESSAGES", "USE_APPLICATION_COMMANDS"]
    return {
        "guild": {"id": KEEP, "name": "The Keep", "owner": raid.people["Rook"], "bot": "Raid Bot", "everyone": allowed},
        "roles": [{"id": KEEP + 1, "name": "Raid Bot", "bot": True, "permissions": ["ALL"]}],
        "channels": [{"id": KEEP + 2, "name": "hall"}],
        "members": [{"id": raid.people["Rook"], "name": "Rook"}],
    }


async def keeps_letters(hands: Hands, rook: int) -> bool:
    """Whether the new server has our commands, and is answered."""
    view = await hands.view(KEEP, rook)
    if "inbox" not in {one["name"] for one in view["commands"]}:
        return False
    told = await hands.command(rook, KEEP, KEEP + 2, "inbox", {}, wait="answered")
    return "Nothing waits" in words(told["message"])
