"""The audit log: what is in it, who may read it, and that it forgets."""

from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import ALWYN, APPLICATION, BOT_COMMANDS, GUILD, ORYX_3, PIKE, RAID, ROOK, TANSY, VERIFIED
from tests.loopback.rules import rule

MEMBERS, LOG = f"/guilds/{GUILD}/members", f"/guilds/{GUILD}/audit-logs"
IN_TABLE = "The audit log names who, whom, what and why, for 45 days, to VIEW_AUDIT_LOG"


async def entries(here: Here, query: str = "") -> list[dict[str, Any]]:
    here.grant("VIEW_AUDIT_LOG")
    answer = await here.call("GET", f"{LOG}{query}")
    assert answer.status == 200
    return answer.body["audit_log_entries"]


def because(here: Here, reason: str) -> dict[str, str]:
    return {"Authorization": f"Bot {here.world.token}", "X-Audit-Log-Reason": reason}


@rule(IN_TABLE)
async def test_an_entry_names_who_whom_what_and_why(here: Here) -> None:
    body = {"communication_disabled_until": "2026-01-01T00:00:00+00:00"}
    await here.call("PATCH", f"{MEMBERS}/{ROOK}", body, headers=because(here, "leaves%20early%20%E2%9C%93"))

    [entry] = await entries(here)

    assert (entry["action_type"], entry["user_id"], entry["target_id"]) == (24, str(APPLICATION), str(ROOK))
    assert entry["reason"] == "leaves early ✓"
    assert entry["changes"] == [
        {"key": "communication_disabled_until", "new_value": "2026-01-01T00:00:00.000000+00:00"}
    ]


