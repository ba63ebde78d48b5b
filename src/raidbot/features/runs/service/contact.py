"""What the backend does when it hears that a guild is reached."""

from datetime import timedelta

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import contact as api
from raidbot.features.runs.model.contact import Contact
from raidbot.features.runs.rules import contact as rules
from raidbot.features.runs.rules import life
from raidbot.features.runs.store import contact as store
from raidbot.features.runs.store.life import postpone


@serves(api.keep_contact)
async def keep_contact(call: Call[api.KeepContact]) -> Contact:
    """Write down that a guild is reached; after an outage everything due there waits a while."""
    ask = call.ask
    before, now = await store.hold(call.tx, ask.guild_id), Contact(ask.process, call.now)
    await store.save(call.tx, ask.guild_id, now)
    if rules.was_out(before, ask.process, timedelta(seconds=ask.away_s), call.now):
        until = call.now + life.GRACE
        await postpone(call.tx, until, life.warn_at(until, call.now), call.now, ask.guild_id)
    return now
