"""What one member sees happen, live."""

from aiohttp import web

from discord_loopback import permissions
from discord_loopback.events import Event
from discord_loopback.interactions import Interactions, seen
from discord_loopback.lines import Line
from discord_loopback.model import Json

KINDS = {
    "MESSAGE_CREATE": "message_create",
    "MESSAGE_UPDATE": "message_update",
    "MESSAGE_DELETE": "message_delete",
    "MESSAGE_DELETE_BULK": "message_delete",
    "LOOPBACK_INTERACTION": "interaction",
    "TYPING_START": "typing",
    "GUILD_CREATE": "guild",
}


def _kind(name: str) -> str | None:
    if name in KINDS:
        return KINDS[name]
    if name.startswith("MESSAGE_REACTION_"):
        return "message_update"
    if name.startswith(("CHANNEL_", "THREAD_")):
        return "channel"
    if name.startswith("GUILD_MEMBER_"):
        return "member"
    return "role" if name.startswith("GUILD_ROLE_") else None


class Viewer:
    """One page that looks on as one member."""

    def __init__(self, interactions: Interactions, user_id: int, line: Line) -> None:
        self.interactions = interactions
        self.world = interactions.world
        self.user_id = user_id
        self.line = line

    def tell(self, event: Event) -> None:
        """Send an event if the member may see it."""
        kind = _kind(event.name)
        if kind is None or event.only not in (None, self.user_id) or not self._sees(event):
            return
        self.line.put_json({"type": kind, **self._payload(kind, event)})

    def _sees(self, event: Event) -> bool:
        if event.channel is None:
            return event.guild_id is None or self.user_id in self.world.guilds[event.guild_id].members
        if event.name in ("CHANNEL_DELETE", "THREAD_DELETE", "CHANNEL_UPDATE"):
            return True  # the page looks again and finds what is left
        return bool(self.world.granted(self.user_id, event.channel) & permissions.VIEW)

    def _payload(self, kind: str, event: Event) -> Json:
        if kind == "interaction":
            return {"interaction": self.interactions.shown(event.data["interaction"])}
        if kind in ("message_create", "message_update"):
            message = event.message or self.world.messages[int(event.data["message_id"])]
            return {"message": seen(self.world, message), "channel_id": str(message.channel_id)}
        if kind == "message_delete":
            ids = event.data.get("ids") or [event.data["id"]]
            return {"channel_id": event.data["channel_id"], "message_id": ids[0], "message_ids": ids}
        return {"event": event.name, "data": event.data}


async def serve(interactions: Interactions, request: web.Request) -> web.WebSocketResponse:
    """Serve one page until it goes away."""
    socket = web.WebSocketResponse(heartbeat=30)
    await socket.prepare(request)
    viewer = Viewer(interactions, int(request.query["as"]), Line(socket))
    bus = interactions.world.bus
    bus.listen(viewer.tell)
    sockets: set[web.WebSocketResponse] = request.app[SOCKETS]
    sockets.add(socket)
    try:
        async for _ in socket:
            pass
    finally:
        bus.forget(viewer.tell)
        sockets.discard(socket)
        await viewer.line.end()
    return socket


SOCKETS: web.AppKey[set[web.WebSocketResponse]] = web.AppKey("stream sockets", set)
