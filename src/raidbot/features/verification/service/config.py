"""What the backend does about what a guild has set."""

from collections.abc import Callable
from typing import Any

import msgspec

from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.authors import Author
from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey, MappingsChanged, Unmapped
from raidbot.features.realmeye import service as realmeye
from raidbot.features.realmeye.model.facts import Facts
from raidbot.features.realmeye.model.requirements import Requirements
from raidbot.features.verification.api import config as api
from raidbot.features.verification.model.config import (
    PANEL,
    Change,
    Cleared,
    Config,
    ConfigShown,
    Page,
    PanelPlace,
    VerificationConfigured,
    in_words,
)
from raidbot.features.verification.rules import config as rules
from raidbot.features.verification.store import config as store

NO_CHANNEL = "No getverified channel is set. An administrator sets it with /setchannels, then send the panel again."


@serves(api.read_config)
async def read_config(call: Call[api.ReadConfig]) -> ConfigShown:
    """Return what a guild has set."""
    return await _shown(call.tx, call.ask.guild_id)


@serves(api.send_panel)
async def send_panel(call: Call[api.SendPanel]) -> PanelPlace:
    """Let the panel stand in the mapped channel; where it was taken away, a new one does."""
    guild_id = call.ask.guild_id
    channel_id = await store.channel(call.tx, guild_id, ChannelKey.GETVERIFIED)
    if channel_id is None:
        raise Unmapped(NO_CHANNEL)
    before = await store.hold_config(call.tx, guild_id)
    standing = await store.posting_of(call.tx, guild_id, PANEL, before.panel)
    if standing is not None and standing.message_id is not None and standing.channel_id == channel_id:
        return PanelPlace(panel=before.panel, channel_id=channel_id, message_id=standing.message_id)
    panel = await _move(call.tx, guild_id, call.now)
    await store.add_change(
        call.tx, guild_id, Change(what="send", old=before.panel, new=panel, changed_by=call.caller), call.now
    )
    return PanelPlace(panel=panel, channel_id=channel_id, message_id=None)


@serves(api.set_words)
async def set_words(call: Call[api.SetWords]) -> ConfigShown:
    """Say something in a guild's own words."""
    ask = call.ask
    return await _set(call, ask.page, lambda old: rules.with_words(old, ask.page, ask.text, ask.image_url))


@serves(api.set_requirement)
async def set_requirement(call: Call[api.SetRequirement]) -> ConfigShown:
    """Ask something of players, or not any more."""
    ask = call.ask
    return await _set(call, "requirements", lambda old: rules.with_requirement(old, ask.requirement, ask.value))


@serves(api.add_link)
async def add_link(call: Call[api.AddLink]) -> ConfigShown:
    """Name something that comes after being verified."""
    return await _set(call, "links", lambda old: rules.with_link(old, call.ask.label, call.ask.url))


@serves(api.add_preset)
async def add_preset(call: Call[api.AddPreset]) -> ConfigShown:
    """Name a reason to deny screenshots."""
    return await _set(call, "presets", lambda old: rules.with_preset(old, call.ask.name, call.ask.how))


@serves(api.remove_preset)
async def remove_preset(call: Call[api.RemovePreset]) -> ConfigShown:
    """Let a reason go."""
    return await _set(call, "presets", lambda old: rules.without_preset(old, call.ask.name))


@serves(api.clear)
async def clear(call: Call[api.Clear]) -> ConfigShown:
    """Let something be as it comes."""
    what = call.ask.what
    return await _set(call, what, CLEARS[what])


CLEARS: dict[Cleared, Callable[[Config], Config]] = {
    Cleared.PANEL: lambda old: rules.without_words(old, Page.PANEL),
    Cleared.REALMEYE: lambda old: rules.without_words(old, Page.REALMEYE),
    Cleared.MANUAL: lambda old: rules.without_words(old, Page.MANUAL),
    Cleared.REQUIREMENTS: lambda old: msgspec.structs.replace(old, requirements=Requirements()),
    Cleared.LINKS: lambda old: msgspec.structs.replace(old, links=[]),
    Cleared.PRESETS: lambda old: msgspec.structs.replace(old, presets=[]),
}


@on(MappingsChanged)
async def follow_channel(tx: Transaction, happened: MappingsChanged) -> None:
    """Let the panel stand in another channel once that is mapped."""
    guild_id = happened.guild_id
    channel_id = await store.channel(tx, guild_id, ChannelKey.GETVERIFIED)
    standing = await store.posting_of(tx, guild_id, PANEL, (await store.find_config(tx, guild_id)).panel)
    if standing is not None and channel_id is not None and standing.channel_id != channel_id:
        await store.hold_config(tx, guild_id)
        await store.next_panel(tx, guild_id)


async def config_of(tx: Transaction, guild_id: GuildId) -> Config:
    """Return what a guild has set, for the other pages."""
    return (await store.find_config(tx, guild_id)).body


def checked_address(typed: str) -> str:
    """Return an address that Discord shows and opens, for other features.

    Raises:
        BadAddress: it is none.
    """
    return rules.checked_url(typed)


def wanted_of(config: Config) -> list[str]:
    """Return what a guild asks of players, in words."""
    return in_words(realmeye.checklist(config.requirements, Facts(ign="Nobody")))


async def change(tx: Transaction, author: Author, what: str, changes: Callable[[Config], Config]) -> None:
    """Change what a guild has set, for the other pages; old and new stay on record."""
    guild_id = author.guild_id
    before = (await store.hold_config(tx, guild_id)).body
    after = changes(before)
    if after != before:
        await store.save_config(tx, guild_id, after)
        changed = Change(what=what, old=_part(before, what), new=_part(after, what), changed_by=author.by)
        await store.add_change(tx, guild_id, changed, author.at)
        stored = await store.find_config(tx, guild_id)
        await emit(tx, VerificationConfigured(guild_id=guild_id, panel=stored.panel), author.at)


async def _set(call: Call[Any], what: str, changes: Callable[[Config], Config]) -> ConfigShown:
    await change(call.tx, guild_config.author_of(call), what, changes)
    return await _shown(call.tx, call.ask.guild_id)


def _part(config: Config, what: str) -> Any:
    """Return the part of what a guild has set that a change is about."""
    page = config.words.get(Page(what)) if what in set(Page) else getattr(config, what)
    return msgspec.to_builtins(page)


async def _move(tx: Transaction, guild_id: GuildId, now: Any) -> int:
    panel = await store.next_panel(tx, guild_id)
    await emit(tx, VerificationConfigured(guild_id=guild_id, panel=panel), now)
    return panel


async def _shown(tx: Transaction, guild_id: GuildId) -> ConfigShown:
    stored = await store.find_config(tx, guild_id)
    return ConfigShown(
        config=stored.body,
        wanted=wanted_of(stored.body),
        version=stored.version,
        panel=stored.panel,
        channel_id=await store.channel(tx, guild_id, ChannelKey.GETVERIFIED),
    )
