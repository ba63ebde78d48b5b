"""What the backend does about alerts."""

from datetime import datetime, timedelta

from raidbot.backend.serving import Call, serves
from raidbot.database.transaction import Transaction
from raidbot.features.alerts import api, store
from raidbot.features.alerts.model import ALERT_CHANGED, Noted
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ChannelKey

TOLD_FOR = timedelta(hours=6)
"""What could not be told for so long helps nobody any more."""


@serves(api.note_alert)
async def note_alert(call: Call[api.NoteAlert]) -> Noted:
    """Write down that an alert is raised or over, and tell it in the log of the bot."""
    return await note(call.tx, call.ask, call.now)


async def note(tx: Transaction, told: api.NoteAlert, now: datetime) -> Noted:
    """Write down that an alert is raised or over, once, for this process too."""
    if told.raised:
        stood = await store.raise_one(tx, told.name, told.sentence, told.page, now)
    else:
        stood = await store.end_one(tx, told.name, now)
    if stood is None:
        return Noted(fresh=False)
    wish = NoticeWish(
        name=f"alert-{told.name}-{stood.times}-{'raised' if told.raised else 'over'}",
        kind=ALERT_CHANGED,
        subject_id=stood.times,
        channel=ChannelKey.BOT_LOG,
        body={
            "sentence": told.sentence,
            "page": told.page,
            "raised": told.raised,
            "minutes": round((now - stood.raised_at).total_seconds() / 60),
        },
        lapses_s=int(TOLD_FOR.total_seconds()),
    )
    for guild_id in await store.guilds_with_log(tx):
        await discord_state.tell(tx, guild_id, [wish], now)
    return Noted(fresh=True)
