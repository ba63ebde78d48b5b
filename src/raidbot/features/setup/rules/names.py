"""Which of a server's roles and channels are which, by their names."""

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from raidbot.core.guilds import ChannelKind, ChannelSeen, GuildSeen, RoleSeen
from raidbot.core.permissions import DANGEROUS
from raidbot.core.ranks import RoleKey
from raidbot.features.guild_config.model import ChannelKey, Mappings, fits

CALLED: Mapping[RoleKey, tuple[str, ...]] = {
    RoleKey.ADMINISTRATOR: ("administrator", "admin", "admins", "owner", "leadership"),
    RoleKey.MODERATOR: ("moderator", "mod", "mods", "moderators"),
    RoleKey.HEAD_ORGANIZER: (
        "head organizer",
        "head raid leader",
        "head rl",
        "hrl",
        "head raid organizer",
        "head leader",
    ),
    RoleKey.OFFICER: ("officer", "officers", "veteran raid leader", "vrl", "senior staff"),
    RoleKey.SECURITY: ("security", "security guard", "helper", "support", "guard"),
    RoleKey.ORGANIZER: ("organizer", "organiser", "raid leader", "raid organizer", "rl", "raid lead", "leader"),
    RoleKey.VERIFIED_RAIDER: ("verified raider", "verified", "raider", "raiders", "verified member", "member"),
    RoleKey.TEAM: ("team", "staff", "raid team", "staff team"),
    RoleKey.SUSPENDED: ("suspended", "suspended raider", "raid suspended", "suspension"),
    RoleKey.MUTED: ("muted", "mute", "timeout"),
}
"""How servers call their roles, the most usual first."""

NAMED: Mapping[ChannelKey, tuple[str, ...]] = {
    ChannelKey.RAID: ("raid", "raids", "raid status", "raid announcements", "runs", "afk checks", "raiding"),
    ChannelKey.VERI_LOG: ("veri log", "verification log", "verification logs", "veri logs", "verify log"),
    ChannelKey.MANUAL_VERIFICATION: (
        "manual verification",
        "manual verifications",
        "manual verify",
        "veri pending",
        "verification requests",
    ),
    ChannelKey.GETVERIFIED: ("get verified", "getverified", "verify", "verification", "verify here", "verify me"),
    ChannelKey.PUNISHMENT_LOG: (
        "punishment log",
        "punishment logs",
        "punishments",
        "mod log",
        "mod logs",
        "suspend log",
    ),
    ChannelKey.RAID_LOG: ("raid log", "raid logs", "run log", "run logs", "raiding logs"),
    ChannelKey.QUOTA: ("quota", "quotas", "quota board", "leader activity", "activity log"),
    ChannelKey.BOT_LOG: ("bot log", "bot logs", "bot audit", "command log"),
    ChannelKey.STAFF_UPDATES: ("staff updates", "staff update", "promotions", "leader updates"),
    ChannelKey.MODMAIL: ("modmail", "mod mail", "modmails", "mail"),
    ChannelKey.ROLE_PING: ("role pings", "role ping", "ping roles", "roles", "reaction roles", "get roles"),
    ChannelKey.PARTY_FINDER: ("party finder", "partyfinder", "lfg", "looking for group", "find party"),
    ChannelKey.EARLY_LOC: ("early location", "early loc", "early locations", "earlyloc", "location"),
    ChannelKey.NOTICES: ("notices", "notice", "inbox", "notifications"),
    ChannelKey.MODMAIL_MEMBER: ("contact staff", "modmail member", "contact mods", "talk to staff", "tickets"),
    ChannelKey.PRACTICE: ("practice", "practice runs", "training", "bot testing"),
}
"""How servers call their channels, the most usual first."""

ALIKE = 0.86
"""From this likeness on, a name is a slip of the finger: `organzier`."""

SHORTEST_SLIP = 6
"""A shorter name must fit exactly: `mod` is not `mob`."""

GIVEN_TO_MANY = {RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED, RoleKey.MUTED}

