"""What can go wrong in a way that the person who asked can mend."""

from typing import Any, ClassVar

from typing_extensions import override


class Refusal(Exception):  # noqa: N818 - in the words of the field a rule refuses
    """A rule said no, in a sentence that says what to do instead.

    It travels over HTTP as its `code`, its `sentence` and its `details`, and the bot
    raises the same class again.

    Args:
        sentence: What the person who asked reads.
        details: What code that catches it may need: ids, names of fields, limits. JSON values.
    """

    code: ClassVar[str] = "refused"
    """Stable name; the class name in snake case for every subclass."""

    status: ClassVar[int] = 409
    """The HTTP status that the backend answers with."""

    kinds: ClassVar[dict[str, type["Refusal"]]] = {}
    """Every refusal by its code."""

    def __init__(self, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details

    @override
    def __init_subclass__(cls) -> None:
        """Name the refusal after its class and remember it."""
        cls.code = "".join("_" + letter.lower() if letter.isupper() else letter for letter in cls.__name__).strip("_")
        Refusal.kinds[cls.code] = cls

    @staticmethod
    def revive(code: str, sentence: str, details: dict[str, Any]) -> "Refusal":
        """Rebuild the refusal that was raised in another process."""
        kind = Refusal.kinds.get(code, Refusal)
        refusal = kind.__new__(kind)
        Refusal.__init__(refusal, sentence, **details)
        return refusal


class InvalidRequest(Refusal):
    """What was sent is not what the endpoint takes."""

    status = 400


class NotAllowed(Refusal):
    """The caller's rank does not reach."""

    status = 403


class NotFound(Refusal):
    """What was asked about does not exist, or not in this guild."""

    status = 404


class TooFast(Refusal):
    """The caller should wait; the sentence says how long."""

    status = 429


class Unavailable(Refusal):
    """A part of the system is away or busy. Nothing was changed."""

    status = 503


class Overrun(Unavailable):
    """One caller asked for more than the backend takes. Nothing was changed; `retry_after` tells the seconds."""

    status = 429


class DiskShort(Refusal):
    """The disk is nearly full: what can wait, waits. Nothing was changed."""

    status = 507
