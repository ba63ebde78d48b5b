"""The classes a raider can play."""

from raidbot.dungeons.model import Emoji, Key, Part


class RaiderClass(Part, frozen=True, kw_only=True):
    """A class of the game, as the class menu offers it."""

    key: Key
    name: str
    emoji: Emoji


CLASSES = (
    RaiderClass(key="rogue", name="Rogue", emoji="🕶️"),
    RaiderClass(key="archer", name="Archer", emoji="🎯"),
    RaiderClass(key="wizard", name="Wizard", emoji="🪄"),
    RaiderClass(key="priest", name="Priest", emoji="✨"),
    RaiderClass(key="warrior", name="Warrior", emoji="⚔️"),
    RaiderClass(key="knight", name="Knight", emoji="🛡️"),
    RaiderClass(key="paladin", name="Paladin", emoji="🙏"),
    RaiderClass(key="assassin", name="Assassin", emoji="☠️"),
    RaiderClass(key="necromancer", name="Necromancer", emoji="💀"),
    RaiderClass(key="huntress", name="Huntress", emoji="🏹"),
    RaiderClass(key="mystic", name="Mystic", emoji="🔮"),
    RaiderClass(key="trickster", name="Trickster", emoji="🃏"),
    RaiderClass(key="sorcerer", name="Sorcerer", emoji="⚡"),
    RaiderClass(key="ninja", name="Ninja", emoji="🥷"),
    RaiderClass(key="samurai", name="Samurai", emoji="🗡️"),
    RaiderClass(key="bard", name="Bard", emoji="🎵"),
    RaiderClass(key="summoner", name="Summoner", emoji="🦇"),
    RaiderClass(key="kensei", name="Kensei", emoji="👊"),
)
"""All of them, oldest first, as the game lists them."""

BY_KEY = {one.key: one for one in CLASSES}
"""The same, by key."""
