"""How connections to the gateway begin, live and end, and what a session survives."""

import asyncio
from typing import Any

import aiohttp
import pytest
from tests.loopback.conftest import EVERYTHING, Connected, Here, Json, served
from tests.loopback.ids import GUILD, RAID, ROOK
from tests.loopback.rules import rule

from discord_loopback import connections, intents, sessions
from discord_loopback.app import Options
from discord_loopback.starts import Terms

CHAT = RAID + 2


def terms(**asked: Any) -> Options:
    return Options(terms=Terms(**asked))


ONLINE = 3, {"since": None, "activities": [], "status": "online", "afk": False}
"""What a bot says of itself, which is no heartbeat."""


async def hearing(here: Here, bot: Connected, text: str) -> None:
    """Let a member write until this connection has heard it."""
    await here.hands.say(ROOK, CHAT, text)
    await bot.until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["content"] == text)


def said(bot: Connected) -> list[str]:
    return [packet["d"]["content"] for packet in bot.packets if packet["t"] == "MESSAGE_CREATE"]


@rule("Gateway: hello, heartbeats and their requests, identify, ready")
async def test_the_gateway_greets_and_answers_heartbeats(here: Here) -> None:
    line = await here.dial("v=10&encoding=json")
    await line.say(1)

    assert (await line.op(10))["d"] == {"heartbeat_interval": 41250}
    assert (await line.op(11))["d"] is None


@rule("Gateway: hello, heartbeats and their requests, identify, ready")
async def test_the_gateway_may_ask_for_a_heartbeat(here: Here) -> None:
    bot = await here.connect()
    await here.hands.faults(gateway="heartbeat")

    assert (await bot.op(1))["d"] is None


@rule("A missed heartbeat closes the line and leaves the session to be resumed")
async def test_who_misses_heartbeats_is_closed_and_may_resume(here: Here) -> None:
    held = here.hold()
    bot = await here.connect()
    ready = await bot.event("READY")
    held.seconds += 42 * connections.PATIENCE
    await bot.say(*ONLINE)

    assert await bot.closed() == 4009
    again = await here.resume(ready["session_id"], bot.packets[-1]["s"])
    assert await again.event("RESUMED") == {}


async def test_who_says_nothing_at_all_is_closed_when_the_time_has_come() -> None:
    async with served(terms(heartbeat_ms=100)) as here:
        silent = await here.dial()

        assert await silent.closed() == 4009


async def test_who_sends_heartbeats_stays(here: Here) -> None:
    held = here.hold()
    bot = await here.connect()
    for _ in range(3):
        held.seconds += 42
        await bot.say(1)
        await bot.say(*ONLINE)

    await hearing(here, bot, "still there")


TOKEN = Options().token
IDENTIFY: Json = {"token": TOKEN, "intents": 1}
CLOSED: list[tuple[Any, int]] = [
    ({"op": 2, "d": {**IDENTIFY, "token": "wrong"}}, 4004),
    ({"op": 2, "d": {**IDENTIFY, "shard": [2, 2]}}, 4010),
    ({"op": 2, "d": {**IDENTIFY, "intents": 1 << 40}}, 4013),
    ({"op": 2, "d": {"token": TOKEN}}, 4013),
    ({"op": 2, "d": {**IDENTIFY, "shard": "first"}}, 4001),
    ({"op": 2, "d": None}, 4001),
    ({"op": 8, "d": {"guild_id": "1"}}, 4003),
    ({"op": 3, "d": {}}, 4003),
    ({"no": "op"}, 4002),
    (["no", "packet"], 4002),
    ({"op": 1, "d": None, "long": "x" * 4096}, 4002),
]


@rule("Close codes 4000 to 4005, 4007 to 4010, 4012 to 4014", "Packets of clients up to 4,096 bytes, else 4002")
@pytest.mark.parametrize(("packet", "code"), CLOSED)
async def test_what_one_may_not_say_ends_the_line(here: Here, packet: Any, code: int) -> None:
    line = await here.dial()
    await line.socket.send_json(packet)

    assert await line.closed() == code


LATER: list[tuple[Json, int]] = [
    ({"op": 2, "d": IDENTIFY}, 4005),
    ({"op": 6, "d": {"token": TOKEN, "session_id": "x", "seq": 1}}, 4005),
    ({"op": 77, "d": None}, 4001),
    ({"op": 8, "d": {"guild_id": str(GUILD)}}, 4001),
    ({"op": 8, "d": {"guild_id": ["1", "2"], "query": "", "limit": 0}}, 4001),
]


