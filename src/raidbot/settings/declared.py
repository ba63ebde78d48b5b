"""Every variable, and which of them each process reads.

A field whose type allows `None` may be missing; one without default must be set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from raidbot.core.ids import GuildId, Snowflake
from raidbot.settings import values
from raidbot.settings.values import AlertFormat, Deployment, Environment, LogLevel, Secret

SECRETS: tuple[Callable[[str], Any], ...] = (
    values.a_secret,
    values.a_secret_url,
    values.a_database_url,
    values.a_redis_url,
    values.a_backup_key,
)
"""Readers of what is never shown."""


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: what it is called, what it means, how it is read."""

    name: str
    about: str
    read: Callable[[str], Any]
    default: str | None = None
    """As it would be written in the environment."""
    formerly: str | None = None
    """Another name that counts where `name` is not set."""

    @property
    def secret(self) -> bool:
        """Whether the value is never shown, and may come from the file that `<name>_FILE` names."""
        return self.read in SECRETS


APP_ENV = Variable(
    "APP_ENV",
    "`development`, `production` or `test`. `NODE_ENV` is read where it is not set.",
    values.an_environment,
    default="development",
    formerly="NODE_ENV",
)
LOG_LEVEL = Variable(
    "LOG_LEVEL",
    "`debug` (every SQL statement too), `info`, `warning` or `error`.",
    values.a_log_level,
    default="info",
)
BIND = Variable(
    "BIND",
    "The address that API, health and metrics listen on. `0.0.0.0` inside a container.",
    values.an_address,
    default="127.0.0.1",
)
DATA_DIR = Variable(
    "DATA_DIR",
    "Where the embedded PostgreSQL, backups and generated keys are kept.",
    values.a_path,
    default="var",
)
TEST_CLOCK_FILE = Variable(
    "TEST_CLOCK_FILE",
    "A file with the seconds that all clocks run ahead. For tests; refused in production.",
    values.a_path,
)
ALERT_URL = Variable(
    "ALERT_URL",
    "Where alerts are posted besides the log of the bot: a webhook, an ntfy topic, a gateway to mail.",
    values.a_secret_url,
)
ALERT_FORMAT = Variable(
    "ALERT_FORMAT",
    "`json` for webhooks of Discord, Slack and Mattermost, `text` for ntfy and mail.",
    values.an_alert_format,
    default="json",
)
HEARTBEAT_URL = Variable(
    "HEARTBEAT_URL",
    "Asked for once a minute while bot, backend and database are well, so that a watcher elsewhere misses it when not.",
    values.a_secret_url,
)
PORT = Variable("PORT", "The port of the API. 0 takes a free one.", values.a_port, default="4000")
BACKEND_METRICS_PORT = Variable(
    "BACKEND_METRICS_PORT",
    "The backend's port for health and metrics. 0 takes a free one.",
    values.a_port,
    default="9100",
)
BOT_METRICS_PORT = Variable(
    "BOT_METRICS_PORT",
    "The bot's port for health and metrics. 0 takes a free one.",
    values.a_port,
    default="9101",
)
DATABASE_URL = Variable(
    "DATABASE_URL",
    "`postgres://user:password@host:5432/database`. Without it `raidbot up` starts an embedded PostgreSQL.",
    values.a_database_url,
)
DATABASE_SSL_REJECT_UNAUTHORIZED = Variable(
    "DATABASE_SSL_REJECT_UNAUTHORIZED",
    "`true`: TLS with a verified certificate. `false`: TLS without verification. Not set: as the URL says.",
    values.a_switch,
)
DATABASE_POOL_SIZE = Variable(
    "DATABASE_POOL_SIZE",
    "Connections that a backend opens at most. More need a larger `max_connections`: `docs/operate/database.md`.",
    values.a_pool_size,
    default="10",
)
BACKEND_API_KEY = Variable(
    "BACKEND_API_KEY",
    "What bot and backend know each other by; in production at least 32 characters. "
    "Without it `raidbot up` makes one up and keeps it.",
    values.a_secret,
)
BACKEND_API_KEY_OLD = Variable(
    "BACKEND_API_KEY_OLD",
    "A second key that the backend takes, so that bots on other machines work on while `BACKEND_API_KEY` is changed.",
    values.a_secret,
)
API_RATE = Variable(
    "API_RATE",
    "Requests a second that the backend takes from all bots together; a tenth of it for one member.",
    values.a_rate,
    default="500",
)
BACKEND_URL = Variable(
    "BACKEND_URL",
    "Where the bot finds the backend.",
    values.a_backend_url,
    default="http://localhost:4000/v1",
)
APPLICATION_ID = Variable(
    "APPLICATION_ID",
    "The application's id, from the first page of Discord's developer portal.",
    values.an_id,
)
SECRET_KEY = Variable(
    "SECRET_KEY",
    "The bot's token, from the page *Bot* of the developer portal.",
    values.a_secret,
)
DISCORD_GUILD_IDS = Variable(
    "DISCORD_GUILD_IDS",
    "The servers that the bot serves, with commas between them. It ignores others.",
    values.guild_ids,
)
REDIS_URL = Variable(
    "REDIS_URL",
    "`redis://host:6379`. Shares rate limits between several bots; one bot needs none.",
    values.a_redis_url,
)
DISCORD_API_URL = Variable(
    "DISCORD_API_URL",
    "The base of Discord's API, version included, for a proxy or a test. Not set: Discord itself.",
    values.a_web_url,
)
LOOPBACK_PORT = Variable(
    "LOOPBACK_PORT",
    "The port of the practice Discord that `raidbot up` starts while there is no token. 0 takes a free one.",
    values.a_port,
    default="4080",
)
LOOPBACK_SERVER = Variable(
    "LOOPBACK_SERVER",
    "A file that describes another server for the practice Discord than its sample server.",
    values.a_path,
)
REALMEYE_URL = Variable(
    "REALMEYE_URL",
    "Where players' pages are read. Not set: RealmEye itself, or the practice RealmEye where `raidbot up` starts one.",
    values.a_web_url,
    default="https://www.realmeye.com",
)
REALMEYE_PAUSE_S = Variable(
    "REALMEYE_PAUSE_S",
    "Seconds between two pages of RealmEye, all processes together; half as much is added by chance. "
    "At least 1 in production.",
    values.a_pause,
    default="2",
)
REALMEYE_CONTACT = Variable(
    "REALMEYE_CONTACT",
    "An address or link under which RealmEye's people reach you. Goes into the user agent beside the bot's name.",
    values.a_contact,
)
PRACTICE_REALMEYE_PORT = Variable(
    "PRACTICE_REALMEYE_PORT",
    "The port of the practice RealmEye that `raidbot up` starts while there is no token. 0 takes a free one.",
    values.a_port,
    default="4081",
)
DEPLOYMENT = Variable(
    "DEPLOYMENT",
    "What keeps the processes running: `embedded` (`raidbot up`), `systemd` or `compose`. `raidbot init` writes it.",
    values.a_deployment,
    default="embedded",
)
INSTALL_DIR = Variable(
    "INSTALL_DIR",
    "Where releases are kept beside each other under systemd.",
    values.a_path,
    default="/opt/raidbot",
)
SHARD_IDS = Variable(
    "SHARD_IDS",
    "The shards of this process, counted from 0, with commas between them. Not set: all.",
    values.shard_ids,
)
SHARD_COUNT = Variable("SHARD_COUNT", "How many shards there are in all processes.", values.a_shard_count)

