"""What was tried so far and what was made for it, in a file that outlives the process."""

from pathlib import Path

import msgspec

from raidbot.core.ids import GuildId
from raidbot.core.wire import decode_hook, encode_hook
from raidbot.rehearsal.model import Outcome


class Made(msgspec.Struct, frozen=True):
    """A scenery that was built in a guild, or was about to be."""

    guild_id: GuildId
    name: str


class Kept(msgspec.Struct):
    """The content of the file."""

    outcomes: dict[str, Outcome] = {}
    """By the names of steps."""
    sceneries: list[Made] = []
    """What is not known to be taken down yet."""


class BadProgress(Exception):  # noqa: N818 - the name is what is wrong
    """The file cannot be read; the text says what to do."""


class Progress:
    """How far a rehearsal is. Whatever changes is in the file before anything else happens.

    Args:
        file: Where it is kept.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.kept = _read(file)

    def note(self, step: str, outcome: Outcome) -> None:
        """Remember how a step ended."""
        self.kept.outcomes[step] = outcome
        self._write()

    def begins(self, made: Made) -> None:
        """Remember a scenery before anything of it is there."""
        self.kept.sceneries.append(made)
        self._write()

    def is_down(self, made: Made) -> None:
        """Forget a scenery of which nothing is left."""
        self.kept.sceneries.remove(made)
        self._write()

    def forget_outcomes(self) -> None:
        """Begin anew; sceneries that were left behind are not forgotten."""
        self.kept = Kept(sceneries=self.kept.sceneries)
        self._write()

    def _write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_name(f".{self.file.name}.new")
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(self.kept, enc_hook=encode_hook)))
        beside.replace(self.file)


def _read(file: Path) -> Kept:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept, dec_hook=decode_hook)
    except FileNotFoundError:
        return Kept()
    except (OSError, msgspec.DecodeError) as fault:
        raise BadProgress(
            f"{file} cannot be read ({fault}). Look whether the test server still has something that is called "
            "rehearsal-…, delete that by hand, then delete the file."
        ) from fault
