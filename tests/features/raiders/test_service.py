"""Raiders over HTTP, on the real database."""

import asyncio

import asyncpg
import msgspec
import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, STRANGER, Served

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.raiders import api
from raidbot.features.raiders.model import IgnTaken, InvalidIgn, NotYourName, Raider, RaiderStatus, UnknownRaider


class Entry(msgspec.Struct, frozen=True):
    changed_by: int
    old_ign: str | None
    new_ign: str | None


async def verified(served: Served, who: UserId, ign: str, by: UserId = ADMIN) -> Raider:
    return await served.ask(api.verify_raider, api.VerifyRaider(GUILD, who, ign), by)


async def entries(database: Database) -> list[Entry]:
    async with database.transaction() as tx:
        return await tx.many(Entry, "SELECT changed_by, old_ign, new_ign FROM raider_entry ORDER BY id")


async def heard(database: Database) -> list[str]:
    async with database.transaction() as tx:
        found = await tx.value(
            list[str], "SELECT array_agg(body->>'ign' ORDER BY id) FROM outbox WHERE kind = 'RaiderVerified'"
        )
    return found or []


async def test_an_ign_is_kept_in_its_capitals_and_shown(served: Served) -> None:
    await verified(served, RAIDER, "RookTheBold")

    shown = await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), RAIDER)

    assert (shown.ign, shown.status) == ("RookTheBold", RaiderStatus.VERIFIED)


async def test_who_did_it_is_kept_with_old_and_new_and_told_once_each(served: Served, database: Database) -> None:
    await verified(served, RAIDER, "Rook")
    await verified(served, RAIDER, "Rook")
    await verified(served, RAIDER, "Castle")

    assert await entries(database) == [Entry(ADMIN, None, "Rook"), Entry(ADMIN, "Rook", "Castle")]
    assert await heard(database) == ["Rook", "Castle"]


async def test_the_ign_of_another_is_refused_in_any_capitals(served: Served) -> None:
    await verified(served, RAIDER, "Rook")

    with pytest.raises(IgnTaken, match="let staff sort out") as refused:
        await verified(served, STRANGER, "rOOK")

    assert refused.value.details == {"user_id": str(int(RAIDER))}


async def test_twenty_who_want_one_ign_at_once_get_one_owner(served: Served, database: Database) -> None:
    members = [UserId(900 + number) for number in range(20)]

    told = await asyncio.gather(*(verified(served, one, "Rook") for one in members), return_exceptions=True)

    assert sum(isinstance(one, Raider) for one in told) == 1
    assert sum(isinstance(one, IgnTaken) for one in told) == 19
    assert len(await entries(database)) == 1


async def test_the_database_itself_refuses_a_second_owner_and_what_is_no_ign(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("INSERT INTO raider VALUES (1, 1, 'Rook', 'verified')")
    for wrong in (
        "INSERT INTO raider VALUES (1, 2, 'rook', 'verified')",
        "INSERT INTO raider VALUES (1, 3, 'R 2', 'verified')",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with database.transaction() as tx:
                await tx.run(wrong)


async def test_organizers_cannot_verify(served: Served) -> None:
    with pytest.raises(NotAllowed, match="Security or higher"):
        await verified(served, RAIDER, "Rook", by=ORGANIZER)


async def test_what_is_no_ign_is_refused_and_unknown_raiders_say_how_to_set_one(served: Served) -> None:
    with pytest.raises(InvalidIgn, match="1 to 16 letters"):
        await verified(served, RAIDER, "Rook 2")
    with pytest.raises(UnknownRaider, match="/verify"):
        await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), ORGANIZER)
    with pytest.raises(NotYourName, match="Ask an organizer"):
        await served.ask(api.show_raider, api.ShowRaider(GUILD, STRANGER), RAIDER)
