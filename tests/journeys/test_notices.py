"""What a raid tells in its channel: to whom, for how long, and once whatever is killed in between."""

from typing import Any

import msgspec
import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from raidbot.database.pool import Database

pytestmark = pytest.mark.journey


class Row(msgspec.Struct, frozen=True):
    state: str
    message_id: int | None


async def rows(database: Database) -> list[Row]:
    async with database.transaction() as tx:
        return await tx.many(Row, "SELECT state, message_id FROM notice ORDER BY id")


async def calls(raid: Raid, *says: str) -> list[Json]:
    """The messages in the raid channel that say all of that, the panel left out."""
    return [one for one in (await raid.panels())[1:] if all(part in words(one) for part in says)]


async def pinged(raid: Raid, *people: str) -> dict[str, int]:
    return {who: len(await raid.hands.pings(raid.people[who])) for who in people}


async def started(raid: Raid) -> Json:
    opened = await raid.open(party="Secret party", location="Secret realm")
    panel = await raid.panel("Open")
    await raid.press("Rook", panel, "Join")
    await raid.press("Tansy", panel, "Join")
    await raid.press("Odalys", opened["message"], "Start")
    return opened["message"]


async def test_a_start_pings_the_joined_for_half_a_minute_and_leads_them_to_their_card(raid: Raid) -> None:
    await started(raid)

    [call] = await until(lambda: calls(raid, "is live"), "the call")
    card = await raid.press("Rook", call, "My card")

    assert await pinged(raid, "Rook", "Tansy", "Pike", "Odalys", "Quill") == {
        "Rook": 1,
        "Tansy": 1,
        "Pike": 0,
        "Odalys": 0,
        "Quill": 0,
    }
    assert buttons(call).keys() == {"My card"}
    assert "Secret" not in words(call)
    assert "Location: **Secret realm**" in words(card["message"])

    await raid.hands.shift_clock(31)
    await until(lambda: gone(raid), "the call to vanish")


async def gone(raid: Raid) -> bool:
    return not await calls(raid, "is live")


async def test_the_early_channel_shows_the_location_in_one_message_and_pings_anew_when_it_changes(raid: Raid) -> None:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    role = next(one["id"] for one in view["roles"] if one["name"] == "Lost Halls")
    await raid.use("Alwyn", "dungeonrole set", dungeon="lost_halls", role=role)
    await raid.open(party="Secret party", location="First realm")

    async def early(*says: str) -> list[Json] | None:
        shown = await raid.hands.messages(raid.channels["early-location"], raid.people["Mira"])
        text = "\n".join(words(one) for one in shown)
        return shown if len(shown) == 2 and all(part in text for part in says) else None

    first = await until(lambda: early("First realm", "the location is set"), "the early location")
    private = (await raid.use("Odalys", "panel"))["message"]
    form = await raid.press("Odalys", private, "Party & loc", wait="first")
    moved = {"party": "Secret party", "location": "Second realm"}
    await raid.hands.submit(raid.people["Odalys"], int(form["id"]), moved)
    second = await until(lambda: early("Second realm", "the location has changed"), "the changed location")

    standing = [one for one in first if "First realm" in words(one)]
    assert [one["id"] for one in second if "Second realm" in words(one)] == [one["id"] for one in standing]
    assert sorted(one["pinged_roles"] for one in second) == [[], [role]]
    assert {one["id"] for one in second} != {one["id"] for one in first}
    assert "realm" not in "".join(words(one) for one in await raid.panels())


async def put_back(database: Database) -> None:
    """Let the record be as if the bot had been killed between the posting and the writing down."""
    async with database.transaction() as tx:
        await tx.run(
            """
            UPDATE notice SET state = 'open', message_id = NULL, channel_id = NULL, told_at = NULL, delete_at = NULL,
                              not_before = wanted_at, lapses_at = wanted_at + interval '1 day'
            """
        )


async def test_whatever_is_killed_a_start_is_told_once(raid: Raid, database: Database) -> None:
    await raid.use("Alwyn", "settings set", setting="roster", value="all")
    await raid.use("Alwyn", "settings set", setting="ping_at_start", value="here")
    await started(raid)
    await raid.house.kill("bot")
    await raid.house.start_bot()

    async def all_told() -> list[Row]:
        found = await rows(database)
        return found if all(one.state == "told" for one in found) else []

    first = await until(all_told, "everything to be told")
    for wait in (0, 600):
        await raid.house.kill("bot")
        await put_back(database)
        await raid.hands.shift_clock(wait)
        await raid.house.start_bot()
        again: list[Row] = await until(all_told, "everything to be found again")
        assert again == first

    assert len(first) == 2
    assert len(await calls(raid, "is live")) == 2
    assert [one["pinged_everyone"] for one in await calls(raid, "is live")].count("here") == 1


async def test_a_thousand_raiders_are_called_by_thirteen_messages_and_discord_never_says_no_raids_41(
    raid: Raid, database: Database
) -> None:
    await raid.open(party="p", location="l")
    await raid.panel("Open")
    await raid.hands.reset_stats()
    async with database.transaction() as tx:
        await tx.run(
            """
            INSERT INTO notice (guild_id, name, kind, subject_id, channel, user_ids, body, wanted_at, not_before,
                                lapses_at)
            SELECT guild_id, 'many' || n, 'run_called', id, 'raid',
                   array(SELECT 900000000000000000 + n * 80 + m FROM generate_series(1, 80) m),
                   '{"call_for": "join"}', opened_at, opened_at, opened_at + interval '1 day'
              FROM run, generate_series(0, 12) n
            """
        )
        await tx.run(
            """
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT guild_id, 'NoticesWanted', jsonb_build_object('guild_id', guild_id::text), opened_at FROM run
            """
        )

    async def told() -> bool:
        return len(await calls(raid, "take your place")) == 13

    await until(told, "thirteen calls")
    assert (await raid.hands.stats())["count_429"] == 0


async def test_what_nobody_could_tell_in_time_is_not_told_late(raid: Raid, database: Database) -> None:
    await raid.open(party="p", location="l")
    await raid.press("Rook", await raid.panel("Open"), "Join")
    await raid.house.kill("bot")
    async with database.transaction() as tx:
        await tx.run(
            """
            INSERT INTO notice (guild_id, name, kind, subject_id, channel, user_ids, wanted_at, not_before, lapses_at)
            SELECT guild_id, kind, kind, id, 'raid', ARRAY[$1::bigint], opened_at, opened_at,
                   opened_at + CASE kind WHEN 'run_called' THEN interval '1 minute' ELSE interval '1 day' END
              FROM run, unnest(ARRAY['run_called', 'run_from_tomorrow']) kind
            """,
            raid.people["Rook"],
        )
    await raid.hands.shift_clock(120)

    await raid.house.start_bot()

    async def settled() -> dict[str, Any] | None:
        states = [one.state for one in await rows(database)]
        return {"states": states} if "open" not in states else None

    assert await until(settled, "both to be settled") == {"states": ["lapsed", "parked"]}
    assert [one["id"] for one in await raid.panels()] == [(await raid.panel("Open"))["id"]]
    assert raid.house.log("bot").count("This bot does not know how to say it") == 1
