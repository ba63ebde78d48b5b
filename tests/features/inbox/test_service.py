"""A letter waits for its member, calls them without saying what it says, and staff see whether it was read."""

import pytest
from tests.support.backend import ADMIN, GUILD, RAIDER, STRANGER, SUSPENDED, Served

from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed
from raidbot.core.ids import GuildId, UserId
from raidbot.database.pool import Database
from raidbot.features.inbox import api, service
from raidbot.features.inbox.model import Letter, LetterId, UnknownLetter


async def leave(
    served: Served, database: Database, title: str, body: str = "…", to: UserId = RAIDER, guild_id: GuildId = GUILD
) -> LetterId:
    async with database.transaction() as tx:
        return await service.leave(tx, guild_id, to, title, body, Clock(served.clock_file).now())


async def opened(served: Served, by: UserId = RAIDER) -> list[Letter]:
    return await served.ask(api.open_inbox, api.OpenInbox(GUILD), by)


async def calls(database: Database) -> list[str]:
    async with database.transaction() as tx:
        found = await tx.value(
            list[str],
            """
            SELECT array_agg(state || ' ' || array_to_string(user_ids, ',') || ' ' || body::text ORDER BY id)
              FROM notice WHERE kind = 'inbox_waiting'
            """,
        )
    return found or []


async def test_a_letter_is_read_by_its_member_alone_and_stays_to_be_read_again(
    served: Served, database: Database
) -> None:
    await leave(served, database, "Your mute", "It ends tomorrow.")

    assert await opened(served, STRANGER) == []
    [new] = await opened(served)
    [again] = await opened(served)

    assert (new.title, new.body, new.read_at) == ("Your mute", "It ends tomorrow.", None)
    assert (again.id, again.body, again.read_at is not None) == (new.id, new.body, True)


async def test_the_suspended_and_the_unverified_read_theirs_too(served: Served, database: Database) -> None:
    await leave(served, database, "Your suspension", to=SUSPENDED)

    assert [one.title for one in await opened(served, SUSPENDED)] == ["Your suspension"]


async def test_one_call_stands_for_a_member_says_nothing_and_goes_when_they_have_read(
    served: Served, database: Database
) -> None:
    await leave(served, database, "First", "secret")
    await leave(served, database, "Second", "secret")
    assert await calls(database) == [f"lapsed {RAIDER} {{}}", f"open {RAIDER} {{}}"]

    await opened(served)

    assert await calls(database) == [f"lapsed {RAIDER} {{}}"] * 2


async def test_unread_ones_come_first_and_what_does_not_fit_is_not_read_yet(served: Served, database: Database) -> None:
    await leave(served, database, "Old")
    await opened(served)
    for number in range(3):
        await leave(served, database, f"Long {number}", "x" * 1700)

    first, second = await opened(served), await opened(served)

    assert [one.title for one in first] == ["Long 2", "Long 1"]
    assert [one.title for one in second] == ["Long 0", "Long 2"]


async def test_staff_see_whether_it_was_read_and_not_what_it_says(served: Served, database: Database) -> None:
    letter_id = await leave(served, database, "Your mute", "secret")
    ask = api.ShowEnvelope(GUILD, letter_id)

    with pytest.raises(NotAllowed):
        await served.ask(api.show_envelope, ask, RAIDER)
    before = await served.ask(api.show_envelope, ask, ADMIN)
    await opened(served)
    after = await served.ask(api.show_envelope, ask, ADMIN)

    assert (before.title, before.called, before.read_at) == ("Your mute", False, None)
    assert after.read_at is not None


async def test_a_letter_of_another_server_is_unknown_here(served: Served, database: Database) -> None:
    elsewhere = await leave(served, database, "Theirs", guild_id=GuildId(GUILD + 1))

    with pytest.raises(UnknownLetter):
        await served.ask(api.show_envelope, api.ShowEnvelope(GUILD, elsewhere), ADMIN)
    assert await opened(served) == []
