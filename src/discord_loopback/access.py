"""Tells of the threads of channels that the bot begins to see. docs: Gateway Events, Thread List Sync."""

from discord_loopback import permissions, render
from discord_loopback.events import Event
from discord_loopback.model import ANNOUNCEMENT, TEXT, Channel, Guild, Json
from discord_loopback.world import World

GAINING = ("CHANNEL_UPDATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE")
CHANGING = (*GAINING, "CHANNEL_CREATE", "CHANNEL_DELETE")


class Access:
    """Remembers which channels the bot sees.

    It listens behind the gateway, so that its word comes after that of the cause.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = {guild.id: self._visible(guild) for guild in world.guilds.values()}
        world.bus.listen(self._look)

    def _visible(self, guild: Guild) -> set[int]:
        holders = (each for each in guild.channels.values() if each.type in (TEXT, ANNOUNCEMENT))
        return {each.id for each in holders if self._sees(each)}

    def _sees(self, channel: Channel) -> bool:
        return bool(self._world.granted(self._world.application_id, channel) & permissions.VIEW)

    def _look(self, event: Event) -> None:
        guild = self._world.guilds.get(event.guild_id or 0)
        if guild is not None and event.name == "GUILD_CREATE":  # its introduction lists the threads
            self._seen[guild.id] = self._visible(guild)
        others = event.name == "GUILD_MEMBER_UPDATE" and self._world.application_id not in event.about
        if guild is None or event.name not in CHANGING or others:
            return
        before, now = self._seen.get(guild.id, set[int]()), self._visible(guild)
        self._seen[guild.id] = now
        if event.name in GAINING and (gained := now - before):
            self._world.bus.emit(Event("THREAD_LIST_SYNC", self._threads(guild, gained), guild.id))

    def _threads(self, guild: Guild, channel_ids: set[int]) -> Json:
        own = self._world.application_id
        held = [(each, each.thread) for each in guild.threads.values() if each.parent_id in channel_ids]
        active = [(channel, thread) for channel, thread in held if thread is not None and not thread.archived]
        return {
            "guild_id": str(guild.id),
            "channel_ids": [str(each) for each in sorted(channel_ids)],
            "threads": [render.channel(self._world, channel) for channel, _ in active if self._sees(channel)],
            "members": [render.thread_member(channel, own) for channel, thread in active if own in thread.members],
        }
