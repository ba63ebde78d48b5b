"""The endpoints of the inbox."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.inbox.model import Envelope, Letter, LetterId


class OpenInbox(msgspec.Struct, frozen=True):
    """Read one's own newest letters. From now on they are read, and nobody is called to them any more."""

    guild_id: GuildId


class ShowEnvelope(msgspec.Struct, frozen=True):
    """Read whether a letter arrived."""

    guild_id: GuildId
    letter_id: LetterId


open_inbox = Endpoint("POST", "/guilds/{guild_id}/inbox/open", Rank.MEMBER, OpenInbox, list[Letter])
show_envelope = Endpoint("GET", "/guilds/{guild_id}/letters/{letter_id}", Rank.SECURITY, ShowEnvelope, Envelope)
