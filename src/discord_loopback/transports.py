"""How packets travel: as they are, or compressed. docs: Gateway, Encoding and Compression."""

import zlib
from collections.abc import Callable
from typing import TypeAlias

import zstandard
from aiohttp import WSMsgType

Frame: TypeAlias = tuple[bytes, WSMsgType]
Transport: TypeAlias = Callable[[bytes], Frame]

LEVEL = 1
"""The least work: it is the shape of the stream that clients must cope with, not its size."""
WORTH_COMPRESSING = 1024
"""Bytes from which payload compression compresses. docs: "not all payloads will be compressed"; the figure is ours."""


def plain(packet: bytes) -> Frame:
    """Send JSON as text."""
    return packet, WSMsgType.TEXT


def by_payload(packet: bytes) -> Frame:
    """Compress a large packet by itself. docs: Gateway, Payload Compression."""
    return (zlib.compress(packet, LEVEL), WSMsgType.BINARY) if len(packet) >= WORTH_COMPRESSING else plain(packet)


def zlib_stream() -> Transport:
    """Open a connection's one zlib context; each packet ends with Z_SYNC_FLUSH. docs: Gateway, zlib-stream."""
    context = zlib.compressobj(LEVEL)

    def frame(packet: bytes) -> Frame:
        return context.compress(packet) + context.flush(zlib.Z_SYNC_FLUSH), WSMsgType.BINARY

    return frame


def zstd_stream() -> Transport:
    """Open a connection's one zstd context; a packet ends a block and never the frame. docs: Gateway, zstd-stream."""
    context = zstandard.ZstdCompressor(level=LEVEL).compressobj()

    def frame(packet: bytes) -> Frame:
        return context.compress(packet) + context.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK), WSMsgType.BINARY

    return frame


STREAMS: dict[str | None, Callable[[], Transport]] = {
    None: lambda: plain,
    "zlib-stream": zlib_stream,
    "zstd-stream": zstd_stream,
}
"""The value of `compress` in the gateway's address to what opens such a stream."""
