"""The mirror of members, over HTTP and on the real database."""

import asyncio
from typing import Any

import msgspec
from tests.support.backend import ADMIN, GUILD, KEY, RAIDER, ROLES, Served

from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import Rank, RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import MirroredMember

ORGANIZER_ROLE = ROLES[RoleKey.ORGANIZER]


class Row(msgspec.Struct, frozen=True):
    user_id: int
    version: str


class Members(msgspec.Struct, frozen=True):
    members: list[dict[str, Any]]


async def rows(database: Database) -> dict[int, str]:
    """Return which state of each row stands; another one after each write."""
    async with database.transaction() as tx:
        found = await tx.many(Row, "SELECT user_id, xmin::text AS version FROM member")
    return {one.user_id: one.version for one in found}


async def rank(served: Served, who: UserId) -> Rank:
    return (await served.ask(api.read_rank, api.ReadRank(GUILD), who)).rank


async def test_a_thousand_members_take_one_statement(served: Served) -> None:
    members = [{"user_id": str(n), "role_ids": ["31", "32"]} for n in range(5000, 6000)]
    session = served.client._session
    assert session is not None

    async with session.put(
        f"{served.url}/guilds/{GUILD:d}/members", json={"members": members}, headers={"x-api-key": KEY}
    ) as answer:
        told = (answer.status, answer.headers["x-statements"], (await answer.json())["members"])

    assert told == (200, "1", 1000)
    assert await rank(served, UserId(5999)) is Rank.ORGANIZER


async def test_only_what_differs_is_written(served: Served, database: Database) -> None:
    members = [MirroredMember(UserId(5000 + n), [RoleId(31), RoleId(32)]) for n in range(3)]
    await served.mirror(*members)
    before = await rows(database)

    turned_round = MirroredMember(UserId(5001), [RoleId(32), RoleId(31)])
    await served.mirror(members[0], turned_round, MirroredMember(UserId(5002), [RoleId(32)]))

    after = await rows(database)
    assert {user for user in after if after[user] != before[user]} == {5002}


async def test_who_lost_roles_or_left_holds_nothing(served: Served) -> None:
    await served.mirror(MirroredMember(RAIDER, [ORGANIZER_ROLE]))
    held = await rank(served, RAIDER)
    await served.mirror(MirroredMember(RAIDER, []), MirroredMember(ADMIN, [], administrator=True, present=False))

    assert (held, await rank(served, RAIDER), await rank(served, ADMIN)) == (Rank.ORGANIZER, Rank.MEMBER, Rank.MEMBER)


async def present(database: Database) -> list[int]:
    async with database.transaction() as tx:
        return await tx.value(list[int], "SELECT array_agg(user_id ORDER BY user_id) FROM member WHERE present") or []


async def test_who_left_while_nobody_looked_is_found_out_range_by_range(served: Served, database: Database) -> None:
    await served.mirror(*(MirroredMember(UserId(5000 + n), [ORGANIZER_ROLE]) for n in range(6)))
    here = [MirroredMember(UserId(one), [ORGANIZER_ROLE]) for one in (5001, 5002)]

    told = api.MirrorMembers(GUILD, here, api.Ids(UserId(5000), UserId(5003)))
    await served.client.call(api.mirror_members, told)

    assert [one for one in await present(database) if one >= 5000] == [5001, 5002, 5004, 5005]
    assert await rank(served, UserId(5000)) is Rank.MEMBER


async def arrivals(database: Database) -> list[list[str]]:
    async with database.transaction() as tx:
        found = await tx.many(Members, "SELECT body->'members' AS members FROM outbox WHERE kind = 'MembersArrived'")
    return [[str(one["user_id"]) for one in members.members] for members in found]


async def test_who_comes_is_an_event_and_a_whole_server_is_not(served: Served, database: Database) -> None:
    found = [MirroredMember(UserId(5000 + n), []) for n in range(30)]
    whole = api.Ids(UserId(5000), UserId(6000))
    await served.client.call(api.mirror_members, api.MirrorMembers(GUILD, found, whole))
    assert await arrivals(database) == []

    await served.client.call(
        api.mirror_members, api.MirrorMembers(GUILD, [MirroredMember(UserId(7000), [])], just_came=True)
    )
    await served.mirror(MirroredMember(UserId(5000), [], present=False))
    await served.mirror(MirroredMember(UserId(5000), []))

    assert await arrivals(database) == [["7000"], ["5000"]]


async def test_who_is_told_twice_holds_what_was_told_last_and_nobody_is_fine_too(served: Served) -> None:
    await served.mirror(MirroredMember(RAIDER, []), MirroredMember(RAIDER, [ORGANIZER_ROLE]))
    await served.mirror()

    assert await rank(served, RAIDER) is Rank.ORGANIZER


async def test_lists_told_at_once_in_opposite_order_never_wait_for_each_other_in_a_circle(served: Served) -> None:
    members = [MirroredMember(UserId(5000 + n), []) for n in range(200)]
    changed = [MirroredMember(one.user_id, [ORGANIZER_ROLE]) for one in reversed(members)]

    await asyncio.gather(*(served.mirror(*told) for told in (members, changed) * 8))

    assert await rank(served, UserId(5100)) in {Rank.MEMBER, Rank.ORGANIZER}
