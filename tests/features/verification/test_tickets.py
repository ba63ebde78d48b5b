"""Screenshots, over HTTP on the real database."""

import asyncio
from typing import Any

import pytest
from tests.features.verification.made import COLLEAGUE, MODERATOR, NEWT, SECURITY, TANSY, Town
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, ROLES, STRANGER
from tests.support.house import until

from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed, Refusal
from raidbot.core.ids import ChannelId, GuildId, InteractionId, MessageId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, Unmapped
from raidbot.features.inbox import api as inbox
from raidbot.features.inbox.model import WAITING, LetterId
from raidbot.features.inbox.service import leave
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import IgnTaken
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.sessions import Mine, NothingStarted, Outcome, Stage, SuspendedMember
from raidbot.features.verification.model.tickets import (
    DECIDED,
    LOGGED,
    STALE_TICKETS,
    AlreadyReviewed,
    Case,
    HeldByOther,
    Line,
    NobodyWaits,
    OwnTicket,
    Ticket,
    TicketId,
    TicketState,
    UnknownTicket,
)
from raidbot.features.verification.rules.config import PRESETS
from raidbot.features.watch_list import api as watches
from raidbot.features.watch_list.model import Effect, OnWatchList, Suspect
from realmeye_loopback.players import Section

VERIFIED_ROLE = int(ROLES[RoleKey.VERIFIED_RAIDER])


async def give(town: Town, who: UserId = NEWT, ign: str = "Newton", key: int | None = None) -> Mine:
    """Send a screenshot, as the bot does once it stands."""
    await town.begin(ign, who)
    town.served.presses += 1
    number = key or town.served.presses
    ask = api.GiveEvidence(guild_id=GUILD, channel_id=ChannelId(801), message_id=MessageId(number))
    return await town.served.ask(api.give_evidence, ask, who, InteractionId(number))


async def take(town: Town, by: UserId = SECURITY, passed: TicketId | None = None) -> Case:
    return await town.served.ask(api.take_next, api.TakeNext(GUILD, passed=passed), by)


async def approve(town: Town, ticket: TicketId, by: UserId = SECURITY, ign: str | None = None) -> Ticket:
    return await town.served.ask(api.approve, api.Approve(GUILD, ticket, ign), by)


async def deny(town: Town, ticket: TicketId, by: UserId = SECURITY, **why: Any) -> Ticket:
    told = why or {"preset": PRESETS[0].name}
    return await town.served.ask(api.deny, api.Deny(GUILD, ticket, **told), by)


async def line(town: Town) -> Line:
    return await town.served.client.call(api.read_line, api.ReadLine(GUILD))


async def outcome(work: Any) -> str:
    try:
        found = await work
    except Refusal as refused:
        return refused.code
    return str(found.state)


async def test_an_approved_screenshot_verifies_and_is_logged_with_all_that_matters(town: Town) -> None:
    waiting = await give(town)
    case = await take(town)
    done = await approve(town, case.ticket.id)

    assert (waiting.stage, waiting.place and waiting.place.number) == (Stage.REVIEW, 1)
    assert (case.ticket.user_id, case.ticket.ign, case.left) == (NEWT, "Newton", 0)
    assert case.evidence[0].channel_id == 801
    assert done.state is TicketState.APPROVED
    assert sorted(await town.chores()) == [("give_role", VERIFIED_ROLE, ""), ("nickname", 0, "Newton")]
    assert (await town.mine()).stage is Stage.VERIFIED
    assert [one.user_ids for one in await town.told(DECIDED)] == [[int(NEWT)]]
    [logged] = await town.told(LOGGED)
    assert (logged.channel, logged.user_ids) == ("veri_log", [])
    assert (logged.body["by"], logged.body["state"], len(logged.body["pictures"])) == (
        str(int(SECURITY)),
        "approved",
        1,
    )


