"""The record of what the bot posted, over HTTP and on the real database."""

import asyncio

import pytest
from tests.support.backend import ADMIN, CHANNEL, GUILD, RAIDER, ROLES, Served
from tests.support.chores import due, outcome, settle

from raidbot.core.ids import GuildId, MessageId
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import Chore, ChoreKind, ChoreState, Posting, UnknownPosting
from raidbot.features.raiders import api as raiders

SUBJECT = 41


async def begun(served: Served) -> Posting:
    return await served.client.call(api.begin_posting, api.BeginPosting(GUILD, "run", SUBJECT, CHANNEL))


async def settled(served: Served, message: int) -> Posting:
    return await served.client.call(api.settle_posting, api.SettlePosting(GUILD, "run", SUBJECT, MessageId(message)))


async def drew(served: Served, version: int, *, final: bool = False) -> Posting:
    return await served.client.call(api.drew_posting, api.DrewPosting(GUILD, "run", SUBJECT, version, final))


async def lost(served: Served, message: int) -> Posting:
    return await served.client.call(api.lost_posting, api.LostPosting(GUILD, "run", SUBJECT, MessageId(message)))


async def unfinished(served: Served) -> list[int]:
    found = await served.client.call(api.unfinished_postings, api.UnfinishedPostings(GUILD, "run"))
    return [one.subject_id for one in found]


async def test_two_bots_that_post_the_same_panel_agree_on_one_message(served: Served) -> None:
    await asyncio.gather(begun(served), begun(served))

    told = await asyncio.gather(*(settled(served, message) for message in (501, 502)))

    assert len({one.message_id for one in told}) == 1


async def test_an_attempt_keeps_its_time_so_that_a_message_of_a_crashed_bot_is_found(served: Served) -> None:
    first = await begun(served)
    served.pass_time(30)

    assert (await begun(served)).attempted_at == first.attempted_at


async def test_an_older_drawing_never_counts_over_a_newer_one_raids_16(served: Served) -> None:
    await begun(served)
    await drew(served, 9, final=True)

    told = await drew(served, 4)

    assert (told.drawn_version, told.final) == (9, True)


async def test_what_shows_the_end_is_no_longer_compared_until_it_is_reopened(served: Served) -> None:
    await begun(served)
    assert await unfinished(served) == [SUBJECT]

    await drew(served, 5, final=True)
    assert await unfinished(served) == []

    await drew(served, 6)
    assert await unfinished(served) == [SUBJECT]


async def test_a_deletion_counts_once_and_only_for_the_message_that_stood(served: Served) -> None:
    await begun(served)
    await settled(served, 501)

    await lost(served, 777)
    await lost(served, 501)
    told = await lost(served, 501)

    assert (told.message_id, told.deletions) == (None, 1)


async def test_what_was_never_begun_is_unknown(served: Served) -> None:
    with pytest.raises(UnknownPosting):
        await settled(served, 501)


async def wished(served: Served, nickname: str) -> Chore:
    """Let somebody be verified, so that Discord is to show it; returns the wish for the nickname."""
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, RAIDER, nickname), ADMIN)
    return next(one for one in await due(served) if one.kind is ChoreKind.NICKNAME)


async def test_verifying_wishes_role_and_nickname_in_the_same_transaction(served: Served) -> None:
    await wished(served, "Rookmaster")

    assert [(one.kind, one.target, one.value) for one in await due(served)] == [
        (ChoreKind.GIVE_ROLE, ROLES[RoleKey.VERIFIED_RAIDER], ""),
        (ChoreKind.NICKNAME, 0, "Rookmaster"),
    ]


async def test_what_failed_is_tried_again_later_and_what_was_done_is_not(served: Served) -> None:
    chore = await wished(served, "Rookmaster")

    await settle(served, chore, ChoreState.OPEN, "slow")
    assert ChoreKind.NICKNAME not in await kinds_due(served)
    served.pass_time(6)
    assert ChoreKind.NICKNAME in await kinds_due(served)
    await settle(served, chore, ChoreState.DONE)
    served.pass_time(3600)
    assert ChoreKind.NICKNAME not in await kinds_due(served)


async def test_what_is_not_allowed_waits_until_that_has_changed(served: Served) -> None:
    chore = await wished(served, "Rookmaster")
    await settle(served, chore, ChoreState.PARKED, "not allowed")
    served.pass_time(3600)
    assert ChoreKind.NICKNAME not in await kinds_due(served)

    await served.client.call(api.unpark_chores, api.UnparkChores(GUILD))

    assert ChoreKind.NICKNAME in await kinds_due(served)
    left = await served.client.call(api.member_chores, api.MemberChores(GUILD, RAIDER))
    assert [one.last_error for one in left if one.kind is ChoreKind.NICKNAME] == ["not allowed"]


async def test_an_old_wish_that_is_done_does_not_close_a_newer_one(served: Served) -> None:
    old = await wished(served, "Rookmaster")
    await wished(served, "Rooklord")

    assert await settle(served, old, ChoreState.DONE) == 0
    assert ChoreKind.NICKNAME in await kinds_due(served)


async def kinds_due(served: Served) -> set[ChoreKind]:
    return {one.kind for one in await due(served)}


async def test_several_chores_are_settled_at_once_and_only_those_of_the_guild(served: Served) -> None:
    await wished(served, "Rookmaster")
    told = [
        outcome(one, guild_id=guild_id) for one, guild_id in zip(await due(served), (GUILD, GuildId(701)), strict=True)
    ]

    settled = await served.client.call(api.settle_chores, api.SettleChores(GUILD, told))

    assert settled.chores == 1
    assert await kinds_due(served) == {ChoreKind.NICKNAME}