@rule("Close codes 4000 to 4005, 4007 to 4010, 4012 to 4014")
@pytest.mark.parametrize(("packet", "code"), LATER)
async def test_what_one_may_not_say_later_ends_the_line(here: Here, packet: Json, code: int) -> None:
    bot = await here.connect()
    await bot.socket.send_json(packet)

    assert await bot.closed() == code


@rule("Versions 9 and 10, else 4012; without one it is 10")
async def test_an_unknown_version_is_refused(here: Here) -> None:
    assert await (await here.dial("v=5")).closed() == 4012


@rule("Privileged intents that are not switched on: 4014, and the application's flags")
async def test_an_intent_that_is_not_switched_on_is_refused() -> None:
    async with served(terms(denied=intents.GUILD_MEMBERS)) as here:
        refused = await here.dial()
        await here.identify(refused, intents=EVERYTHING)
        bot = await here.connect(EVERYTHING & ~intents.GUILD_MEMBERS)
        ready = await bot.event("READY")
        about = (await here.call("GET", "/applications/@me")).body

        assert await refused.closed() == 4014
        assert ready["application"]["flags"] == about["flags"] == (1 << 13) | (1 << 19)


@rule("120 packets of clients in 60 s of a connection, else 4008")
async def test_more_than_120_packets_in_a_minute_end_the_line(here: Here) -> None:
    line = await here.dial()
    for _ in range(120):
        await line.say(1)
    await line.until(lambda _: sum(packet["op"] == 11 for packet in line.packets) == 120)
    await line.say(1)

    assert await line.closed() == 4008


@rule("One identify in 5 s of `shard % max_concurrency`, else op 9; the same line may try again")
async def test_a_second_identify_within_5_seconds_is_an_invalid_session(here: Here) -> None:
    await here.connect()
    early = await here.dial()
    await here.identify(early)

    assert (await early.op(9))["d"] is False
    assert early.names() == []


@rule("One identify in 5 s of `shard % max_concurrency`, else op 9; the same line may try again")
async def test_after_the_pause_the_same_line_may_identify() -> None:
    async with served(terms(identify_seconds=0.2)) as here, asyncio.timeout(10):
        early = await too_early(here)
        while "READY" not in early.names():
            await asyncio.sleep(0.05)
            heard = len(early.packets)
            await here.identify(early)
            await early.until(lambda _, heard=heard: len(early.packets) > heard)

        assert (await early.op(9))["d"] is False


async def too_early(here: Here) -> Connected:
    """Identify line after line, until one has come so soon after the one before that it was refused."""
    while True:
        line = await here.dial()
        await here.identify(line)
        answer = await line.until(lambda packet: packet["op"] in (0, 9))
        if answer["op"] == 9:
            return line


async def test_shards_of_different_turns_start_together() -> None:
    async with served(terms(max_concurrency=2)) as here:
        first = await here.connect(shard=[0, 3])
        second = await here.connect(shard=[1, 3])
        third = await here.dial()
        await here.identify(third, shard=[2, 3])

        assert (await first.event("READY"))["shard"] == [0, 3]
        assert (await second.event("READY"))["shard"] == [1, 3]
        assert (await third.op(9))["d"] is False


