"""The state of everything, and how to find things in it."""

from collections.abc import Iterator

from discord_loopback import permissions
from discord_loopback.clock import Clock
from discord_loopback.errors import ApiError
from discord_loopback.events import Bus
from discord_loopback.model import DM, Channel, Emoji, Guild, Json, Member, Message, User, Webhook
from discord_loopback.snowflakes import Snowflakes
from discord_loopback.starts import Starts, Terms


class World:
    """All guilds, accounts, channels and messages, and the one application that is connected."""

    def __init__(
        self, clock: Clock, token: str, application_id: int, url: str = "", terms: Terms | None = None
    ) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.bus = Bus()
        self.starts = Starts(clock, terms or Terms())
        self.token = token
        self.application_id = application_id
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.dms: dict[int, int] = {}
        self.commands: dict[int | None, list[Json]] = {}
        self.command_permissions: dict[tuple[int, int], list[Json]] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.emojis: dict[int, Emoji] = {}
        self.archive_due = 0.0
        self.files: dict[str, tuple[str, bytes]] = {}
        self.pinged: list[Message] = []
        self.url = url

    @property
    def bot(self) -> User:
        """The account of the application, which has the application's id."""
        return self.users[self.application_id]

    def reaches(self, guild_id: int | None) -> bool:
        """Tell whether the bot is in a guild and no outage hides it."""
        guild = self.guilds.get(guild_id or 0)
        return guild is not None and self.application_id in guild.members and not guild.unavailable

    @property
    def own_guilds(self) -> list[Guild]:
        """The guilds the bot is in."""
        return [each for each in self.guilds.values() if self.application_id in each.members]

    def guild(self, guild_id: int) -> Guild:
        """Return a guild.

        Raises:
            ApiError: 10004.
        """
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise ApiError(10004)
        return guild

    def channel(self, channel_id: int) -> Channel:
        """Return a channel, thread or DM.

        Raises:
            ApiError: 10003.
        """
        channel = self.channels.get(channel_id)
        if channel is None:
            raise ApiError(10003)
        return channel

    def member(self, guild_id: int, user_id: int) -> Member:
        """Return a member.

        Raises:
            ApiError: 10004 or 10007.
        """
        member = self.guild(guild_id).members.get(user_id)
        if member is None:
            raise ApiError(10007 if user_id in self.users else 10013)
        return member

    def find_member(self, guild_id: int | None, user_id: int) -> Member | None:
        """Return a member, or nothing where there is none (a DM, or one who left)."""
        guild = self.guilds.get(guild_id or 0)
        return guild.members.get(user_id) if guild else None

    def user(self, user_id: int) -> User:
        """Return an account.

        Raises:
            ApiError: 10013.
        """
        user = self.users.get(user_id)
        if user is None:
            raise ApiError(10013)
        return user

    def message(self, channel_id: int, message_id: int) -> Message:
        """Return a message that is there for everyone.

        Raises:
            ApiError: 10003 or 10008.
        """
        message = self.channel(channel_id).messages.get(message_id)
        if message is None or message.ephemeral_for is not None:
            raise ApiError(10008)
        return message

    def granted(self, user_id: int, channel: Channel) -> int:
        """Return what an account may do in a channel."""
        if channel.type == DM:
            return permissions.IN_DM if user_id in (channel.recipient_id, self.application_id) else 0
        guild = self.guild(channel.guild_id or 0)
        member = guild.members.get(user_id)
        if member is None:
            return 0
        return permissions.within(guild, member, channel, self.clock.now())

    def bot_may(self, channel: Channel, *names: str) -> int:
        """Insist that the bot can see a channel and has these permissions in it, and return all it has.

        Raises:
            ApiError: 50001 or 50013.
        """
        granted = self.granted(self.application_id, channel)
        permissions.demand(granted, "VIEW_CHANNEL", *names)
        return granted

    def sees(self, user_id: int, message: Message) -> bool:
        """Tell whether an account may read a message."""
        if message.ephemeral_for not in (None, user_id):
            return False
        channel = self.channels.get(message.channel_id)
        return channel is not None and bool(self.granted(user_id, channel) & permissions.VIEW)

    def places(self, guild: Guild) -> Iterator[Channel]:
        """Go through channels and threads of a guild."""
        yield from guild.channels.values()
        yield from guild.threads.values()

    def dm_with(self, user_id: int) -> Channel:
        """Return the conversation between the bot and an account, opening it if need be."""
        user = self.user(user_id)
        if user_id not in self.dms:
            channel = Channel(id=self.ids.new(), type=DM, recipient_id=user.id)
            self.channels[channel.id] = channel
            self.dms[user_id] = channel.id
        return self.channels[self.dms[user_id]]
