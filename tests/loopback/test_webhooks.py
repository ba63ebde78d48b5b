"""Webhooks of channels: who makes them, what they post, and who may change that."""

from typing import Any

import pytest
import pytest_asyncio
from tests.loopback.conftest import Answer, Here
from tests.loopback.ids import BOT_COMMANDS, GUILD, MIRA, RAID, ROOK, TANSY
from tests.loopback.rules import rule
from tests.loopback.test_messages import V2, button, row, text

Json = dict[str, Any]
HOOKS = f"/channels/{RAID}/webhooks"
IN_TABLE = 'Webhooks: 15 of a channel, names without "clyde" and "discord", own messages only'


@pytest_asyncio.fixture
async def hook(here: Here) -> Json:
    here.grant("MANAGE_WEBHOOKS")
    return (await here.call("POST", HOOKS, {"name": "Town crier"})).body


async def through(here: Here, hook: Json, rest: str = "?wait=true", method: str = "POST", **body: Any) -> Answer:
    return await here.call(method, f"/webhooks/{hook['id']}/{hook['token']}{rest}", body, headers={})


async def test_a_webhook_posts_under_its_own_name_or_another(here: Here, hook: Json) -> None:
    plain = await through(here, hook, content="Hear!")
    other = await through(here, hook, content="Hear!", username="Oryx")
    silent = await through(here, hook, "", content="nobody waits")

    assert plain.body["author"]["username"] == "Town crier"
    assert plain.body["author"]["bot"] is True
    assert plain.body["webhook_id"] == plain.body["author"]["id"] == hook["id"]
    assert other.body["author"]["username"] == "Oryx"
    assert silent.status == 204
    shown = await here.hands.messages(RAID, ROOK)
    assert [each["content"] for each in shown] == ["Hear!", "Hear!", "nobody waits"]


async def test_buttons_of_a_webhook_of_the_application_are_pressed(here: Here, hook: Json) -> None:
    bot = await here.connect()
    sent = await through(here, hook, flags=V2, components=[text("Run"), row(button("join"))])
    await here.hands.click(ROOK, sent.body["id"], "join", wait=None)
    heard = await bot.event("INTERACTION_CREATE")
    answer = await here.callback(heard, 7, {"components": [text("Done")]})

    assert heard["message"]["webhook_id"] == hook["id"]
    assert answer.status == 204
    assert (await here.hands.messages(RAID, ROOK))[0]["components"][0]["content"] == "Done"


async def test_a_webhook_of_a_person_sends_nothing_to_press(here: Here, hook: Json) -> None:
    here.world.webhooks[int(hook["id"])].application_id = None
    ignored = await through(here, hook, content="x", components=[row(button())])
    refused = await through(here, hook, "?wait=true&with_components=true", content="x", components=[row(button())])
    shown = await through(here, hook, "?wait=true&with_components=true", flags=V2, components=[text("shown")])

    assert ignored.body["components"] == []
    assert (refused.status, refused.code) == (400, 50035)
    assert shown.body["components"][0]["content"] == "shown"


@rule(IN_TABLE)
async def test_a_webhook_changes_its_own_messages_only(here: Here, hook: Json) -> None:
    mine = await through(here, hook, content="mine")
    foreign = (await here.post(RAID, content="the bot's")).body["id"]
    edited = await through(here, hook, f"/messages/{mine.body['id']}", "PATCH", content="edited")
    refused = await through(here, hook, f"/messages/{foreign}", "PATCH", content="edited")
    by_bot = await here.call("PATCH", f"/channels/{RAID}/messages/{mine.body['id']}", {"content": "by the bot"})
    deleted = await through(here, hook, f"/messages/{mine.body['id']}", "DELETE")

    assert edited.body["content"] == "edited"
    assert (refused.status, refused.code) == (404, 10008)
    assert (by_bot.status, by_bot.code) == (403, 50005)
    assert deleted.status == 204