Key = TypeVar("Key", RoleKey, ChannelKey)
Place = TypeVar("Place", RoleSeen, ChannelSeen)


class Proposals:
    """What of a server could be mapped as it is.

    Args:
        roles: A role for each key that has none.
        channels: A channel for each key that has none.
    """

    def __init__(self, roles: Mapping[RoleKey, RoleSeen], channels: Mapping[ChannelKey, ChannelSeen]) -> None:
        self.roles = roles
        self.channels = channels

    def __len__(self) -> int:
        """How many things are proposed."""
        return len(self.roles) + len(self.channels)

    @property
    def mark(self) -> int:
        """A number that differs for other proposals, so that a button accepts only what its reader saw."""
        pairs = [(str(key), int(one.id)) for found in (self.roles, self.channels) for key, one in found.items()]
        return zlib.crc32(repr(sorted(pairs)).encode())


def propose(guild: GuildSeen, mappings: Mappings) -> Proposals:
    """Return what fits by its name, for keys that nothing is mapped to, or whose role or channel is gone."""
    roles = {key: role for key in RoleKey if (role := guild.role(mappings.roles.get(key)))}
    channels = {key: one for key in ChannelKey if (one := guild.channel(mappings.channels.get(key)))}
    free_roles = [one for one in guild.roles if _may_be_proposed(guild, one) and one not in roles.values()]
    free_channels = [one for one in guild.channels if one.takes_messages and one not in channels.values()]
    wanted_roles = {key: names for key, names in CALLED.items() if key not in roles}
    wanted_channels = {key: names for key, names in NAMED.items() if key not in channels}
    found = _matched(wanted_roles, free_roles)
    safe = {key: role for key, role in found.items() if key not in GIVEN_TO_MANY or not role.permissions & DANGEROUS}
    return Proposals(safe, _matched(wanted_channels, free_channels, fits))


def unfit(guild: GuildSeen, missing: Iterable[str]) -> dict[ChannelKey, ChannelSeen]:
    """Return what is called like a channel that is missing, and is of a kind that cannot be it."""
    wanted = {key: names for key, names in NAMED.items() if key in set(missing)}
    there = [one for one in guild.channels if one.kind is not ChannelKind.CATEGORY]
    return _matched(wanted, there, lambda key, one: not fits(key, one))


def plain(name: str) -> str:
    """Return a name without emoji, decoration, capitals and fancy letters: `🔥│Raid-Leader` is `raid leader`."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^a-z0-9]+", " ", folded).strip()


def _may_be_proposed(guild: GuildSeen, role: RoleSeen) -> bool:
    return int(role.id) != int(guild.id) and not role.managed


def _all(_: Key, __: Place) -> bool:
    return True


def _matched(
    wanted: Mapping[Key, tuple[str, ...]], there: Iterable[Place], may: Callable[[Key, Place], bool] = _all
) -> dict[Key, Place]:
    """Give each key the thing that may be it and is called so most nearly; a thing is used once, where it fits best."""
    scored = [
        (score, key, one)
        for key, names in wanted.items()
        for one in there
        if may(key, one) and (score := _score(plain(one.name), names))
    ]
    found: dict[Key, Place] = {}
    used: set[int] = set()
    for _, key, one in sorted(scored, key=lambda each: -each[0]):
        if key not in found and one.id not in used:
            found[key] = one
            used.add(one.id)
    return {key: found[key] for key in wanted if key in found}


def _score(name: str, names: tuple[str, ...]) -> float:
    """Rate how well a name fits; the usual names fit better than the others, and a slip less than any of them."""
    squeezed = name.replace(" ", "")
    exact = [rank for rank, one in enumerate(names) if one.replace(" ", "") == squeezed]
    if exact:
        return 2 - exact[0] / 100
    if len(squeezed) < SHORTEST_SLIP:
        return 0
    likeness = max(SequenceMatcher(None, squeezed, one.replace(" ", "")).ratio() for one in names)
    return likeness if likeness >= ALIKE else 0
