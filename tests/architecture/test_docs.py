"""What the docs promise about themselves: numbers without gaps, lists in step, words in order."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_decisions_are_numbered_without_gaps_and_say_context_decision_consequences() -> None:
    pages = sorted((DOCS / "adr").glob("[0-9]*.md"))

    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], page.name


def test_the_glossary_is_sorted_and_explains_each_word_once() -> None:
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert words == sorted(words, key=str.casefold)
    assert len(words) == len(set(words)) > 40


def test_every_dependency_is_explained_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=; ]", one)[0] for one in declared}

    explained = re.findall(r"^\| ([a-z][\w.-]*) \| \S", (DOCS / "dependencies.md").read_text("utf-8"), re.MULTILINE)

    assert set(explained) - {"library"} == names


def test_changes_are_named_for_towncrier_and_written_in_sentences() -> None:
    for fragment in sorted((ROOT / "changes").iterdir()):
        if fragment.name == "README.md":
            continue
        text = fragment.read_text(encoding="utf-8").strip()
        assert re.fullmatch(r"\+[a-z0-9-]+\.(feature|bugfix|doc|removal|misc)\.md", fragment.name), fragment.name
        assert text[:1].isupper() or text.startswith(("`", "/")), fragment.name
        assert text.endswith("."), fragment.name
        assert "\n" not in text, fragment.name


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_paths_that_pages_name_exist() -> None:
    """A page that names `src/...` or `script/...` names a file that is there."""
    missing = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in [*ROOT.glob("*.md"), *(DOCS / "how-to").glob("*.md"), DOCS / "architecture.md"]
        for path in re.findall(
            r"`((?:src|script|tests|tools|docs(?!/reference))/[\w./-]+\w)`", page.read_text(encoding="utf-8")
        )
        if not (ROOT / path).exists()
    ]

    assert missing == []
