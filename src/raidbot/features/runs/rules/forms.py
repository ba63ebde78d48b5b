"""The decisions about forms: what may stand in them, and whether they show what is."""

import zlib

from raidbot.features.runs.model.forms import BadValue, FormKind, Values
from raidbot.features.runs.model.life import Run

LONGEST = {"party": 100, "location": 100, "note": 500}
"""Characters of a text."""

MOST = {"pops": 99, "places": 500}
"""The largest of a number; 1 is the smallest."""

INPUTS = {
    FormKind.PLACE: ("party", "location"),
    FormKind.NOTE: ("note",),
    FormKind.PLAN: ("pops", "places"),
}
"""What can be typed into which form."""


def present(form: FormKind, run: Run) -> Values:
    """Return what a form shows of a run."""
    whole: Values = {
        "party": run.party,
        "location": run.location,
        "note": run.note,
        "pops": str(run.chain) if run.chain else None,
        "places": str(run.max_raiders) if run.max_raiders else None,
    }
    return {name: whole[name] for name in INPUTS[form]}


def mark(values: Values) -> int:
    """Return a number that differs when the values do."""
    return zlib.crc32("\0".join(f"{name}={values[name]}" for name in sorted(values)).encode())


def checked(form: FormKind, values: Values) -> Values:
    """Return what was typed, each input once, folded; empty ones as null.

    Raises:
        BadValue: something is too long, or no number within its limits.
    """
    folded = {name: (values.get(name) or "").strip() or None for name in INPUTS[form]}
    for name, text in folded.items():
        if text is not None and name in LONGEST and len(text) > LONGEST[name]:
            raise BadValue(f"{name.capitalize()} has {len(text)} characters; {LONGEST[name]} is the most. Shorten it.")
        if text is not None and name in MOST:
            folded[name] = _number(name, text)
    return folded


def _number(name: str, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST[name])) and 1 <= int(text) <= MOST[name]):
        raise BadValue(f"{name.capitalize()} is a whole number from 1 to {MOST[name]}, or empty for no limit.")
    return str(int(text))