async def test_a_denial_is_shown_with_how_to_do_better_and_the_next_try_is_a_new_one(town: Town) -> None:
    first = await give(town)
    await deny(town, (await take(town)).ticket.id)
    denied = await town.mine()
    second = await give(town)
    case = await take(town)

    assert denied.denied is not None
    assert (denied.denied.reason, denied.denied.how) == (PRESETS[0].name, PRESETS[0].how)
    assert first.place is not None
    assert second.place is not None
    assert second.place.ticket_id != first.place.ticket_id
    assert [one.reason for one in case.denials] == [PRESETS[0].name]
    assert await town.chores() == []


@pytest.mark.parametrize("staff", [(SECURITY, SECURITY), (SECURITY, COLLEAGUE)])
async def test_approve_and_deny_pressed_together_and_twice_make_one_decision_community_w9(
    town: Town, staff: tuple[UserId, UserId]
) -> None:
    one, other = staff
    waiting = await give(town)
    assert waiting.place is not None
    ticket = TicketId(waiting.place.ticket_id)

    done = await asyncio.gather(
        *(outcome(approve(town, ticket, one)) for _ in range(3)),
        *(outcome(deny(town, ticket, other)) for _ in range(3)),
    )

    assert sorted(done)[:5] == ["already_reviewed"] * 5
    decided = next(one for one in done if one != AlreadyReviewed.code)
    assert decided in {"approved", "denied"}
    assert (await town.chores() == []) is (decided == "denied")
    assert len(await town.told(LOGGED)) == len(await town.told(DECIDED)) == 1


async def letters(town: Town, who: UserId = NEWT) -> list[tuple[str, str]]:
    found = await town.served.ask(inbox.open_inbox, inbox.OpenInbox(GUILD), who)
    return [(one.title, one.body) for one in found]


async def test_one_decision_leaves_one_letter_with_what_to_fix_however_often_it_is_pressed(town: Town) -> None:
    await give(town)
    case = await take(town)
    await asyncio.gather(*(outcome(deny(town, case.ticket.id)) for _ in range(4)))
    [(title, body)] = await letters(town)
    await give(town)
    await approve(town, (await take(town)).ticket.id)

    assert "not accepted" in title
    assert PRESETS[0].name in body
    assert "Send the whole window of the game" in body
    assert "You are verified as **Newton**" in (await letters(town))[0][1]
    assert len(await letters(town)) == 2


async def notices_channel(town: Town) -> None:
    notices = guild_config.SetChannels(GUILD, {ChannelKey.NOTICES: ChannelId(803)})
    await town.served.ask(guild_config.set_channels, notices, ADMIN)


async def test_a_decision_calls_its_member_once_and_where_notices_are_the_call_stays_until_it_is_read(
    town: Town,
) -> None:
    await notices_channel(town)
    await give(town)
    await deny(town, (await take(town)).ticket.id)

    assert await town.told(DECIDED) == []
    assert [(one.channel, one.user_ids) for one in await town.told(WAITING)] == [("notices", [int(NEWT)])]


async def unread(town: Town) -> list[bool]:
    """Whether staff see each letter as unread, in the order in which they were left."""
    logged = await town.told(LOGGED)
    asks = [inbox.ShowEnvelope(GUILD, LetterId(int(one.body["letter"]))) for one in logged]
    return [(await town.served.ask(inbox.show_envelope, ask, SECURITY)).read_at is None for ask in asks]


async def calls(town: Town) -> list[str]:
    async with town.database.transaction() as tx:
        query = "SELECT array_agg(state ORDER BY id) FROM notice WHERE kind = 'inbox_waiting'"
        return await tx.value(list[str], query) or []


async def test_whoever_reads_a_decision_by_get_verified_has_read_its_letter_and_is_called_no_more(town: Town) -> None:
    await notices_channel(town)
    await give(town)
    await town.mine()
    await deny(town, (await take(town)).ticket.id)
    before = (await unread(town), await calls(town))
    shown = await asyncio.gather(*(town.mine() for _ in range(3)))
    denied = (await unread(town), await calls(town))
    await give(town)
    await approve(town, (await take(town)).ticket.id)
    approved = await unread(town)
    await town.mine()

    assert before == ([True], ["open"])
    assert all(one.denied for one in shown)
    assert denied == ([False], ["lapsed"])
    assert approved == [False, True]
    assert (await unread(town), await calls(town)) == ([False, False], ["lapsed", "lapsed"])


