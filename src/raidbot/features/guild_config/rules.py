"""What may be set. Pure: texts in, settings or refusals out."""

from collections.abc import Iterable, Mapping
from typing import Any

from raidbot.core.checkup import needs
from raidbot.core.guilds import ChannelSeen, GuildSeen, RoleInPlace, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId
from raidbot.core.permissions import DANGEROUS, Permission, labels
from raidbot.core.ranks import RoleKey
from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import (
    SETTINGS,
    BadSetting,
    ChannelKey,
    NoSuchDungeon,
    Setting,
    Settings,
    SettingShown,
    UnknownSetting,
    UnsafeRole,
    WrongChannel,
    fits,
    scopes,
    why_unfit,
)

GIVEN_BY_US = frozenset({RoleKey.VERIFIED_RAIDER, RoleKey.TEAM, RoleKey.SUSPENDED, RoleKey.MUTED})
"""Roles that the bot gives and takes, so they must stand below its own."""

OF_MANY = frozenset({RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED, RoleKey.MUTED})
"""Roles that people hold whom nobody chose as staff, so they must not carry power."""


def known(key: str) -> Setting[Any]:
    """Return the setting of that key.

    Raises:
        UnknownSetting: there is none.
    """
    setting = SETTINGS.get(key)
    if setting is None:
        raise UnknownSetting(f"There is no such setting. Choose one of {', '.join(SETTINGS)} in /settings set.")
    return setting


def checked(setting: Setting[Any], typed: str) -> str:
    """Return what was typed for a setting as it is stored.

    Raises:
        BadSetting: it is outside of the setting's limits.
    """
    value = setting.kind.read(typed.strip())
    if value is None:
        raise BadSetting(
            f"{setting.key} takes {setting.kind.limits}. "
            f"Try again with /settings set {setting.key}, for example with {setting.default}.",
            key=setting.key,
            limits=setting.kind.limits,
        )
    return str(value)


def shown(setting: Setting[Any], settings: Settings) -> SettingShown:
    """Return a setting as members read it."""
    return SettingShown(
        key=setting.key,
        about=setting.about,
        limits=setting.kind.limits,
        value=str(settings.get(setting)),
        default=str(setting.default),
        dungeons={one: str(settings.get(setting, one)) for one in settings.dungeons_with(setting)},
    )


def stored_key(setting: Setting[Any], dungeon: str | None) -> str:
    """Return the key under which a value for the guild, or for one dungeon, is stored.

    Raises:
        BadSetting: the setting is the same for all dungeons.
        NoSuchDungeon: the catalogue does not have it.
    """
    if dungeon is None:
        return setting.key
    if not setting.per_dungeon:
        raise BadSetting(f"{setting.key} is the same for all dungeons. Leave the dungeon out.", key=setting.key)
    return setting.stored_key(checked_dungeon(dungeon))


def checked_dungeon(key: str) -> str:
    """Return the key of a dungeon.

    Raises:
        NoSuchDungeon: the catalogue does not have it.
    """
    if catalogue.find(key) is None:
        raise NoSuchDungeon("There is no such dungeon. Pick one from the list that the command offers.", dungeon=key)
    return key


def checked_scope(key: str) -> str:
    """Return the key of a dungeon or category.

    Raises:
        NoSuchDungeon: the catalogue has neither.
    """
    if key not in scopes():
        raise NoSuchDungeon("There is no such dungeon. Pick one from the list that the command offers.", dungeon=key)
    return key


def check_roles(guild_id: GuildId, roles: Mapping[RoleKey, RoleId | None], seen: Iterable[RoleSeen]) -> None:
    """Check that roles may be what they are to be.

    Args:
        guild_id: Whose roles; @everyone has the same id.
        roles: What is to be mapped.
        seen: How the bot sees those roles. Of one that it did not tell about, only @everyone is known.

    Raises:
        UnsafeRole: one is @everyone, belongs to an integration, or would hand power to many.
    """
    known = {one.id: one for one in seen}
    for key, role_id in roles.items():
        if role_id is not None:
            check_role(guild_id, role_id, known.get(role_id), key.label, for_many=key in OF_MANY)


def check_role(guild_id: GuildId, role_id: RoleId, seen: RoleSeen | None, what: str, *, for_many: bool) -> None:
    """Check that a role may be used.

    Raises:
        UnsafeRole: it is @everyone, belongs to an integration, or would hand power to many.
    """
    if int(role_id) == int(guild_id):
        raise UnsafeRole(f"@everyone cannot be {what}: everybody would be it. Choose a role that you give to people.")
    if seen is None:
        return
    if seen.managed:
        raise UnsafeRole(
            f"**{seen.name}** belongs to an integration, so nobody can give or take it. Choose another for {what}."
        )
    if for_many and (power := labels(seen.permissions & DANGEROUS)):
        raise UnsafeRole(
            f"**{seen.name}** may {', '.join(power)}, and whoever becomes {what} would too. "
            "Choose another role, or take that away from it in Server Settings, Roles.",
            permissions=power,
        )


def check_harmless(guild_id: GuildId, place: RoleInPlace) -> None:
    """Check that a role may be handed out to whoever earns it: it grants nothing that @everyone lacks.

    Raises:
        UnsafeRole: it is @everyone, belongs to an integration, grants something, or stands above the bot.
    """
    role, what = place.role, "a role that members ask for"
    check_role(guild_id, role.id, role, what, for_many=False)
    if place.gives:
        power = labels(place.gives) or ["something that I do not know"]
        raise UnsafeRole(
            f"**{role.name}** lets its holders {', '.join(power)}, which @everyone may not, so I do not hand it out. "
            "Choose another role, or take that away from it in Server Settings, Roles.",
            permissions=power,
        )
    if not place.is_below_bot:
        raise UnsafeRole(f"**{role.name}** stands above my role, so I cannot give it. Drag my role above it.")


def check_channels(channels: Mapping[ChannelKey, ChannelId | None], seen: Iterable[ChannelSeen]) -> None:
    """Check that channels are of a kind that can be what they are to be. Of one that was not told about, all is well.

    Raises:
        WrongChannel: one is not.
    """
    known = {one.id: one for one in seen}
    for key, channel_id in channels.items():
        if channel_id is not None and (channel := known.get(channel_id)):
            check_channel(key, channel, key.label)


def check_channel(key: str, channel: ChannelSeen, what: str) -> None:
    """Check that a channel is of a kind that can be what a key says.

    Raises:
        WrongChannel: it is not.
    """
    if not fits(key, channel):
        raise WrongChannel(
            f"<#{channel.id}> {why_unfit(channel)}, so it cannot be {what}. Choose a text channel, or make one.",
            kind=channel.kind,
        )


def is_below(guild: GuildSeen, role: RoleSeen) -> bool:
    """Tell whether a role stands below the bot's highest, so that the bot can give and take it."""
    return role.height < guild.bot_height


def missing_in(guild: GuildSeen, channel: ChannelSeen, key: str) -> list[Permission]:
    """Return what the bot lacks in a channel for what it is mapped to, in the order of Discord's bits."""
    allowed = guild.bot_may(channel)
    lacking = {one.permission for one in needs if one.counts_in(key) and one.crucial and not allowed & one.permission}
    return sorted(lacking)
