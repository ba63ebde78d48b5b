"""The nouns of runs that follow another."""

from raidbot.core.errors import NotFound, Refusal


class NotFollowed(Refusal):
    """No run can follow this one now."""


class NoFollower(NotFound):
    """No run follows this one."""
