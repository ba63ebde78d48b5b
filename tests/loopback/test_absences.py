"""The bot is taken out of a guild and comes back, and outages hide guilds."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.loopback.conftest import EVERYTHING, Here, served
from tests.loopback.ids import APPLICATION, BOT_COMMANDS, BOT_ROLE, GUILD, RAID, ROOK
from tests.loopback.rules import rule
from tests.loopback.test_messages import button, row

from discord_loopback.app import Options
from discord_loopback.client import HandsError
from discord_loopback.starts import Terms

COMMANDS = f"/applications/{APPLICATION}/guilds/{GUILD}/commands"


@pytest_asyncio.fixture
async def here() -> AsyncGenerator[Here]:
    """One in which several connect right after each other."""
    async with served(Options(terms=Terms(identify_seconds=0))) as running:
        yield running


@rule("Taken out of a guild the bot hears GUILD_DELETE and nothing more, and reaches nothing there; its messages stay")
async def test_who_is_taken_out_reaches_nothing_and_hears_nothing(here: Here) -> None:
    bot = await here.connect()
    said = (await here.post(BOT_COMMANDS, content="here", components=[row(button("go"))])).body
    await here.hands.take_out(GUILD)
    await here.hands.say(ROOK, BOT_COMMANDS, "where is it?")

    assert await bot.event("GUILD_DELETE") == {"id": str(GUILD)}
    assert bot.names()[-1] == "GUILD_DELETE"
    answers = [
        await here.post(RAID, content="x"),
        await here.call("GET", f"/guilds/{GUILD}"),
        await here.call("GET", COMMANDS),
    ]
    assert [each.body["code"] for each in answers] == [50001, 10004, 50001]
    assert (await here.call("GET", "/users/@me/guilds")).body == []
    assert next(each["id"] for each in await here.hands.messages(BOT_COMMANDS, ROOK)) == said["id"]
    with pytest.raises(HandsError, match="did not respond"):
        await here.hands.click(ROOK, int(said["id"]), "go")
    with pytest.raises(HandsError, match="not in this server"):
        await here.hands.take_out(GUILD)
    later = await here.connect()
    assert (await later.event("READY"))["guilds"] == []


@rule("Invited again it has a new role, the lowest until somebody drags it up, and no commands")
async def test_who_is_invited_again_has_a_new_role_and_no_commands(here: Here) -> None:
    bot = await here.connect()
    await here.call("PUT", COMMANDS, [{"name": "ping", "description": "p"}])
    guild = here.world.guilds[GUILD]
    await here.hands.take_out(GUILD)
    await here.hands.bring_back(GUILD, ["VIEW_CHANNEL", "VIEW_AUDIT_LOG"], dragged_up=False)

    again = await bot.until(lambda each: each["t"] == "GUILD_CREATE" and "unavailable" not in each["d"])
    [role] = [each for each in again["d"]["roles"] if each["managed"]]
    assert (role["position"], BOT_ROLE in guild.roles) == (1, False)
    assert sorted(each.position for each in guild.roles.values()) == list(range(len(guild.roles)))
    assert (await here.call("GET", COMMANDS)).body == []
    entries = (await here.call("GET", f"/guilds/{GUILD}/audit-logs")).body["audit_log_entries"]
    assert [each["action_type"] for each in entries[:2]] == [28, 20]
    await here.hands.take_out(GUILD)
    await here.hands.bring_back(GUILD)
    [role] = [each for each in guild.roles.values() if each.managed]
    assert role.position == max(each.position for each in guild.roles.values())
    with pytest.raises(HandsError, match="is in this server"):
        await here.hands.bring_back(GUILD)


@rule(
    "An outage is GUILD_DELETE with `unavailable`; requests are 503, READY introduces it later, and it comes back whole"
)
async def test_an_outage_hides_a_guild_until_it_is_over(here: Here) -> None:
    bot = await here.connect()
    await here.hands.outage(GUILD)
    await here.hands.outage(GUILD)
    await here.hands.say(ROOK, BOT_COMMANDS, "anybody?")

    assert await bot.event("GUILD_DELETE") == {"id": str(GUILD), "unavailable": True}
    assert bot.names().count("GUILD_DELETE") == 1
    assert bot.names()[-1] == "GUILD_DELETE"
    assert (await here.post(RAID, content="x")).status == 503
    late = await here.connect(EVERYTHING)
    assert (await late.event("READY"))["guilds"] == [{"id": str(GUILD), "unavailable": True}]
    assert "GUILD_CREATE" not in late.names()
    await here.hands.outage(GUILD, over=True)
    assert (await late.event("GUILD_CREATE"))["unavailable"] is False
    assert (await here.post(BOT_COMMANDS, content="x")).status == 200
