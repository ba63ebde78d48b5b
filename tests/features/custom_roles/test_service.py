"""Roles that are earned, over HTTP on the real database."""

import asyncio
from typing import Any

import msgspec
import pytest
from tests.features.verification.made import COLLEAGUE, MODERATOR, NEWT, SECURITY, TANSY, Town
from tests.features.verified_role.steps import adopt_all
from tests.support import chores
from tests.support.backend import ADMIN, GUILD, ROLES

from raidbot.core.clock import Clock
from raidbot.core.errors import InvalidRequest, NotAllowed, Refusal
from raidbot.core.guilds import ChannelKind, ChannelSeen, RoleInPlace, RoleSeen
from raidbot.core.ids import ChannelId, InteractionId, MessageId, RoleId, Snowflake, UserId
from raidbot.core.permissions import Permission
from raidbot.core.ranks import RoleKey
from raidbot.features.config_file import api as config_file
from raidbot.features.config_file.model import BadConfigFile
from raidbot.features.custom_roles import api
from raidbot.features.custom_roles import service as custom_roles
from raidbot.features.custom_roles.model import (
    MOST_ROLES,
    PANEL,
    BadTerms,
    CustomRole,
    Decides,
    Earned,
    EarnedKind,
    Part,
    Terms,
    TooManyRoles,
    UnknownPanel,
    UnknownRole,
)
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import HARMLESS, ChoreState, MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, Unmapped, UnsafeRole, WrongChannel
from raidbot.features.hands import api as hands
from raidbot.features.inbox import api as inbox
from raidbot.features.reconciliation import api as reconciliation
from raidbot.features.reconciliation.model import Cause, Decision
from raidbot.features.verification.api import config as config_api
from raidbot.features.verification.api import tickets
from raidbot.features.verification.model.config import BadAddress
from raidbot.features.verification.model.sessions import Mine, Stage, SuspendedMember
from raidbot.features.verification.model.tickets import (
    LOGGED,
    AlreadyReviewed,
    Case,
    NobodyWaits,
    NotForThisRank,
    NotGivenOut,
    OnItsWay,
    OtherPicture,
    OwnTicket,
    Requested,
    Ticket,
    TicketId,
    TicketState,
)
from raidbot.features.verification.rules.config import PRESETS

KNIGHT, DUKE = RoleId(71), RoleId(72)
HALL, YARD = ChannelSeen(ChannelId(871), "hall"), ChannelSeen(ChannelId(872), "yard")
NEWS = ChannelSeen(ChannelId(873), "news", kind=ChannelKind.ANNOUNCEMENT)
EVERYBODY_MAY = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)


class Changed(msgspec.Struct, frozen=True):
    role_id: int
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    changed_by: int


def place(role_id: RoleId = KNIGHT, **changed: Any) -> RoleInPlace:
    """A role that does no harm, but for what is changed."""
    is_below = changed.pop("is_below_bot", True)
    told: dict[str, Any] = {"permissions": EVERYBODY_MAY, **changed}
    seen = RoleSeen(role_id, "Knight", **told)
    return RoleInPlace(role=seen, everyone_may=EVERYBODY_MAY, is_below_bot=is_below)


async def save(town: Town, role_id: RoleId = KNIGHT, by: UserId = ADMIN, **terms: Any) -> CustomRole:
    ask = api.SaveRole(guild_id=GUILD, role_id=role_id, seen=terms.pop("seen", None) or place(role_id), **terms)
    return await town.served.ask(api.save_role, ask, by)


async def request(town: Town, who: UserId = NEWT, role_id: RoleId = KNIGHT) -> Requested:
    return await town.served.ask(tickets.show_request, tickets.ShowRequest(GUILD, role_id), who)


async def give(town: Town, who: UserId = NEWT, role_id: RoleId | None = KNIGHT, key: int | None = None) -> Mine:
    """Send a screenshot for a role, as the bot does once it stands."""
    town.served.presses += 1
    number = key or town.served.presses
    ask = tickets.GiveEvidence(guild_id=GUILD, channel_id=ChannelId(801), message_id=MessageId(number), role_id=role_id)
    return await town.served.ask(tickets.give_evidence, ask, who, InteractionId(number))


async def take(town: Town, by: UserId = SECURITY) -> Case:
    return await town.served.ask(tickets.take_next, tickets.TakeNext(GUILD), by)


