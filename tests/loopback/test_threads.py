"""Threads and channels."""

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import GUILD, MIRA, RAID, RAID_LOG, ROOK, TANSY
from tests.loopback.rules import rule

from discord_loopback.client import HandsError

SYSTEM = "Messages of Discord's own for pins, starts, names and members of threads"


async def started(here: Here) -> int:
    sent = await here.post(RAID, content="log")
    answer = await here.call("POST", f"/channels/{RAID}/messages/{sent.body['id']}/threads", {"name": "Run 1"})
    assert answer.body["id"] == sent.body["id"]
    return int(answer.body["id"])


@rule("Threads: id of their message, once a message, opened by writing, locked ones not")
async def test_a_message_starts_one_thread(here: Here) -> None:
    bot = await here.connect()
    thread = await started(here)
    again = await here.call("POST", f"/channels/{RAID}/messages/{thread}/threads", {"name": "Run 1"})
    message = await here.call("GET", f"/channels/{RAID}/messages/{thread}")

    assert (again.status, again.code) == (400, 160004)
    assert message.body["thread"]["name"] == "Run 1"
    assert (await bot.event("THREAD_CREATE"))["newly_created"] is True
    assert "Run 1" in {each["name"] for each in (await here.hands.view(GUILD, ROOK))["channels"]}


@rule("Threads: id of their message, once a message, opened by writing, locked ones not")
async def test_writing_opens_an_archived_thread_unless_it_is_locked(here: Here) -> None:
    thread = await started(here)
    await here.call("PATCH", f"/channels/{thread}", {"archived": True})
    await here.hands.say(ROOK, thread, "hello")
    opened = await here.call("GET", f"/channels/{thread}")
    await here.call("PATCH", f"/channels/{thread}", {"archived": True, "locked": True})

    assert opened.body["thread_metadata"]["archived"] is False
    assert opened.body["message_count"] == 1
    with pytest.raises(HandsError, match="locked"):
        await here.hands.say(ROOK, thread, "hello")
    archived = await here.call("GET", f"/channels/{RAID}/threads/archived/public")
    active = await here.call("GET", f"/guilds/{GUILD}/threads/active")
    assert [each["name"] for each in archived.body["threads"]] == ["Run 1"]
    assert active.body["threads"] == []


@rule("Archived threads: no edits, reactions or new members (50083)")
async def test_a_message_in_an_archived_thread_is_not_edited(here: Here) -> None:
    thread = await started(here)
    sent = await here.post(thread, content="x")
    await here.call("PATCH", f"/channels/{thread}", {"archived": True})
    refused = await here.call("PATCH", f"/channels/{thread}/messages/{sent.body['id']}", {"content": "y"})

    assert (refused.status, refused.code) == (400, 50083)


async def test_a_thread_without_a_message_has_members(here: Here) -> None:
    answer = await here.call("POST", f"/channels/{RAID_LOG}/threads", {"name": "Evidence", "type": 12})
    path = f"/channels/{answer.body['id']}/thread-members"
    added = await here.call("PUT", f"{path}/{MIRA}")
    members = await here.call("GET", path)

    assert answer.body["type"] == 12
    assert added.status == 204
    assert {each["user_id"] for each in members.body} == {str(here.world.application_id), str(MIRA)}


async def test_channels_are_made_changed_and_deleted(here: Here) -> None:
    bot = await here.connect()
    made = await here.call("POST", f"/guilds/{GUILD}/channels", {"name": "temp", "type": 0})
    path = f"/channels/{made.body['id']}"
    nameless = await here.call("PATCH", path, {"name": ""})
    hidden = await here.call("PUT", f"{path}/permissions/{GUILD}", {"type": 0, "deny": str(1 << 11), "allow": "0"})
    gone = await here.call("DELETE", path)
    await bot.event("CHANNEL_DELETE")
    missing = await here.call("GET", path)

    assert (nameless.status, hidden.status, gone.status, missing.code) == (400, 204, 200, 10003)
    assert bot.deeds()[2:] == ["CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"]


async def test_typing_shows(here: Here) -> None:
    bot = await here.connect()

    assert (await here.call("POST", f"/channels/{RAID}/typing")).status == 204
    assert (await bot.event("TYPING_START"))["channel_id"] == str(RAID)


async def test_pins_and_reactions_show(here: Here) -> None:
    sent = await here.post(RAID, content="x")
    path = f"/channels/{RAID}/messages/{sent.body['id']}"
    await here.call("PUT", f"/channels/{RAID}/messages/pins/{sent.body['id']}")
    await here.call("PUT", f"{path}/reactions/%E2%9C%85/@me")
    message = await here.call("GET", path)
    pins = await here.call("GET", f"/channels/{RAID}/pins")

    assert message.body["pinned"] is True
    assert message.body["reactions"][0]["emoji"]["name"] == "✅"
    assert [each["id"] for each in pins.body] == [sent.body["id"]]


