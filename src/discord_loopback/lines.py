"""The sending side of a WebSocket."""

import asyncio

from aiohttp import web

from discord_loopback import jsons
from discord_loopback.model import Json
from discord_loopback.transports import Transport, plain


class Line:
    """Sends packets in order, without letting those who send wait."""

    def __init__(self, socket: web.WebSocketResponse, transport: Transport = plain) -> None:
        self.socket = socket
        self.transport = transport
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._idle = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    def put(self, packet: bytes) -> None:
        """Send a packet after those before it."""
        self._idle.clear()
        self._queue.put_nowait(packet)

    def put_json(self, content: Json) -> None:
        """Send JSON."""
        self.put(jsons.encode(content))

    async def sent(self) -> None:
        """Wait until nothing waits to be sent, or nothing can be sent any more."""
        await self._idle.wait()

    def cut(self) -> None:
        """Break the connection without a word."""
        request = self.socket._req  # noqa: SLF001 - a cut has no public name
        if request is not None and request.transport is not None:
            request.transport.abort()

    async def end(self) -> None:
        """Stop sending."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def _write(self) -> None:
        try:
            while True:
                if self._queue.empty():
                    self._idle.set()
                packet = await self._queue.get()
                await self.socket.send_frame(*self.transport(packet))
        except ConnectionError:
            return
        finally:
            self._idle.set()