@rule("1,000 identifies in a day, told by `GET /gateway/bot`; then all sessions end and the token is reset")
async def test_identifies_are_counted_for_a_day_and_resumes_are_not(here: Here) -> None:
    fresh = (await here.call("GET", "/gateway/bot")).body
    bot = await here.connect()
    ready = await bot.event("READY")
    await here.hands.faults(gateway="cut")
    await bot.closed()
    await (await here.resume(ready["session_id"], 1)).event("RESUMED")
    used = (await here.call("GET", "/gateway/bot")).body["session_start_limit"]
    await here.hands.shift_clock(86_400)
    tomorrow = (await here.call("GET", "/gateway/bot")).body["session_start_limit"]

    assert fresh["shards"] == 1
    assert fresh["session_start_limit"] == {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    assert used["remaining"] == 999
    assert 86_300_000 < used["reset_after"] <= 86_400_000
    assert tomorrow["remaining"] == 1000


@rule("1,000 identifies in a day, told by `GET /gateway/bot`; then all sessions end and the token is reset")
async def test_too_many_identifies_in_a_day_end_all_sessions_and_reset_the_token() -> None:
    async with served(terms(identifies=1, max_concurrency=2)) as here:
        token = here.world.token
        first = await here.connect(shard=[0, 2])
        second = await here.dial()
        await here.identify(second, shard=[1, 2])

        assert await second.closed() == 4004
        assert await first.closed() == 4004
        refused = await here.call("GET", "/gateway/bot", headers={"Authorization": f"Bot {token}"})
        assert refused.status == 401


@rule("Several connections; a guild by `(id >> 22) % shards`, what has no guild on shard 0")
async def test_every_shard_hears_its_own_guilds_and_shard_0_the_dms() -> None:
    async with served(terms(max_concurrency=2)) as here:
        shards = [await here.connect(shard=[number, 2]) for number in range(2)]
        home = shards[(GUILD >> 22) % 2]
        channel = (await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})).body
        await here.hands.say(ROOK, CHAT, "guild")
        await here.hands.say(ROOK, int(channel["id"]), "dm")
        await home.until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["content"] == "guild")
        await shards[0].until(lambda packet: packet["t"] == "MESSAGE_CREATE" and packet["d"]["content"] == "dm")

        assert sorted(text for shard in shards for text in said(shard)) == ["dm", "guild"]
        assert "dm" in said(shards[0])