BACKUP_DIR = Variable(
    "BACKUP_DIR",
    "The folder of backups, best on another disk than the database. Not set: `backups` in `DATA_DIR`.",
    values.a_path,
)
BACKUP_KEY = Variable(
    "BACKUP_KEY",
    "What backups are sealed with (AES-256-GCM), at least 20 characters. Without it whoever has the file can read it. "
    "It is in no backup: keep it elsewhere too.",
    values.a_backup_key,
)
BACKUP_COPY_TO = Variable(
    "BACKUP_COPY_TO",
    "A command that takes each backup elsewhere; `{}` stands for the file: `rclone copy {} remote:raids`.",
    values.a_command,
)


@dataclass(frozen=True, kw_only=True)
class Everywhere:
    """What every process reads."""

    app_env: Annotated[Environment, APP_ENV]
    log_level: Annotated[LogLevel, LOG_LEVEL]
    bind: Annotated[str, BIND]
    data_dir: Annotated[Path, DATA_DIR]
    test_clock_file: Annotated[Path | None, TEST_CLOCK_FILE]

    @property
    def production(self) -> bool:
        """Whether members depend on it."""
        return self.app_env is Environment.PRODUCTION


@dataclass(frozen=True, kw_only=True)
class AlertSettings(Everywhere):
    """What a process reads that tells the operator of faults."""

    alert_url: Annotated[Secret | None, ALERT_URL]
    alert_format: Annotated[AlertFormat, ALERT_FORMAT]
    heartbeat_url: Annotated[Secret | None, HEARTBEAT_URL]


@dataclass(frozen=True, kw_only=True)
class FolderSettings(AlertSettings):
    """What a process reads that knows the folder of backups."""

    backup_dir: Annotated[Path | None, BACKUP_DIR]

    @property
    def folder(self) -> Path:
        """Where backups lie."""
        return self.backup_dir or self.data_dir / "backups"


