"""What a variable may hold: kinds of values, and how each is read from text.

A reader raises `ValueError` with what a right value looks like. It never repeats the text,
which may be a secret.
"""

import hmac
import re
import shlex
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from typing_extensions import override

from raidbot.core.ids import GuildId, Snowflake, snowflake

Value = TypeVar("Value", bound=StrEnum)

LARGEST_PORT = 65535

LONGEST_PAUSE_S = 60

SHORTEST_BACKUP_KEY = 20

MOST_SHARDS = 10_000

FASTEST = 100_000
"""Requests a second: more than any machine answers, so that this is no limit at all."""

LARGEST_POOL = 200


class Secret:
    """A text that must not show up in a log, a traceback or a test report."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one call that needs it."""
        return self._text

    def matches(self, text: str) -> bool:
        """Compare in a time that does not tell how much of it was right."""
        return hmac.compare_digest(self._text.encode(), text.encode())

    @override
    def __repr__(self) -> str:
        return "Secret(…)"

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other._text)

    @override
    def __hash__(self) -> int:
        return hash(self._text)


class Environment(StrEnum):
    """How much care is asked for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TEST = "test"


class Deployment(StrEnum):
    """What keeps the processes running."""

    EMBEDDED = "embedded"
    """`raidbot up`, with a PostgreSQL of its own."""
    SYSTEMD = "systemd"
    COMPOSE = "compose"


class LogLevel(StrEnum):
    """The least important line that is still written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class AlertFormat(StrEnum):
    """How alerts are posted."""

    JSON = "json"
    """For webhooks of Discord, Slack and Mattermost."""
    TEXT = "text"
    """For ntfy and gateways to mail."""


def an_environment(text: str) -> Environment:
    """Read the kind of environment."""
    return _one_of(Environment, text)


def a_deployment(text: str) -> Deployment:
    """Read what keeps the processes running."""
    return _one_of(Deployment, text)


def a_log_level(text: str) -> LogLevel:
    """Read a log level."""
    return _one_of(LogLevel, text)


def an_alert_format(text: str) -> AlertFormat:
    """Read how alerts are posted."""
    return _one_of(AlertFormat, text)


def an_address(text: str) -> str:
    """Read an address to listen on."""
    try:
        return str(ip_address("127.0.0.1" if text == "localhost" else text))
    except ValueError:
        raise ValueError("give an IP address: 127.0.0.1 for this machine only, 0.0.0.0 for all") from None


def a_port(text: str) -> int:
    """Read a port; 0 means a free one."""
    return _number(text, LARGEST_PORT)


def a_pause(text: str) -> float:
    """Read seconds to wait, a minute at most."""
    if not re.fullmatch(r"\d{1,2}(\.\d{1,3})?", text) or float(text) > LONGEST_PAUSE_S:
        raise ValueError(f"give a number of seconds from 0 to {LONGEST_PAUSE_S}, such as 2.5")
    return float(text)


def a_contact(text: str) -> str:
    """Read a mail address or a link that may stand in a user agent."""
    if not re.fullmatch(r"[!-~]{3,100}", text) or not ("@" in text or "://" in text):
        raise ValueError("give a mail address, or a link with https:// before it")
    return text


def a_switch(text: str) -> bool:
    """Read yes or no."""
    if text.lower() not in {"true", "false"}:
        raise ValueError("give true or false")
    return text.lower() == "true"


def a_path(text: str) -> Path:
    """Read a path, from the working directory if it is relative."""
    return Path(text).expanduser().absolute()


def a_secret(text: str) -> Secret:
    """Read a key or token."""
    if text.startswith("Bot ") or text.split() != [text]:
        raise ValueError("give the bare key, without spaces and without 'Bot ' before it")
    return Secret(text)


def a_backup_key(text: str) -> Secret:
    """Read what backups are sealed with."""
    if len(text) < SHORTEST_BACKUP_KEY:
        raise ValueError(f"give at least {SHORTEST_BACKUP_KEY} characters, and keep them elsewhere too")
    return Secret(text)


def a_command(text: str) -> str:
    """Read a command line, which is split into words as a shell does it."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError("close every quote") from None
    if not any(words):
        raise ValueError("name a program")
    return text


def a_database_url(text: str) -> Secret:
    """Read the address of a PostgreSQL database, password included."""
    return Secret(_url(text, "postgres", "postgresql"))


def a_redis_url(text: str) -> Secret:
    """Read the address of a Redis or Valkey server, password included."""
    return Secret(_url(text, "redis", "rediss"))


def a_web_url(text: str) -> str:
    """Read the address of an HTTP service, without a slash at the end."""
    return _url(text, "http", "https").rstrip("/")


def a_secret_url(text: str) -> Secret:
    """Read the address of an HTTP service that lets in whoever knows it."""
    return Secret(_url(text, "http", "https"))


def a_backend_url(text: str) -> str:
    """Read the address of our own API, with its version."""
    url = a_web_url(text)
    if not url.endswith("/v1"):
        raise ValueError("end it with /v1")
    return url


def an_id(text: str) -> Snowflake:
    """Read one id of Discord's."""
    return snowflake(Snowflake, text)


def guild_ids(text: str) -> tuple[GuildId, ...]:
    """Read ids of guilds, with commas between them."""
    return tuple(dict.fromkeys(snowflake(GuildId, one) for one in _listed(text)))


def shard_ids(text: str) -> tuple[int, ...]:
    """Read numbers of shards, with commas between them."""
    return tuple(dict.fromkeys(_number(one, MOST_SHARDS) for one in _listed(text)))


def a_shard_count(text: str) -> int:
    """Read how many shards there are."""
    return _number(text, MOST_SHARDS, smallest=1)


def a_rate(text: str) -> int:
    """Read how many requests a second are taken."""
    return _number(text, FASTEST, smallest=10)


def a_pool_size(text: str) -> int:
    """Read how many connections to PostgreSQL a backend may have."""
    return _number(text, LARGEST_POOL, smallest=1)


def _one_of(kind: type[Value], text: str) -> Value:
    try:
        return kind(text.lower())
    except ValueError:
        raise ValueError(f"give one of {', '.join(kind)}") from None


def _number(text: str, largest: int, *, smallest: int = 0) -> int:
    if not (text.isascii() and text.isdigit() and smallest <= int(text) <= largest):
        raise ValueError(f"give a number from {smallest} to {largest}")
    return int(text)


def _url(text: str, *schemes: str) -> str:
    address = f"give an address that starts with {' or '.join(f'{scheme}://' for scheme in schemes)} and names a host"
    try:
        parts = urlsplit(text)
        complete = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        complete = False
    if not complete:
        raise ValueError(address)
    return text


def _listed(text: str) -> list[str]:
    listed = [one.strip() for one in text.split(",") if one.strip()]
    if not listed:
        raise ValueError("give at least one, with commas between several")
    return listed