async def approve(town: Town, case: Case, by: UserId = SECURITY, role: RoleInPlace | None = None) -> Ticket:
    ask = tickets.Approve(GUILD, case.ticket.id, None, role or place(), picture=case.evidence[0].key)
    return await town.served.ask(tickets.approve, ask, by)


async def deny(town: Town, case: Case, by: UserId = SECURITY) -> Ticket:
    ask = tickets.Deny(guild_id=GUILD, ticket_id=case.ticket.id, picture=case.evidence[0].key, preset=PRESETS[0].name)
    return await town.served.ask(tickets.deny, ask, by)


async def outcome(work: Any) -> str:
    try:
        return str((await work).state)
    except Refusal as refused:
        return refused.code


async def letters(town: Town, who: UserId = NEWT) -> list[str]:
    return [one.body for one in await town.served.ask(inbox.open_inbox, inbox.OpenInbox(GUILD), who)]


async def unread(town: Town, who: UserId = NEWT) -> list[bool]:
    """Whether a member's letters are unread, in the order in which they were left."""
    async with town.database.transaction() as tx:
        query = "SELECT array_agg(read_at IS NULL ORDER BY id) FROM inbox_letter WHERE user_id = $1"
        return await tx.value(list[bool], query, who) or []


async def panels(town: Town) -> dict[int, int]:
    return (await town.served.client.call(api.read_panels, api.ReadPanels(GUILD))).versions


async def changes(town: Town) -> list[Changed]:
    async with town.database.transaction() as tx:
        return await tx.many(Changed, "SELECT role_id, old, new, changed_by FROM custom_role_change ORDER BY id")


async def test_a_role_is_wished_once_the_record_says_whose_it_is_and_tried_until_it_is_given_community_w10(
    town: Town,
) -> None:
    await save(town, channel=HALL, description="For knights", instructions="Show 8/8.")
    first = await request(town)
    waiting = await give(town)
    case = await take(town)
    done = await approve(town, case)

    assert (first.asked.description, first.asked.words.text, first.place) == ("For knights", "Show 8/8.", None)
    assert (waiting.stage, waiting.role_id, waiting.place and waiting.place.number) == (Stage.REVIEW, KNIGHT, 1)
    assert (case.ticket.role_id, case.ticket.ign, case.asked and case.asked.words.text) == (KNIGHT, "", "Show 8/8.")
    assert (done.state, done.role_id) == (TicketState.APPROVED, KNIGHT)
    assert await town.chores() == [("give_role", int(KNIGHT), HARMLESS)]
    [wish] = await chores.due(town.served)
    await chores.settle(town.served, wish, ChoreState.PARKED, "I may not give it")
    assert (await request(town)).on_its_way
    with pytest.raises(OnItsWay):
        await give(town)
    await town.served.client.call(discord_state.unpark_chores, discord_state.UnparkChores(GUILD))
    assert [one.target for one in await chores.due(town.served)] == [int(KNIGHT)]
    assert await letters(town) == [f"<@&{int(KNIGHT)}> is yours."]
    [logged] = await town.told(LOGGED)
    assert (logged.body["role_id"], logged.body["state"], len(logged.body["pictures"])) == ("71", "approved", 1)


async def test_whoever_sees_at_the_role_what_was_decided_has_read_the_letter_about_it(town: Town) -> None:
    await save(town)
    await give(town)
    await deny(town, await take(town))
    await request(town)
    await give(town)
    await approve(town, await take(town))
    before = await unread(town)
    seen = [await town.served.ask(tickets.see_role, tickets.SeeRole(GUILD, KNIGHT), NEWT) for _ in range(2)]

    assert before == [False, True]
    assert [one.was_new for one in seen] == [True, False]
    assert await unread(town) == [False, False]


async def test_whoever_was_away_when_a_role_was_to_be_given_gets_it_when_they_are_back_community_w10(
    town: Town,
) -> None:
    await save(town)
    await give(town)
    await approve(town, await take(town))
    [wish] = await chores.due(town.served)
    await chores.settle(town.served, wish, ChoreState.PARKED, "They have left")
    await town.served.mirror(MirroredMember(NEWT, [], present=False))
    assert await chores.due(town.served) == []
    await town.served.mirror(MirroredMember(NEWT, []))

    assert [one.target for one in await chores.due(town.served)] == [int(KNIGHT)]