async def test_a_webhook_posts_into_threads_of_its_channel(here: Here, hook: Json) -> None:
    thread = (await here.call("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11})).body["id"]
    elsewhere = (await here.call("POST", f"/channels/{BOT_COMMANDS}/threads", {"name": "t", "type": 11})).body["id"]
    await here.call("PATCH", f"/channels/{thread}", {"archived": True})
    sent = await through(here, hook, f"?wait=true&thread_id={thread}", content="x")
    edited = await through(here, hook, f"/messages/{sent.body['id']}?thread_id={thread}", "PATCH", content="y")
    refused = await through(here, hook, f"?wait=true&thread_id={elsewhere}", content="x")
    forum = await through(here, hook, content="x", thread_name="post")

    assert sent.body["channel_id"] == thread
    assert edited.body["content"] == "y"
    assert (refused.status, refused.code) == (404, 10003)
    assert (forum.status, forum.code) == (400, 220003)
    assert here.world.channels[int(thread)].thread is not None
    assert not here.world.channels[int(thread)].thread.archived  # pyright: ignore[reportOptionalMemberAccess]


@rule(IN_TABLE)
@pytest.mark.parametrize("name", ["", "x" * 81, "My Discord", "CLYDE"])
async def test_a_webhook_has_no_such_name(here: Here, hook: Json, name: str) -> None:
    made = await here.call("POST", HOOKS, {"name": name})
    renamed = await here.call("PATCH", f"/webhooks/{hook['id']}", {"name": name})
    shown = await through(here, hook, content="x", username=name or "x" * 81)

    assert [each.code for each in (made, renamed, shown)] == [50035] * 3


@rule(IN_TABLE)
async def test_a_channel_has_fifteen_webhooks(here: Here, hook: Json) -> None:
    answers = [await here.call("POST", HOOKS, {"name": f"h{n}"}) for n in range(15)]

    assert [each.status for each in answers] == [200] * 14 + [400]
    assert answers[-1].code == 30007
    assert hook["id"] in {each["id"] for each in (await here.call("GET", HOOKS)).body}


async def test_webhooks_are_made_by_those_who_may(here: Here) -> None:
    assert (await here.call("POST", HOOKS, {"name": "x"})).code == 50013
    assert (await here.call("GET", HOOKS)).code == 50013
    assert (await here.call("GET", f"/guilds/{GUILD}/webhooks")).code == 50013


async def test_the_owner_reads_a_webhook_but_changes_it_only_with_the_permission(here: Here, hook: Json) -> None:
    here.revoke("MANAGE_WEBHOOKS")

    assert (await here.call("GET", f"/webhooks/{hook['id']}")).body["name"] == "Town crier"
    assert (await here.call("PATCH", f"/webhooks/{hook['id']}", {"name": "x"})).code == 50013


async def test_a_token_opens_its_webhook_and_no_other(here: Here, hook: Json) -> None:
    wrong = await here.call("POST", f"/webhooks/{hook['id']}/nonsense", {"content": "x"}, headers={})
    read = await through(here, hook, "", "GET")
    gone = await through(here, hook, "", "DELETE")
    after = await through(here, hook, content="x")

    assert (wrong.status, wrong.code) == (401, 50027)
    assert "user" not in read.body
    assert gone.status == 204
    assert (after.status, after.code) == (404, 10015)


async def test_a_webhook_moves_and_goes_with_its_channel(here: Here, hook: Json) -> None:
    bot = await here.connect()
    moved = await here.call("PATCH", f"/webhooks/{hook['id']}", {"channel_id": str(BOT_COMMANDS)})
    await here.call("DELETE", f"/channels/{BOT_COMMANDS}")

    assert moved.body["channel_id"] == str(BOT_COMMANDS)
    assert (await bot.event("WEBHOOKS_UPDATE"))["channel_id"] == str(BOT_COMMANDS)
    assert (await here.call("GET", f"/webhooks/{hook['id']}")).code == 10015


@rule("What webhooks post may mention everyone")
async def test_what_a_webhook_posts_may_mention_everyone(here: Here, hook: Json) -> None:
    await through(here, hook, content="@everyone")

    for user in (TANSY, MIRA):
        assert [each["by"] for each in await here.hands.pings(user)] == ["everyone"]


@rule("5 in 2 s for each route of a webhook or an interaction's token")
async def test_a_webhook_posts_five_times_in_two_seconds(here: Here, hook: Json) -> None:
    second = (await here.call("POST", HOOKS, {"name": "Second"})).body
    answers = [await through(here, hook, content=str(n)) for n in range(6)]
    another = await through(here, second, content="x")

    assert [each.status for each in answers] == [200] * 5 + [429]
    assert answers[0].headers["X-RateLimit-Limit"] == "5"
    assert 0 < answers[-1].body["retry_after"] <= 2
    assert another.status == 200


async def test_webhooks_stay_over_a_restart(here: Here, hook: Json, tmp_path: Any) -> None:
    from discord_loopback import state  # noqa: PLC0415 - only here

    sent = await through(here, hook, content="x")
    state.save(here.world, tmp_path / "state.json")
    here.world.webhooks.clear()
    here.world.messages.clear()
    state.load(here.world, tmp_path / "state.json")

    edited = await through(here, hook, f"/messages/{sent.body['id']}", "PATCH", content="y")
    assert edited.body["author"]["username"] == "Town crier"
