"""Places and keys: who waits, who moves up, who holds a key and who learns where the run is."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from msgspec.structs import replace
from tests.features.runs.steps import live, opened, put, shown
from tests.support.backend import (
    ADMIN,
    GUILD,
    KEY,
    ORGANIZER,
    RAIDER,
    ROLES,
    SECOND_ORGANIZER,
    STRANGER,
    SUSPENDED,
    Served,
)
from tests.support.house import until

from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import joins, offers, places, pops
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import Card, JoinRefused, JoinState, NotInRun, TooManyOfAKind
from raidbot.features.runs.model.life import BadNeeds, Run
from raidbot.features.runs.model.offers import (
    LinedUp,
    OfferId,
    OfferRefused,
    OfferSettled,
    OfferState,
    UnknownKey,
    UnknownOffer,
)
from raidbot.features.runs.model.places import Grounds, Stage

MEMBERS = [UserId(number) for number in range(500, 512)]
VERIFIED = ROLES[RoleKey.VERIFIED_RAIDER]
SHATTERS_KEY = "shatters_key"


@pytest.fixture(autouse=True)
async def verified(served: Served) -> None:
    await served.mirror(*(MirroredMember(one, [VERIFIED]) for one in MEMBERS))


async def join(served: Served, run: Run, who: UserId) -> Card:
    return await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), who)


async def leave(served: Served, run: Run, who: UserId) -> Card:
    return await served.ask(joins.leave_run, joins.LeaveRun(GUILD, run.id), who)


async def card(served: Served, run: Run, who: UserId) -> Card:
    return await served.ask(joins.my_part, joins.MyPart(GUILD, run.id), who)


async def offer(served: Served, run: Run, who: UserId, key: str = SHATTERS_KEY) -> LinedUp:
    return await served.ask(offers.offer_key, offers.OfferKey(GUILD, run.id, key), who)


async def states(served: Served, run: Run) -> list[JoinState | None]:
    return [(await card(served, run, who)).state for who in MEMBERS[:4]]


IN, WAITS, CALLED, LEFT = JoinState.JOIN, JoinState.WAITING, JoinState.CALLED, JoinState.LEFT


async def test_who_finds_no_place_waits_in_order_and_the_organizer_takes_none(served: Served) -> None:
    run = await opened(served, max_raiders=2)

    cards = [await join(served, run, who) for who in MEMBERS[:4]]

    assert [(one.state, one.place) for one in cards] == [(IN, None), (IN, None), (WAITS, 1), (WAITS, 2)]
    now = await shown(served, run)
    assert (now.raiders, now.free, now.waiting) == (3, 0, 2)
    assert (await card(served, run, MEMBERS[3])).place == 2


async def test_in_an_open_run_the_first_who_waits_moves_up_at_once(served: Served) -> None:
    run = await opened(served, max_raiders=1)
    for who in MEMBERS[:3]:
        await join(served, run, who)

    await leave(served, run, MEMBERS[0])

    assert (await states(served, run))[:3] == [LEFT, IN, WAITS]
    assert (await card(served, run, MEMBERS[2])).place == 1


async def test_in_a_live_run_who_moves_up_has_a_minute_and_is_passed_over_to_the_end_of_the_line(
    served: Served,
) -> None:
    run = await live(served)
    await served.ask(api.cap_run, api.CapRun(GUILD, run.id, 1), ORGANIZER)
    for who in MEMBERS[:4]:
        await join(served, run, who)

    await leave(served, run, MEMBERS[0])
    called = await card(served, run, MEMBERS[1])
    assert (called.state, called.called_until is not None, called.location) == (CALLED, True, None)
    served.pass_time(61)

    async def passed_over() -> bool:
        return (await card(served, run, MEMBERS[2])).state is CALLED

    await until(passed_over, "the call to run out")
    assert await states(served, run) == [LEFT, WAITS, CALLED, WAITS]
    assert (await card(served, run, MEMBERS[1])).place == 2
    here = await join(served, run, MEMBERS[2])
    assert (here.state, here.location) == (IN, "USWest Realm 4")


async def test_a_raised_cap_lets_in_who_waits_in_order_and_a_lock_closes_the_line(served: Served) -> None:
    run = await opened(served, max_raiders=1)
    for who in MEMBERS[:4]:
        await join(served, run, who)

    raised = await served.ask(api.cap_run, api.CapRun(GUILD, run.id, 3), ORGANIZER)
    assert (raised.free, raised.waiting) == (0, 1)
    await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=True), ORGANIZER)
    await leave(served, run, MEMBERS[0])

    assert await states(served, run) == [LEFT, IN, IN, WAITS]
    with pytest.raises(JoinRefused, match="locked"):
        await join(served, run, MEMBERS[5])


async def test_forty_at_once_find_ten_places_and_the_others_wait_each_at_a_place_of_their_own_raids_21(
    served: Served,
) -> None:
    members = [UserId(number) for number in range(600, 640)]
    await served.mirror(*(MirroredMember(one, [VERIFIED]) for one in members))
    run = await opened(served, max_raiders=10)

    cards = await asyncio.gather(*(join(served, run, who) for who in members))

    assert [one.state for one in cards].count(IN) == 10
    assert sorted(one.place for one in cards if one.place) == list(range(1, 31))
    assert (await shown(served, run)).raiders == 11


async def test_who_was_taken_out_stays_out_until_they_are_added_again(served: Served) -> None:
    run = await opened(served)
    await join(served, run, RAIDER)

    left = await served.ask(
        joins.remove_raiders, joins.RemoveRaiders(GUILD, run.id, [RAIDER], "wrong server"), ORGANIZER
    )
    assert RAIDER not in {one.user_id for one in left}
    with pytest.raises(JoinRefused, match="Ask them"):
        await join(served, run, RAIDER)
    await served.ask(joins.add_raider, joins.AddRaider(GUILD, run.id, RAIDER), ORGANIZER)

    assert (await card(served, run, RAIDER)).joined
    with pytest.raises(JoinRefused, match="suspended"):
        await served.ask(joins.add_raider, joins.AddRaider(GUILD, run.id, SUSPENDED), ORGANIZER)


@pytest.mark.parametrize("why", ["left", "suspended", "unverified"])
async def test_who_leaves_the_server_or_loses_their_standing_is_out_with_their_key_and_the_next_moves_up(
    served: Served, why: str
) -> None:
    run = await opened(served, max_raiders=1)
    for who in MEMBERS[:2]:
        await join(served, run, who)
    await offer(served, run, MEMBERS[0])
    now: dict[str, list[RoleId]] = {"suspended": [VERIFIED, ROLES[RoleKey.SUSPENDED]]}

    await served.mirror(MirroredMember(MEMBERS[0], now.get(why, []), present=why != "left"))

    after = await shown(served, run)
    assert (after.raiders, after.offers, after.waiting) == (2, [], 0)
    assert (await states(served, run))[:2] == [LEFT, IN]


@pytest.mark.parametrize(
    ("why", "reason"),
    [("left", "left the server"), ("suspended", "suspended"), ("unverified", "no longer verified")],
)
async def test_whom_nobody_took_out_reads_why_they_are_out_and_joins_again_once_that_is_settled(
    served: Served, why: str, reason: str
) -> None:
    run, who = await opened(served), MEMBERS[0]
    await join(served, run, who)
    now: dict[str, list[RoleId]] = {"suspended": [VERIFIED, ROLES[RoleKey.SUSPENDED]]}
    await served.mirror(MirroredMember(who, now.get(why, []), present=why != "left"))
    out = await card(served, run, who)

    await served.mirror(MirroredMember(who, [VERIFIED]))
    back = await join(served, run, who)

    assert (out.state, out.reason) == (LEFT, reason)
    assert (back.joined, (await card(served, run, who)).reason) == (True, None)
    await leave(served, run, who)
    assert (await card(served, run, who)).reason is None


async def test_class_and_what_one_brings_stand_on_the_card_and_are_counted(served: Served) -> None:
    run = await opened(served)
    await join(served, run, RAIDER)

    await served.ask(joins.play, joins.Play(GUILD, run.id, "mystic"), RAIDER)
    told = await served.ask(joins.bring, joins.Bring(GUILD, run.id, ["curse", "slow"]), RAIDER)
    fewer = await served.ask(joins.bring, joins.Bring(GUILD, run.id, ["curse"]), RAIDER)

    assert (told.plays, sorted(told.brings), fewer.brings) == ("mystic", ["curse", "slow"], ["curse"])
    now = await shown(served, run)
    assert (now.classes, now.brings) == ({"mystic": 1}, {"curse": 1})


async def test_what_there_is_enough_of_is_not_taken_and_who_is_not_in_brings_nothing(served: Served) -> None:
    run = await opened(served)
    for who in MEMBERS[:4]:
        await join(served, run, who)
    for who in MEMBERS[:3]:
        await served.ask(joins.bring, joins.Bring(GUILD, run.id, ["curse"]), who)

    with pytest.raises(TooManyOfAKind, match="Curse"):
        await served.ask(joins.bring, joins.Bring(GUILD, run.id, ["curse"]), MEMBERS[3])
    with pytest.raises(NotInRun, match="Join first"):
        await served.ask(joins.play, joins.Play(GUILD, run.id, "wizard"), MEMBERS[9])


async def test_only_who_is_in_and_in_good_standing_offers_a_key_of_this_dungeon_raids_6_raids_7(
    served: Served,
) -> None:
    run = await opened(served)

    with pytest.raises(OfferRefused, match="Join the run first"):
        await offer(served, run, RAIDER)
    with pytest.raises(JoinRefused, match="Get verified"):
        await offer(served, run, STRANGER)
    await join(served, run, RAIDER)
    with pytest.raises(UnknownKey, match="no such key"):
        await offer(served, run, RAIDER, "cult_key")


async def test_the_organizer_accepts_holders_up_to_the_cap_and_they_alone_read_the_location_raids_6(
    served: Served,
) -> None:
    run = await opened(served, party="P", location="EUWest")
    for who in MEMBERS[:3]:
        await join(served, run, who)
    first, second, third = [await offer(served, run, who) for who in MEMBERS[:3]]
    assert [(one.offer.state, one.offer.place, one.location) for one in (first, second, third)] == [
        (OfferState.OFFERED, place, None) for place in (1, 2, 3)
    ]

    await served.ask(offers.accept_all, offers.AcceptAll(GUILD, run.id), ORGANIZER)

    read = [await card(served, run, who) for who in MEMBERS[:4]]
    assert [(one.grounds, one.location) for one in read] == [
        (Grounds.KEY, "EUWest"),
        (Grounds.KEY, "EUWest"),
        (None, None),
        (None, None),
    ]
    with pytest.raises(OfferRefused, match="2 of 2 holders"):
        await served.ask(offers.accept_offer, offers.AcceptOffer(GUILD, run.id, third.offer.id), ORGANIZER)


async def test_the_line_accepts_by_itself_where_the_guild_wants_it_and_no_longer_those_with_marks(
    served: Served,
) -> None:
    await put(served, "key_reveal", "automatic")
    await put(served, "no_pop_marks", "1")
    run = await opened(served, party="P", location="EUWest")
    for who in MEMBERS[:3]:
        await join(served, run, who)

    told = [await offer(served, run, who) for who in MEMBERS[:3]]
    assert [one.offer.state for one in told] == [OfferState.ACCEPTED, OfferState.ACCEPTED, OfferState.OFFERED]
    assert [one.location for one in told] == ["EUWest", "EUWest", None]
    await served.ask(offers.did_not_pop, offers.DidNotPop(GUILD, run.id, told[0].offer.id), ORGANIZER)

    assert (await card(served, run, MEMBERS[2])).location == "EUWest"
    assert (await card(served, run, MEMBERS[0])).location is None
    marked = await offer(served, run, MEMBERS[0])
    assert (marked.offer.state, marked.location) == (OfferState.OFFERED, None)


async def test_who_takes_a_key_back_is_told_so_and_reads_the_location_no_more_raids_12(served: Served) -> None:
    await put(served, "key_reveal", "automatic")
    run = await opened(served, party="P", location="EUWest")
    for who in MEMBERS[:2]:
        await join(served, run, who)
        await offer(served, run, who)

    told = await served.ask(offers.withdraw_key, offers.WithdrawKey(GUILD, run.id, SHATTERS_KEY), MEMBERS[0])

    assert (told.changed, told.offers, told.location) == (True, [], None)
    assert (await card(served, run, MEMBERS[0])).location is None
    again = await served.ask(offers.withdraw_key, offers.WithdrawKey(GUILD, run.id, SHATTERS_KEY), MEMBERS[0])
    assert not again.changed


async def _popped(served: Served, run: Run, told: LinedUp) -> None:
    await served.ask(pops.holder_popped, pops.HolderPopped(GUILD, run.id, told.offer.id), ORGANIZER)


async def _withdrawn(served: Served, run: Run, _: LinedUp) -> None:
    await served.ask(offers.withdraw_key, offers.WithdrawKey(GUILD, run.id, SHATTERS_KEY), MEMBERS[0])


async def _unoffered(served: Served, run: Run, told: LinedUp) -> None:
    await served.ask(offers.remove_offer, offers.RemoveOffer(GUILD, run.id, told.offer.id), ORGANIZER)


async def _left(served: Served, run: Run, _: LinedUp) -> None:
    await leave(served, run, MEMBERS[0])


async def _removed(served: Served, run: Run, _: LinedUp) -> None:
    await served.ask(joins.remove_raiders, joins.RemoveRaiders(GUILD, run.id, [MEMBERS[0]], "late"), ORGANIZER)


async def _suspended(served: Served, *_: object) -> None:
    await served.mirror(MirroredMember(MEMBERS[0], [VERIFIED, ROLES[RoleKey.SUSPENDED]]))


@pytest.mark.parametrize("frees", [_popped, _withdrawn, _unoffered, _left, _removed, _suspended])
async def test_where_the_line_accepts_by_itself_who_stands_next_follows_and_nobody_passes_them(
    served: Served, database: Database, frees: Callable[[Served, Run, LinedUp], Awaitable[None]]
) -> None:
    await put(served, "key_reveal", "automatic")
    await put(served, "key_cap", "1")
    run = await live(served)
    for who in MEMBERS[:3]:
        await join(served, run, who)
    first = await offer(served, run, MEMBERS[0])
    second = await offer(served, run, MEMBERS[1])

    await frees(served, run, first)
    late = await offer(served, run, MEMBERS[2])

    assert [one.offer.state for one in (first, second, late)] == [
        OfferState.ACCEPTED,
        OfferState.OFFERED,
        OfferState.OFFERED,
    ]
    assert [(one.user_id, one.state) for one in (await shown(served, run)).offers] == [
        (MEMBERS[1], OfferState.ACCEPTED),
        (MEMBERS[2], OfferState.OFFERED),
    ]
    async with database.transaction() as tx:
        called = await tx.value(list[int], "SELECT user_ids FROM notice WHERE kind = 'run_accepted'")
    assert called == [MEMBERS[1]]


async def test_where_the_organizer_accepts_a_place_that_became_free_waits_for_them(served: Served) -> None:
    await put(served, "key_reveal", "organizer")
    run = await live(served)
    for who in MEMBERS[:2]:
        await join(served, run, who)
    first = await offer(served, run, MEMBERS[0])
    await offer(served, run, MEMBERS[1])
    await served.ask(offers.accept_offer, offers.AcceptOffer(GUILD, run.id, first.offer.id), ORGANIZER)

    await leave(served, run, MEMBERS[0])

    assert [one.state for one in (await shown(served, run)).offers] == [OfferState.OFFERED]


async def test_leaving_takes_the_key_along_and_a_settled_offer_cannot_be_accepted(served: Served) -> None:
    run = await opened(served)
    await join(served, run, RAIDER)
    told = await offer(served, run, RAIDER)

    await leave(served, run, RAIDER)

    assert (await shown(served, run)).offers == []
    with pytest.raises(OfferSettled, match="no longer in line"):
        await served.ask(offers.accept_offer, offers.AcceptOffer(GUILD, run.id, told.offer.id), ORGANIZER)
    with pytest.raises(UnknownOffer):
        await served.ask(offers.remove_offer, offers.RemoveOffer(GUILD, run.id, OfferId(99999)), ORGANIZER)


async def test_ten_offers_at_once_are_accepted_up_to_the_cap_and_no_further(served: Served) -> None:
    await put(served, "key_reveal", "automatic")
    run = await opened(served)
    for who in MEMBERS[:10]:
        await join(served, run, who)

    told = await asyncio.gather(*(offer(served, run, who) for who in MEMBERS[:10]))

    assert [one.offer.state for one in told].count(OfferState.ACCEPTED) == 2
    assert sorted(one.offer.place for one in told) == list(range(1, 11))


class Reveal(msgspec.Struct, frozen=True):
    user_id: int
    grounds: Grounds
    placed: int
    location: str | None
    times: int


async def reveals(database: Database, run: Run) -> list[Reveal]:
    async with database.transaction() as tx:
        return await tx.many(
            Reveal,
            """
            SELECT user_id, grounds, placed, location, times FROM run_reveal
             WHERE run_id = $1 ORDER BY first_at, user_id
            """,
            run.id,
        )


async def test_each_showing_of_the_location_is_on_record_with_its_right(served: Served, database: Database) -> None:
    await put(served, "key_reveal", "automatic")
    run = await opened(served, party="P", location="EUWest")
    for who in MEMBERS[:2]:
        await join(served, run, who)
    await offer(served, run, MEMBERS[0])
    await card(served, run, MEMBERS[0])
    await served.ask(places.place_run, places.PlaceRun(GUILD, run.id, party="P", location="EUNorth"), ORGANIZER)
    await card(served, run, MEMBERS[0])
    await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)
    await card(served, run, MEMBERS[1])

    assert await reveals(database, run) == [
        Reveal(MEMBERS[0], Grounds.KEY, 1, "EUWest", 2),
        Reveal(MEMBERS[0], Grounds.KEY, 2, "EUNorth", 1),
        Reveal(MEMBERS[1], Grounds.RAIDER, 2, "EUNorth", 1),
    ]


async def test_the_location_becomes_known_stage_by_stage_and_never_less(served: Served) -> None:
    run = await opened(served, party="P", location="EUWest")
    for who in MEMBERS[:2]:
        await join(served, run, who)
    await served.ask(joins.bring, joins.Bring(GUILD, run.id, ["curse"]), MEMBERS[0])

    async def known() -> list[bool]:
        return [(await card(served, run, who)).location is not None for who in MEMBERS[:3]]

    seen = [await known()]
    for stage in (Stage.WANTS, Stage.KEYS, Stage.RAIDERS, Stage.ALL):
        await served.ask(places.show_place, places.ShowPlace(GUILD, run.id, stage), ORGANIZER)
        seen.append(await known())

    assert seen == [
        [False, False, False],
        [True, False, False],
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


async def counted(served: Served, method: str, path: str, who: UserId, **body: object) -> str:
    session = served.client._session
    assert session is not None
    served.presses += 1
    headers = {"x-api-key": KEY, "x-actor": str(int(who)), "idempotency-key": str(served.presses)}
    url = f"{served.url}/guilds/{GUILD:d}/runs/{path}"
    async with session.request(method, url, json=body or None, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return answer.headers["x-statements"]


async def test_join_and_key_offer_take_two_statements_and_the_whole_run_takes_one(served: Served) -> None:
    run = await live(served)

    assert await counted(served, "POST", f"{run.id}/join", RAIDER) == "2"
    assert await counted(served, "POST", f"{run.id}/offers", RAIDER, key=SHATTERS_KEY) == "2"
    assert await counted(served, "GET", f"{run.id}", RAIDER) == "1"
    assert await counted(served, "POST", f"{run.id}/leave", RAIDER) == "2"


async def test_a_run_needs_what_was_typed_else_what_the_guild_set_and_no_more_of_it_is_taken(served: Served) -> None:
    asked = api.OpenRun(guild_id=GUILD, dungeon="oryx_3")
    await put(served, "needed", "Curse 3, Marble Seal 2, Shatters Key 4")
    usual = await served.ask(api.open_run, asked, ORGANIZER)
    await put(served, "needed", "catalogue")
    other = await served.ask(api.open_run, replace(asked, needs="curse 0"), SECOND_ORGANIZER)

    assert (usual.needed, other.needed) == ({"curse": 3, "marble_seal": 2}, {"curse": 0})
    with pytest.raises(BadNeeds, match="Oryx 3 knows Wine Cellar Incantation"):
        await served.ask(api.open_run, replace(asked, needs="many curses"), ADMIN)

    for one in MEMBERS[:3]:
        await join(served, other, one)
    for one in MEMBERS[:2]:
        await served.ask(joins.bring, joins.Bring(GUILD, other.id, ["curse"]), one)
    with pytest.raises(TooManyOfAKind, match="Curse"):
        await served.ask(joins.bring, joins.Bring(GUILD, other.id, ["curse"]), MEMBERS[2])
