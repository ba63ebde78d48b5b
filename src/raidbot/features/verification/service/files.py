"""The sections of a configuration file that hold what a guild sets about verification."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from raidbot.backend.configuration import Entries, Holds, Section, There, section, stand_alone
from raidbot.core.authors import Author
from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.verification.model.config import Config
from raidbot.features.verification.rules import files as rules
from raidbot.features.verification.service.config import change, config_of

Values: TypeAlias = Mapping[str, str]
Changes: TypeAlias = list[tuple[str, Callable[[Config], Config]]]
"""Changes of what a guild sets, each by what the record calls it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what a guild sets, as it stands in the file."""

    name: str
    about: str
    shows: Callable[[Config], Entries]
    checks: Callable[[str, str], str]
    changes: Callable[[Values], Changes]
    """Returns what follows from all values of the section."""
    fits: Callable[[Values], None] = stand_alone

    async def read(self, tx: Transaction, guild_id: GuildId) -> Entries:
        """Return what is set."""
        return self.shows(await config_of(tx, guild_id))

    def check(self, name: str, value: str, _: There) -> str:
        """Return one value as it is stored."""
        return self.checks(name, value)

    async def write(self, tx: Transaction, author: Author, entries: Mapping[str, str | None]) -> None:
        """Set and clear values beside those that stay."""
        merged: dict[str, str | None] = {**await self.read(tx, author.guild_id), **entries}
        for what, changes in self.changes({name: value for name, value in merged.items() if value is not None}):
            await change(tx, author, what, changes)

    def declare(self) -> None:
        """Let it be exported and imported."""
        section(Section(self.name, self.about, Holds.TEXTS, self.read, self.check, self.write, self.fits))


def _words(values: Values) -> Changes:
    def at(name: str) -> Callable[[Config], Config]:
        return lambda old: rules.with_words(old, rules.PAGES[name], rules.words_of(values, name))

    return [(page.value, at(name)) for name, page in rules.PAGES.items()]


def _requirements(values: Values) -> Changes:
    return [("requirements", lambda old: rules.with_requirements(old, values))]


def _links(values: Values) -> Changes:
    return [("links", lambda old: msgspec.structs.replace(old, links=rules.links_of(values)))]


def _reasons(values: Values) -> Changes:
    return [("presets", lambda old: msgspec.structs.replace(old, presets=rules.reasons_of(values)))]


for one in (
    Part("verification", "Words about verification: /configverification", rules.words, rules.check_words, _words),
    Part(
        "verification_requirements",
        "What is asked of players: /configverification set-requirement",
        rules.requirements,
        rules.check_requirement,
        _requirements,
    ),
    Part(
        "verification_links",
        "Where members go once verified: /configverification add-link",
        rules.links,
        rules.check_link,
        _links,
        rules.check_links,
    ),
    Part(
        "verification_reasons",
        "Why screenshots are denied: /configverification preset-add",
        rules.reasons,
        rules.check_reason,
        _reasons,
        rules.check_reasons,
    ),
):
    one.declare()