async def test_a_letter_that_get_verified_does_not_repeat_stays_unread_and_its_member_called(town: Town) -> None:
    await notices_channel(town)
    await give(town)
    case = await take(town)
    async with town.database.transaction() as tx:
        await leave(tx, GUILD, NEWT, "Your mute", "It ends tomorrow.", Clock(town.served.clock_file).now())
    await deny(town, case.ticket.id)
    await town.mine()
    still_called = (await unread(town), await calls(town))

    assert [title for title, _ in await letters(town)] == ["Your mute", "❌ Your screenshot was not accepted"]
    assert still_called == ([False], ["lapsed", "open"])
    assert await calls(town) == ["lapsed", "lapsed"]


async def test_a_denial_is_not_read_by_whoever_is_verified_in_another_way_before_they_looked(town: Town) -> None:
    await give(town)
    await deny(town, (await take(town)).ticket.id)
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, NEWT, "Newton"), ADMIN)

    assert (await town.mine()).stage is Stage.VERIFIED
    assert await unread(town) == [True]


async def test_a_denial_that_was_begun_and_left_decides_nothing_community_w9(town: Town) -> None:
    await give(town)
    await take(town)
    town.served.pass_time(3600)

    assert (await line(town)).waiting == 1
    assert (await take(town, COLLEAGUE)).ticket.state is TicketState.OPEN


async def test_two_who_press_next_take_two_and_a_claim_lapses(town: Town) -> None:
    await give(town, NEWT, "Newton")
    await give(town, TANSY, "Tansy")
    first, second = await asyncio.gather(take(town, SECURITY), take(town, COLLEAGUE))
    again = await take(town, SECURITY)
    mine, theirs = first.ticket.id, second.ticket.id

    assert {first.ticket.user_id, second.ticket.user_id} == {NEWT, TANSY}
    assert again.ticket.id == mine
    with pytest.raises(HeldByOther):
        await approve(town, theirs, SECURITY)
    with pytest.raises(NobodyWaits):
        await take(town, MODERATOR)
    town.served.pass_time(301)
    assert (await approve(town, theirs, SECURITY)).state is TicketState.APPROVED


async def test_skip_leads_to_the_next_and_leaves_the_ticket_to_others(town: Town) -> None:
    await give(town, NEWT, "Newton")
    await give(town, TANSY, "Tansy")
    first = await take(town)
    second = await take(town, passed=first.ticket.id)

    assert (first.ticket.user_id, second.ticket.user_id) == (NEWT, TANSY)
    assert (await take(town, COLLEAGUE)).ticket.id == first.ticket.id


async def test_skip_on_one_that_is_decided_says_who_decided_it_and_takes_nothing(town: Town) -> None:
    await give(town, NEWT, "Newton")
    await give(town, TANSY, "Tansy")
    first = await take(town)
    await approve(town, first.ticket.id)

    with pytest.raises(AlreadyReviewed, match=f"<@{SECURITY}> approved this <t:"):
        await take(town, COLLEAGUE, passed=first.ticket.id)
    with pytest.raises(UnknownTicket):
        await take(town, COLLEAGUE, passed=TicketId(9_999))
    assert (await take(town, MODERATOR)).ticket.user_id == TANSY  # nobody was given it by those presses


@pytest.mark.parametrize("staff", [SECURITY, MODERATOR, ADMIN])
async def test_whoever_ranks_at_least_security_decides_community_b5_b6(town: Town, staff: UserId) -> None:
    await give(town)
    case = await take(town, staff)

    assert (await approve(town, case.ticket.id, staff)).decided_by == staff
    assert (await town.mine()).stage is Stage.VERIFIED


@pytest.mark.parametrize("member", [ORGANIZER, RAIDER, STRANGER, NEWT])
async def test_nobody_below_decides_whatever_they_send_community_w2(town: Town, member: UserId) -> None:
    waiting = await give(town)
    assert waiting.place is not None
    ticket = TicketId(waiting.place.ticket_id)

    for work in (take(town, member), approve(town, ticket, member), deny(town, ticket, member)):
        with pytest.raises(NotAllowed):
            await work
    assert await town.chores() == []


