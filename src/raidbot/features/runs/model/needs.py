"""What runs use in Discord."""

from raidbot.core.checkup import uses
from raidbot.core.permissions import Permission
from raidbot.features.guild_config.model import ChannelKey

RAID, EARLY, LOG = ChannelKey.RAID, ChannelKey.EARLY_LOC, ChannelKey.RAID_LOG

uses(
    Permission.READ_MESSAGE_HISTORY,
    "finds its panels again after a restart, instead of posting them twice",
    RAID,
    EARLY,
)
uses(Permission.READ_MESSAGE_HISTORY, "continues the log of a run where it stopped", LOG)
uses(Permission.CREATE_PUBLIC_THREADS, "opens the log of each run as a thread", LOG)
uses(Permission.SEND_MESSAGES_IN_THREADS, "writes the log of each run into its thread", LOG)
uses(Permission.ATTACH_FILES, "keeps the screenshots of Oryx 3", LOG)
uses(
    Permission.MENTION_EVERYONE,
    "calls @here, and roles of dungeons that not everybody may mention",
    RAID,
    EARLY,
    crucial=False,
)
uses(Permission.MANAGE_ROLES, "makes and deletes the role that calls the raiders of one run")
uses(
    Permission.VIEW_AUDIT_LOG,
    "finds the role of a run that it had made just before it was stopped",
    crucial=False,
)
