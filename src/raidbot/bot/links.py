"""Where links in messages lead, besides Discord."""

from dataclasses import dataclass


@dataclass
class Links:
    """The sites that messages link to."""

    realmeye: str = "https://www.realmeye.com"

    def profile(self, ign: str) -> str:
        """Return where a player's page is."""
        return f"{self.realmeye}/player/{ign}"


links = Links()
"""Set once, when the bot starts: links lead to the pages that are read."""
