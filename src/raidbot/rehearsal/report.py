"""The report of a rehearsal: Markdown that can be pasted into an issue. It names nobody and holds no token."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from raidbot.rehearsal.model import Outcome, Step, Verdict
from raidbot.rehearsal.script.product import Look

HEAD = "| rule | verdict | what was seen | when |"
ORDER = (Verdict.DIFFERENT, Verdict.CONFIRMED, Verdict.SKIPPED)


def markdown(
    outcomes: Mapping[str, Outcome],
    steps: Iterable[Step],
    looks: Iterable[Look],
    untried: Mapping[str, Mapping[str, str]],
    about: tuple[str, datetime],
) -> str:
    """Return the report.

    Args:
        outcomes: How steps ended, by their names.
        steps: All that could be tried on Discord.
        looks: All that members and staff were to see.
        untried: By page, the rules that no step tries and why.
        about: This release, and the present moment.
    """
    release, now = about
    tried = [(one.rule, one.page, outcomes.get(one.name)) for one in steps]
    seen = [(one.sentence, outcomes.get(one.name)) for one in looks]
    pages = dict.fromkeys([*(page for _, page, _ in tried), *untried])
    lines = [
        f"# Rehearsal, {now:%Y-%m-%d}",
        "",
        f"Release {release}. {_counts(outcomes[one.name] for one in steps if one.name in outcomes)}",
    ]
    for page in pages:
        lines += ["", f"## Rules of docs/reference/{page}", "", HEAD, "| --- | --- | --- | --- |"]
        lines += _rows([(rule, outcome) for rule, of, outcome in tried if of == page])
        lines += [
            _row(rule, "not tried", f"Cannot be tried: {why}.", "") for rule, why in untried.get(page, {}).items()
        ]
    lines += [
        "",
        "## What members and staff see",
        "",
        HEAD.replace("rule", "do, and see", 1),
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *_rows(seen), ""])


def _counts(outcomes: Iterable[Outcome]) -> str:
    found = [one.verdict for one in outcomes]
    return ", ".join(f"{found.count(one)} {one}" for one in Verdict) + "."


def _rows(tried: list[tuple[str, Outcome | None]]) -> list[str]:
    """Return the rows, what differs first and what was not tried last."""

    def place(one: tuple[str, Outcome | None]) -> int:
        return ORDER.index(one[1].verdict) if one[1] else len(ORDER)

    return [
        _row(rule, outcome.verdict, outcome.saw, f"{outcome.at:%Y-%m-%d %H:%M} UTC")
        if outcome
        else _row(rule, "not tried", "", "")
        for rule, outcome in sorted(tried, key=place)
    ]


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(one.split()).replace("|", "\\|") for one in cells) + " |"
