"""Where somebody who sets a server up is, and what would be created."""

from collections.abc import Collection

from raidbot.core.guilds import ChannelKind, GuildSeen, OverwriteSeen
from raidbot.core.ids import Snowflake
from raidbot.core.permissions import Permission, together
from raidbot.core.ranks import RANK_OF, Rank, RoleKey
from raidbot.features.guild_config.model import Mappings
from raidbot.features.setup.model import COLOURS, PLACES, Audience, Category, Kind, Place, Step, Wanted
from raidbot.features.setup.rules.names import Proposals, plain

READS = together((Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY))
TALKS = together((Permission.SEND_MESSAGES, Permission.CREATE_PUBLIC_THREADS, Permission.CREATE_PRIVATE_THREADS))
"""What nobody but the bot does in a channel that it creates."""
OURS = together(
    (
        Permission.VIEW_CHANNEL,
        Permission.SEND_MESSAGES,
        Permission.EMBED_LINKS,
        Permission.ATTACH_FILES,
        Permission.READ_MESSAGE_HISTORY,
        Permission.CREATE_PUBLIC_THREADS,
        Permission.CREATE_PRIVATE_THREADS,
        Permission.SEND_MESSAGES_IN_THREADS,
    )
)
LEAST = {Audience.STAFF: Rank.ORGANIZER, Audience.SECURITY: Rank.SECURITY}


def step(proposals: Proposals, missing: Collection[Wanted], skipped: Collection[Step]) -> Step:
    """Return the step that somebody is at: what is mapped and what was skipped decide it."""
    if len(proposals) and Step.USE not in skipped:
        return Step.USE
    return Step.CREATE if missing and Step.CREATE not in skipped else Step.CHECK


def missing(guild: GuildSeen, mappings: Mappings) -> list[Wanted]:
    """Return what would be created: what is not mapped, or gone, in the order in which it is made."""
    roles = [Wanted(Kind.ROLE, key, key.label) for key in COLOURS if guild.role(mappings.roles.get(key)) is None]
    places = [one for one in PLACES if guild.channel(mappings.channels.get(one.key)) is None]
    used = {one.category for one in places}
    categories = [Wanted(Kind.CATEGORY, one, one) for one in Category if one in used]
    channels = [Wanted(Kind.CHANNEL, one.key, one.name) for one in places]
    return [*roles, *categories, *channels]


def place_of(key: str) -> Place:
    """Return the channel as the bot would create it.

    Raises:
        LookupError: no channel of that key is created.
    """
    return next(one for one in PLACES if one.key == key)


def category_like(guild: GuildSeen, name: str) -> Snowflake | None:
    """Return the category that has this name already, however it is decorated."""
    found = (one for one in guild.channels if one.kind is ChannelKind.CATEGORY and plain(one.name) == plain(name))
    return next((Snowflake(one.id) for one in found), None)


def overwrites(guild: GuildSeen, place: Place, mappings: Mappings) -> list[OverwriteSeen]:
    """Return who may read and write in a channel that the bot creates.

    It names nothing that the bot may not do itself, which Discord would refuse.
    """
    own = guild.bot_permissions
    everybody = Snowflake(guild.id)
    if place.audience is Audience.EVERYBODY:
        return [OverwriteSeen(everybody, READS & own, TALKS & own), _bot(guild)]
    readers = [
        OverwriteSeen(Snowflake(role_id), READS & own)
        for key, role_id in mappings.roles.items()
        if _reads(place.audience, key) and guild.role(role_id)
    ]
    closed = OverwriteSeen(everybody, 0, (TALKS | Permission.VIEW_CHANNEL) & own)
    return [closed, *readers, _bot(guild)]


def _bot(guild: GuildSeen) -> OverwriteSeen:
    return OverwriteSeen(Snowflake(guild.bot_id), OURS & guild.bot_permissions)


def _reads(audience: Audience, key: RoleKey) -> bool:
    if audience is Audience.RAIDERS:
        return key in RANK_OF or key is RoleKey.TEAM
    return RANK_OF.get(key, Rank.MEMBER) >= LEAST[audience] or (audience is Audience.STAFF and key is RoleKey.TEAM)
