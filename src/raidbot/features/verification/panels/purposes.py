"""What a screenshot is for, as it stands in custom ids: nothing more for being verified, else a role."""

from raidbot.bot.presses import Press
from raidbot.core.ids import RoleId

FOR = r"(?::(?P<role>\d+))?"
"""The end of a pattern: for which role."""

LOOKED_AT = r"(?::(?P<picture>\d+))?" + FOR
"""The end of a pattern: which picture was looked at, and for which role."""


def role_of(press: Press) -> RoleId | None:
    """Return the role that a press is about; None: being verified."""
    role = press.ids.get("role")
    return RoleId(role) if role else None


def ending(role_id: RoleId | None, picture: int | None = None) -> str:
    """Return the end of a custom id."""
    return "".join(f":{int(one)}" for one in (picture, role_id) if one is not None)
