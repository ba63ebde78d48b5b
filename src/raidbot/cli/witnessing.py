"""What Discord shows of a guild since a moment: its audit log, and what the bot's account wrote."""

from collections.abc import AsyncIterator, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec

from raidbot.cli.calling_discord import Denied, Discord
from raidbot.core.ids import ChannelId, GuildId, MessageId, Snowflake, UserId
from raidbot.features.deeds.model import Change, Entry, Hold, Message, first_of

PAGE = 100
"""docs: Audit Log, Get Guild Audit Log; Message, Get Channel Messages."""

TEXT = 0
WITH_THREADS = {TEXT, 5, 15, 16}
"""Text, announcements, forum and media. docs: Channel, Channel Types; Threads."""

SAID = {0, 19, 20, 23}
"""What was written, not told by Discord itself. docs: Message Resource, Message Types."""


@dataclass
class Witness:
    """One guild, and the names of what was met there."""

    discord: Discord
    guild_id: GuildId
    bot_id: UserId
    names: dict[int, str] = field(default_factory=dict[int, str])
    roles: set[int] = field(default_factory=set[int])
    """The roles that there are."""
    closed: list[str] = field(default_factory=list[str])
    """Channels that the bot may not read."""

    async def look_around(self) -> str:
        """Learn the names of roles and channels, and return that of the guild."""
        guild = await self.discord.get(f"/guilds/{self.guild_id}")
        self._learn(guild["roles"], "@")
        self.roles = {int(one["id"]) for one in guild["roles"]}
        return str(guild["name"])

    async def entries(self, since: datetime) -> list[Entry]:
        """Return what anybody did since a moment.

        Raises:
            Denied: the bot may not read the audit log.
        """
        found: list[Entry] = []
        async for page in self._pages(f"/guilds/{self.guild_id}/audit-logs", since):
            self._learn(page["users"], "")
            found += [self._entry(one) for one in page["audit_log_entries"]]
        return [one for one in found if one.at >= since]

    async def messages(self, since: datetime, only: AbstractSet[int] | None = None) -> list[Message]:
        """Return what the bot's account wrote since a moment, in every channel and thread that it may read.

        Args:
            since: The moment.
            only: Only these channels, with their threads.
        """
        channels = await self.discord.get(f"/guilds/{self.guild_id}/channels")
        active = await self.discord.get(f"/guilds/{self.guild_id}/threads/active")
        self._learn([*channels, *active["threads"]], "#")
        live = active["threads"]
        if only is not None:
            channels = [one for one in channels if int(one["id"]) in only]
            live = [one for one in live if int(one["parent_id"]) in only]
        put_away = [thread for one in channels for thread in await self._put_away(one, since)]
        self._learn(put_away, "#")
        places = [*channels, *live, *put_away]
        found: list[Message] = []
        for place in places:
            if int(place.get("last_message_id") or 0) >= first_of(since):
                found += await self.messages_in(ChannelId(int(place["id"])), since)
        return found

    async def stands(self, hold: Hold) -> bool | None:
        """Tell whether a role is held or a ban stands now; None: the member has left, or there is no such role."""
        if hold.role_id is None:
            return await self._find(f"/guilds/{hold.guild_id}/bans/{hold.user_id}") is not None
        member = await self._find(f"/guilds/{hold.guild_id}/members/{hold.user_id}")
        if member is None or hold.role_id not in self.roles:
            return None
        return str(int(hold.role_id)) in member["roles"]

    async def channel(self, channel_id: ChannelId) -> Any:
        """Return a channel or thread, put away or not; None: there is none."""
        return await self._find(f"/channels/{channel_id}")

    async def messages_in(self, channel_id: ChannelId, since: datetime) -> list[Message]:
        """Return what the bot's account wrote in one place since a moment."""
        found: list[Message] = []
        try:
            async for page in self._pages(f"/channels/{channel_id}/messages", since):
                found += [self._message(one) for one in page if self._is_ours(one)]
        except Denied:
            self.closed.append(self.names.get(channel_id, str(channel_id)))
        return [one for one in found if one.at >= since]

    async def _put_away(self, channel: Any, since: datetime) -> list[Any]:
        """Return the archived threads of a channel in which something may have been written since a moment."""
        base, found = f"/channels/{channel['id']}", list[Any]()
        if channel["type"] in WITH_THREADS:
            found += await self._archived(f"{base}/threads/archived/public", since)
        if channel["type"] == TEXT:
            try:
                found += await self._archived(f"{base}/threads/archived/private", since, denied=True)
            except Denied:  # without Manage Threads there are those that the bot is in
                found += await self._archived(f"{base}/users/@me/threads/archived/private", since)
        return found

    async def _archived(self, path: str, since: datetime, *, denied: bool = False) -> list[Any]:
        """Return archived threads, page by page; of those that come by time only as far as needed.

        Writing in a thread brings it back, so one that was put away before the moment holds nothing newer.

        Raises:
            Denied: they are not shown, and the caller has asked to know.
        """
        found, before = list[Any](), dict[str, str]()
        by_id = "@me" in path
        while True:
            try:
                page = await self.discord.get(path, limit=PAGE, **before)
            except Denied:
                if denied:
                    raise
                self.closed.append(f"archived threads at {path}")
                return found
            threads = page["threads"]
            found += [one for one in threads if int(one.get("last_message_id") or 0) >= first_of(since)]
            if not threads or not page["has_more"]:
                return found
            at = str(threads[-1]["thread_metadata"]["archive_timestamp"])
            if not by_id and datetime.fromisoformat(at) < since:
                return found
            before = {"before": str(threads[-1]["id"]) if by_id else at}

    async def _pages(self, path: str, since: datetime) -> AsyncIterator[Any]:
        """Go back page by page, until one begins before the moment."""
        before = 0
        while True:
            page = await self.discord.get(path, limit=PAGE, **({"before": before} if before else {}))
            yield page
            ids = [int(one["id"]) for one in (page if isinstance(page, list) else page["audit_log_entries"])]
            if len(ids) < PAGE or min(ids) < first_of(since):
                return
            before = min(ids)

    async def _find(self, path: str) -> Any:
        try:
            return await self.discord.get(path)
        except Denied as denied:
            if denied.status != HTTPStatus.NOT_FOUND:
                raise
            return None

    def _is_ours(self, message: Any) -> bool:
        return int(message["author"]["id"]) == self.bot_id and message["type"] in SAID

    def _message(self, one: Any) -> Message:
        return Message(
            guild_id=self.guild_id,
            channel_id=ChannelId(int(one["channel_id"])),
            id=MessageId(int(one["id"])),
            text=_text(one),
        )

    def _entry(self, one: Any) -> Entry:
        changes = msgspec.convert(one.get("changes") or [], list[Change])
        target = Snowflake(int(one["target_id"])) if one.get("target_id") else None
        named = next((change for change in changes if change.key == "name"), None)
        if target is not None and named is not None:
            self.names.setdefault(target, str(named.new_value or named.old_value))
        return Entry(
            guild_id=self.guild_id,
            id=Snowflake(int(one["id"])),
            action=int(one["action_type"]),
            by=UserId(int(one["user_id"])) if one.get("user_id") else None,
            target=target,
            changes=tuple(changes),
            reason=str(one.get("reason") or ""),
        )

    def _learn(self, things: Iterable[Any], mark: str) -> None:
        for one in things:
            self.names[int(one["id"])] = mark + str(one.get("name") or one.get("username") or one["id"])


def _text(one: Any) -> str:
    """Return the words of a message, in whichever of its parts they stand."""
    said = [str(one.get("content") or "")]
    waiting: list[Any] = [*(one.get("embeds") or ()), *(one.get("components") or ())]
    while waiting:
        part = waiting.pop(0)
        said += [str(part[key]) for key in ("title", "description", "content", "label") if part.get(key)]
        waiting[:0] = part.get("components") or ()
    return " ".join(filter(None, said))