async def earned(town: Town, who: UserId = NEWT) -> None:
    """Let a member earn the role, and Discord show it."""
    await give(town, who)
    await approve(town, await take(town))
    await chores.show_due(town.served)


async def come_back(town: Town, *members: UserId) -> list[tuple[UserId, str, int, str]]:
    """Let members leave and come back; return what they are then given."""
    await town.served.mirror(*(MirroredMember(one, [], present=False) for one in members))
    await town.served.mirror(*(MirroredMember(one, []) for one in members))
    return [(one.user_id, one.kind, one.target, one.value) for one in await chores.due(town.served)]


async def by_hand(town: Town, entry: int, **what: Any) -> list[hands.HandId]:
    ask = hands.NoteHand(guild_id=GUILD, entry_id=Snowflake(entry), user_id=NEWT, by=MODERATOR, **what)
    return (await town.served.client.call(hands.note_hand, ask)).hands


async def decide(town: Town, endpoint: Any, hand: hands.HandId) -> None:
    await town.served.ask(endpoint, endpoint.ask(GUILD, hand), ADMIN)


async def test_whoever_earned_a_role_gets_it_back_when_they_come_back_also_when_it_is_given_out_no_more(
    town: Town,
) -> None:
    await save(town)
    await earned(town)

    assert await come_back(town, NEWT) == [(NEWT, "give_role", int(KNIGHT), HARMLESS)]
    await chores.show_due(town.served)
    await town.served.ask(api.remove_role, api.RemoveRole(GUILD, KNIGHT), ADMIN)
    assert await come_back(town, NEWT) == [(NEWT, "give_role", int(KNIGHT), HARMLESS)]


async def test_a_role_that_was_taken_by_hand_stays_lost_once_that_is_the_record(town: Town) -> None:
    await save(town)
    await earned(town)

    [lost] = await by_hand(town, 1, lost=[KNIGHT, DUKE])
    assert await come_back(town, NEWT) == []  # nothing is put right while somebody is to decide
    await decide(town, hands.record_hand, lost)
    assert await come_back(town, NEWT) == []
    assert await by_hand(town, 2, lost=[KNIGHT]) == []  # the record says so too
    await earned(town)

    assert await come_back(town, NEWT) == [(NEWT, "give_role", int(KNIGHT), HARMLESS)]


async def test_a_role_that_was_taken_by_hand_is_put_back_and_one_that_was_given_is_recorded(town: Town) -> None:
    await save(town)
    await save(town, DUKE)
    await earned(town)

    [lost] = await by_hand(town, 1, lost=[KNIGHT])
    await decide(town, hands.put_hand_back, lost)
    [wish] = await chores.due(town.served)
    assert (wish.kind, wish.target, wish.value) == ("give_role", int(KNIGHT), HARMLESS)
    await chores.show_due(town.served)
    [gained] = await by_hand(town, 2, gained=[DUKE])
    await decide(town, hands.record_hand, gained)

    assert [one[2] for one in await come_back(town, NEWT)] == [int(KNIGHT), int(DUKE)]


async def test_many_who_come_back_at_once_are_asked_about_and_adopting_ends_what_they_earned(town: Town) -> None:
    await save(town)
    await earned(town)
    crowd = [UserId(9000 + number) for number in range(21)]
    async with town.database.transaction() as tx:
        for one in crowd:
            entry = Earned(user_id=one, role_id=KNIGHT, kind=EarnedKind.GIVEN, by=ADMIN, why="before")
            await custom_roles.write_down(tx, GUILD, entry, Clock().now())
    await town.served.mirror(*(MirroredMember(one, []) for one in crowd))

    assert await come_back(town, *crowd) == []
    [plan] = await town.served.ask(reconciliation.list_plans, reconciliation.ListPlans(GUILD), ADMIN)
    assert (plan.cause, plan.members) == (Cause.EARNED, 21)
    decision = reconciliation.DecidePlan(GUILD, plan.id, Decision.ADOPTED)
    await town.served.ask(reconciliation.decide_plan, decision, ADMIN)
    await adopt_all(town.database)

    assert await come_back(town, *crowd, NEWT) == [(NEWT, "give_role", int(KNIGHT), HARMLESS)]


