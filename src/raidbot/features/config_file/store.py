"""Imports in PostgreSQL."""

from datetime import datetime
from typing import Any

import msgspec

from raidbot.core.ids import GuildId, InteractionId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.config_file.model import Change, Import, ImportId


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """An import with all that it needs to be applied."""

    id: ImportId
    revision: int
    state: str
    prepared_by: UserId
    wanted: dict[str, dict[str, str]]
    base: str
    changes: list[Change]

    @property
    def shown(self) -> Import:
        """The import as members read it."""
        return msgspec.convert(msgspec.structs.asdict(self), Import, from_attributes=True)


class Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read and checked."""

    guild_id: GuildId
    by: UserId
    at: datetime
    interaction: InteractionId | None
    wanted: dict[str, dict[str, str]]
    base: str
    changes: list[Change]


async def add(tx: Transaction, new: Preparation) -> ImportId | None:
    """Write down an import; None: this press has written it already."""
    number = await tx.value(
        int,
        """
        INSERT INTO config_import (guild_id, prepared_by, prepared_at, interaction, wanted, base, changes)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (interaction) DO NOTHING
        RETURNING id
        """,
        new.guild_id,
        new.by,
        new.at,
        new.interaction,
        new.wanted,
        new.base,
        _plain(new.changes),
    )
    return None if number is None else ImportId(number)


async def find(tx: Transaction, guild_id: GuildId, import_id: ImportId) -> Stored | None:
    """Return an import and hold its row, or None."""
    return await tx.maybe(
        Stored,
        """
        SELECT id, revision, state, prepared_by, wanted, base, changes
          FROM config_import WHERE guild_id = $1 AND id = $2 FOR UPDATE
        """,
        guild_id,
        import_id,
    )


async def find_by_press(tx: Transaction, guild_id: GuildId, interaction: InteractionId) -> ImportId | None:
    """Return the import that a press has prepared, or None."""
    number = await tx.value(
        int, "SELECT id FROM config_import WHERE guild_id = $1 AND interaction = $2", guild_id, interaction
    )
    return None if number is None else ImportId(number)


async def revise(tx: Transaction, import_id: ImportId, base: str, changes: list[Change]) -> None:
    """Write down what an import changes by now, so that only who has seen that can apply it."""
    await tx.run(
        "UPDATE config_import SET base = $2, changes = $3, revision = revision + 1 WHERE id = $1",
        import_id,
        base,
        _plain(changes),
    )


async def close(tx: Transaction, import_id: ImportId, by: UserId, at: datetime) -> None:
    """Write down that an import was applied."""
    await tx.run(
        "UPDATE config_import SET state = 'applied', applied_by = $2, applied_at = $3 WHERE id = $1", import_id, by, at
    )


def _plain(changes: list[Change]) -> Any:
    return msgspec.to_builtins(changes)