async def test_nobody_decides_about_their_own(town: Town) -> None:
    waiting = await give(town, SECURITY, "Sten")
    assert waiting.place is not None
    ticket = TicketId(waiting.place.ticket_id)

    with pytest.raises(OwnTicket):
        await approve(town, ticket, SECURITY)
    with pytest.raises(NobodyWaits):
        await take(town, SECURITY)


async def test_a_ticket_of_another_guild_is_none_community_w3(town: Town) -> None:
    other = GuildId(701)
    waiting = await give(town)
    assert waiting.place is not None
    told = discord_state.MirrorMembers(other, [MirroredMember(SECURITY, [], administrator=True)])
    await town.served.client.call(discord_state.mirror_members, told)

    with pytest.raises(UnknownTicket):
        await town.served.ask(api.approve, api.Approve(other, TicketId(waiting.place.ticket_id)), SECURITY)
    with pytest.raises(UnknownTicket):
        await town.served.ask(api.take_shown, api.TakeShown(other, town.served.presses), SECURITY)
    assert (await line(town)).waiting == 1


async def test_a_name_that_somebody_has_leaves_the_ticket_open_and_can_be_corrected_community_w1_w5(
    town: Town,
) -> None:
    await give(town)
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, TANSY, "Newton"), ADMIN)
    case = await take(town)

    with pytest.raises(IgnTaken):
        await approve(town, case.ticket.id)
    assert await town.chores() == []
    assert (await line(town)).waiting == 1
    assert (await approve(town, case.ticket.id, ign="Newtron")).ign == "Newtron"
    assert (await town.mine()).ign == "Newtron"


async def test_without_a_channel_nobody_is_put_in_line_community_b25(town: Town) -> None:
    await town.begin("Newton")
    nowhere = guild_config.SetChannels(GUILD, {ChannelKey.MANUAL_VERIFICATION: None})
    await town.served.ask(guild_config.set_channels, nowhere, ADMIN)

    with pytest.raises(Unmapped) as refused:
        await town.served.ask(api.ask_manual, api.AskManual(GUILD), NEWT)
    assert "/setchannels" in refused.value.sentence
    assert (await town.mine()).stage is Stage.CODE


async def test_who_never_began_or_is_suspended_sends_nothing(town: Town) -> None:
    with pytest.raises(NothingStarted):
        await town.served.ask(api.ask_manual, api.AskManual(GUILD), NEWT)
    await give(town)
    case = await take(town)
    await town.served.mirror(MirroredMember(NEWT, [ROLES[RoleKey.SUSPENDED]]))
    with pytest.raises(SuspendedMember):
        await town.served.ask(api.ask_manual, api.AskManual(GUILD), NEWT)
    with pytest.raises(SuspendedMember):
        await approve(town, case.ticket.id)
    assert await town.chores() == []


async def test_pictures_sent_at_once_make_one_ticket_and_the_newest_is_shown_community_w20(town: Town) -> None:
    await town.begin("Newton")
    given = await asyncio.gather(*(give(town, key=9000 + number) for number in range(5)))
    again = await give(town, key=9004)

    assert {one.place.ticket_id for one in (*given, again) if one.place} == {1}
    case = await take(town)
    assert case.evidence[0].message_id == 9004
    assert len(case.evidence) == 5


async def test_the_realmeye_way_stays_open_and_takes_a_member_out_of_the_line(town: Town) -> None:
    await give(town)
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")
    await town.looked()

    assert begun.stage is Stage.CODE
    assert (await town.mine()).stage is Stage.VERIFIED
    assert (await line(town)).waiting == 0
    with pytest.raises(AlreadyReviewed):
        await approve(town, TicketId(1))


async def test_place_and_usual_time_are_told(town: Town) -> None:
    for number, name in enumerate(("Ab", "Cd", "Ef")):
        await give(town, UserId(970 + number), name)
        town.served.pass_time(60)
        await approve(town, (await take(town)).ticket.id)
    await give(town, NEWT, "Newton")
    waiting = await give(town, TANSY, "Tansy")

    assert waiting.place is not None
    assert (waiting.place.number, round((waiting.place.usual_s or 0) / 10)) == (2, 6)


