"""Members on request, and those that come unasked."""

from typing import Any

import pytest
from tests.loopback.conftest import EVERYTHING, Connected, Here, Json, served
from tests.loopback.ids import GUILD, ROOK, TANSY
from tests.loopback.rules import rule

from discord_loopback.app import Options
from discord_loopback.intents import GUILD_MEMBERS, GUILD_PRESENCES
from discord_loopback.starts import Terms

FIRST_EXTRA = "510000000040000000"


async def asked(bot: Connected, **request: Any) -> list[Json]:
    """Ask for members and return the chunks."""
    bot.packets.clear()
    await bot.say(8, {"guild_id": str(GUILD), **request})
    first = await bot.event("GUILD_MEMBERS_CHUNK")
    await bot.until(
        lambda packet: packet["t"] == "GUILD_MEMBERS_CHUNK" and packet["d"]["chunk_index"] == first["chunk_count"] - 1
    )
    return [packet["d"] for packet in bot.packets if packet["t"] == "GUILD_MEMBERS_CHUNK"]


def ids(chunks: list[Json]) -> list[str]:
    return [member["user"]["id"] for chunk in chunks for member in chunk["members"]]


@rule("Member lists in chunks of 1,000; a name or ids find 100; nonces up to 32 bytes")
async def test_everyone_is_sent_in_chunks_of_a_thousand() -> None:
    async with served(Options(members=2500)) as here:
        bot = await here.connect()
        chunks = await asked(bot, query="", limit=0, nonce="n", presences=True)

        assert [len(each["members"]) for each in chunks] == [1000, 1000, 515]
        assert [each["chunk_index"] for each in chunks] == [0, 1, 2]
        assert {each["chunk_count"] for each in chunks} == {3}
        assert {each["nonce"] for each in chunks} == {"n"}
        assert {each["guild_id"] for each in chunks} == {str(GUILD)}
        assert [each["presences"] for each in chunks] == [[], [], []]
        assert len(set(ids(chunks))) == 2515


@rule("Everyone once in 30 s of a guild and session, else RATE_LIMITED")
async def test_everyone_may_be_asked_for_once_in_30_seconds_of_a_session(here: Here) -> None:
    bot = await here.connect()
    await asked(bot, query="", limit=0)
    await bot.say(8, {"guild_id": str(GUILD), "query": "", "limit": 0, "nonce": "again"})
    limited = await bot.event("RATE_LIMITED")
    named = await asked(bot, query="tan", limit=1)

    assert limited["opcode"] == 8
    assert 0 < limited["retry_after"] <= 30
    assert limited["meta"] == {"guild_id": str(GUILD), "nonce": "again"}
    assert ids(named) == [str(TANSY)]


@rule("Everyone needs GUILD_MEMBERS, presences GUILD_PRESENCES")
async def test_without_the_intent_nobody_is_listed(here: Here) -> None:
    bot = await here.connect(EVERYTHING & ~GUILD_MEMBERS)

    assert ids(await asked(bot, query="", limit=0)) == []
    assert ids(await asked(bot, user_ids=[str(ROOK)])) == [str(ROOK)]


@rule("Member lists in chunks of 1,000; a name or ids find 100; nonces up to 32 bytes")
async def test_members_are_looked_up_by_id(here: Here) -> None:
    bot = await here.connect()
    several = await asked(bot, user_ids=[str(ROOK), "5", "nobody"])
    one = await asked(bot, user_ids=str(TANSY))

    assert ids(several) == [str(ROOK)]
    assert several[0]["not_found"] == ["5", "nobody"]
    assert ids(one) == [str(TANSY)]
    assert "not_found" not in one[0]


@rule("Member lists in chunks of 1,000; a name or ids find 100; nonces up to 32 bytes")
async def test_a_name_or_ids_find_a_hundred_at_most() -> None:
    async with served(Options(members=150)) as here:
        bot = await here.connect()
        everyone = ids(await asked(bot, query="", limit=0))

        assert len(ids(await asked(bot, query="raider", limit=0))) == 100
        assert len(ids(await asked(bot, query="raider", limit=200))) == 100
        assert len(ids(await asked(bot, query="RAIDER", limit=7))) == 7
        assert len(ids(await asked(bot, user_ids=everyone[:120]))) == 100


@rule("Member lists in chunks of 1,000; a name or ids find 100; nonces up to 32 bytes")
async def test_a_long_nonce_is_ignored(here: Here) -> None:
    bot = await here.connect()
    (fitting,) = await asked(bot, query="rook", limit=1, nonce="n" * 32)
    (long,) = await asked(bot, query="rook", limit=1, nonce="n" * 33)

    assert fitting["nonce"] == "n" * 32
    assert "nonce" not in long


@rule("Everyone needs GUILD_MEMBERS, presences GUILD_PRESENCES")
async def test_presences_need_their_intent(here: Here) -> None:
    bot = await here.connect(EVERYTHING & ~GUILD_PRESENCES)
    (chunk,) = await asked(bot, query="rook", limit=1, presences=True)

    assert "presences" not in chunk


async def test_another_shards_guild_is_not_listed() -> None:
    async with served(Options(terms=Terms(max_concurrency=2))) as here:
        away = await here.connect(shard=[1 - (GUILD >> 22) % 2, 2])
        await away.say(8, {"guild_id": str(GUILD), "query": "", "limit": 0})
        await away.say(1)
        await away.op(11)

        assert away.names() == ["READY"]


@rule("Introductions show members only with GUILD_PRESENCES; above `large_threshold` those with role or nickname")
@pytest.mark.parametrize(
    ("intents", "threshold", "shown"),
    [
        (EVERYTHING, 250, 115),
        (EVERYTHING, 50, 114),  # of a large guild those with a role or a nickname: not Newt
        (EVERYTHING & ~GUILD_PRESENCES, 250, 1),
    ],
)
async def test_a_guild_shows_members_only_with_presences(intents: int, threshold: int, shown: int) -> None:
    async with served(Options(members=100)) as here:
        bot = await here.connect(intents, large_threshold=threshold)
        guild = await bot.event("GUILD_CREATE")

        assert len(guild["members"]) == shown
        assert guild["member_count"] == 115
        assert guild["large"] is (threshold < 115)