@dataclass(frozen=True, kw_only=True)
class BackendSettings(FolderSettings):
    """What the backend reads."""

    port: Annotated[int, PORT]
    metrics_port: Annotated[int, BACKEND_METRICS_PORT]
    database_url: Annotated[Secret, DATABASE_URL]
    database_ssl_reject_unauthorized: Annotated[bool | None, DATABASE_SSL_REJECT_UNAUTHORIZED]
    pool_size: Annotated[int, DATABASE_POOL_SIZE]
    api_key: Annotated[Secret, BACKEND_API_KEY]
    old_api_key: Annotated[Secret | None, BACKEND_API_KEY_OLD]
    api_rate: Annotated[int, API_RATE]
    realmeye_url: Annotated[str, REALMEYE_URL]
    realmeye_pause_s: Annotated[float, REALMEYE_PAUSE_S]
    realmeye_contact: Annotated[str | None, REALMEYE_CONTACT]


@dataclass(frozen=True, kw_only=True)
class BotSettings(AlertSettings):
    """What the bot reads."""

    application_id: Annotated[Snowflake, APPLICATION_ID]
    token: Annotated[Secret, SECRET_KEY]
    guild_ids: Annotated[tuple[GuildId, ...], DISCORD_GUILD_IDS]
    backend_url: Annotated[str, BACKEND_URL]
    api_key: Annotated[Secret, BACKEND_API_KEY]
    metrics_port: Annotated[int, BOT_METRICS_PORT]
    redis_url: Annotated[Secret | None, REDIS_URL]
    discord_api_url: Annotated[str | None, DISCORD_API_URL]
    realmeye_url: Annotated[str, REALMEYE_URL]
    """Where links to players' pages lead."""
    shard_ids: Annotated[tuple[int, ...] | None, SHARD_IDS]
    shard_count: Annotated[int | None, SHARD_COUNT]


@dataclass(frozen=True, kw_only=True)
class UpSettings(Everywhere):
    """What `raidbot up` reads to decide what it has to provide by itself."""

    port: Annotated[int, PORT]
    backend_metrics_port: Annotated[int, BACKEND_METRICS_PORT]
    bot_metrics_port: Annotated[int, BOT_METRICS_PORT]
    loopback_port: Annotated[int, LOOPBACK_PORT]
    loopback_server: Annotated[Path | None, LOOPBACK_SERVER]
    realmeye_port: Annotated[int, PRACTICE_REALMEYE_PORT]
    database_url: Annotated[Secret | None, DATABASE_URL]
    database_ssl_reject_unauthorized: Annotated[bool | None, DATABASE_SSL_REJECT_UNAUTHORIZED]
    api_key: Annotated[Secret | None, BACKEND_API_KEY]
    token: Annotated[Secret | None, SECRET_KEY]
    application_id: Annotated[Snowflake | None, APPLICATION_ID]
    guild_ids: Annotated[tuple[GuildId, ...] | None, DISCORD_GUILD_IDS]
    redis_url: Annotated[Secret | None, REDIS_URL]
    discord_api_url: Annotated[str | None, DISCORD_API_URL]


@dataclass(frozen=True, kw_only=True)
class BackupSettings(FolderSettings):
    """What `raidbot backup`, `restore` and `disk` read."""

    database_url: Annotated[Secret | None, DATABASE_URL]
    database_ssl_reject_unauthorized: Annotated[bool | None, DATABASE_SSL_REJECT_UNAUTHORIZED]
    backup_key: Annotated[Secret | None, BACKUP_KEY]
    backup_copy_to: Annotated[str | None, BACKUP_COPY_TO]


@dataclass(frozen=True, kw_only=True)
class OperatorSettings(UpSettings):
    """What the operator's own commands read: `init`, `doctor`, `update`, `rollback`, `rotate`."""

    pool_size: Annotated[int, DATABASE_POOL_SIZE]
    deployment: Annotated[Deployment, DEPLOYMENT]
    install_dir: Annotated[Path, INSTALL_DIR]


@dataclass(frozen=True, kw_only=True)
class RehearsalSettings(Everywhere):
    """What `raidbot rehearse` reads. Token and server are told on its command line."""

    backend_metrics_port: Annotated[int, BACKEND_METRICS_PORT]
    bot_metrics_port: Annotated[int, BOT_METRICS_PORT]
    database_url: Annotated[Secret | None, DATABASE_URL]
    database_ssl_reject_unauthorized: Annotated[bool | None, DATABASE_SSL_REJECT_UNAUTHORIZED]
    discord_api_url: Annotated[str | None, DISCORD_API_URL]
    realmeye_url: Annotated[str, REALMEYE_URL]
    realmeye_pause_s: Annotated[float, REALMEYE_PAUSE_S]
    realmeye_contact: Annotated[str | None, REALMEYE_CONTACT]
