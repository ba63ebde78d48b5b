"""The gateway: who hears what, and what happens when the line breaks."""

from typing import Any

import pytest
from tests.loopback.conftest import EVERYTHING, Here, served
from tests.loopback.ids import GUILD, ORYX_3, RAID, RAID_LOG, ROOK, TANSY
from tests.loopback.rules import rule

from discord_loopback.app import Options

GUILDS, MEMBERS, MESSAGES, CONTENT = 1 << 0, 1 << 1, 1 << 9, 1 << 15


@rule("Gateway: hello, heartbeats, identify, ready, close codes, shards")
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


async def test_a_hidden_channel_is_silent(here: Here) -> None:
    from discord_loopback.permissions import bits  # noqa: PLC0415 - only here

    bot = await here.connect()
    hidden = [{"id": here.world.application_id, "type": 1, "deny": str(bits("VIEW_CHANNEL"))}]
    await here.hands.edit_channel(RAID_LOG, overwrites=hidden)
    await here.hands.say(TANSY, RAID_LOG, "unheard")
    await here.hands.say(TANSY, RAID + 2, "heard")
    heard = await bot.event("MESSAGE_CREATE")

    assert heard["content"] == "heard"


@rule("Resuming from the last 2,000 events; invalid sessions; goodbye gives a session up")
async def test_what_was_missed_is_sent_again(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.event("GUILD_CREATE")
    seq = bot.packets[-1]["s"]
    await here.hands.faults(gateway="cut")
    await bot.closed()
    await here.hands.say(ROOK, RAID + 2, "missed")

    again = await here.dial()
    await again.socket.send_json(
        {"op": 6, "d": {"token": here.world.token, "session_id": ready["session_id"], "seq": seq}}
    )
    await again.event("RESUMED")

    assert again.names() == ["MESSAGE_CREATE", "RESUMED"]
    await here.hands.say(ROOK, RAID + 2, "live")
    await again.until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["content"] == "live")


async def test_a_session_that_is_gone_is_invalid(here: Here) -> None:
    again = await here.dial()
    await again.socket.send_json({"op": 6, "d": {"token": here.world.token, "session_id": "x", "seq": 1}})

    assert (await again.op(9))["d"] is False


@rule("Resuming from the last 2,000 events; invalid sessions; goodbye gives a session up")
async def test_goodbye_gives_the_session_up(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.socket.close(code=1000)
    again = await here.dial()
    await again.socket.send_json(
        {"op": 6, "d": {"token": here.world.token, "session_id": ready["session_id"], "seq": 1}}
    )

    assert (await again.op(9))["d"] is False


@pytest.mark.parametrize(("kind", "op"), [("reconnect", 7), ("invalid", 9)])
async def test_the_line_is_broken_on_demand(here: Here, kind: str, op: int) -> None:
    bot = await here.connect()
    await here.hands.faults(gateway=kind)

    assert (await bot.op(op))["d"] in (None, False)


async def test_events_are_lost_and_doubled_on_demand(here: Here) -> None:
    bot = await here.connect(GUILDS | MESSAGES | CONTENT)
    await here.hands.faults(drop_events=1)
    await here.hands.say(ROOK, RAID + 2, "lost")
    await here.hands.faults(double_events=1)
    await here.hands.say(ROOK, RAID + 2, "twice")
    await here.hands.say(ROOK, RAID + 2, "once")
    await bot.until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["content"] == "once")

    texts = [packet["d"]["content"] for packet in bot.packets if packet["t"] == "MESSAGE_CREATE"]
    assert texts == ["twice", "twice", "once"]


CLOSED: list[tuple[dict[str, Any], int]] = [
    ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
    ({"op": 2, "d": {"token": "loopback-token", "intents": 1, "shard": [2, 2]}}, 4010),
    ({"op": 2, "d": {"token": "loopback-token", "intents": 1 << 40}}, 4013),
    ({"op": 8, "d": {"guild_id": "1"}}, 4003),
    ({"no": "op"}, 4002),
]


@pytest.mark.parametrize(("packet", "code"), CLOSED)
async def test_what_one_may_not_say_ends_the_line(here: Here, packet: dict[str, Any], code: int) -> None:
    line = await here.dial()
    await line.socket.send_json(packet)

    assert await line.closed() == code


@rule("Gateway: hello, heartbeats, identify, ready, close codes, shards")
async def test_heartbeats_are_answered(here: Here) -> None:
    line = await here.dial()
    await line.socket.send_json({"op": 1, "d": None})

    assert (await line.op(10))["d"]["heartbeat_interval"] == 41250
    assert await line.op(11)


async def test_a_guild_lives_on_one_shard(here: Here) -> None:
    home = (GUILD >> 22) % 3
    for shard in range(3):
        bot = await here.connect(EVERYTHING, shard=[shard, 3])
        ready = await bot.event("READY")

        assert len(ready["guilds"]) == (1 if shard == home else 0)
        assert ready["shard"] == [shard, 3]


@rule("Member lists in chunks of 1,000, by name, by id")
async def test_members_are_sent_in_chunks_of_a_thousand() -> None:
    async with served(Options(members=2500)) as here:
        bot = await here.connect()
        guild = await bot.event("GUILD_CREATE")
        await bot.socket.send_json({"op": 8, "d": {"guild_id": str(GUILD), "query": "", "limit": 0, "nonce": "n"}})
        last = await bot.until(lambda packet: packet["t"] == "GUILD_MEMBERS_CHUNK" and packet["d"]["chunk_index"] == 2)

        chunks = [packet["d"] for packet in bot.packets if packet["t"] == "GUILD_MEMBERS_CHUNK"]
        assert guild["large"] is True
        assert guild["member_count"] == 2515
        assert [len(each["members"]) for each in chunks] == [1000, 1000, 515]
        assert last["d"]["chunk_count"] == 3
        assert last["d"]["nonce"] == "n"


@rule("Member lists in chunks of 1,000, by name, by id")
async def test_members_are_looked_up(here: Here) -> None:
    bot = await here.connect()
    await bot.socket.send_json({"op": 8, "d": {"guild_id": str(GUILD), "user_ids": [str(ROOK), "5"]}})
    by_id = await bot.event("GUILD_MEMBERS_CHUNK")
    bot.packets.clear()
    await bot.socket.send_json({"op": 8, "d": {"guild_id": str(GUILD), "query": "tan", "limit": 5}})
    by_name = await bot.event("GUILD_MEMBERS_CHUNK")

    assert [each["user"]["id"] for each in by_id["members"]] == [str(ROOK)]
    assert by_id["not_found"] == ["5"]
    assert [each["user"]["id"] for each in by_name["members"]] == [str(TANSY)]


async def test_changes_of_members_and_roles_are_told(here: Here) -> None:
    bot = await here.connect()
    await here.hands.leave(ROOK, GUILD)
    await here.hands.join(ROOK, GUILD)
    await here.call("PATCH", f"/guilds/{GUILD}/roles/{ORYX_3}", {"name": "O3"})
    changed = await bot.event("GUILD_ROLE_UPDATE")

    assert bot.names()[2:] == ["GUILD_MEMBER_REMOVE", "GUILD_MEMBER_ADD", "GUILD_ROLE_UPDATE"]
    assert changed["role"]["name"] == "O3"
