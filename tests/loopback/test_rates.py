"""Rate limits: headers on every answer, and 429 where Discord says it."""

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import BOT_COMMANDS, GUILD, ORYX_3, RAID, ROOK, RULES, TANSY, VERIFIED


async def test_every_answer_tells_its_bucket(here: Here) -> None:
    first = await here.post(RAID, content="1")
    second = await here.post(RAID, content="2")

    assert first.headers["X-RateLimit-Limit"] == "5"
    assert first.headers["X-RateLimit-Remaining"] == "4"
    assert second.headers["X-RateLimit-Remaining"] == "3"
    assert second.headers["X-RateLimit-Bucket"] == first.headers["X-RateLimit-Bucket"]
    assert 0 < float(second.headers["X-RateLimit-Reset-After"]) <= 5
    assert float(second.headers["X-RateLimit-Reset"]) == pytest.approx(here.world.clock.now() + 5, abs=1)


async def test_the_sixth_message_in_five_seconds_is_too_many(here: Here) -> None:
    answers = [await here.post(RAID, content="x") for _ in range(6)]
    elsewhere = await here.post(BOT_COMMANDS, content="x")

    assert [each.status for each in answers] == [200] * 5 + [429]
    last = answers[-1]
    assert last.headers["X-RateLimit-Scope"] == "user"
    assert 0 < last.body["retry_after"] <= 5
    assert last.body["global"] is False
    assert int(last.headers["Retry-After"]) >= 1
    assert last.headers["Via"]
    assert elsewhere.status == 200


async def test_fifty_in_a_second_are_too_many_for_all_routes_but_interactions(here: Here) -> None:
    answers = [
        await here.call("GET", f"/channels/{RULES if n % 3 else RAID}/messages?limit={n % 5 + 1}") for n in range(30)
    ]
    answers += [await here.call("GET", f"/guilds/{GUILD}/members/{ROOK}") for _ in range(15)]
    answers += [await here.call("GET", f"/users/{ROOK}") for _ in range(15)]

    overall = [each for each in answers if each.status == 429 and each.body["global"]]
    assert len(overall) >= 10
    assert overall[0].headers["X-RateLimit-Scope"] == "global"
    assert overall[0].headers["X-RateLimit-Global"] == "true"
    by_token = await here.call("POST", "/interactions/1/t/callback", {"type": 5}, headers={})
    assert by_token.code == 10062


async def test_edits_of_old_messages_share_a_small_budget(here: Here) -> None:
    ids = [(await here.post(RAID, content="x")).body["id"] for _ in range(4)]
    await here.hands.shift_clock(3601)
    fresh = (await here.post(RAID, content="fresh")).body["id"]

    old = [await here.call("PATCH", f"/channels/{RAID}/messages/{each}", {"content": "y"}) for each in ids]
    new = await here.call("PATCH", f"/channels/{RAID}/messages/{fresh}", {"content": "y"})

    assert [each.status for each in old] == [200, 200, 200, 429]
    assert old[-1].code == 30046
    assert 0 < old[-1].body["retry_after"] <= 6
    assert new.status == 200


async def test_giving_and_taking_roles_share_ten_in_ten_seconds_of_a_guild(here: Here) -> None:
    answers = []
    for n in range(11):
        method, user = ("PUT", ROOK) if n % 2 else ("DELETE", TANSY)
        answers.append(await here.call(method, f"/guilds/{GUILD}/members/{user}/roles/{ORYX_3}"))

    assert [each.status for each in answers] == [204] * 10 + [429]


async def test_a_channel_is_renamed_twice_in_ten_minutes(here: Here) -> None:
    answers = [await here.call("PATCH", f"/channels/{RAID}", {"name": f"raid-{n}"}) for n in range(3)]

    assert [each.status for each in answers] == [200, 200, 429]
    assert answers[-1].body["retry_after"] > 500


async def test_requests_are_counted(here: Here) -> None:
    sent = await here.post(RAID, content="x")
    path = f"/channels/{RAID}/messages/{sent.body['id']}"
    for _ in range(6):
        await here.call("PATCH", path, {"content": "y"})
    await here.call("PUT", f"/guilds/{GUILD}/members/{ROOK}/roles/{VERIFIED}")

    stats = await here.hands.stats()
    log = await here.hands.log(after=1)

    assert stats["count_429"] == 1
    assert stats["invalid_requests"] == 1
    assert stats["edits"] == {str(RAID): 5}
    assert stats["routes"]["PATCH /channels/*/messages/*"] == {"200": 5, "429": 1}
    assert [each["n"] for each in log["requests"]] == list(range(2, 9))
    assert log["next"] == 8
    assert log["requests"][0]["message_id"] == sent.body["id"]
    await here.hands.reset_stats()
    assert (await here.hands.stats())["requests"] == 0