ACTS: list[tuple[str, str, Any, int, dict[str, Any]]] = [
    ("PUT", f"{MEMBERS}/{ROOK}/roles/{ORYX_3}", None, 25, {"target_id": str(ROOK)}),
    ("DELETE", f"{MEMBERS}/{ROOK}/roles/{VERIFIED}", None, 25, {"target_id": str(ROOK)}),
    ("PATCH", f"{MEMBERS}/{ROOK}", {"nick": "R"}, 24, {"changes": [{"key": "nick", "new_value": "R"}]}),
    ("DELETE", f"{MEMBERS}/{ROOK}", None, 20, {"target_id": str(ROOK)}),
    ("PUT", f"/guilds/{GUILD}/bans/{ROOK}", {}, 22, {"target_id": str(ROOK)}),
    ("POST", f"/guilds/{GUILD}/roles", {"name": "new"}, 30, {}),
    ("PATCH", f"/guilds/{GUILD}/roles/{ORYX_3}", {"hoist": True}, 31, {"target_id": str(ORYX_3)}),
    ("DELETE", f"/guilds/{GUILD}/roles/{ORYX_3}", None, 32, {"target_id": str(ORYX_3)}),
    ("POST", f"/guilds/{GUILD}/channels", {"name": "new"}, 10, {}),
    ("PATCH", f"/channels/{RAID}", {"topic": "t"}, 11, {"changes": [{"key": "topic", "new_value": "t"}]}),
    ("DELETE", f"/channels/{RAID}", None, 12, {"target_id": str(RAID)}),
    ("PUT", f"/channels/{RAID}/permissions/{ROOK}", {"type": 1, "allow": "1024"}, 13, {"target_id": str(RAID)}),
    ("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11}, 110, {}),
]


@pytest.mark.parametrize(("method", "path", "body", "action", "more"), ACTS)
async def test_what_the_bot_does_is_noted(
    here: Here, method: str, path: str, body: Any, action: int, more: dict[str, Any]
) -> None:
    await here.call(method, path, body, headers=because(here, "why"))

    [entry] = await entries(here)

    assert entry["action_type"] == action
    assert entry["reason"] == "why"
    assert {key: entry[key] for key in more} == more


async def test_what_changes_nothing_is_not_noted(here: Here) -> None:
    await here.call("PUT", f"{MEMBERS}/{ROOK}/roles/{VERIFIED}")
    await here.call("PATCH", f"{MEMBERS}/{ROOK}", {"nick": None})

    assert await entries(here) == []


async def test_roles_that_come_and_go_are_named(here: Here) -> None:
    await here.call("PATCH", f"{MEMBERS}/{ROOK}", {"roles": [str(ORYX_3)]})

    [entry] = await entries(here)

    assert entry["changes"] == [
        {"key": "$add", "new_value": [{"id": str(ORYX_3), "name": "Oryx 3"}]},
        {"key": "$remove", "new_value": [{"id": str(VERIFIED), "name": "Verified Raider"}]},
    ]


async def test_what_administrators_do_by_hand_is_noted_as_theirs(here: Here) -> None:
    await here.hands.set_roles(GUILD, ROOK, [VERIFIED, ORYX_3])
    await here.hands.edit_channel(RAID, overwrites=[])

    channel, roles = await entries(here)

    assert (roles["action_type"], roles["user_id"]) == (25, str(ALWYN))
    assert (channel["action_type"], channel["user_id"]) == (11, str(ALWYN))


async def test_what_moderators_do_by_hand_is_noted_once_with_their_reason(here: Here) -> None:
    said = await here.hands.say(ROOK, BOT_COMMANDS, "spam")
    thread = await here.hands.open_thread(ROOK, BOT_COMMANDS, "Keys")
    await here.hands.pin(ALWYN, said["id"])
    await here.hands.unpin(ALWYN, said["id"])
    await here.hands.delete(ALWYN, said["id"])
    await here.hands.nickname(ALWYN, GUILD, ROOK, "Castle")
    await here.hands.change_channel(ALWYN, BOT_COMMANDS, topic="Type here")
    await here.hands.permit(ALWYN, BOT_COMMANDS, [])
    await here.hands.delete_channel(ALWYN, int(thread["id"]))
    await here.hands.delete_role(ALWYN, GUILD, ORYX_3)
    await here.hands.kick(ALWYN, GUILD, TANSY, reason="spam")
    await here.hands.ban(ALWYN, GUILD, ROOK, reason="more spam")
    await here.hands.unban(ALWYN, GUILD, ROOK)
    noted = [each for each in reversed(await entries(here)) if each["action_type"] not in (13, 14, 15)]

    assert [each["action_type"] for each in noted] == [110, 74, 75, 72, 24, 11, 112, 32, 20, 22, 23]
    assert [each["user_id"] for each in noted] == [str(ROOK), *[str(ALWYN)] * 10]
    assert [each["reason"] for each in noted if "reason" in each] == ["spam", "more spam"]


async def test_deleting_what_others_wrote_is_noted_and_what_is_ones_own_is_not(here: Here) -> None:
    said = await here.hands.say(ROOK, BOT_COMMANDS, "x")
    own = await here.post(BOT_COMMANDS, content="mine")
    for message_id in (said["id"], own.body["id"]):
        await here.call("DELETE", f"/channels/{BOT_COMMANDS}/messages/{message_id}")

    [entry] = await entries(here)

    assert (entry["action_type"], entry["target_id"]) == (72, str(ROOK))
    assert entry["options"] == {"channel_id": str(BOT_COMMANDS), "count": "1"}


async def test_entries_are_found_by_who_what_and_when(here: Here) -> None:
    for user in (ROOK, TANSY, PIKE):
        await here.call("PUT", f"{MEMBERS}/{user}/roles/{ORYX_3}")
    await here.call("DELETE", f"{MEMBERS}/{PIKE}")
    newest = await entries(here)
    first = newest[-1]["id"]

    assert [each["target_id"] for each in newest] == [str(PIKE), str(PIKE), str(TANSY), str(ROOK)]
    assert [each["target_id"] for each in await entries(here, "?after=0&limit=2")] == [str(ROOK), str(TANSY)]
    assert [each["target_id"] for each in await entries(here, f"?before={newest[2]['id']}")] == [str(ROOK)]
    assert [each["id"] for each in await entries(here, f"?after={first}&limit=1")] == [newest[2]["id"]]
    assert [each["target_id"] for each in await entries(here, "?action_type=20")] == [str(PIKE)]
    assert await entries(here, f"?user_id={ROOK}") == []


async def test_the_log_is_for_those_who_may_see_it_and_so_is_the_news_of_it(here: Here) -> None:
    here.revoke("VIEW_AUDIT_LOG")
    bot = await here.connect()
    await here.call("PUT", f"{MEMBERS}/{ROOK}/roles/{ORYX_3}")
    refused = await here.call("GET", LOG)
    here.grant("VIEW_AUDIT_LOG")
    await here.call("DELETE", f"{MEMBERS}/{ROOK}/roles/{ORYX_3}")
    heard = await bot.event("GUILD_AUDIT_LOG_ENTRY_CREATE")

    assert (refused.status, refused.code) == (403, 50013)
    assert heard["changes"][0]["key"] == "$remove"
    assert heard["guild_id"] == str(GUILD)
    assert bot.names().count("GUILD_AUDIT_LOG_ENTRY_CREATE") == 1


async def test_entries_are_forgotten_after_45_days(here: Here) -> None:
    await here.call("PUT", f"{MEMBERS}/{ROOK}/roles/{ORYX_3}")
    await here.hands.shift_clock(44 * 86_400)
    kept = await entries(here)
    await here.hands.shift_clock(2 * 86_400)

    assert len(kept) == 1
    assert await entries(here) == []


async def test_a_reason_has_512_characters_at_most(here: Here) -> None:
    answer = await here.call("DELETE", f"{MEMBERS}/{ROOK}", headers=because(here, "x" * 513))

    assert (answer.status, answer.code) == (400, 50035)
    assert ROOK in here.world.guilds[GUILD].members
