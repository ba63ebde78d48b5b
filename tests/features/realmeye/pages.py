"""Players and their pages, as the local RealmEye shows them."""

from typing import Any

from realmeye_loopback import markup
from realmeye_loopback.players import Character, Deaths, Exalted, FormerName, Player

PAGES = {
    "profile": markup.profile,
    "names": markup.names,
    "graveyard": markup.graveyard,
    "exaltations": markup.exaltations,
}


def a_player(ign: str = "Rook", **changed: Any) -> Player:
    """Somebody of whom everything is known and nothing is hidden."""
    told: dict[str, Any] = {
        "ign": ign,
        "stars": 62,
        "account_fame": 108_005,
        "first_seen_days": 6 * 365 + 289,
        "guild": "Night Owls",
        "guild_rank": "Officer",
        "characters": [Character("Wizard", 8, 900), Character("Priest", 5, 450), Character("Knight", 8, 1200)],
        "description": ["Hello!", "K7QM-4XRD-9TWE", "<b>Rank</b> 99 & more"],
        "names": [FormerName("Castle", "2023-02-01", "2024-05-17")],
        "deaths": [Deaths("Wizard", [3, 0, 0, 1, 0, 0, 2, 0, 4]), Deaths("Priest", [1, 0, 0, 0, 0, 0, 0, 1, 2])],
        "exaltations": [Exalted("Wizard", [2, 1, 5, 0, 1, 0, 3, 0])],
    }
    return Player(**{**told, **changed})