async def made(here: Here, kind: int = 11, **more: object) -> int:
    answer = await here.call("POST", f"/channels/{RAID}/threads", {"name": "t", "type": kind, **more})
    return int(answer.body["id"])


async def is_archived(here: Here, thread: int) -> bool:
    return (await here.call("GET", f"/channels/{thread}")).body["thread_metadata"]["archived"]


@rule("Archived threads: no edits, reactions or new members (50083)")
async def test_nobody_reacts_in_an_archived_thread_or_comes_in(here: Here) -> None:
    thread = await made(here)
    sent = (await here.post(thread, content="x")).body["id"]
    await here.call("PATCH", f"/channels/{thread}", {"archived": True})
    reacted = await here.call("PUT", f"/channels/{thread}/messages/{sent}/reactions/%E2%9C%85/@me")
    brought = await here.call("PUT", f"/channels/{thread}/thread-members/{ROOK}")
    put_out = await here.call("DELETE", f"/channels/{thread}/thread-members/@me")
    deleted = await here.call("DELETE", f"/channels/{thread}/messages/{sent}")

    assert [(each.status, each.code) for each in (reacted, brought, put_out)] == [(400, 50083)] * 3
    assert deleted.status == 204


IDLE = "Threads archive when nothing happened for as long as they say, on the shifted clock"


@rule(IDLE)
async def test_an_idle_thread_archives_itself_and_everyone_hears_of_it(here: Here) -> None:
    bot = await here.connect()
    thread = await made(here, auto_archive_duration=60)
    await here.hands.shift_clock(59 * 60)
    awake = await is_archived(here, thread)
    await here.post(thread, content="still here")
    await here.hands.shift_clock(59 * 60)
    still = await is_archived(here, thread)
    await here.hands.shift_clock(2 * 60)

    assert (awake, still) == (False, False)
    assert (await bot.event("THREAD_UPDATE"))["thread_metadata"]["archived"] is True
    assert await is_archived(here, thread)
    listed = (await here.call("GET", f"/channels/{RAID}/threads/archived/public")).body["threads"]
    assert [each["id"] for each in listed] == [str(thread)]


@rule(IDLE)
async def test_a_longer_duration_keeps_a_thread_open(here: Here) -> None:
    thread = await made(here, auto_archive_duration=60)
    await here.call("PATCH", f"/channels/{thread}", {"auto_archive_duration": 10080})
    await here.hands.shift_clock(6 * 86_400)

    assert not await is_archived(here, thread)
    wrong = await here.call("PATCH", f"/channels/{thread}", {"auto_archive_duration": 61})
    assert (wrong.status, wrong.code) == (400, 50035)


PRIVATE = "Private threads are seen by their members and by MANAGE_THREADS"


@rule(PRIVATE)
async def test_a_private_thread_is_seen_by_its_members_and_moderators(here: Here) -> None:
    thread = await made(here, 12)
    await here.call("PUT", f"/channels/{thread}/thread-members/{ROOK}")

    async def names(user: int) -> set[str]:
        return {each["name"] for each in (await here.hands.view(GUILD, user))["channels"]}

    assert "t" in await names(ROOK)
    assert "t" not in await names(TANSY)
    with pytest.raises(HandsError):
        await here.hands.messages(thread, TANSY)
    await here.call("DELETE", f"/channels/{thread}/thread-members/{ROOK}")
    assert "t" not in await names(ROOK)
    here.revoke("MANAGE_THREADS")
    await here.call("DELETE", f"/channels/{thread}/thread-members/@me")
    assert (await here.call("GET", f"/channels/{thread}")).code == 50001


async def test_archived_private_threads_are_for_those_who_may_see_them(here: Here) -> None:
    mine, foreign = await made(here, 12), await made(here, 12)
    await here.call("DELETE", f"/channels/{foreign}/thread-members/@me")
    for each in (mine, foreign):
        await here.call("PATCH", f"/channels/{each}", {"archived": True})
    path = f"/channels/{RAID}/threads/archived/private"
    every = await here.call("GET", path)
    joined = await here.call("GET", f"/channels/{RAID}/users/@me/threads/archived/private")
    here.revoke("MANAGE_THREADS")
    refused = await here.call("GET", path)

    assert [each["id"] for each in every.body["threads"]] == [str(foreign), str(mine)]
    assert [each["id"] for each in joined.body["threads"]] == [str(mine)]
    assert (refused.status, refused.code) == (403, 50013)


CHANGES = "Who may change a thread: its creator, members who open it, MANAGE_THREADS"


@rule(CHANGES)
async def test_a_thread_is_changed_by_its_creator_and_those_who_manage_threads(here: Here) -> None:
    own, foreign = await made(here), await made(here)
    thread = here.world.channels[foreign].thread
    assert thread is not None
    thread.owner_id = ROOK
    here.revoke("MANAGE_THREADS")

    async def change(channel: int, **body: object) -> tuple[int, int]:
        answer = await here.call("PATCH", f"/channels/{channel}", body)
        return answer.status, answer.code

    assert await change(own, name="mine") == (200, 0)
    assert await change(own, rate_limit_per_user=5) == (403, 50013)
    assert await change(own, locked=True) == (403, 50013)
    assert await change(foreign, name="theirs") == (403, 50013)
    assert await change(foreign, archived=True) == (403, 50013)
    thread.archived = True
    assert await change(foreign, archived=False) == (200, 0)
    thread.archived, thread.locked = True, True
    assert await change(foreign, archived=False) == (403, 50013)
    here.grant("MANAGE_THREADS")
    assert await change(foreign, archived=False, locked=False) == (200, 0)


