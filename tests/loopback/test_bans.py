"""Bans, one by one and many at once."""

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import ALWYN, BOT_COMMANDS, GUILD, MIRA, PIKE, ROOK, TANSY
from tests.loopback.rules import rule

BANS, BULK = f"/guilds/{GUILD}/bans", f"/guilds/{GUILD}/bulk-ban"
IN_TABLE = "Bans delete up to 7 days of messages; up to 200 at once, those above are named as failed"


@rule(IN_TABLE)
async def test_a_ban_deletes_what_was_written_in_the_last_seconds(here: Here) -> None:
    bot = await here.connect()
    await here.hands.say(ROOK, BOT_COMMANDS, "old")
    await here.hands.shift_clock(3600)
    recent = await here.hands.say(ROOK, BOT_COMMANDS, "recent")
    await here.hands.say(TANSY, BOT_COMMANDS, "of another")
    await here.call("PUT", f"{BANS}/{ROOK}", {"delete_message_seconds": 600})

    left = await here.hands.messages(BOT_COMMANDS, MIRA)
    assert [each["content"] for each in left] == ["old", "of another"]
    assert (await bot.event("MESSAGE_DELETE_BULK"))["ids"] == [recent["id"]]
    assert {"GUILD_BAN_ADD", "GUILD_MEMBER_REMOVE"} <= set(bot.names())


async def test_a_ban_deletes_no_more_than_seven_days(here: Here) -> None:
    answer = await here.call("PUT", f"{BANS}/{ROOK}", {"delete_message_seconds": 7 * 86_400 + 1})

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error("delete_message_seconds") == "NUMBER_TYPE_MAX"
    assert ROOK in here.world.guilds[GUILD].members


@rule(IN_TABLE)
async def test_many_are_banned_at_once_but_none_who_stand_above(here: Here) -> None:
    here.grant("MANAGE_GUILD")
    await here.call("PUT", f"{BANS}/{PIKE}", {})
    wanted = [str(each) for each in (ROOK, TANSY, ALWYN, PIKE, 5)]
    answer = await here.call("POST", BULK, {"user_ids": wanted})

    assert answer.status == 200
    assert answer.body == {
        "banned_users": [str(ROOK), str(TANSY)],
        "failed_users": [str(ALWYN), str(PIKE), "5"],
    }


@pytest.mark.parametrize(
    ("user_ids", "status", "code"),
    [([str(ALWYN)], 400, 500000), ([], 400, 50035), ([str(each) for each in range(201)], 400, 50035)],
)
async def test_a_bulk_ban_needs_1_to_200_of_whom_one_can_be_banned(
    here: Here, user_ids: list[str], status: int, code: int
) -> None:
    here.grant("MANAGE_GUILD")
    answer = await here.call("POST", BULK, {"user_ids": user_ids})

    assert (answer.status, answer.code) == (status, code)


async def test_a_bulk_ban_needs_manage_guild_too(here: Here) -> None:
    answer = await here.call("POST", BULK, {"user_ids": [str(ROOK)]})

    assert (answer.status, answer.code) == (403, 50013)


async def test_bans_are_listed_in_pages(here: Here) -> None:
    for user in (ROOK, TANSY, PIKE):
        await here.call("PUT", f"{BANS}/{user}", {})

    async def listed(query: str) -> list[str]:
        return [each["user"]["username"] for each in (await here.call("GET", BANS + query)).body]

    assert await listed("") == ["rook", "tansy", "pike"]
    assert await listed(f"?after={ROOK}&limit=1") == ["tansy"]
    assert await listed(f"?before={PIKE}&limit=1") == ["tansy"]


async def test_bans_are_read_by_those_who_may_ban(here: Here) -> None:
    here.revoke("BAN_MEMBERS")

    assert (await here.call("GET", BANS)).code == 50013
    assert (await here.call("GET", f"{BANS}/{ROOK}")).code == 50013
