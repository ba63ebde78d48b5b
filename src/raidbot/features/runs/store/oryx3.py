"""The steps and screenshots of Oryx 3, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import ChannelId, MessageId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.oryx3 import Screenshot, Step, Verdict


class NewStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step to be written down."""

    run_id: RunId
    number: int
    step: Step
    value: str | None
    by: UserId


async def add_step(tx: Transaction, new: NewStep, at: datetime) -> int:
    """Write down a step, and return its own number among all steps ever taken. The run's row must be held."""
    return (
        await tx.value(
            int,
            """
            INSERT INTO run_step (run_id, number, step, value, taken_by, taken_at)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """,
            new.run_id,
            new.number,
            new.step,
            new.value,
            new.by,
            at,
        )
        or 0
    )


async def undo_step(tx: Transaction, run_id: RunId, number: int, by: UserId, at: datetime) -> int:
    """Take a step back, and return its own number among all steps ever taken. The run's row must be held."""
    return (
        await tx.value(
            int,
            """
            UPDATE run_step SET undone_at = $4, undone_by = $3
             WHERE run_id = $1 AND number = $2 AND undone_at IS NULL RETURNING id
            """,
            run_id,
            number,
            by,
            at,
        )
        or 0
    )


class NewScreenshot(msgspec.Struct, frozen=True, kw_only=True):
    """A screenshot that was posted."""

    run_id: RunId
    given_by: UserId
    channel_id: ChannelId
    message_id: MessageId
    filename: str


async def add_screenshot(tx: Transaction, new: NewScreenshot, at: datetime) -> int:
    """Write down a screenshot; return 0 if its message stands there already."""
    return await tx.run(
        """
        INSERT INTO run_screenshot (run_id, given_by, given_at, channel_id, message_id, filename)
        VALUES ($1, $2, $6, $3, $4, $5) ON CONFLICT (message_id) DO NOTHING
        """,
        new.run_id,
        new.given_by,
        new.channel_id,
        new.message_id,
        new.filename,
        at,
    )


async def find_screenshot(tx: Transaction, run_id: RunId, message_id: MessageId) -> Screenshot | None:
    """Return the screenshot in a message, or None."""
    return await tx.maybe(
        Screenshot,
        """
        SELECT id, given_by, given_at, channel_id, message_id, verdict, reviewed_by
          FROM run_screenshot WHERE run_id = $1 AND message_id = $2
        """,
        run_id,
        message_id,
    )


async def review(tx: Transaction, of: Screenshot, verdict: Verdict, by: UserId, at: datetime) -> None:
    """Write down what a screenshot is worth. The run's row must be held."""
    await tx.run(
        "UPDATE run_screenshot SET verdict = $2, reviewed_by = $3, reviewed_at = $4 WHERE id = $1",
        of.id,
        verdict,
        by,
        at,
    )
