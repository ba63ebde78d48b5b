"""Roles that are earned, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.custom_roles.model import PANEL, Change, CustomRole, Decides, Earned, Holding, PanelShown, Terms


class Row(msgspec.Struct, frozen=True):
    """A role as it is stored."""

    role_id: RoleId
    channel_id: ChannelId | None
    description: str
    instructions: str
    image_url: str
    decides: Decides
    message_id: MessageId | None

    @property
    def role(self) -> CustomRole:
        """The role as others read it."""
        terms = Terms(
            channel_id=self.channel_id,
            description=self.description,
            instructions=self.instructions,
            image_url=self.image_url,
            decides=self.decides,
        )
        return CustomRole(role_id=self.role_id, terms=terms, message_id=self.message_id)


class PanelRow(msgspec.Struct, frozen=True):
    """A message where members ask, as it is stored."""

    id: int
    role_id: RoleId
    channel_id: ChannelId
    version: int
    is_over: bool


async def roles(tx: Transaction, guild_id: GuildId, role_id: RoleId | None = None) -> list[CustomRole]:
    """Return the roles that are given out, or one of them."""
    found = await tx.many(
        Row,
        """
        SELECT c.role_id::text AS role_id, c.channel_id::text AS channel_id, c.description, c.instructions,
               c.image_url, c.decides, p.message_id::text AS message_id
          FROM custom_role c
          LEFT JOIN custom_role_panel s ON s.guild_id = c.guild_id AND s.role_id = c.role_id AND NOT s.is_over
          LEFT JOIN posting p ON p.guild_id = c.guild_id AND p.kind = $3 AND p.subject_id = s.id
         WHERE c.guild_id = $1 AND ($2::bigint IS NULL OR c.role_id = $2) ORDER BY c.role_id
        """,
        guild_id,
        role_id,
        PANEL,
    )
    return [one.role for one in found]


async def save(tx: Transaction, guild_id: GuildId, role_id: RoleId, terms: Terms) -> None:
    """Write down what is asked for a role."""
    await tx.run(
        """
        INSERT INTO custom_role (guild_id, role_id, channel_id, description, instructions, image_url, decides)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (guild_id, role_id) DO UPDATE
           SET channel_id = excluded.channel_id, description = excluded.description,
               instructions = excluded.instructions, image_url = excluded.image_url, decides = excluded.decides
        """,
        guild_id,
        role_id,
        terms.channel_id,
        terms.description,
        terms.instructions,
        terms.image_url,
        terms.decides,
    )


async def delete(tx: Transaction, guild_id: GuildId, role_id: RoleId) -> None:
    """Forget what is asked for a role."""
    await tx.run("DELETE FROM custom_role WHERE guild_id = $1 AND role_id = $2", guild_id, role_id)


async def add_change(tx: Transaction, guild_id: GuildId, change: Change, at: datetime) -> None:
    """Write down who changed what, with old and new."""
    await tx.run(
        """
        INSERT INTO custom_role_change (guild_id, role_id, old, new, changed_by, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        guild_id,
        change.role_id,
        change.old,
        change.new,
        change.changed_by,
        at,
    )


async def touch_panel(tx: Transaction, guild_id: GuildId, role_id: RoleId, keep: ChannelId | None) -> list[int]:
    """Let the message of a role be drawn anew; it is over unless it stands in the channel `keep`. Return its number."""
    found = await tx.many(
        PanelRow,
        """
        UPDATE custom_role_panel
           SET version = version + 1, is_over = channel_id IS DISTINCT FROM $3::bigint
         WHERE guild_id = $1 AND role_id = $2 AND NOT is_over
        RETURNING id, role_id::text AS role_id, channel_id::text AS channel_id, version, is_over
        """,
        guild_id,
        role_id,
        keep,
    )
    return [one.id for one in found]


async def add_panel(tx: Transaction, guild_id: GuildId, role_id: RoleId, channel_id: ChannelId) -> list[int]:
    """Let a message stand where members ask, unless one does; return its number if it is new."""
    number = await tx.value(
        int,
        """
        INSERT INTO custom_role_panel (guild_id, role_id, channel_id) VALUES ($1, $2, $3)
            ON CONFLICT (guild_id, role_id) WHERE NOT is_over DO NOTHING RETURNING id
        """,
        guild_id,
        role_id,
        channel_id,
    )
    return [] if number is None else [number]


async def is_lost(tx: Transaction, guild_id: GuildId, role_id: RoleId) -> bool:
    """Tell whether the message of a role was taken away and does not stand."""
    found = await tx.value(
        bool,
        """
        SELECT true FROM custom_role_panel s
          JOIN posting p ON p.guild_id = s.guild_id AND p.kind = $3 AND p.subject_id = s.id
         WHERE s.guild_id = $1 AND s.role_id = $2 AND NOT s.is_over AND p.message_id IS NULL AND p.deletions > 0
        """,
        guild_id,
        role_id,
        PANEL,
    )
    return found is True


async def standing(tx: Transaction, guild_id: GuildId) -> list[PanelRow]:
    """Return the messages where members ask."""
    return await tx.many(
        PanelRow,
        """
        SELECT id, role_id::text AS role_id, channel_id::text AS channel_id, version, is_over
          FROM custom_role_panel WHERE guild_id = $1 AND NOT is_over
        """,
        guild_id,
    )


async def find_panel(tx: Transaction, guild_id: GuildId, panel_id: int) -> PanelShown | None:
    """Return a message where members ask or asked, or None if there was none."""
    row = await tx.maybe(
        PanelRow,
        """
        SELECT id, role_id::text AS role_id, channel_id::text AS channel_id, version, is_over
          FROM custom_role_panel WHERE guild_id = $1 AND id = $2
        """,
        guild_id,
        panel_id,
    )
    if row is None:
        return None
    found = await roles(tx, guild_id, row.role_id)
    terms = found[0].terms if found else None
    return PanelShown(
        role_id=row.role_id, channel_id=row.channel_id, version=row.version, is_over=row.is_over, terms=terms
    )


async def add_earned(tx: Transaction, guild_id: GuildId, earned: Earned, at: datetime) -> None:
    """Write down that a role was given to a member, or taken away."""
    await tx.run(
        """
        INSERT INTO earned_role (guild_id, user_id, role_id, kind, changed_by, changed_at, why)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        guild_id,
        earned.user_id,
        earned.role_id,
        earned.kind,
        earned.by,
        at,
        earned.why,
    )


async def holdings(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> list[Holding]:
    """Return which roles members have earned, that nobody has taken away since."""
    return await tx.many(
        Holding,
        """
        SELECT user_id, role_id
          FROM (SELECT DISTINCT ON (user_id, role_id) user_id, role_id, kind FROM earned_role
                 WHERE guild_id = $1 AND user_id = ANY ($2::bigint[])
                 ORDER BY user_id, role_id, id DESC) latest
         WHERE kind = 'given' ORDER BY user_id, role_id
        """,
        guild_id,
        user_ids,
    )


async def undecided(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> list[Holding]:
    """Return which roles somebody took from members by hand, about which nobody has decided yet."""
    return await tx.many(
        Holding,
        """
        SELECT DISTINCT user_id, role_id FROM hand_change
         WHERE guild_id = $1 AND user_id = ANY ($2::bigint[]) AND kind = 'role_lost' AND state = 'open'
        """,
        guild_id,
        user_ids,
    )