async def test_in_a_locked_thread_nobody_writes_or_edits(here: Here) -> None:
    thread = await made(here)
    sent = (await here.post(thread, content="x")).body["id"]
    await here.call("PATCH", f"/channels/{thread}", {"locked": True})
    allowed = await here.post(thread, content="a moderator may")
    here.revoke("MANAGE_THREADS")
    written = await here.post(thread, content="x")
    edited = await here.call("PATCH", f"/channels/{thread}/messages/{sent}", {"content": "y"})

    assert allowed.status == 200
    assert [(each.status, each.code) for each in (written, edited)] == [(400, 160005)] * 2


@rule(SYSTEM)
async def test_discord_says_what_happens_in_a_thread(here: Here) -> None:
    bot = await here.connect()
    thread = await started(here)
    await here.call("PUT", f"/channels/{thread}/thread-members/{ROOK}")
    await here.call("PATCH", f"/channels/{thread}", {"name": "Run 2"})
    said = await here.hands.messages(thread, ROOK)
    again = await here.call("POST", f"/channels/{RAID}/messages/{said[0]['id']}/threads", {"name": "x"})
    reply = await here.post(thread, content="x", message_reference={"message_id": said[1]["id"]})

    assert [each["type"] for each in said] == [21, 1, 4]
    assert said[0]["referenced_message"]["content"] == "log"
    assert [each["id"] for each in said[1]["mentions"]] == [str(ROOK)]
    assert said[2]["content"] == "Run 2"
    assert (again.status, reply.status) == (404, 400)
    await bot.event("THREAD_MEMBERS_UPDATE")
    told = [each["d"]["added_members"] for each in bot.packets if each["t"] == "THREAD_MEMBERS_UPDATE"]
    assert [each["user_id"] for added in told for each in added] == [str(here.world.application_id), str(ROOK)]


async def test_messages_of_a_thread_are_counted(here: Here) -> None:
    thread = await started(here)
    ids = [(await here.post(thread, content=str(n))).body["id"] for n in range(3)]
    await here.call("DELETE", f"/channels/{thread}/messages/{ids[0]}")
    shown = (await here.call("GET", f"/channels/{thread}")).body

    assert (shown["message_count"], shown["total_message_sent"]) == (2, 3)
    assert shown["member"]["user_id"] == str(here.world.application_id)


async def test_a_channel_sets_what_its_threads_begin_with(here: Here) -> None:
    await here.call(
        "PATCH",
        f"/channels/{RAID}",
        {"default_thread_rate_limit_per_user": 7, "default_auto_archive_duration": 4320},
    )
    shown = (await here.call("GET", f"/channels/{await made(here)}")).body

    assert shown["rate_limit_per_user"] == 7
    assert shown["thread_metadata"]["auto_archive_duration"] == 4320


async def test_what_a_category_held_stays_without_one(here: Here) -> None:
    category = (await here.call("POST", f"/guilds/{GUILD}/channels", {"name": "c", "type": 4})).body["id"]
    body = {"name": "inside", "parent_id": category}
    inside = (await here.call("POST", f"/guilds/{GUILD}/channels", body)).body["id"]
    wrong = await here.call("POST", f"/guilds/{GUILD}/channels", {"name": "x", "parent_id": inside})
    await here.call("DELETE", f"/channels/{category}")

    assert (await here.call("GET", f"/channels/{inside}")).body["parent_id"] is None
    assert (wrong.status, wrong.code) == (400, 50035)


async def test_channels_are_put_in_order_and_under_categories(here: Here) -> None:
    category = (await here.call("POST", f"/guilds/{GUILD}/channels", {"name": "c", "type": 4})).body["id"]
    deny = {"type": 0, "deny": "64", "allow": "0"}
    await here.call("PUT", f"/channels/{category}/permissions/{GUILD}", deny)
    moved = {"id": str(RAID), "position": 9, "parent_id": category, "lock_permissions": True}
    answer = await here.call("PATCH", f"/guilds/{GUILD}/channels", [moved])
    shown = (await here.call("GET", f"/channels/{RAID}")).body

    assert answer.status == 204
    assert (shown["position"], shown["parent_id"]) == (9, category)
    assert [each["deny"] for each in shown["permission_overwrites"]] == ["64"]
    removed = await here.call("DELETE", f"/channels/{RAID}/permissions/{GUILD}")
    again = await here.call("DELETE", f"/channels/{RAID}/permissions/{GUILD}")
    assert (removed.status, again.status, again.code) == (204, 404, 10009)
