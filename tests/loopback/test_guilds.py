"""An application in several guilds: what belongs to one of them, and what to the person in all of them."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.loopback.conftest import EVERYTHING, Here, served
from tests.loopback.ids import (
    APPLICATION,
    BOT_COMMANDS,
    GUILD,
    NEWT,
    RAID,
    ROOK,
    SECOND,
    SECOND_COMMANDS,
    SECOND_RAID,
    SECOND_VERIFIED,
    SUSPENDED,
    TANSY,
    VERIFIED,
)
from tests.loopback.rules import rule
from tests.loopback.test_messages import button, row

from discord_loopback.app import Options
from discord_loopback.client import HandsError
from discord_loopback.starts import Terms

THIRD = 777_000_000_000_000_000
NEW: dict[str, Any] = {
    "guild": {
        "id": THIRD,
        "name": "The Keep",
        "owner": 778,
        "bot": "Raid Bot",
        "everyone": ["VIEW_CHANNEL", "READ_MESSAGE_HISTORY"],
    },
    "roles": [{"id": 771, "name": "Raid Bot", "bot": True, "permissions": ["ALL"]}],
    "channels": [{"id": 772, "name": "hall", "allow": {"@everyone": ["SEND_MESSAGES"]}}],
    "members": [{"id": 778, "name": "Kay"}, {"id": ROOK, "name": "Rook", "nick": "Castle"}],
}


@pytest_asyncio.fixture
async def both(tmp_path: Path) -> AsyncGenerator[Here]:
    async with served(Options(guilds=2, clock_file=tmp_path / "clock")) as running:
        yield running


@rule("In several guilds: READY names them, each is introduced by itself, and a new one whenever it comes")
async def test_every_guild_of_a_shard_is_introduced_and_a_new_one_once_the_bot_is_in_it(both: Here) -> None:
    bot = await both.connect()
    await both.hands.found_guild(NEW)
    founded = await bot.until(lambda each: each["t"] == "GUILD_CREATE" and each["d"]["name"] == "The Keep")

    ready = await bot.event("READY")
    introduced = [each["d"] for each in bot.packets if each["t"] == "GUILD_CREATE"]
    assert ready["guilds"] == [{"id": str(each), "unavailable": True} for each in (GUILD, SECOND)]
    assert [each["id"] for each in introduced] == [str(each) for each in (GUILD, SECOND, THIRD)]
    assert [len(each["channels"]) for each in introduced] == [22, 22, 1]
    assert founded["d"]["member_count"] == 3
    assert ["unavailable" in each for each in introduced] == [True, True, False]
    listed = await both.call("GET", "/users/@me/guilds")
    assert [each["name"] for each in listed.body] == ["Oryx's Raiders", "Oryx's Raiders 2", "The Keep"]


@rule("Several connections; a guild by `(id >> 22) % shards`, what has no guild on shard 0")
async def test_each_of_two_shards_hears_of_its_own_guild_alone() -> None:
    async with served(Options(guilds=2, terms=Terms(max_concurrency=2))) as here:
        bots = [await here.connect(EVERYTHING, shard=[shard, 2]) for shard in range(2)]
        await here.hands.say(ROOK, BOT_COMMANDS, "first")
        await here.hands.say(ROOK, SECOND_COMMANDS, "second")
        heard = [await bots[(guild >> 22) % 2].event("MESSAGE_CREATE") for guild in (GUILD, SECOND)]

        assert [(each["guild_id"], each["content"]) for each in heard] == [
            (str(GUILD), "first"),
            (str(SECOND), "second"),
        ]
        assert [each.names() for each in bots] == [["READY", "GUILD_CREATE", "MESSAGE_CREATE"]] * 2


async def test_members_of_each_guild_come_in_chunks_of_their_own(both: Here) -> None:
    bot = await both.connect()
    await both.hands.leave(NEWT, SECOND)
    for guild in (GUILD, SECOND):
        await bot.say(8, {"guild_id": str(guild), "query": "", "limit": 0, "nonce": str(guild)})
    found = [
        (await bot.until(lambda each, guild=guild: each["d"] and each["d"].get("nonce") == str(guild)))["d"]
        for guild in (GUILD, SECOND)
    ]

    assert [(each["guild_id"], len(each["members"])) for each in found] == [(str(GUILD), 15), (str(SECOND), 14)]


@rule("One account in several guilds: a nickname, roles, a timeout and a ban for each, and one DM")
async def test_what_is_done_to_a_member_in_one_guild_leaves_the_other_alone(both: Here) -> None:
    bot = await both.connect()
    await both.call("PATCH", f"/guilds/{SECOND}/members/{ROOK}", {"nick": "Castle"})
    await both.call("PUT", f"/guilds/{SECOND}/bans/{TANSY}")
    told = await bot.event("GUILD_BAN_ADD")
    first, second = [(await both.call("GET", f"/guilds/{each}/members/{ROOK}")).body for each in (GUILD, SECOND)]

    assert (first["nick"], second["nick"]) == (None, "Castle")
    assert first["user"] == second["user"]
    assert (first["roles"], second["roles"]) == ([str(VERIFIED)], [str(SECOND_VERIFIED)])
    assert told["guild_id"] == str(SECOND)
    assert (await both.call("GET", f"/guilds/{GUILD}/members/{TANSY}")).status == 200
    assert (await both.call("GET", f"/guilds/{SECOND}/members/{TANSY}")).code == 10007
    logs = [(await both.call("GET", f"/guilds/{each}/audit-logs")).body for each in (GUILD, SECOND)]
    assert [len(each["audit_log_entries"]) for each in logs] == [0, 2]


@rule("DMs: closed ones are 50007, without a common server 50278, on sending")
async def test_a_member_of_any_guild_can_be_written_to(both: Here) -> None:
    dm = (await both.call("POST", "/users/@me/channels", {"recipient_id": str(NEWT)})).body["id"]
    await both.hands.leave(NEWT, GUILD)
    still = await both.post(int(dm), content="one left")
    await both.hands.leave(NEWT, SECOND)
    gone = await both.post(int(dm), content="none left")

    assert (still.status, gone.code) == (200, 50278)


@rule("Commands of a guild are offered there alone, those of all guilds everywhere, each under its own id")
async def test_a_guilds_own_command_is_unknown_in_the_other(both: Here) -> None:
    bot = await both.connect()
    base, command = f"/applications/{APPLICATION}", {"name": "raid", "description": "x"}
    own = [(await both.call("PUT", f"{base}/guilds/{each}/commands", [command])).body[0] for each in (GUILD, SECOND)]
    await both.call("PUT", f"{base}/guilds/{SECOND}/commands", [command, {"name": "keep", "description": "x"}])
    await both.call("PUT", f"{base}/commands", [{"name": "help", "description": "x"}])
    with pytest.raises(HandsError, match="no command /keep"):
        await both.hands.command(ROOK, GUILD, BOT_COMMANDS, "keep", wait=None)
    for guild, channel in ((GUILD, BOT_COMMANDS), (SECOND, SECOND_COMMANDS)):
        for name in ("raid", "help"):
            await both.hands.command(ROOK, guild, channel, name, wait=None)
    await bot.until(lambda _: bot.names().count("INTERACTION_CREATE") == 4)
    typed = [each["d"] for each in bot.packets if each["t"] == "INTERACTION_CREATE"]

    assert own[0]["id"] != own[1]["id"]
    assert [(each["guild_id"], each["data"]["name"]) for each in typed] == [
        (str(guild), name) for guild in (GUILD, SECOND) for name in ("raid", "help")
    ]
    assert [each["data"].get("guild_id") for each in typed] == [str(GUILD), None, str(SECOND), None]
    assert [each["member"]["roles"] for each in typed[::2]] == [[str(VERIFIED)], [str(SECOND_VERIFIED)]]
    with pytest.raises(HandsError, match="another server"):
        await both.hands.command(ROOK, GUILD, SECOND_COMMANDS, "raid", wait=None)


@rule("Channels and roles of another guild cannot be chosen")
async def test_an_option_takes_nothing_of_another_guild(both: Here) -> None:
    options = [
        {"type": 7, "name": "where", "description": "x"},
        {"type": 8, "name": "role", "description": "x"},
    ]
    path = f"/applications/{APPLICATION}/guilds/{GUILD}/commands"
    await both.call("PUT", path, [{"name": "set", "description": "x", "options": options}])

    for given in ({"where": str(SECOND_RAID)}, {"role": str(SECOND_VERIFIED)}):
        with pytest.raises(HandsError, match="There is nothing with the id"):
            await both.hands.command(ROOK, GUILD, BOT_COMMANDS, "set", given, wait=None)
    await both.hands.command(ROOK, GUILD, BOT_COMMANDS, "set", {"where": str(RAID), "role": str(VERIFIED)}, wait=None)


async def test_a_press_names_the_guild_of_its_message_and_who_left_it_sees_it_no_more(both: Here) -> None:
    bot = await both.connect()
    message = (await both.post(SECOND_RAID, content="x", components=[row(button("join"))])).body
    await both.hands.click(ROOK, message["id"], "join", wait=None)
    pressed = await bot.event("INTERACTION_CREATE")
    await both.hands.leave(ROOK, SECOND)

    assert (pressed["guild_id"], pressed["message"]["id"]) == (str(SECOND), message["id"])
    with pytest.raises(HandsError, match="Unknown Message"):
        await both.hands.click(ROOK, message["id"], "join", wait=None)
    with pytest.raises(HandsError, match="not in this server"):
        await both.hands.view(SECOND, ROOK)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"guild": {**NEW["guild"], "id": GUILD}}, "`$.guild.id`: 500000000000001000 is taken already"),
        ({"channels": [{"id": RAID, "name": "raid"}]}, "`$.channels[0].id`: 500000000000003006 is taken already"),
        ({"roles": [{"id": VERIFIED, "name": "Bot", "bot": True}]}, "`$.roles[0].id`: 500000000000002009 is taken"),
        ({"roles": []}, "one role has `bot: true`, not 0"),
        ({"guild": {**NEW["guild"], "owner": 5}}, "`$.guild.owner` is no member's id"),
    ],
)
async def test_a_guild_that_does_not_fit_is_not_founded(here: Here, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(HandsError) as refused:
        await here.hands.found_guild({**NEW, **change})

    assert refused.value.status == 400
    assert complaint in refused.value.message
    assert list(here.world.guilds) == [GUILD]


async def test_all_guilds_stay_and_so_do_those_founded_and_those_joined_meanwhile(tmp_path: Path) -> None:
    options = Options(guilds=2, state=tmp_path / "state.json")
    async with served(options) as first:
        await first.hands.found_guild(NEW)
        await first.hands.join(NEWT, THIRD)
        await first.hands.say(ROOK, 772, "mine")
        await first.hands.set_roles(SECOND, ROOK, [SECOND_VERIFIED, SUSPENDED + SECOND - GUILD])

    async with served(options) as again:
        keep = await again.hands.view(THIRD, ROOK)
        [message] = await again.hands.messages(772, NEWT)
        second, unchanged = await again.hands.view(SECOND, ROOK), await again.hands.view(GUILD, ROOK)

        assert (keep["guild"]["name"], keep["me"]["name"]) == ("The Keep", "Castle")
        assert sorted(each["name"] for each in keep["members"]) == ["Kay", "Newt", "Raid Bot", "Rook"]
        assert message["content"] == "mine"
        assert len(second["me"]["roles"]) == 2
        assert unchanged["me"]["roles"] == [str(VERIFIED)]


async def test_what_was_kept_of_one_guild_is_read_beside_a_second_one(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with served(Options(state=state)) as first:
        await first.post(RAID, content="kept")
    async with served(Options(state=state, guilds=2)) as second:
        [message] = await second.hands.messages(RAID, ROOK)
        sent = await second.post(SECOND_RAID, content="there")
        await second.post(SECOND_RAID, content=f"<@{ROOK}>")

        assert (message["content"], sent.status) == ("kept", 200)
        assert len((await second.hands.view(SECOND, ROOK))["channels"]) == len(
            (await second.hands.view(GUILD, ROOK))["channels"]
        )
    async with served(Options(state=state)) as third:
        assert [each["content"] for each in await third.hands.messages(RAID, ROOK)] == ["kept"]
        assert await third.hands.pings(ROOK) == []
        assert (await third.post(SECOND_RAID, content="gone")).code == 10003