async def test_staff_are_reminded_once_of_what_waits_too_long(town: Town) -> None:
    await give(town)
    town.served.pass_time(7 * 3600)

    async def reminded() -> bool:
        await line(town)
        return bool(await town.told(STALE_TICKETS))

    await until(reminded, "staff to be reminded")
    await give(town)
    town.served.pass_time(7 * 3600)
    await town.served.mirror()

    assert [one.channel for one in await town.told(STALE_TICKETS)] == ["manual_verification"]


async def test_a_thread_belongs_to_one_member_and_is_over_with_the_decision(town: Town) -> None:
    await town.begin("Newton")
    for number in (1, 2):
        opened = api.OpenedThread(guild_id=GUILD, thread_id=ChannelId(9900 + number))
        manual = await town.served.ask(api.opened_thread, opened, NEWT)
        assert manual.thread_id == 9901
    found = await town.served.client.call(api.find_thread, api.FindThread(GUILD, ChannelId(9901)))
    await give(town)
    before = await town.served.client.call(api.over_threads, api.OverThreads(GUILD))
    await deny(town, (await take(town)).ticket.id, reason="Blurry")
    over = await town.served.client.call(api.over_threads, api.OverThreads(GUILD))
    await town.served.client.call(api.forget_thread, api.ForgetThread(GUILD, ChannelId(9901)))

    theirs = api.PrivateThread(ChannelId(9901), NEWT)
    assert (found.threads, before.threads, over.threads) == ([theirs], [], [theirs])
    assert (await town.served.client.call(api.over_threads, api.OverThreads(GUILD))).threads == []


async def test_whoever_goes_both_ways_reads_the_answer_of_realmeye_and_their_place_by_get_verified(town: Town) -> None:
    await give(town)
    waiting = await town.mine()
    await town.describe("no code here")
    looked = await town.looked()

    assert (waiting.stage, looked.stage) == (Stage.REVIEW, Stage.CODE)
    assert (looked.outcome, looked.place and looked.place.number) == (Outcome.NO_CODE, 1)


async def test_whoever_is_suspended_is_told_before_they_type_a_name(town: Town) -> None:
    await town.served.mirror(MirroredMember(NEWT, [ROLES[RoleKey.SUSPENDED]]))

    with pytest.raises(SuspendedMember, match="suspended"):
        await town.mine()


async def test_the_card_shows_how_far_the_applicant_is_as_far_as_realmeye_told_already(town: Town) -> None:
    await town.set("stars", "70")
    await town.set("maxed", "2x8")
    await town.describe("no code here", private=frozenset({Section.CHARACTERS}))
    await town.begin()
    await town.looked()
    await give(town)
    known = (await take(town)).measured
    await give(town, TANSY, "Tansy")
    unknown = await take(town, COLLEAGUE)
    visits = (await town.realmeye.stats()).visits

    assert known is not None
    assert [(one.outcome, one.found) for one in known.checklist] == [("not_met", "62 stars"), ("cannot_tell", "hidden")]
    assert (unknown.ticket.ign, len(unknown.wanted), unknown.measured) == ("Tansy", 2, None)
    assert visits
    assert [one.path for one in visits if one.path != "/player/newton"] == []


async def test_the_card_shows_hits_of_names_that_realmeye_tells_and_approving_heeds_them(town: Town) -> None:
    suspect = Suspect(ign="Castle", reason="sold accounts", effect=Effect.REFUSE)
    await town.served.ask(watches.add_watch, watches.AddWatch(GUILD, suspect), ADMIN)
    await town.describe("no code is needed")
    await give(town)

    async def hit() -> Case | None:
        case = await take(town)
        return case if case.watched else None

    case = await until(hit, "RealmEye to tell the names")
    assert [one.reason for one in case.watched] == ["sold accounts"]
    with pytest.raises(OnWatchList, match="sold accounts"):
        await approve(town, case.ticket.id)
    assert (await town.mine()).stage is Stage.REVIEW
