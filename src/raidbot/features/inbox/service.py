"""What the backend does about letters."""

from datetime import datetime, timedelta

from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.inbox import api, store
from raidbot.features.inbox.model import WAITING, Envelope, Letter, LetterId, UnknownLetter

CALLS_FOR = timedelta(days=7)
"""A call to the inbox that could not be posted for so long is not posted any more; the letter stays."""


async def leave(tx: Transaction, guild_id: GuildId, user_id: UserId, title: str, body: str, now: datetime) -> LetterId:
    """Leave a member a letter and call them to their inbox, for other features. Four statements.

    The call says nothing of what the letter says. One call stands for a member at a time: a newer one takes its place.

    The title has at most 100 characters, the body 2,000 in Discord's markup; the caller escapes what members typed.
    """
    letter_id = await store.add(tx, (guild_id, user_id), title, body, now)
    await discord_state.withdraw(tx, guild_id, _calls(user_id), now)
    call = NoticeWish(
        name=f"{_calls(user_id)}{letter_id}",
        kind=WAITING,
        subject_id=letter_id,
        channel=ChannelKey.NOTICES,
        user_ids=[user_id],
        lapses_s=int(CALLS_FOR.total_seconds()),
    )
    await discord_state.tell(tx, guild_id, [call], now)
    return letter_id


async def read(tx: Transaction, guild_id: GuildId, user_id: UserId, letter_id: LetterId, now: datetime) -> None:
    """Let a letter be read whose member was told elsewhere what it says, for other features. Twice is once.

    The call to the inbox vanishes unless another letter waits there. At most two statements.
    """
    newest = await store.mark_read(tx, (guild_id, user_id), letter_id, now)
    if newest is not None:  # named in full: a call that came this very moment stays
        await discord_state.withdraw(tx, guild_id, f"{_calls(user_id)}{newest}", now)


@serves(api.open_inbox)
async def open_inbox(call: Call[api.OpenInbox]) -> list[Letter]:
    """Return a member's letters and let the call to them vanish."""
    letters = await store.open_all(call.tx, call.ask.guild_id, call.caller, call.now)
    if any(one.read_at is None for one in letters):
        await discord_state.withdraw(call.tx, call.ask.guild_id, _calls(call.caller), call.now)
    return letters


@serves(api.show_envelope)
async def show_envelope(call: Call[api.ShowEnvelope]) -> Envelope:
    """Return whether a letter arrived."""
    found = await store.find(call.tx, call.ask.guild_id, call.ask.letter_id)
    if found is None:
        raise UnknownLetter("There is no such letter here. Its number stands in the log of what was decided.")
    return found


def _calls(user_id: UserId) -> str:
    return f"inbox-{user_id}-"