async def test_what_is_decided_is_the_picture_that_was_looked_at_community_w10(town: Town) -> None:
    await save(town)
    await give(town)
    looked_at = await take(town)
    again = await request(town)
    await give(town)

    assert again.place is not None
    assert again.place.ticket_id == looked_at.ticket.id
    with pytest.raises(OtherPicture):
        await approve(town, looked_at)
    with pytest.raises(OtherPicture):
        await deny(town, looked_at)
    without = tickets.Approve(GUILD, looked_at.ticket.id, None, place())
    with pytest.raises(OtherPicture):
        await town.served.ask(tickets.approve, without, SECURITY)
    assert await town.chores() == []
    newest = await take(town)
    assert newest.ticket.id == looked_at.ticket.id
    assert newest.evidence[0].key > looked_at.evidence[0].key
    assert (await approve(town, newest)).state is TicketState.APPROVED


async def test_a_card_of_an_earlier_request_decides_nothing_about_a_later_one_community_w10(town: Town) -> None:
    await save(town)
    await give(town)
    old = await take(town)
    await deny(town, old)
    denied = await request(town)
    await give(town)

    assert denied.denied is not None
    assert (denied.denied.reason, denied.denied.how) == (PRESETS[0].name, PRESETS[0].how)
    with pytest.raises(AlreadyReviewed):
        await approve(town, old)
    assert await town.chores() == []
    case = await take(town)
    assert case.ticket.id != old.ticket.id
    assert [one.reason for one in case.denials] == [PRESETS[0].name]


async def test_approve_and_deny_pressed_together_decide_once_about_a_role_too_community_w9(town: Town) -> None:
    await save(town)
    await give(town)
    case = await take(town)

    done = await asyncio.gather(
        *(outcome(approve(town, case)) for _ in range(3)), *(outcome(deny(town, case)) for _ in range(3))
    )

    assert sorted(done)[:5] == ["already_reviewed"] * 5
    assert len(await town.told(LOGGED)) == len(await letters(town)) == 1
    assert len(await town.chores()) == done.count("approved")


UNSAFE = [
    place(RoleId(GUILD)),
    place(managed=True),
    place(permissions=EVERYBODY_MAY | Permission.MANAGE_MESSAGES),
    place(permissions=EVERYBODY_MAY | Permission.EMBED_LINKS),
    place(permissions=EVERYBODY_MAY | 1 << 62),
    place(is_below_bot=False),
]


@pytest.mark.parametrize("unsafe", UNSAFE)
async def test_no_role_that_does_harm_is_given_out_community_w14(town: Town, unsafe: RoleInPlace) -> None:
    with pytest.raises(UnsafeRole):
        await save(town, unsafe.role.id, seen=unsafe)
    assert await town.served.ask(api.list_roles, api.ListRoles(GUILD), ADMIN) == []


@pytest.mark.parametrize("unsafe", [*UNSAFE[1:], place(DUKE)])
async def test_a_role_that_has_come_to_do_harm_is_not_given_and_the_request_stays_community_w14(
    town: Town, unsafe: RoleInPlace
) -> None:
    await save(town)
    await give(town)
    case = await take(town)

    with pytest.raises(UnsafeRole):
        await approve(town, case, role=unsafe)
    gone = tickets.Approve(GUILD, case.ticket.id, picture=case.evidence[0].key)
    with pytest.raises(UnsafeRole):
        await town.served.ask(tickets.approve, gone, SECURITY)
    assert await town.chores() == []
    assert (await approve(town, case)).state is TicketState.APPROVED


async def test_a_role_is_decided_by_its_rank_and_by_nobody_about_themselves_community_b5_b6(town: Town) -> None:
    await save(town, decides=Decides.MODERATOR)
    await give(town)
    await give(town, MODERATOR)

    with pytest.raises(NobodyWaits):
        await take(town, SECURITY)
    case = await take(town, MODERATOR)
    assert case.ticket.user_id == NEWT
    for work in (approve(town, case, SECURITY), deny(town, case, COLLEAGUE)):
        with pytest.raises(Refusal) as refused:
            await work
        assert refused.value.code in {NotForThisRank.code, "held_by_other"}
    town.served.pass_time(301)
    with pytest.raises(NotForThisRank):
        await approve(town, case, SECURITY)
    own = await take(town, ADMIN)
    with pytest.raises(OwnTicket):
        await approve(town, msgspec.structs.replace(case, ticket=(await of(town, MODERATOR))), MODERATOR)
    assert own.ticket.user_id == NEWT
    assert (await approve(town, own, ADMIN)).decided_by == ADMIN


