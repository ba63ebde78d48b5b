"""How packets travel: as text, or compressed, each of which a real client can read."""

import zlib
from collections.abc import Callable

import aiohttp
import pytest
import zstandard
from aiohttp import WSMsgType
from tests.loopback.conftest import Here
from tests.loopback.ids import RAID, ROOK
from tests.loopback.rules import rule

TEXT, BINARY = WSMsgType.TEXT, WSMsgType.BINARY


async def test_without_a_wish_packets_are_text(here: Here) -> None:
    bot = await here.connect()
    await bot.event("GUILD_CREATE")

    assert {kind for kind, _ in bot.frames} == {TEXT}


@rule("`zlib-stream`, `zstd-stream`: one context a connection, flushed after each packet")
@pytest.mark.parametrize(
    ("stream", "opened"),
    [
        ("zlib-stream", lambda: zlib.decompressobj().decompress),
        ("zstd-stream", lambda: zstandard.ZstdDecompressor().decompressobj().decompress),
    ],
)
async def test_one_context_compresses_all_packets_of_a_connection(
    here: Here, stream: str, opened: Callable[[], Callable[[bytes], bytes]]
) -> None:
    bot = await here.dial(f"v=10&encoding=json&compress={stream}", opened())
    await here.identify(bot, compress=True)
    await bot.event("GUILD_CREATE")
    for _ in range(2):
        bot.packets.clear()
        await here.hands.say(ROOK, RAID + 2, "the same words again and again")
        await bot.event("MESSAGE_CREATE")

    assert {kind for kind, _ in bot.frames} == {BINARY}
    first, second = bot.frames[-2:]
    assert second[1] < first[1] < 800  # what was sent before is only pointed at


@rule("`zlib-stream`, `zstd-stream`: one context a connection, flushed after each packet")
async def test_every_zlib_packet_ends_with_a_flush(here: Here) -> None:
    ends: list[bytes] = []
    context = zlib.decompressobj()

    def inflate(frame: bytes) -> bytes:
        ends.append(frame[-4:])
        return context.decompress(frame)

    bot = await here.dial("compress=zlib-stream", inflate)
    await here.identify(bot)
    await bot.event("GUILD_CREATE")

    assert ends == [b"\x00\x00\xff\xff"] * 3


@rule("`zlib-stream`, `zstd-stream`: one context a connection, flushed after each packet")
async def test_a_connection_has_a_context_of_its_own(here: Here) -> None:
    for _ in range(2):
        line = await here.dial("compress=zlib-stream", zlib.decompressobj().decompress)

        assert await line.op(10)


@rule("`compress` on identify: packets from 1 KiB by themselves, never beside a stream")
async def test_with_payload_compression_large_packets_are_compressed_by_themselves(here: Here) -> None:
    bot = await here.dial("", zlib.decompress)
    await here.identify(bot, compress=True)
    await bot.event("GUILD_CREATE")
    await bot.say(1)
    await bot.op(11)

    assert [kind for kind, _ in bot.frames] == [TEXT, TEXT, BINARY, TEXT]  # hello, ready, guild, acknowledged


@pytest.mark.parametrize("query", ["encoding=etf", "compress=lz4"])
async def test_what_is_not_spoken_is_refused_by_name(here: Here, query: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="501"):
        await here.dial(query)
