"""What the backend does so that our deeds are known as ours."""

import secrets
from datetime import datetime

from raidbot.backend.serving import Call, serves
from raidbot.core.ids import ChannelId, MessageId
from raidbot.database.transaction import Transaction
from raidbot.features.deeds import api, store

LENGTH = 32
"""Bytes of the secret."""


@serves(api.read_secret)
async def read_secret(call: Call[api.ReadSecret]) -> api.Secret:
    """Return what seals are made with; it is made once, and several who ask at once agree on one."""
    kept = await store.secret(call.tx)
    if kept is None:
        await store.keep_secret(call.tx, secrets.token_bytes(LENGTH), call.now)
        kept = await store.secret(call.tx)
    return api.Secret(kept.secret.hex() if kept else "")


@serves(api.note_message)
async def note_message(call: Call[api.NoteMessage]) -> api.Noted:
    """Write down that a message is ours."""
    return api.Noted(await remember(call.tx, call.ask.channel_id, call.ask.message_id, call.now))


async def remember(tx: Transaction, channel_id: ChannelId, message_id: MessageId, now: datetime) -> bool:
    """Write down that a message is ours, for another feature; tell whether that is new."""
    return await store.note_message(tx, channel_id, message_id, now)
