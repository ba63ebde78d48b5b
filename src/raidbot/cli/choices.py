"""What an operator may choose from on the command line."""

from enum import StrEnum


class What(StrEnum):
    """Which secret is changed."""

    TOKEN = "token"  # noqa: S105 - the name of a choice
    API_KEY = "api-key"
    DB_PASSWORD = "db-password"  # noqa: S105 - the name of a choice


class Part(StrEnum):
    """Which part of a rehearsal."""

    ALL = "all"
    DISCORD = "discord"
    PHONES = "phones"