async def of(town: Town, who: UserId) -> Ticket:
    """The ticket of a member that waits."""
    async with town.database.transaction() as tx:
        number = await tx.value(int, "SELECT id FROM verification_ticket WHERE user_id = $1 AND state = 'open'", who)
    ask = tickets.TakeTicket(GUILD, TicketId(number or 0))
    found = await town.served.ask(tickets.take_ticket, ask, ADMIN)
    return found.ticket


async def test_a_name_and_two_roles_are_asked_for_at_once_in_one_line(town: Town) -> None:
    await save(town)
    await save(town, DUKE)
    await town.begin("Newton")
    for role_id in (None, KNIGHT, DUKE):
        await give(town, role_id=role_id)
    line = await town.served.client.call(tickets.read_line, tickets.ReadLine(GUILD))
    for number, role_id in enumerate((None, KNIGHT, DUKE)):
        opened = tickets.OpenedThread(guild_id=GUILD, thread_id=ChannelId(9900 + number), role_id=role_id)
        await town.served.ask(tickets.opened_thread, opened, NEWT)
    first = await take(town)
    named = tickets.Approve(GUILD, first.ticket.id, picture=first.evidence[0].key)
    await town.served.ask(tickets.approve, named, SECURITY)
    second = await take(town)

    assert line.waiting == 3
    assert (first.ticket.role_id, second.ticket.role_id, second.ticket.ign) == (None, KNIGHT, "")
    over = await town.served.client.call(tickets.over_threads, tickets.OverThreads(GUILD))
    assert [(one.thread_id, one.role_id) for one in over.threads] == [(9900, None)]
    pasted = await town.served.client.call(tickets.find_thread, tickets.FindThread(GUILD, ChannelId(9902)))
    assert [(one.user_id, one.role_id) for one in pasted.threads] == [(NEWT, DUKE)]
    assert (await request(town)).place is not None


async def test_a_new_thread_is_another_than_the_one_that_is_about_to_be_deleted_community_w21(town: Town) -> None:
    await save(town)
    opened = tickets.OpenedThread(guild_id=GUILD, thread_id=ChannelId(9901), role_id=KNIGHT)
    await town.served.ask(tickets.opened_thread, opened, NEWT)
    await give(town)
    await deny(town, await take(town))
    anew = tickets.OpenedThread(guild_id=GUILD, thread_id=ChannelId(9902), role_id=KNIGHT)
    manual = await town.served.ask(tickets.opened_thread, anew, NEWT)
    await town.served.client.call(tickets.forget_thread, tickets.ForgetThread(GUILD, ChannelId(9901)))

    assert manual.thread_id == 9902
    still = await town.served.ask(tickets.ask_manual, tickets.AskManual(GUILD, KNIGHT), NEWT)
    assert still.thread_id == 9902


async def test_a_role_that_is_given_out_no_more_lets_nobody_wait_and_tells_them(town: Town) -> None:
    await save(town, channel=HALL)
    await give(town)
    case = await take(town)
    [panel] = await panels(town)
    await town.served.ask(api.remove_role, api.RemoveRole(GUILD, KNIGHT), ADMIN)

    assert await panels(town) == {}
    shown = await town.served.client.call(api.show_panel, api.ShowPanel(GUILD, panel))
    assert (shown.is_over, shown.terms, shown.version) == (True, None, 2)
    assert "not given out any more" in (await letters(town))[0]
    with pytest.raises(AlreadyReviewed):
        await approve(town, case)
    for work in (request(town), give(town)):
        with pytest.raises(NotGivenOut):
            await work
    with pytest.raises(UnknownRole):
        await town.served.ask(api.remove_role, api.RemoveRole(GUILD, KNIGHT), ADMIN)
    with pytest.raises(UnknownPanel):
        await town.served.client.call(api.show_panel, api.ShowPanel(GUILD, 999))
    line = await town.served.client.call(tickets.read_line, tickets.ReadLine(GUILD))
    assert line.waiting == 0


