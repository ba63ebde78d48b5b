"""What may be set. Pure: texts in, settings or refusals out."""

from typing import Any

from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import (
    SETTINGS,
    BadSetting,
    NoSuchDungeon,
    Setting,
    Settings,
    SettingShown,
    UnknownSetting,
)


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
