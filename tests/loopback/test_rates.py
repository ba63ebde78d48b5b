"""Rate limits: headers on every answer, and 429 where Discord says it."""

import pytest_asyncio
from tests.loopback.conftest import Answer, Here
from tests.loopback.ids import APPLICATION, BOT_COMMANDS, GUILD, ORYX_3, RAID, ROOK, RULES, TANSY, VERIFIED
from tests.loopback.rules import rule
from tests.loopback.test_messages import button, row

from discord_loopback import buckets


@pytest_asyncio.fixture
async def here(here: Here) -> Here:
    """One whose windows do not end by themselves."""
    here.hold()
    return here


def to_ms(seconds: float) -> float:
    return round(seconds, 3)


@rule("Buckets with headers, 429 with scope, 50 a second over all but interaction endpoints")
async def test_every_answer_tells_its_bucket(here: Here) -> None:
    first = await here.post(RAID, content="1")
    began = here.world.clock.now()
    second = await here.post(RAID, content="2")
    done = here.world.clock.now()

    assert first.headers["X-RateLimit-Limit"] == "5"
    assert first.headers["X-RateLimit-Remaining"] == "4"
    assert second.headers["X-RateLimit-Remaining"] == "3"
    assert second.headers["X-RateLimit-Bucket"] == first.headers["X-RateLimit-Bucket"]
    assert float(second.headers["X-RateLimit-Reset-After"]) == 5
    assert to_ms(began + 5) <= float(second.headers["X-RateLimit-Reset"]) <= to_ms(done + 5)


@rule("5 messages and 5 edits in 5 s of a channel; 10 role changes in 10 s of a guild")
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


@rule("Buckets with headers, 429 with scope, 50 a second over all but interaction endpoints")
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


@rule("Messages older than an hour: 3 edits in 6 s of a channel, 429 with 30046")
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


@rule("5 messages and 5 edits in 5 s of a channel; 10 role changes in 10 s of a guild")
async def test_giving_and_taking_roles_share_ten_in_ten_seconds_of_a_guild(here: Here) -> None:
    answers = []
    for n in range(11):
        method, user = ("PUT", ROOK) if n % 2 else ("DELETE", TANSY)
        answers.append(await here.call(method, f"/guilds/{GUILD}/members/{user}/roles/{ORYX_3}"))

    assert [each.status for each in answers] == [204] * 10 + [429]


@rule("Two renames in 10 minutes of a channel, with scope `shared`")
async def test_a_channel_is_renamed_twice_in_ten_minutes(here: Here) -> None:
    answers = [await here.call("PATCH", f"/channels/{RAID}", {"name": f"raid-{n}"}) for n in range(3)]

    assert [each.status for each in answers] == [200, 200, 429]
    assert answers[-1].body["retry_after"] > 500
    assert answers[-1].headers["X-RateLimit-Scope"] == "shared"
    assert answers[-1].body["message"] == "The resource is being rate limited."
    assert (await here.hands.stats())["invalid_requests"] == 0


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


@rule("20 a second for every other route")
async def test_every_other_route_has_twenty_a_second(here: Here) -> None:
    answers = [await here.call("GET", f"/users/{ROOK}") for _ in range(21)]

    assert [each.status for each in answers] == [200] * 20 + [429]


@rule("30 follow-ups in 60 s of a channel")
async def test_a_channel_has_thirty_follow_ups_a_minute(here: Here) -> None:
    bot = await here.connect()
    panel = (await here.post(RAID, content="panel", components=[row(button())])).body["id"]
    answers: list[Answer] = []
    for _ in range(7):
        pressed = (await here.hands.click(ROOK, panel, "a", wait=None))["id"]
        heard = (await bot.until(lambda packet, pressed=pressed: (packet["d"] or {}).get("id") == pressed))["d"]
        await here.callback(heard, 6)
        answers += [await here.webhook("POST", heard, body={"content": "x", "flags": 64}) for _ in range(5)]

    assert [each.status for each in answers] == [200] * 30 + [429] * 5
    assert answers[-1].body["retry_after"] <= 60