async def test_all_that_is_asked_can_be_changed_and_cleared_and_leaves_old_and_new_community_b7(town: Town) -> None:
    await save(
        town,
        channel=HALL,
        description="For knights",
        instructions="Show\\n8/8.",
        image_url="https://example.org/a.png",
        decides=Decides.OFFICER,
    )
    [first] = await panels(town)
    kept = await save(town, description="For dukes")
    moved = await save(town, channel=YARD)
    [second] = await panels(town)
    for part in Part:
        await town.served.ask(api.clear_part, api.ClearPart(GUILD, KNIGHT, part), ADMIN)
    [empty] = await town.served.ask(api.list_roles, api.ListRoles(GUILD), ADMIN)

    assert (kept.terms.description, kept.terms.instructions) == ("For dukes", "Show\n8/8.")
    assert (moved.terms.channel_id, first != second) == (YARD.id, True)
    assert (empty.terms, await panels(town)) == (Terms(decides=Decides.OFFICER), {})
    told = await changes(town)
    assert (told[0].old, told[1].old and told[1].old["description"]) == (None, "For knights")
    assert (told[1].new and told[1].new["description"], told[1].changed_by) == ("For dukes", int(ADMIN))
    assert len(told) == 3 + len(Part)


async def test_a_message_that_was_taken_away_comes_back_and_one_that_stands_is_left_alone(town: Town) -> None:
    await save(town, channel=HALL)
    [first] = await panels(town)
    begin = discord_state.BeginPosting(GUILD, PANEL, first, HALL.id)
    await town.served.client.call(discord_state.begin_posting, begin)
    settle = discord_state.SettlePosting(GUILD, PANEL, first, MessageId(5001))
    await town.served.client.call(discord_state.settle_posting, settle)
    same = await save(town, channel=HALL)
    assert (same.message_id, list(await panels(town))) == (5001, [first])
    lost = discord_state.LostPosting(GUILD, PANEL, first, MessageId(5001))
    await town.served.client.call(discord_state.lost_posting, lost)
    await save(town, channel=HALL)

    assert list(await panels(town)) != [first]


async def test_a_role_is_asked_for_only_where_a_private_thread_can_be_opened(town: Town) -> None:
    with pytest.raises(WrongChannel, match="announcement channel, in which nobody can open a private thread"):
        await save(town, channel=NEWS)

    assert await town.served.ask(api.list_roles, api.ListRoles(GUILD), ADMIN) == []
    assert (await save(town, channel=HALL)).terms.channel_id == HALL.id


async def test_what_is_too_long_or_no_address_is_refused_before_anything_is_stored_community_b12(town: Town) -> None:
    too_long: list[dict[str, Any]] = [
        {"instructions": "a" * 1501},
        {"description": "a" * 501},
        {"image_url": "a" * 501},
    ]
    for wrong in too_long:
        with pytest.raises(InvalidRequest):
            await save(town, channel=HALL, **wrong)
    with pytest.raises(BadAddress):
        await save(town, channel=HALL, image_url="ftp://example.org")
    with pytest.raises(BadTerms):
        await save(town, DUKE, seen=place(KNIGHT))

    assert await town.served.ask(api.list_roles, api.ListRoles(GUILD), ADMIN) == []
    assert (await panels(town), await changes(town)) == ({}, [])


async def test_only_administrators_say_which_roles_are_given_out_and_so_many_at_most_community_w2(town: Town) -> None:
    with pytest.raises(NotAllowed):
        await save(town, by=MODERATOR)
    for number in range(MOST_ROLES):
        await save(town, RoleId(1000 + number))

    with pytest.raises(TooManyRoles):
        await save(town)
    await save(town, RoleId(1000), description="One of those")


async def test_whoever_is_suspended_gets_no_role(town: Town) -> None:
    await save(town)
    await give(town)
    case = await take(town)
    await town.served.mirror(MirroredMember(NEWT, [ROLES[RoleKey.SUSPENDED]]))

    with pytest.raises(SuspendedMember):
        await approve(town, case)
    with pytest.raises(SuspendedMember):
        await request(town)
    assert await town.chores() == []


async def test_without_a_place_for_screenshots_nobody_is_put_in_line_community_w27(town: Town) -> None:
    await save(town)
    nowhere = guild_config.SetChannels(GUILD, {ChannelKey.MANUAL_VERIFICATION: None})
    await town.served.ask(guild_config.set_channels, nowhere, ADMIN)

    with pytest.raises(Unmapped):
        await give(town)
    assert (await request(town)).place is None


async def test_a_verified_raider_asks_under_their_name(town: Town) -> None:
    await save(town)
    await town.begin("Tansy", TANSY)
    await give(town, TANSY, None)
    named = await take(town)
    ask = tickets.Approve(GUILD, named.ticket.id, picture=named.evidence[0].key)
    await town.served.ask(tickets.approve, ask, SECURITY)
    await give(town, TANSY)

    assert (await take(town)).ticket.ign == "Tansy"


