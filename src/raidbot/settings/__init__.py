"""Every environment variable, typed and checked. Nothing else reads the environment.

`raidbot.cli` loads what its command needs once and hands it down. A `.env` file in the
working directory counts where the real environment is silent. What a guild may change is
no setting of ours: it lives in the database.

`declared` lists the variables, `values` reads them, `loading` finds the faults.
"""

from raidbot.settings.declared import (
    AlertSettings,
    BackendSettings,
    BackupSettings,
    BotSettings,
    Everywhere,
    OperatorSettings,
    RehearsalSettings,
    UpSettings,
)
from raidbot.settings.loading import (
    SettingsFault,
    environment,
    find,
    is_secret,
    load_backend,
    load_backup,
    load_bot,
    load_operator,
    load_rehearsal,
    load_up,
    settings_markdown,
)
from raidbot.settings.values import AlertFormat, Deployment, Environment, LogLevel, Secret, guild_ids

__all__ = [
    "AlertFormat",
    "AlertSettings",
    "BackendSettings",
    "BackupSettings",
    "BotSettings",
    "Deployment",
    "Environment",
    "Everywhere",
    "LogLevel",
    "OperatorSettings",
    "RehearsalSettings",
    "Secret",
    "SettingsFault",
    "UpSettings",
    "environment",
    "find",
    "guild_ids",
    "is_secret",
    "load_backend",
    "load_backup",
    "load_bot",
    "load_operator",
    "load_rehearsal",
    "load_up",
    "settings_markdown",
]
