"""Whether a player meets what a guild asks. What is not known is never met."""

from collections.abc import Callable, Iterator

from raidbot.features.realmeye.model.facts import Fact, Facts, GuildRank, Kind, Presence, Value
from raidbot.features.realmeye.model.requirements import (
    Check,
    MaxedCharacters,
    Outcome,
    Requirement,
    Requirements,
)

DAYS_A_MONTH = 30.44

OPEN = (
    "RealmEye does not show your {section}. Sign in there, open Settings, set it to be visible to everybody, "
    "and check again after a minute."
)


def pages_for(wanted: Requirements) -> tuple[Kind, ...]:
    """Return the pages that have to be read to check requirements, the profile always."""
    deaths = wanted.deaths_at_least is not None or wanted.deaths_at_most is not None
    return (Kind.PROFILE, Kind.GRAVEYARD) if deaths else (Kind.PROFILE,)


def checklist(wanted: Requirements, facts: Facts) -> list[Check]:
    """Return how each thing that is asked stands, in a fixed order."""
    return [*_of_the_account(wanted, facts), *_of_deaths(wanted, facts), *_of_the_profile(wanted, facts)]


def _of_the_account(wanted: Requirements, facts: Facts) -> Iterator[Check]:
    if wanted.stars is not None:
        yield _at_least(Requirement.STARS, facts.stars, wanted.stars, "star", "rank")
    if wanted.alive_fame is not None:
        yield _at_least(Requirement.ALIVE_FAME, facts.alive_fame, wanted.alive_fame, "alive fame", "fame")
    if wanted.account_months is not None:
        yield _months(facts.age_days, wanted.account_months)
    if wanted.maxed is not None:
        yield _maxed(facts.maxed, wanted.maxed)


def _of_deaths(wanted: Requirements, facts: Facts) -> Iterator[Check]:
    if wanted.deaths_at_least is not None:
        yield _at_least(Requirement.DEATHS_AT_LEAST, facts.deaths, wanted.deaths_at_least, "death", GRAVEYARD)
    if wanted.deaths_at_most is not None:
        yield _at_most(facts.deaths, wanted.deaths_at_most)


def _of_the_profile(wanted: Requirements, facts: Facts) -> Iterator[Check]:
    if wanted.last_seen_hidden:
        yield _last_seen(facts)
    if wanted.guild is not None:
        yield _guild(facts.guild, wanted.guild)
    if wanted.guild_rank is not None:
        yield _guild_rank(facts.guild_rank, wanted.guild_rank)


GRAVEYARD = "graveyard (open its summary once while you are signed in, so that RealmEye counts it)"


def _judged(  # noqa: PLR0913 - all that a line says
    requirement: Requirement,
    fact: Fact[Value],
    wanted: str,
    section: str,
    *,
    is_met: Callable[[Value], bool],
    found: Callable[[Value], str],
    how: str = "",
) -> Check:
    """Return a line of the checklist; without a value nobody can tell."""
    value = fact.value if fact.presence is Presence.KNOWN else None
    if value is None:
        how = OPEN.format(section=section)
        seen = "hidden" if fact.presence is Presence.HIDDEN else ""
        return Check(requirement=requirement, outcome=Outcome.CANNOT_TELL, wanted=wanted, found=seen, how=how)
    if is_met(value):
        return Check(requirement=requirement, outcome=Outcome.MET, wanted=wanted, found=found(value))
    return Check(requirement=requirement, outcome=Outcome.NOT_MET, wanted=wanted, found=found(value), how=how)


def _at_least(requirement: Requirement, fact: Fact[int], least: int, noun: str, section: str) -> Check:
    return _judged(
        requirement,
        fact,
        f"at least {_counted(least, noun)}",
        section,
        is_met=lambda have: have >= least,
        found=lambda have: _counted(have, noun),
        how="Come back when you have reached it.",
    )


def _at_most(fact: Fact[int], most: int) -> Check:
    return _judged(
        Requirement.DEATHS_AT_MOST,
        fact,
        f"at most {_counted(most, 'death')}",
        GRAVEYARD,
        is_met=lambda have: have <= most,
        found=lambda have: _counted(have, "death"),
        how="Ask staff if they make an exception.",
    )


def _months(fact: Fact[int], least: int) -> Check:
    return _judged(
        Requirement.ACCOUNT_MONTHS,
        fact,
        f"an account of at least {_counted(least, 'month')}",
        "account's age",
        is_met=lambda days: days >= least * DAYS_A_MONTH,
        found=lambda days: _counted(int(days / DAYS_A_MONTH), "month"),
        how="Come back when your account is old enough.",
    )


def _maxed(fact: Fact[list[int]], wanted: MaxedCharacters) -> Check:
    def so_many(characters: list[int]) -> int:
        return sum(stats >= wanted.stats for stats in characters)

    kind = f"{wanted.stats}/8 character"
    return _judged(
        Requirement.MAXED,
        fact,
        f"at least {_counted(wanted.characters, kind)}",
        "characters",
        is_met=lambda characters: so_many(characters) >= wanted.characters,
        found=lambda characters: _counted(so_many(characters), kind),
        how="Come back when you have them; only living characters count.",
    )


def _last_seen(facts: Facts) -> Check:
    """Return whether the place where the player was last seen is hidden, which has to be said by the page."""
    wanted = "last seen hidden"
    requirement = Requirement.LAST_SEEN_HIDDEN
    if facts.last_seen.presence is Presence.HIDDEN:
        return Check(requirement=requirement, outcome=Outcome.MET, wanted=wanted, found="hidden")
    if facts.last_seen.presence is Presence.KNOWN:
        how = "Sign in to RealmEye, open Settings, hide where you were last seen, and check again after a minute."
        return Check(requirement=requirement, outcome=Outcome.NOT_MET, wanted=wanted, found="visible", how=how)
    how = "RealmEye's page does not say whether it is hidden. Check again in a minute, or send a screenshot."
    return Check(requirement=requirement, outcome=Outcome.CANNOT_TELL, wanted=wanted, how=how)


def _guild(fact: Fact[str], guild: str) -> Check:
    return _judged(
        Requirement.GUILD,
        fact,
        f"the guild {guild}",
        "guild",
        is_met=lambda have: have.casefold() == guild.casefold(),
        found=str,
        how="Join the guild in the game, and check again when RealmEye shows it.",
    )


def _guild_rank(fact: Fact[GuildRank], least: GuildRank) -> Check:
    ranks = list(GuildRank)
    return _judged(
        Requirement.GUILD_RANK,
        fact,
        f"{least} or higher in the guild",
        "guild rank",
        is_met=lambda have: ranks.index(have) >= ranks.index(least),
        found=str,
        how="Ask your guild for that rank, and check again when RealmEye shows it.",
    )


def _counted(number: int, noun: str) -> str:
    plural = "" if number == 1 or noun.endswith("fame") else "s"
    return f"{number:,} {noun}{plural}"
