"""A member earns a role with a screenshot, whatever is killed, refused or changed in between."""

from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, said

from discord_loopback.client import file
from raidbot.core.permissions import Permission
from raidbot.database.pool import Database

pytestmark = pytest.mark.journey

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


@pytest_asyncio.fixture
async def raid(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path) as (house, hands):
        yield await Raid.of(house, hands)


async def empower(raid: Raid, role: int, power: int) -> None:
    """Let a role grant something, as an administrator does in Discord's settings, and the bot have heard of it."""
    headers = {"Authorization": f"Bot {raid.house.discord['token']}"}
    url = f"{raid.house.api_url}/guilds/{raid.house.guild_id}/roles/{role}"
    async with (
        aiohttp.ClientSession(headers=headers) as discord,
        discord.patch(url, json={"permissions": str(power)}) as answer,
    ):
        assert answer.status == 200, await answer.text()
    await raid.use("Alwyn", "ping")  # the gateway keeps the order


async def chore(database: Database, role: int) -> str:
    """How far giving a role is, and what stood in the way."""
    async with database.transaction() as tx:
        return (
            await tx.value(str, "SELECT state || ' ' || coalesce(last_error, '') FROM chore WHERE target = $1", role)
            or ""
        )


async def asked(raid: Raid, panel: Json) -> Json:
    """Let Rook send a screenshot; return what they read then."""
    how = (await raid.press("Rook", panel, "Request role"))["message"]
    assert "Stand beside your 8/8." in said(how)
    form = await raid.press("Rook", how, "Send picture", wait="first")
    sent = await raid.hands.submit(raid.people["Rook"], int(form["id"]), {"screenshot": [file("a.png", PNG)]})
    return sent["message"]


async def test_a_role_is_asked_for_decided_once_and_given_although_the_bot_is_killed_and_discord_says_no_community_w14(
    raid: Raid, database: Database
) -> None:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    roles = {one["name"]: int(one["id"]) for one in view["roles"]}
    role, where = roles["Exaltations"], str(raid.channels["get-verified"])
    await refuse_what_does_harm(raid, roles["Officer"])
    how = "Stand beside your 8/8.\\nShow your name, your guild and the whole vault."
    texts = {"instructions": how, "role_description": "For masters"}
    saved = await raid.use("Alwyn", "createrole", role=str(role), role_channel=where, **texts)
    assert "For masters · Stand beside your 8/8. Show your name, your guild and the w…" in said(saved["message"])
    panel = await raid.shown("get-verified", "Rook", "For masters")

    # Whatever is killed, the same button shows how far one is, and nothing is asked for twice.
    assert "1st in line" in said(await asked(raid, panel))
    await raid.house.kill("bot")
    await raid.house.start_bot()
    assert "1st in line" in said((await raid.press("Rook", panel, "Request role"))["message"])
    queue = await raid.shown("manual-verification", "Security Sten", "1 screenshot to review")
    card = (await raid.press("Security Sten", queue, "Next"))["message"]
    assert "Stand beside your 8/8." in said(card)
    assert "Approve as…" not in buttons(card)

    await approve(raid, database, role, card)
    called = await raid.shown("notices", "Rook", "a message of this server's staff waits")
    letter = await raid.press("Rook", called, "My messages")
    assert f"<@&{role}> is yours" in said(letter["message"])
    assert "I give it to you in a moment" in said((await raid.press("Rook", panel, "Request role"))["message"])
    await give_in_the_end(raid, database, role)

    assert "You have" in said((await raid.press("Rook", panel, "Request role"))["message"])
    await raid.shown("veri-log", "Alwyn", "Screenshot approved", f"<@&{role}>")


async def refuse_what_does_harm(raid: Raid, strong: int) -> None:
    """Let Alwyn try a role that carries power, and a channel where the bot may not post."""
    bot, rules = raid.house.discord["application_id"], raid.channels["rules"]
    silent = {"id": bot, "type": 1, "allow": "0", "deny": str(int(Permission.SEND_MESSAGES))}
    await raid.hands.permit(raid.people["Alwyn"], rules, [silent])
    unsafe = await raid.use("Alwyn", "createrole", role=str(strong), role_channel=str(rules))
    assert "I may not post in" in said(unsafe["message"])  # CannotPost
    unsafe = await raid.use("Alwyn", "createrole", role=str(strong))
    assert "lets its holders Manage Messages" in said(unsafe["message"])
    listed = await raid.use("Alwyn", "customrole list")
    assert "No role is given out yet" in said(listed["message"])


async def approve(raid: Raid, database: Database, role: int, card: Json) -> None:
    """Approve; what has come to carry power is not, and Discord does not allow the first attempt to give it."""
    await empower(raid, role, Permission.MANAGE_MESSAGES)
    refused = await raid.press("Security Sten", card, "Approve")
    assert "lets its holders Manage Messages" in said(refused["message"])
    queue = await raid.shown("manual-verification", "Security Sten", "1 screenshot to review")
    card = (await raid.press("Security Sten", queue, "Next"))["message"]
    await empower(raid, role, 0)
    await raid.hands.faults(fail=[{"route": "PUT /guilds/*/members/*/roles/*", "status": 403, "times": 1}])
    approved = await raid.press("Security Sten", card, "Approve")
    assert "is theirs" in said(approved["message"])
    await until(lambda: says(database, role, "parked I may not give"), "Discord to have said no")


async def give_in_the_end(raid: Raid, database: Database, role: int) -> None:
    """Let the role come to carry power before it is given, and lose that again while its member is away."""
    await empower(raid, role, Permission.BAN_MEMBERS)
    await raid.hands.shift_clock(61)
    await until(lambda: says(database, role, "parked I do not give"), "the bot not to give power away")
    await raid.hands.leave(raid.people["Rook"], raid.house.guild_id)
    await empower(raid, role, 0)
    await raid.hands.shift_clock(61)
    await until(lambda: says(database, role, "parked They have left"), "the bot to wait for Rook")
    await raid.hands.join(raid.people["Rook"], raid.house.guild_id)
    await until(lambda: wears(raid, "Rook", role), "Rook to have the role")


async def says(database: Database, role: int, what: str) -> bool:
    return (await chore(database, role)).startswith(what)


async def wears(raid: Raid, name: str, role: int) -> bool:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    now = next(one for one in view["members"] if int(one["id"]) == raid.people[name])
    return str(role) in now["roles"]
