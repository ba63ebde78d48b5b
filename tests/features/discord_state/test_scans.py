"""However much was shown in Discord before, what is to be shown now is found at once."""

from pathlib import Path
from typing import Any

from tests.features.discord_state.test_notices import claim, due, tell, wish
from tests.features.discord_state.test_notices import settle as settle_notice
from tests.support import chores
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, ROLES, SECOND_ORGANIZER, Served, furnish, serving
from tests.support.history import Observed, what_grows

from raidbot.core.ids import InteractionId, MessageId, Snowflake, UserId
from raidbot.core.ranks import RoleKey
from raidbot.features.audit import api as audit
from raidbot.features.deeds import api as deeds
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import ChoreState, MirroredMember, NoticeState, Place
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.hands import api as hands
from raidbot.features.raiders import api as raiders

VERIFIED = ROLES[RoleKey.VERIFIED_RAIDER]
GROWING = {
    *("posting", "notice", "chore", "member", "own_message", "command_use", "hand_change", "hand_act"),
    *("raider", "raider_name", "raider_entry", "outbox"),
}


async def shown(served: Served, database: Observed, round_: int) -> None:
    """Let the bot show what it is to show, and tell what it sees."""
    first = 10_000 * round_
    await _posted(served, first)
    await _mirrored(served, first)
    await _by_hand(served, first)
    await _told(served, database, first)
    await served.client.call(deeds.note_message, deeds.NoteMessage(CHANNEL, MessageId(first + 90)))
    used = audit.NoteCommand(
        guild_id=GUILD, interaction_id=InteractionId(first), user_id=ADMIN, command="run", options={}, outcome="done"
    )
    await served.client.call(audit.note_command, used)
    for who in (None, ADMIN):
        await served.ask(audit.read_commands, audit.ReadCommands(guild_id=GUILD, user_id=who), ADMIN)


async def _posted(served: Served, first: int) -> None:
    """Post a panel, draw it, lose it, post it again, and draw how its subject ended."""
    call: Any = served.client.call
    for number in range(2):
        await call(api.begin_posting, api.BeginPosting(GUILD, "run", first, CHANNEL))
        message_id = MessageId(first + number)
        await call(api.settle_posting, api.SettlePosting(GUILD, "run", first, message_id))
        await call(api.drew_posting, api.DrewPosting(GUILD, "run", first, number + 1, final=False))
        await call(api.unfinished_postings, api.UnfinishedPostings(GUILD, "run"))
        await call(api.find_posting, api.FindPosting(GUILD, "run", first))
        if not number:
            await call(api.lost_posting, api.LostPosting(GUILD, "run", first, message_id))
    await call(api.told_log, api.ToldLog(GUILD, "run", first, 0, 5))
    await call(api.drew_posting, api.DrewPosting(GUILD, "run", first, 9, final=True))


async def _told(served: Served, database: Observed, first: int) -> None:
    """Tell one notice, try another in vain, and delete what has been read; what else was to be told lapses."""
    for one in await due(served):
        await settle_notice(served, one, NoticeState.LAPSED)
    await tell(served, database, wish(f"told-{first}", subject_id=first, keep_s=30), wish(f"vain-{first}"))
    told, vain = await due(served)
    await claim(served, told)
    await settle_notice(served, told, NoticeState.TOLD, Place(CHANNEL, MessageId(first + 50)))
    await settle_notice(served, vain, NoticeState.PARKED)
    await served.client.call(api.unpark_notices, api.UnparkNotices(GUILD))
    served.pass_time(31)
    for one in await due(served):
        await settle_notice(served, one, NoticeState.DELETED if one.id == told.id else NoticeState.LAPSED)


async def _mirrored(served: Served, first: int) -> None:
    """Let members come, be verified and leave, and what is not allowed be tried again."""
    one, other = UserId(first + 1), UserId(first + 2)
    await served.mirror(*(MirroredMember(who, []) for who in (one, other)))
    for number, who in enumerate((one, other)):
        ask = raiders.VerifyRaider(GUILD, who, "Rook" + "abcdef"[number + 2 * (first // 10_000)])
        await served.ask(raiders.verify_raider, ask, ADMIN)
    [parked, *_] = await chores.due(served)
    await chores.settle(served, parked, ChoreState.PARKED, "They are above me")
    await served.client.call(api.member_chores, api.MemberChores(GUILD, one))
    await served.client.call(api.unpark_chores, api.UnparkChores(GUILD))
    while await chores.show_due(served):
        pass
    await served.mirror(MirroredMember(one, [VERIFIED]), MirroredMember(other, [], present=False))
    await served.mirror(MirroredMember(other, []))
    while await chores.show_due(served):
        pass
    await served.ask(api.read_rank, api.ReadRank(GUILD), one)


async def _by_hand(served: Served, first: int) -> None:
    """Let staff do by hand what belongs to the bot, and decide about it."""
    who = UserId(first + 1)
    noted = [
        hands.NoteHand(guild_id=GUILD, entry_id=Snowflake(first + 1), user_id=who, by=ORGANIZER, lost=[VERIFIED]),
        hands.NoteHand(guild_id=GUILD, entry_id=Snowflake(first + 2), user_id=who, by=SECOND_ORGANIZER, out="kick"),
    ]
    [lost] = (await served.client.call(hands.note_hand, noted[0])).hands
    await served.client.call(hands.note_hand, noted[1])
    await served.client.call(hands.show_hand, hands.ShowHand(GUILD, lost))
    await served.client.call(hands.read_shown, hands.ReadShown(GUILD))
    await served.ask(hands.put_hand_back, hands.PutHandBack(GUILD, lost), ADMIN)
    await served.ask(hands.read_acts, hands.ReadActs(GUILD, who), ADMIN)
    await chores.show_due(served)


async def test_nothing_that_is_shown_reads_all_that_was_shown_before(observed: Observed, tmp_path: Path) -> None:
    async with serving(observed, tmp_path / "clock") as served:
        await furnish(served)
        mapped = guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL, ChannelKey.RAID: CHANNEL})
        await served.ask(guild_config.set_channels, mapped, ADMIN)

        assert await what_grows(observed, GROWING, lambda round_: shown(served, observed, round_)) == []
