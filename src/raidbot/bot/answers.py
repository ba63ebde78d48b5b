"""The one place that answers interactions: in time, once, and privately.

Discord waits 3 s for the first answer and then takes edits for 15 minutes (docs: Interactions,
Receiving and Responding). A press waits 0.7 s for what it is about to say and otherwise defers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import structlog

from raidbot.bot.buttons import Manner
from raidbot.bot.metrics import is_answered
from raidbot.bot.replies import Answer, fault, refusal
from raidbot.core.errors import Refusal

log: structlog.stdlib.BoundLogger = structlog.get_logger()

PATIENCE = 0.7
"""Seconds a press waits for its answer before it defers."""

FORM_PATIENCE = 1.0
"""Seconds a form may take to open."""

SILENT = discord.AllowedMentions.none()


async def worded(work: Awaitable[Answer], reference: str) -> Answer:
    """Return what `work` answers, or the words for why it does not."""
    try:
        return await work
    except Refusal as refused:
        return refusal(refused)
    except Exception as broken:
        log.exception("Interaction failed", reference=reference, exc_info=broken)
        return fault(broken, reference)


async def press(interaction: discord.Interaction[Any], work: Awaitable[Answer], manner: Manner) -> None:
    """Answer a press with what `work` returns: at once when it is quick, else deferred and edited."""
    task = asyncio.ensure_future(worded(work, str(interaction.id)))
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if done:
        await _answer_now(interaction, task.result(), manner)
        return
    await _defer(interaction, manner)
    await edit(interaction, await task)


async def command(interaction: discord.Interaction[Any], work: Callable[[], Awaitable[Answer]]) -> None:
    """Answer a command, which defers before anything else.

    One that Discord no longer takes an answer for is not carried out: its member was told so and tries again.
    """
    if await _defer(interaction, "answers"):
        await edit(interaction, await worded(work(), str(interaction.id)))


async def turn_down(interaction: discord.Interaction[Any], refused: Refusal) -> None:
    """Answer at once that something is not possible."""
    await _answer_now(interaction, refusal(refused), "answers")


async def open_form(
    interaction: discord.Interaction[Any], opens: Callable[[], Awaitable[discord.ui.Modal | Answer]]
) -> None:
    """Answer a press with a form, or with the reason why there is none."""
    try:
        async with asyncio.timeout(FORM_PATIENCE):
            modal = await opens()
    except Refusal as refused:
        await _answer_now(interaction, refusal(refused), "answers")
        return
    except TimeoutError:
        slow = Answer("⚠️ The raid service is slow right now. Press again in a moment.")
        await _answer_now(interaction, slow, "answers")
        return
    if isinstance(modal, Answer):
        await _answer_now(interaction, modal, "answers")
        return
    modal.stop()  # a stopped form is sent, but not remembered: its submit is found by pattern
    await _guarded(interaction, interaction.response.send_modal(modal))


async def _answer_now(interaction: discord.Interaction[Any], answer: Answer, manner: Manner) -> None:
    response = interaction.response
    if answer.card is not None:
        embed, view = answer.card.embed, answer.card.buttons
        view.stop()  # sent, but not remembered: presses are found by pattern
        if manner == "answers":
            sending = response.send_message(
                answer.text, embed=embed, view=view, ephemeral=True, allowed_mentions=SILENT
            )
        else:
            sending = response.edit_message(content=answer.text, embed=embed, view=view, allowed_mentions=SILENT)
        await _guarded(interaction, sending)
        return
    if answer.view is None:
        await _guarded(interaction, response.send_message(answer.text, ephemeral=True, allowed_mentions=SILENT))
        return
    answer.view.stop()  # sent, but not remembered: presses are found by pattern
    if manner != "answers":
        await _guarded(interaction, response.edit_message(view=answer.view, allowed_mentions=SILENT))
        return
    sent = response.send_message(view=answer.view, files=answer.files, ephemeral=True, allowed_mentions=SILENT)
    await _guarded(interaction, sent)


async def _defer(interaction: discord.Interaction[Any], manner: Manner) -> bool:
    thinking = manner == "answers"
    return await _guarded(interaction, interaction.response.defer(ephemeral=True, thinking=thinking))


async def edit(interaction: discord.Interaction[Any], answer: Answer) -> bool:
    """Replace the answer; tell whether that arrived."""
    if answer.card is not None:
        embed, view = answer.card.embed, answer.card.buttons
        view.stop()
        edited = interaction.edit_original_response(
            content=answer.text, embed=embed, view=view, allowed_mentions=SILENT
        )
        return await _guarded(interaction, edited)
    if answer.view is not None:
        answer.view.stop()
        edited = interaction.edit_original_response(view=answer.view, attachments=answer.files, allowed_mentions=SILENT)
        return await _guarded(interaction, edited)
    if interaction.response.type is discord.InteractionResponseType.deferred_message_update:
        sent = interaction.followup.send(answer.text, ephemeral=True, allowed_mentions=SILENT)
        return await _guarded(interaction, sent)
    return await _guarded(interaction, interaction.edit_original_response(content=answer.text, allowed_mentions=SILENT))


@dataclass(frozen=True, slots=True)
class Screen:
    """The private message that a press left, for as long as Discord lets it be edited.

    Args:
        interaction: The press.
    """

    interaction: discord.Interaction[Any]

    async def show(self, answer: Answer) -> bool:
        """Show something else there; tell whether the member can see it."""
        return not self.interaction.is_expired() and await edit(self.interaction, answer)


async def _guarded(interaction: discord.Interaction[Any], sending: Awaitable[Any]) -> bool:
    """Send an answer and tell whether it arrived; one that Discord no longer takes is logged and lost on purpose.

    What was decided stands in the record, and the same button shows it again.
    """
    first = not interaction.response.is_done()
    try:
        await sending
    except (discord.HTTPException, discord.InteractionResponded, aiohttp.ClientError, TimeoutError) as late:
        log.warning("An answer did not arrive", interaction=str(interaction.id), reason=str(late))
        return False
    if first:
        is_answered()
    return True
