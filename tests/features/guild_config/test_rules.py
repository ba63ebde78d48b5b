"""What may stand in a setting."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.guilds import ChannelKind, ChannelSeen
from raidbot.core.ids import ChannelId
from raidbot.features.guild_config import rules
from raidbot.features.guild_config.model import (
    AUTO_END_MINUTES,
    HERE_PAUSE_MINUTES,
    PING_AT_OPEN,
    SETTINGS,
    UNFIT,
    BadSetting,
    ChannelKey,
    NoSuchDungeon,
    PingPolicy,
    Setting,
    Settings,
    UnknownSetting,
    WrongChannel,
)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_every_default_may_be_typed_and_every_setting_says_what_it_is(setting: Setting[Any]) -> None:
    assert setting.kind.read(rules.checked(setting, str(setting.default))) == setting.default
    assert setting.about.endswith(".")


@given(st.integers(1, 1440))
def test_minutes_within_the_limits_are_taken(minutes: int) -> None:
    text = rules.checked(AUTO_END_MINUTES, f" {minutes} ")

    assert Settings({"auto_end_minutes": text}).get(AUTO_END_MINUTES) == minutes


@pytest.mark.parametrize("typed", ["0", "1441", "-5", "", "1.5", "2h", "9" * 100, "١٢"])
def test_what_is_outside_of_the_limits_is_refused_with_them_and_with_the_way_to_set_it(typed: str) -> None:
    with pytest.raises(BadSetting) as refused:
        rules.checked(AUTO_END_MINUTES, typed)

    for part in ("auto_end_minutes", "from 1 to 1440", "/settings set auto_end_minutes"):
        assert part in refused.value.sentence
    assert refused.value.details["key"] == "auto_end_minutes"


def test_a_word_that_is_no_choice_is_refused_with_all_choices() -> None:
    with pytest.raises(BadSetting, match="one of here, dungeon_role, both, none"):
        rules.checked(PING_AT_OPEN, "everyone")


def test_what_is_not_set_has_its_default_and_so_has_what_no_longer_fits() -> None:
    settings = Settings({"auto_end_minutes": "100000", "ping_at_open": "here"})

    assert settings.get(AUTO_END_MINUTES) == 120
    assert settings.get(PING_AT_OPEN) is PingPolicy.HERE
    assert settings.get(HERE_PAUSE_MINUTES) == 10


def test_an_unknown_setting_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownSetting, match=r"auto_end_minutes, open_minutes.*/settings set"):
        rules.known("auto_end")


def test_an_unknown_dungeon_is_refused() -> None:
    with pytest.raises(NoSuchDungeon, match="Pick one from the list"):
        rules.checked_dungeon("nexus")


FITS = [
    (ChannelKind.TEXT, ChannelKey.RAID, ""),
    (ChannelKind.TEXT, ChannelKey.GETVERIFIED, ""),
    (ChannelKind.ANNOUNCEMENT, ChannelKey.RAID, ""),
    (ChannelKind.ANNOUNCEMENT, ChannelKey.NOTICES, ""),
    (ChannelKind.ANNOUNCEMENT, ChannelKey.GETVERIFIED, "nobody can open a private thread"),
    (ChannelKind.ANNOUNCEMENT, ChannelKey.MODMAIL_MEMBER, "nobody can open a private thread"),
    (ChannelKind.FORUM, ChannelKey.RAID, "a post with a title"),
    (ChannelKind.FORUM, ChannelKey.NOTICES, "a post with a title"),
    (ChannelKind.VOICE, ChannelKey.RAID_LOG, "no threads"),
    (ChannelKind.STAGE, ChannelKey.BOT_LOG, "no threads"),
    (ChannelKind.CATEGORY, ChannelKey.QUOTA, "holds channels and no messages"),
    (ChannelKind.OTHER, ChannelKey.QUOTA, "I cannot post"),
]


@pytest.mark.parametrize(("kind", "key", "says"), FITS)
def test_only_a_channel_that_can_be_what_it_is_to_be_is_mapped(kind: ChannelKind, key: ChannelKey, says: str) -> None:
    chosen = ChannelSeen(ChannelId(7), "here", kind=kind)
    if not says:
        rules.check_channels({key: chosen.id}, [chosen])
        return
    with pytest.raises(WrongChannel, match=f"<#7> is .*{says}.*cannot be {key.label}. Choose a text channel"):
        rules.check_channels({key: chosen.id}, [chosen])


def test_every_kind_of_channel_that_does_not_fit_has_its_reason() -> None:
    assert set(UNFIT) == set(ChannelKind) - {ChannelKind.TEXT}
