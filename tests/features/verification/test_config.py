"""What a guild sets, over HTTP on the real database."""

from typing import Any

import msgspec
import pytest
from tests.features.verification.made import MODERATOR, SECURITY, Town
from tests.support.backend import ADMIN, CHANNEL, GUILD

from raidbot.core.errors import InvalidRequest, NotAllowed
from raidbot.core.ids import ChannelId, MessageId
from raidbot.features.discord_state import api as discord_state
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, Unmapped
from raidbot.features.verification.api import config as api
from raidbot.features.verification.model.config import PANEL, BadAddress, Cleared, Config, ConfigShown, Link, Page


class Changed(msgspec.Struct, frozen=True):
    what: str
    old: Any
    new: Any
    changed_by: int


async def shown(town: Town) -> ConfigShown:
    return await town.served.client.call(api.read_config, api.ReadConfig(GUILD))


async def changes(town: Town) -> list[Changed]:
    async with town.database.transaction() as tx:
        return await tx.many(Changed, "SELECT what, old, new, changed_by FROM verification_change ORDER BY id")


async def posted(town: Town, panel: int, message: int) -> None:
    """Let the painter have posted a panel."""
    begin = discord_state.BeginPosting(GUILD, PANEL, panel, CHANNEL)
    await town.served.client.call(discord_state.begin_posting, begin)
    settle = discord_state.SettlePosting(GUILD, PANEL, panel, MessageId(message))
    await town.served.client.call(discord_state.settle_posting, settle)


async def test_everything_that_can_be_set_can_be_cleared_and_leaves_old_and_new_community_b7(town: Town) -> None:
    ask = town.served.ask
    for page in Page:
        said = api.SetWords(guild_id=GUILD, page=page, text="Be kind.", image_url="https://example.org/a.png")
        await ask(api.set_words, said, MODERATOR)
    await ask(api.add_link, api.AddLink(guild_id=GUILD, label="Rules", url="https://example.org"), MODERATOR)
    await ask(api.add_preset, api.AddPreset(guild_id=GUILD, name="Blurry", how="Send it sharp."), MODERATOR)
    await ask(api.remove_preset, api.RemovePreset(guild_id=GUILD, name="Blurry"), MODERATOR)
    await town.set("stars", "60")
    full = await shown(town)
    for what in Cleared:
        await ask(api.clear, api.Clear(guild_id=GUILD, what=what), MODERATOR)
    empty = await shown(town)

    assert full.wanted == ["at least 60 stars"]
    assert full.config.links == [Link("Rules", "https://example.org")]
    assert (empty.config, empty.wanted) == (Config(), [])
    assert empty.version > full.version
    told = await changes(town)
    assert {one.what for one in told} == {"panel", "realmeye", "manual", "links", "presets", "requirements"}
    assert [(one.old, one.new) for one in told if one.what == "requirements"] == [
        ({}, {"stars": 60}),
        ({"stars": 60}, {}),
    ]
    assert {one.changed_by for one in told} == {int(MODERATOR)}


async def test_what_discord_would_not_take_is_not_stored_community_b10_b12(town: Town) -> None:
    bad = api.SetWords(guild_id=GUILD, page=Page.MANUAL, image_url="https//broken")
    long = api.SetWords(guild_id=GUILD, page=Page.MANUAL, text="a" * 1501)

    with pytest.raises(BadAddress):
        await town.served.ask(api.set_words, bad, MODERATOR)
    with pytest.raises(InvalidRequest):
        await town.served.ask(api.set_words, long, MODERATOR)
    assert (await shown(town)).config == Config()
    assert await changes(town) == []


async def test_moderators_set_all_of_it_and_nobody_below_them_anything_community_b4(town: Town) -> None:
    said = api.SetWords(guild_id=GUILD, page=Page.PANEL, text="Mine")

    with pytest.raises(NotAllowed):
        await town.served.ask(api.set_words, said, SECURITY)
    told = await town.served.ask(api.set_words, said, MODERATOR)
    assert told.config.said(Page.PANEL).text == "Mine"


async def test_a_panel_that_stands_is_not_posted_twice_and_one_that_was_taken_away_comes_back(town: Town) -> None:
    send = api.SendPanel(GUILD)
    first = await town.served.ask(api.send_panel, send, MODERATOR)
    await posted(town, first.panel, 5001)
    again = await town.served.ask(api.send_panel, send, MODERATOR)
    lost = discord_state.LostPosting(GUILD, PANEL, first.panel, MessageId(5001))
    await town.served.client.call(discord_state.lost_posting, lost)
    anew = await town.served.ask(api.send_panel, send, MODERATOR)

    assert (first.panel, first.message_id) == (1, None)
    assert (again.panel, again.message_id) == (1, 5001)
    assert (anew.panel, anew.message_id) == (2, None)


async def test_the_panel_moves_with_its_channel_and_needs_one(town: Town) -> None:
    first = await town.served.ask(api.send_panel, api.SendPanel(GUILD), MODERATOR)
    await posted(town, first.panel, 5001)
    moved = guild_config.SetChannels(GUILD, {ChannelKey.GETVERIFIED: ChannelId(899)})
    await town.served.ask(guild_config.set_channels, moved, ADMIN)

    assert ((await shown(town)).panel, (await shown(town)).channel_id) == (2, 899)
    nowhere = guild_config.SetChannels(GUILD, {ChannelKey.GETVERIFIED: None})
    await town.served.ask(guild_config.set_channels, nowhere, ADMIN)
    with pytest.raises(Unmapped):
        await town.served.ask(api.send_panel, api.SendPanel(GUILD), MODERATOR)
