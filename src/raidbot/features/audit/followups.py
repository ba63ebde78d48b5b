"""What the bot does after a command: it writes down who used it."""

import contextlib
from typing import Any

from raidbot.bot.commands import notes_uses
from raidbot.bot.presses import Press
from raidbot.core.errors import DiskShort
from raidbot.features.audit import api


@notes_uses
async def note(press: Press, command: str, options: dict[str, Any], outcome: str) -> None:
    """Write down a use of a command."""
    told = {name: str(value)[:6000] for name, value in options.items() if value is not None}
    ask = api.NoteCommand(
        guild_id=press.guild_id,
        interaction_id=press.key,
        user_id=press.user_id,
        command=command,
        options=told,
        outcome=outcome[:100],
    )
    with contextlib.suppress(DiskShort):  # the log pauses, the command was done
        await press.backend.call(api.note_command, ask)
