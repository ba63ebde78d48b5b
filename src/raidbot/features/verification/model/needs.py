"""What verification uses in Discord."""

from raidbot.core.checkup import uses
from raidbot.core.permissions import Permission
from raidbot.features.guild_config.model import ChannelKey

PANEL, QUEUE = ChannelKey.GETVERIFIED, ChannelKey.MANUAL_VERIFICATION

uses(
    Permission.READ_MESSAGE_HISTORY,
    "finds panels and screenshots that it posted just before it was stopped",
    PANEL,
    QUEUE,
)
uses(Permission.ATTACH_FILES, "keeps the screenshots that staff decide about", QUEUE)
# docs: Channels Resource, Start Thread without Message; Threads, Permissions
uses(Permission.CREATE_PRIVATE_THREADS, "opens a private thread in which a member can paste a screenshot", PANEL)
uses(Permission.SEND_MESSAGES_IN_THREADS, "answers what a member pastes into it", PANEL)
uses(Permission.MANAGE_THREADS, "deletes it after the decision", PANEL)
