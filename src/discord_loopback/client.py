"""The hands, for Python: act as a member of a running loopback and see what they see."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypedDict, Unpack

import aiohttp

Json = dict[str, Any]


class HandsError(Exception):
    """The loopback refused, as Discord would have."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(f"{status}: {message}")


class Faults(TypedDict, total=False):
    """What can go wrong; what is not named stays as it is."""

    latency_ms: float
    fail: Sequence[Mapping[str, Any]]
    gateway: Literal["closed", "cut", "deaf", "heartbeat", "invalid", "reconnect", "resumable"]
    seconds: float
    drop_events: int
    double_events: int
    reorder_events: int


class Hands:
    """What members can do, and what one can ask about them.

    Args:
        url: Where the loopback listens, as its first line says.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._opened = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession()
        return self._opened

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: object) -> Any:
        given = {name: str(value) for name, value in query.items() if value is not None}
        async with self._session().request(method, self.url + "/control" + path, json=body, params=given) as answer:
            content = await answer.json()
            if answer.status >= 400:  # noqa: PLR2004 - refusals begin here
                raise HandsError(answer.status, str(content.get("message")))
            return content

    async def state(self) -> Json:
        """Return what there is at all."""
        return await self._ask("GET", "/state")

    async def view(self, guild: int, user: int) -> Json:
        """Return a guild as a member sees it."""
        return await self._ask("GET", f"/guilds/{guild}/view?as={user}")

    async def messages(self, channel: int, user: int, limit: int = 50) -> list[Json]:
        """Return the latest messages a member may read, oldest first."""
        return await self._ask("GET", f"/channels/{channel}/messages?as={user}", limit=limit)

    async def command(  # noqa: PLR0913 - who, where, what
        self,
        user: int,
        guild: int,
        channel: int,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109 - the loopback waits, not this
    ) -> Json:
        """Type a command."""
        body = {"as": str(user), "guild_id": str(guild), "channel_id": str(channel), "name": name}
        return await self._open("command", {**body, "options": dict(options or {})}, wait, timeout)

    async def autocomplete(
        self, user: int, guild: int, channel: int, name: str, options: Mapping[str, Any], focused: str
    ) -> Json:
        """Type into an option that suggests; `choices` of what returns are the suggestions."""
        body = {"as": str(user), "guild_id": str(guild), "channel_id": str(channel), "name": name}
        return await self._open("autocomplete", {**body, "options": dict(options), "focused": focused}, None, 10)

    async def click(
        self,
        user: int,
        message_id: int | str,
        custom_id: str,
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Press a button."""
        body = {"as": str(user), "message_id": str(message_id), "custom_id": custom_id}
        return await self._open("click", body, wait, timeout)

    async def select(
        self,
        user: int,
        message_id: int | str,
        custom_id: str,
        values: Sequence[str | int],
        *,
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Choose from a menu."""
        body = {"as": str(user), "message_id": str(message_id), "custom_id": custom_id}
        return await self._open("select", {**body, "values": [str(each) for each in values]}, wait, timeout)

    async def submit(
        self,
        user: int,
        interaction_id: int | str,
        values: Mapping[str, Any],
        wait: str | None = "answered",
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Json:
        """Send the form which that interaction opened."""
        body = {"as": str(user), "interaction_id": str(interaction_id), "values": dict(values)}
        return await self._open("modal", body, wait, timeout)

    async def _open(self, act: str, body: Json, wait: str | None, timeout: float) -> Json:  # noqa: ASYNC109
        answer = await self._ask("POST", f"/act/{act}", body, wait=wait, timeout=timeout)
        return answer["interaction"]

    async def say(self, user: int, channel: int, text: str) -> Json:
        """Write a message."""
        answer = await self._ask("POST", "/act/message", {"as": str(user), "channel_id": str(channel), "content": text})
        return answer["message"]

    async def delete(self, user: int, message_id: int | str) -> None:
        """Delete a message, or dismiss a private one."""
        await self._ask("POST", "/act/delete", {"as": str(user), "message_id": str(message_id)})

    async def leave(self, user: int, guild: int) -> None:
        """Leave a guild."""
        await self._ask("POST", "/act/leave", {"as": str(user), "guild_id": str(guild)})

    async def join(self, user: int, guild: int) -> None:
        """Join a guild."""
        await self._ask("POST", "/act/join", {"as": str(user), "guild_id": str(guild)})

    async def set_roles(self, guild: int, user: int, roles: Sequence[int | str]) -> None:
        """Set someone's roles, as an administrator could."""
        listed = [str(each) for each in roles]
        await self._ask("POST", "/act/roles", {"guild_id": str(guild), "user_id": str(user), "roles": listed})

    async def edit_channel(
        self, channel: int, *, overwrites: Sequence[Mapping[str, Any]] | None = None, delete: bool = False
    ) -> None:
        """Change who may do what in a channel, or delete it, as an administrator could."""
        body: Json = {"channel_id": str(channel), "delete": delete}
        if overwrites is not None:
            body["overwrites"] = [dict(each) for each in overwrites]
        await self._ask("POST", "/act/edit_channel", body)

    async def close_dms(self, user: int, *, closed: bool = True) -> None:
        """Close or open someone's direct messages."""
        await self._ask("POST", "/act/dms", {"as": str(user), "closed": closed})

    async def interaction(self, interaction_id: int | str) -> Json:
        """Return how far an interaction is."""
        return await self._ask("GET", f"/interactions/{interaction_id}")

    async def wait(self, interaction_id: int | str, until: str = "answered", timeout: float = 10) -> Json:  # noqa: ASYNC109
        """Return an interaction once it has come that far."""
        return await self._ask("GET", f"/interactions/{interaction_id}/wait", until=until, timeout=timeout)

    async def shift_clock(self, seconds: float) -> None:
        """Run all clocks further ahead."""
        await self._ask("POST", "/clock", {"shift": seconds})

    async def faults(self, **faults: Unpack[Faults]) -> None:
        """Let things go wrong; nothing named lets all go well again."""
        if faults:
            await self._ask("POST", "/faults", faults)
        else:
            await self._ask("DELETE", "/faults")

    async def log(self, after: int = 0) -> Json:
        """Return the requests of the application with higher numbers."""
        return await self._ask("GET", "/log", after=after)

    async def stats(self) -> Json:
        """Return the counts of requests."""
        return await self._ask("GET", "/stats")

    async def reset_stats(self) -> None:
        """Count from nothing."""
        await self._ask("DELETE", "/stats")

    async def pings(self, user: int) -> list[Json]:
        """Return which messages notified someone."""
        return await self._ask("GET", "/pings", user=user)