FILE = """
version: 1
verification:
  panel: {text: "Be kind.", picture: "https://example.org/a.png"}
  screenshot: {text: "In the vault"}
verification_requirements: {stars: 60, maxed: 2}
verification_links:
  01: {label: "Rules: read", url: "https://example.org/rules"}
verification_reasons:
  01: {name: Blurry, how: Send it sharp.}
custom_roles:
  71: {channel: 800, description: For knights, decides: officer}
"""

CHANNELS_SEEN = [ChannelSeen(ChannelId(800), "hall"), NEWS]
ROLES_SEEN = [RoleSeen(RoleId(GUILD), "@everyone", permissions=EVERYBODY_MAY), RoleSeen(KNIGHT, "Knight", 1)]


async def imported(town: Town, text: str, roles: list[RoleSeen] | None = None) -> config_file.Applied:
    seen = config_file.PrepareImport(
        GUILD, text, roles or ROLES_SEEN, [ChannelSeen(ChannelId(800), "hall"), NEWS], (5, 0)
    )
    one = await town.served.ask(config_file.prepare_import, seen, ADMIN)
    return await town.served.ask(config_file.apply_import, config_file.ApplyImport(GUILD, one.id, one.revision), ADMIN)


async def exported(town: Town) -> dict[str, dict[str, str]]:
    found = await town.served.ask(config_file.export_config, config_file.ExportConfig(GUILD), ADMIN)
    return {one.name: one.entries for one in found if "verification" in one.name or one.name == "custom_roles"}


async def test_verification_and_earned_roles_go_through_a_file_and_back_community_b7(town: Town) -> None:
    await town.set("deaths_at_least", "10")
    await save(town, DUKE, channel=HALL)
    await imported(town, FILE)
    full = await exported(town)
    shown = await town.served.client.call(config_api.read_config, config_api.ReadConfig(GUILD))
    roles = await town.served.ask(api.list_roles, api.ListRoles(GUILD), ADMIN)
    names = "verification, verification_requirements, verification_links, verification_reasons, custom_roles"
    await imported(town, "\n".join(["version: 1", *(f"{name}: {{}}" for name in names.split(", "))]))

    assert shown.wanted == ["at least 60 stars", "at least 2 8/8 characters"]
    assert (shown.config.links[0].label, shown.config.presets[0].how) == ("Rules: read", "Send it sharp.")
    assert [(one.role_id, one.terms.channel_id, one.terms.decides) for one in roles] == [(KNIGHT, 800, "officer")]
    assert full["verification"] == {
        "panel/text": "Be kind.",
        "panel/picture": "https://example.org/a.png",
        "screenshot/text": "In the vault",
    }
    assert full["verification_requirements"] == {"stars": "60", "maxed": "2x8"}
    assert not any((await exported(town)).values())
    assert len(await panels(town)) == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("custom_roles: {72: {decides: officer}}", "there is no role 72"),
        ("custom_roles: {71: {channel: 801}}", "no text channel 801"),
        ("custom_roles: {71: {channel: 873}}", "is an announcement channel"),
        ("custom_roles: {71: {picture: nowhere}}", "no address"),
        ("verification_links: {01: {label: Rules}}", "01 needs label and url"),
        ("verification_reasons: {21: {name: Late}}", "from 01 to 20"),
        ("verification: {panel: {sound: loud}}", "text and picture"),
    ],
)
async def test_a_file_that_cannot_be_applied_says_where_before_anything_changes(
    town: Town, wrong: str, says: str
) -> None:
    with pytest.raises(BadConfigFile, match=says):
        await imported(town, f"version: 1\n{wrong}")
    assert not any((await exported(town)).values())


@pytest.mark.parametrize("unsafe", [{"permissions": int(Permission.BAN_MEMBERS)}, {"managed": True}, {"position": 6}])
async def test_no_file_gives_out_a_role_that_does_harm_community_w14(town: Town, unsafe: dict[str, Any]) -> None:
    roles = [ROLES_SEEN[0], msgspec.structs.replace(ROLES_SEEN[1], **unsafe)]

    with pytest.raises(BadConfigFile):
        await imported(town, "version: 1\ncustom_roles: {71: {decides: officer}}", roles)
    assert await town.served.ask(api.list_roles, api.ListRoles(GUILD), ADMIN) == []
