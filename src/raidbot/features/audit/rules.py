"""What a reader of the trail has to know besides what stands in it. Pure."""

from collections.abc import Sequence

from raidbot.features.audit.model import CommandUse, Pause


def concerns(pause: Pause | None, uses: Sequence[CommandUse]) -> bool:
    """Tell whether uses are missing among the listed ones, or after them.

    Args:
        pause: When nothing was written down.
        uses: What is listed, newest first.
    """
    if pause is None:
        return False
    return pause.until is None or not uses or pause.until > uses[-1].used_at
