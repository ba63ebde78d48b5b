"""Every way of saying no is tried by a test."""

from pathlib import Path

from raidbot import features
from raidbot.core.errors import Refusal

ROOT = Path(__file__).parents[2]

for part in ("service", "commands", "followups"):
    features.load(part)


def test_every_refusal_is_tried() -> None:
    tests = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__))

    untried = sorted(
        kind.__name__ for kind in Refusal.kinds.values() if kind.__name__ not in tests and kind.code not in tests
    )

    assert untried == []


def test_no_two_refusals_share_a_code() -> None:
    def below(kind: type[Refusal]) -> list[type[Refusal]]:
        return [one for direct in kind.__subclasses__() for one in (direct, *below(direct))]

    codes = [kind.code for kind in below(Refusal) if kind.__module__.startswith("raidbot.")]
    assert len(codes) == len(set(codes))
