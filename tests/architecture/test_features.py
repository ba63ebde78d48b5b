"""What every feature owes the reader."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
FEATURES = [path for path in sorted((ROOT / "src/raidbot/features").iterdir()) if (path / "__init__.py").exists()]
PARTS = {"__init__", "model", "rules", "api", "store", "service", "jobs", "panels", "commands", "followups"}


def test_a_feature_has_only_the_parts_that_features_have() -> None:
    strangers = [
        str(path.relative_to(ROOT))
        for one in FEATURES
        for path in one.rglob("*.py")
        if path.relative_to(one).parts[0].removesuffix(".py") not in PARTS
    ]

    assert strangers == []


def test_rules_are_tested_by_themselves() -> None:
    untested = [
        one.name
        for one in FEATURES
        if (one / "rules.py").exists() and not (ROOT / "tests/features" / one.name / "test_rules.py").exists()
    ]

    assert untested == []
