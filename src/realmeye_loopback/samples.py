"""Players for trying out: the people of the practice Discord, and some whom a server would turn away."""

from realmeye_loopback.players import Character, Deaths, Exalted, FormerName, Player, Section

CLASSES = ("Wizard", "Priest", "Warrior", "Knight", "Paladin", "Archer", "Mystic", "Trickster")


def some() -> list[Player]:
    """Return the sample players."""
    return [
        *(veteran(ign) for ign in ("Alwyn", "Mira", "Bram", "Oda", "Sten", "Odalys", "Quill")),
        veteran("Rook", stars=62, names=[FormerName("Castle", "2023-02-01", "2024-05-17")]),
        veteran("Tansy", stars=31, maxed=5),
        veteran("Pike", stars=12, first_seen_days=40, maxed=2),
        veteran("Hidden", private=frozenset(Section) - {Section.PROFILE}),
        veteran("Ghost", private=frozenset({Section.PROFILE})),
    ]


def veteran(
    ign: str,
    *,
    stars: int = 78,
    first_seen_days: int = 2400,
    maxed: int = 8,
    names: list[FormerName] | None = None,
    private: frozenset[Section] = frozenset({Section.LAST_SEEN}),
) -> Player:
    """Return somebody who has played for years and hides where they were last seen."""
    return Player(
        ign=ign,
        stars=stars,
        account_fame=stars * 1500,
        first_seen_days=first_seen_days,
        guild="Oryxs Raiders",
        guild_rank="Officer",
        characters=[Character(name, maxed, 900 + 40 * number) for number, name in enumerate(CLASSES)],
        names=names or [],
        deaths=[Deaths("Wizard", [3, 0, 0, 1, 0, 0, 2, 0, 4]), Deaths("Priest", [1, 0, 0, 0, 0, 0, 0, 1, 2])],
        exaltations=[Exalted("Wizard", [2, 1, 5, 0, 1, 0, 3, 0])],
        private=private,
    )
