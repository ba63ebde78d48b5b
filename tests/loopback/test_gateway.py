"""The gateway: who hears what."""

import pytest
from tests.loopback.conftest import EVERYTHING, Here, served
from tests.loopback.ids import GUILD, ORYX_3, RAID, RAID_LOG, ROOK, TANSY
from tests.loopback.rules import rule

from discord_loopback.app import Options
from discord_loopback.starts import Terms

GUILDS, MEMBERS, MESSAGES, CONTENT = 1 << 0, 1 << 1, 1 << 9, 1 << 15


@rule("Gateway: hello, heartbeats and their requests, identify, ready")
async def test_the_guild_comes_after_ready(here: Here) -> None:
    bot = await here.connect()
    guild = await bot.event("GUILD_CREATE")

    assert bot.names() == ["READY", "GUILD_CREATE"]
    assert guild["member_count"] == 15
    assert len(guild["members"]) == 15
    assert guild["unavailable"] is False


@pytest.mark.parametrize(
    ("intents", "heard"),
    [
        (GUILDS, ["CHANNEL_UPDATE"]),
        (GUILDS | MESSAGES, ["MESSAGE_CREATE", "CHANNEL_UPDATE"]),
        (GUILDS | MEMBERS, ["GUILD_MEMBER_UPDATE", "CHANNEL_UPDATE"]),
    ],
)
async def test_intents_decide_what_is_heard(here: Here, intents: int, heard: list[str]) -> None:
    bot = await here.connect(intents)
    await here.hands.say(ROOK, RAID + 2, "hello")
    await here.hands.set_roles(GUILD, TANSY, [])
    await here.hands.edit_channel(RAID, overwrites=[])
    await bot.event("CHANNEL_UPDATE")

    assert [name for name in bot.names() if name not in ("READY", "GUILD_CREATE")] == heard


@rule("Intents, and messages without their text where the intent is missing")
async def test_without_the_content_intent_only_what_concerns_the_bot_has_text(here: Here) -> None:
    bot = await here.connect(GUILDS | MESSAGES)
    await here.hands.say(ROOK, RAID + 2, "secret")
    await here.hands.say(ROOK, RAID + 2, f"<@{here.world.application_id}> hello")
    await bot.until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["mentions"] != [])

    texts = [packet["d"]["content"] for packet in bot.packets if packet["t"] == "MESSAGE_CREATE"]
    assert texts == ["", f"<@{here.world.application_id}> hello"]


@rule("Channels that the bot cannot see are told of, what happens in them is not")
async def test_a_hidden_channel_is_silent(here: Here) -> None:
    from discord_loopback.permissions import bits  # noqa: PLC0415 - only here

    bot = await here.connect()
    hidden = [{"id": here.world.application_id, "type": 1, "deny": str(bits("VIEW_CHANNEL"))}]
    await here.hands.edit_channel(RAID_LOG, overwrites=hidden)
    await here.hands.say(TANSY, RAID_LOG, "unheard")
    await here.hands.say(TANSY, RAID + 2, "heard")
    heard = await bot.event("MESSAGE_CREATE")

    assert heard["content"] == "heard"


@rule("Several connections; a guild by `(id >> 22) % shards`, what has no guild on shard 0")
async def test_a_guild_lives_on_one_shard() -> None:
    home = (GUILD >> 22) % 3
    async with served(Options(terms=Terms(max_concurrency=3))) as here:
        for shard in range(3):
            bot = await here.connect(EVERYTHING, shard=[shard, 3])
            ready = await bot.event("READY")

            assert len(ready["guilds"]) == (1 if shard == home else 0)
            assert ready["shard"] == [shard, 3]


async def test_changes_of_members_and_roles_are_told(here: Here) -> None:
    bot = await here.connect()
    await here.hands.leave(ROOK, GUILD)
    await here.hands.join(ROOK, GUILD)
    await here.call("PATCH", f"/guilds/{GUILD}/roles/{ORYX_3}", {"name": "O3"})
    changed = await bot.event("GUILD_ROLE_UPDATE")

    assert bot.deeds()[2:] == ["GUILD_MEMBER_REMOVE", "GUILD_MEMBER_ADD", "GUILD_ROLE_UPDATE"]
    assert changed["role"]["name"] == "O3"