@rule("50 new emojis in an hour, with scope `shared`")
async def test_fifty_emojis_in_an_hour_are_the_most(here: Here) -> None:
    body = {"image": "data:image/png;base64,iVBORw0KGgo="}
    path = f"/applications/{APPLICATION}/emojis"
    for _ in range(50):
        here.loopback.server.buckets.take("emojis", buckets.EMOJIS)
    answer = await here.call("POST", path, {"name": "void", **body})

    assert answer.status == 429
    assert answer.headers["X-RateLimit-Scope"] == "shared"
    assert (await here.hands.stats())["invalid_requests"] == 0


SHUT_OUT = "10,000 refused requests in 10 minutes shut an address out; `shared` ones do not count"


@rule(SHUT_OUT)
async def test_too_many_refused_requests_shut_an_address_out(here: Here) -> None:
    await here.hands.faults(invalid_requests=3)
    refused = [await here.call("GET", "/users/@me", headers={"Authorization": "Bot wrong"}) for _ in range(4)]
    async with here.session.get(f"{here.world.url}/api/v10/gateway") as shut_out:
        page = await shut_out.text()

        assert [each.status for each in refused] == [401] * 4
        assert shut_out.status == 429
        assert "Via" not in shut_out.headers
        assert shut_out.content_type == "text/plain"
        assert page == "error code: 1015"
        assert int(shut_out.headers["Retry-After"]) > 3000
    await here.hands.shift_clock(3601)
    assert (await here.call("GET", "/users/@me")).status == 200


@rule(SHUT_OUT)
async def test_refused_requests_are_forgotten_after_ten_minutes(here: Here) -> None:
    await here.hands.faults(invalid_requests=3)
    for _ in range(3):
        for _ in range(3):
            await here.call("GET", "/users/@me", headers={"Authorization": "Bot wrong"})
        await here.hands.shift_clock(601)

    assert (await here.call("GET", "/users/@me")).status == 200


@rule(SHUT_OUT)
async def test_what_is_shared_and_what_is_missing_does_not_count(here: Here) -> None:
    shared = {"route": "GET /users/*", "scope": "shared", "retry_after": 0.5, "times": 9}
    await here.hands.faults(invalid_requests=3, limit=[shared])
    limited = [await here.call("GET", f"/users/{ROOK}") for _ in range(9)]
    missing = [await here.call("GET", "/channels/1") for _ in range(9)]

    assert {each.status for each in limited} == {429}
    assert limited[0].headers["X-RateLimit-Scope"] == "shared"
    assert limited[0].body["retry_after"] == 0.5
    assert {each.status for each in missing} == {404}
    assert (await here.call("GET", f"/users/{ROOK}")).status == 200


async def test_ten_thousand_is_the_usual_patience(here: Here) -> None:
    for _ in range(10_000):
        most = here.loopback.server.faults.invalid_requests
        here.loopback.server.addresses.note("127.0.0.1", 403, shared=False, most=most)
    before = await here.call("GET", "/gateway")
    await here.call("GET", "/users/@me", headers={"Authorization": "Bot wrong"})
    async with here.session.get(f"{here.world.url}/api/v10/gateway") as shut_out:
        assert shut_out.status == 429
    await here.hands.faults()

    assert before.status == 200
    assert (await here.call("GET", "/gateway")).status == 200


DMS = "60 new DMs in 10 minutes, then 403 with 40003"


@rule(DMS)
async def test_conversations_are_not_opened_too_fast(here: Here) -> None:
    first = await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})
    for _ in range(59):
        here.loopback.server.buckets.take("opened dms", buckets.OPENED_DMS)
    refused = await here.call("POST", "/users/@me/channels", {"recipient_id": str(TANSY)})
    known = await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})

    assert (refused.status, refused.code) == (403, 40003)
    assert known.body["id"] == first.body["id"]


async def test_a_fault_may_be_any_error_of_discords(here: Here) -> None:
    await here.hands.faults(fail=[{"route": "POST /users/@me/channels", "code": 40003}])
    answer = await here.call("POST", "/users/@me/channels", {"recipient_id": str(ROOK)})

    assert (answer.status, answer.code) == (403, 40003)
    assert answer.body["message"] == "You are opening direct messages too fast"
