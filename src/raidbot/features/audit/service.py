"""What the backend does about the audit trail."""

from raidbot.backend.serving import Call, serves
from raidbot.features.audit import api, rules, store
from raidbot.features.audit.model import Trail


@serves(api.note_command)
async def note_command(call: Call[api.NoteCommand]) -> api.Noted:
    """Write down that a command was used."""
    return api.Noted(await store.add_use(call.tx, call.ask, call.now))


@serves(api.read_commands)
async def read_commands(call: Call[api.ReadCommands]) -> Trail:
    """Return the latest uses of commands, and when none were written down for want of room."""
    uses, pause = await store.uses(call.tx, call.ask), await store.pause(call.tx)
    return Trail(uses=uses, pause=pause if rules.concerns(pause, uses) else None)