@rule("Resuming from the last 2,000 events and 32 MiB, for 3 minutes of the shifted clock")
async def test_what_was_missed_is_sent_again(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.event("GUILD_CREATE")
    seq = bot.packets[-1]["s"]
    await here.hands.faults(gateway="cut")
    await bot.closed()
    await here.hands.say(ROOK, CHAT, "missed")

    again = await here.resume(ready["session_id"], seq)
    await again.event("RESUMED")

    assert again.names() == ["MESSAGE_CREATE", "RESUMED"]
    await hearing(here, again, "live")


async def test_a_session_that_never_was_is_invalid(here: Here) -> None:
    assert (await (await here.resume("x", 1)).op(9))["d"] is False


@rule("Resuming from the last 2,000 events and 32 MiB, for 3 minutes of the shifted clock")
async def test_a_session_that_nobody_resumed_in_time_is_invalid(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await here.hands.faults(gateway="cut")
    await bot.closed()
    await here.hands.shift_clock(sessions.LIFE + 1)

    assert (await (await here.resume(ready["session_id"], 1)).op(9))["d"] is False


@rule("Closing with 1000 or 1001 gives a session up, another code does not")
async def test_goodbye_gives_the_session_up(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.socket.close(code=1000)

    assert (await (await here.resume(ready["session_id"], 1)).op(9))["d"] is False


@rule("Closing with 1000 or 1001 gives a session up, another code does not")
async def test_another_close_code_keeps_the_session(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.socket.close(code=4900)

    assert await (await here.resume(ready["session_id"], 1)).event("RESUMED") == {}


@rule("Close codes 4000 to 4005, 4007 to 4010, 4012 to 4014")
async def test_a_number_that_was_never_sent_is_refused(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")

    assert await (await here.resume(ready["session_id"], 5000)).closed() == 4007


@rule("Resuming from the last 2,000 events and 32 MiB, for 3 minutes of the shifted clock")
async def test_only_the_last_2000_events_can_be_resumed_from(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    (session,) = here.loopback.gateway.sessions.values()
    for _ in range(sessions.REPLAYED):
        session.dispatch("LOUD", b"{}")

    assert (await (await here.resume(ready["session_id"], 1)).op(9))["d"] is False


@rule("At most 16 sessions and 64 MiB wait to be resumed")
@pytest.mark.parametrize(("waiting", "loud", "left"), [(17, 0, 16), (3, 24 << 20, 2)])
async def test_not_too_much_waits_to_be_resumed(waiting: int, loud: int, left: int) -> None:
    async with served(terms(identify_seconds=0)) as here:
        ids = [(await (await here.connect()).event("READY"))["session_id"] for _ in range(waiting)]
        await here.hands.faults(gateway="cut")
        for session in here.loopback.gateway.sessions.values():
            session.dispatch("LOUD", b" " * loud)
        await (await here.connect()).event("READY")

        assert [each for each in ids if each in here.loopback.gateway.sessions] == ids[-left:]


@rule("Whoever resumes a session takes it from the line that holds it")
async def test_who_resumes_takes_the_session_from_who_holds_it(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.event("GUILD_CREATE")
    again = await here.resume(ready["session_id"], bot.packets[-1]["s"])
    await again.event("RESUMED")

    await bot.closed()
    await hearing(here, again, "taken over")
    assert said(bot) == []


@rule("Op 7, and the line is closed 5 s later; op 9 that is resumable or not")
async def test_a_client_that_should_reconnect_is_closed_in_the_end(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "GRACE", 0.05)
    bot = await here.connect()
    await here.hands.faults(gateway="reconnect")

    assert (await bot.op(7))["d"] is None
    assert await bot.closed() == 4000


@rule("Op 7, and the line is closed 5 s later; op 9 that is resumable or not")
async def test_a_session_taken_away_needs_a_new_identify(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await here.hands.faults(gateway="invalid")
    await bot.op(9)
    await bot.say(3, {})

    assert await bot.closed() == 4003
    assert (await (await here.resume(ready["session_id"], 1)).op(9))["d"] is False


@rule("Op 7, and the line is closed 5 s later; op 9 that is resumable or not")
async def test_an_invalid_session_may_be_resumable(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await here.hands.faults(gateway="resumable")

    assert (await bot.op(9))["d"] is True
    await bot.say(6, {"token": here.world.token, "session_id": ready["session_id"], "seq": 2})
    assert await bot.event("RESUMED") == {}


async def test_events_are_lost_doubled_and_swapped_on_demand(here: Here) -> None:
    bot = await here.connect(intents.GUILD_MESSAGES | intents.MESSAGE_CONTENT)
    await here.hands.faults(drop_events=1)
    await here.hands.say(ROOK, CHAT, "lost")
    await here.hands.faults(double_events=1)
    await here.hands.say(ROOK, CHAT, "twice")
    await here.hands.faults(reorder_events=1)
    await here.hands.say(ROOK, CHAT, "late")
    await here.hands.say(ROOK, CHAT, "early")
    await hearing(here, bot, "last")

    assert said(bot) == ["twice", "twice", "early", "late", "last"]
    numbers = [packet["s"] for packet in bot.packets if packet["op"] == 0]
    assert numbers == sorted(numbers)


async def test_an_event_held_back_is_told_when_all_is_well_again(here: Here) -> None:
    bot = await here.connect(intents.GUILD_MESSAGES | intents.MESSAGE_CONTENT)
    await here.hands.faults(reorder_events=1)
    await here.hands.say(ROOK, CHAT, "held")
    await here.hands.faults()

    assert (await bot.event("MESSAGE_CREATE"))["content"] == "held"


async def test_a_closed_gateway_takes_nobody_until_it_opens(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await here.hands.faults(gateway="closed", seconds=60)
    await bot.closed()
    with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
        await here.dial()
    await here.hands.faults()

    assert await (await here.resume(ready["session_id"], 1)).event("RESUMED") == {}


async def test_a_closed_gateway_opens_by_itself(here: Here) -> None:
    await here.hands.faults(gateway="closed", seconds=0.1)
    async with asyncio.timeout(10):
        while True:
            try:
                line = await here.dial()
                break
            except aiohttp.WSServerHandshakeError:
                await asyncio.sleep(0.02)

    assert await line.op(10)


async def test_a_deaf_gateway_answers_nothing_and_loses_nothing(here: Here) -> None:
    bot = await here.connect()
    ready = await bot.event("READY")
    await bot.event("GUILD_CREATE")
    seq = bot.packets[-1]["s"]
    await here.hands.faults(gateway="deaf")
    await bot.say(1)
    await here.hands.say(ROOK, CHAT, "unheard")
    again = await here.resume(ready["session_id"], seq)
    await again.event("RESUMED")

    assert said(again) == ["unheard"]
    assert [packet["op"] for packet in bot.packets] == [10, 0, 0]


async def test_an_unknown_fault_is_refused(here: Here) -> None:
    async with here.session.post(f"{here.world.url}/control/faults", json={"gateway": "melted"}) as answer:
        assert answer.status == 400
        assert "$.gateway" in (await answer.json())["message"]
