"""What may be done with an import. Pure."""

from raidbot.features.name_import.model import Import, ImportState, NotNow

MOVES = {
    ImportState.ASKED: {ImportState.RUNNING, ImportState.DROPPED},
    ImportState.RUNNING: {ImportState.PAUSED},
    ImportState.PAUSED: {ImportState.RUNNING, ImportState.DROPPED},
}
"""From where to where somebody may move it."""


def check_move(one: Import, to: ImportState) -> None:
    """Check that an import can be moved on.

    Raises:
        NotNow: it cannot.
    """
    if to not in MOVES.get(one.state, ()):
        raise NotNow(f"The import is {one.state}. Use /forcesync to see what can be done now.")
