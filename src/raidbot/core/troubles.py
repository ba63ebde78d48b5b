"""What an operator has to know about, each with the page of the runbook that mends it."""

import msgspec


class Trouble(msgspec.Struct, frozen=True):
    """Something that is wrong with the system rather than with what a member did.

    It is logged as `Trouble` with these fields; whatever alerts an operator listens for that line.
    """

    trouble: str
    """What kind of trouble, stable: `backup_late`. One kind is told once until it is over."""
    text: str
    """What is wrong and how to mend it, in a sentence or two."""
    page: str
    """The page of `docs/operate/runbook/`, without its ending."""

    @property
    def fields(self) -> dict[str, str]:
        """What stands in the log."""
        return {"trouble": self.trouble, "text": self.text, "runbook": self.page}
