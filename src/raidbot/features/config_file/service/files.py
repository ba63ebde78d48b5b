"""Giving the configuration out, checking and comparing a file, and applying it at once."""

from raidbot.backend.configuration import Section, There, sections
from raidbot.backend.serving import Call, serves
from raidbot.core.authors import Author
from raidbot.core.errors import InvalidRequest, Refusal
from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.config_file import api, rules, store
from raidbot.features.config_file.model import (
    Change,
    Import,
    ImportId,
    ImportState,
    SectionShown,
    UnknownImport,
    Written,
)
from raidbot.features.guild_config import service as guild_config


@serves(api.export_config)
async def export_config(call: Call[api.ExportConfig]) -> list[SectionShown]:
    """Return every section with what is set in it."""
    return list((await _held(call.tx, call.ask.guild_id)).values())


@serves(api.prepare_import)
async def prepare_import(call: Call[api.PrepareImport]) -> Import:
    """Check a file and write down what it would change; nothing is changed yet."""
    ask = call.ask
    general, written = rules.read(ask.text)
    rules.check_general(general, ask.guild_id)
    wanted = _checked(written, There(ask.guild_id, ask.roles, ask.channels, ask.bot_height))
    held = await _held(call.tx, ask.guild_id)
    new = store.Preparation(
        guild_id=ask.guild_id,
        by=call.caller,
        at=call.now,
        interaction=call.key,
        wanted=wanted,
        base=rules.digest(held),
        changes=rules.changes(held, wanted),
    )
    import_id = await store.add(call.tx, new)
    if import_id is None and call.key is not None:
        import_id = await store.find_by_press(call.tx, ask.guild_id, call.key)
    if import_id is None:
        raise InvalidRequest("The Idempotency-Key belongs to another press. Send the id of this interaction.")
    return (await _found(call.tx, ask.guild_id, import_id)).shown


@serves(api.apply_import)
async def apply_import(call: Call[api.ApplyImport]) -> api.Applied:
    """Apply what was shown, all of it or nothing, once, and only if it is still what would change."""
    ask, tx = call.ask, call.tx
    await guild_config.hold(tx, ask.guild_id)
    stored = await _found(tx, ask.guild_id, ask.import_id)
    if stored.state == ImportState.APPLIED:
        return api.Applied(stored.shown, stale=False)
    held = await _held(tx, ask.guild_id)
    base = rules.digest(held)
    if base != stored.base:
        await store.revise(tx, stored.id, base, rules.changes(held, stored.wanted))
    if base != stored.base or ask.revision != stored.revision:
        return api.Applied((await _found(tx, ask.guild_id, stored.id)).shown, stale=True)
    await _write(tx, guild_config.author_of(call), stored.changes)
    await store.close(tx, stored.id, call.caller, call.now)
    return api.Applied((await _found(tx, ask.guild_id, stored.id)).shown, stale=False)


async def _write(tx: Transaction, author: Author, changes: list[Change]) -> None:
    for section in sections.values():
        if own := {one.name: one.new for one in changes if one.section == section.name}:
            await section.write(tx, author, own)


async def _held(tx: Transaction, guild_id: GuildId) -> dict[str, SectionShown]:
    return {
        one.name: SectionShown(one.name, one.about, one.holds, await one.read(tx, guild_id))
        for one in sections.values()
    }


async def _found(tx: Transaction, guild_id: GuildId, import_id: ImportId) -> store.Stored:
    stored = await store.find(tx, guild_id, import_id)
    if stored is None:
        raise UnknownImport("There is no such import in this server. Give the file again with /config import.")
    return stored


def _checked(written: rules.Sections, there: There) -> dict[str, dict[str, str]]:
    """Return a file's values as they are stored.

    Raises:
        BadConfigFile: some cannot be; names each with its line, its field and what may stand there.
    """
    complaints: list[str] = []
    checked: dict[str, dict[str, str]] = {}
    for name, entries in written.items():
        section = sections.get(name)
        if section is None:
            known = ", ".join(sections)
            line = min((one.line for one in entries.values()), default=1)
            complaints.append(rules.at(line, name, f"there is no such section. There are {known}."))
            continue
        checked[name] = {}
        for key, value in entries.items():
            found = _checked_value(section, key, value, there)
            if isinstance(found, Refusal):
                complaints.append(rules.at(value.line, f"{name}.{key.replace('/', '.')}", found.sentence))
            else:
                checked[name][key] = found
        if len(checked[name]) == len(entries) and (misfit := _misfit(section, checked[name])):
            complaints.append(rules.at(min(one.line for one in entries.values()), name, misfit.sentence))
    if complaints:
        raise rules.complaint(complaints)
    return checked


def _misfit(section: Section, values: dict[str, str]) -> Refusal | None:
    try:
        section.fits(values)
    except Refusal as refused:
        return refused
    return None


def _checked_value(section: Section, key: str, value: Written, there: There) -> str | Refusal:
    try:
        return section.check(key, value.value, there)
    except Refusal as refused:
        return refused
