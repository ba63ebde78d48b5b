"""What members do with messages and threads, and what the application hears of it."""

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import (
    BOT_COMMANDS,
    GUILD,
    MIRA,
    NOTICES,
    RAID,
    ROOK,
    RULES,
    SULLY,
    TANSY,
    VERIFIED,
)
from tests.loopback.rules import rule

from discord_loopback.client import HandsError


async def test_a_message_with_files_reaches_the_application(here: Here) -> None:
    bot = await here.connect()
    said = await here.hands.say(ROOK, BOT_COMMANDS, "look", files={"pop.png": b"\x89PNG", "notes.txt": b"halls"})
    heard = await bot.event("MESSAGE_CREATE")
    async with here.session.get(said["attachments"][1]["url"]) as answer:
        assert await answer.read() == b"halls"

    named = [(each["filename"], each["content_type"], each["size"]) for each in heard["attachments"]]
    assert named == [("pop.png", "image/png", 4), ("notes.txt", "text/plain", 5)]


async def test_without_the_permission_no_file_is_sent(here: Here) -> None:
    deny = [{"id": str(VERIFIED), "type": 0, "deny": str(1 << 15)}]
    await here.hands.edit_channel(BOT_COMMANDS, overwrites=deny)
    with pytest.raises(HandsError, match="ATTACH_FILES"):
        await here.hands.say(ROOK, BOT_COMMANDS, files={"a.txt": b"a"})
    with pytest.raises(HandsError, match="empty message"):
        await here.hands.say(ROOK, BOT_COMMANDS)


@rule("Replies ping unless told otherwise; who wrote a message may change it")
async def test_a_reply_pings_unless_it_is_quiet(here: Here) -> None:
    asked = await here.hands.say(TANSY, BOT_COMMANDS, "who has a key?")
    loud = await here.hands.say(ROOK, BOT_COMMANDS, "me", reply_to=asked["id"])
    quiet = await here.hands.say(ROOK, BOT_COMMANDS, "or not", reply_to=asked["id"], ping=False)

    assert loud["type"] == quiet["type"] == 19
    assert loud["referenced_message"]["content"] == "who has a key?"
    assert [each["message_id"] for each in await here.hands.pings(TANSY)] == [loud["id"]]
    await here.hands.say(TANSY, BOT_COMMANDS, "anyone?", reply_to=asked["id"])
    assert len(await here.hands.pings(TANSY)) == 1
    elsewhere = await here.post(RAID, content="x")
    with pytest.raises(HandsError, match="reply only"):
        await here.hands.say(ROOK, BOT_COMMANDS, "no", reply_to=elsewhere.body["id"])


@rule("Replies ping unless told otherwise; who wrote a message may change it")
async def test_members_change_what_they_wrote_and_nothing_else(here: Here) -> None:
    bot = await here.connect()
    said = await here.hands.say(ROOK, BOT_COMMANDS, "1 key")
    await here.hands.edit(ROOK, said["id"], "2 keys")
    heard = await bot.event("MESSAGE_UPDATE")

    assert (heard["content"], heard["edited_timestamp"] is None) == ("2 keys", False)
    with pytest.raises(HandsError, match="only what they wrote"):
        await here.hands.edit(MIRA, said["id"], "0 keys")


async def test_reactions_come_and_go(here: Here) -> None:
    bot = await here.connect()
    panel = (await here.post(RAID, content="x")).body
    await here.hands.react(ROOK, panel["id"], "🗝️")
    await here.hands.react(ROOK, panel["id"], "🗝️")
    await here.hands.react(TANSY, panel["id"], "🗝️")
    await here.hands.unreact(TANSY, panel["id"], "🗝️")
    shown = (await here.hands.messages(RAID, ROOK))[-1]
    await bot.event("MESSAGE_REACTION_REMOVE")

    assert (shown["reactions"][0]["count"], shown["reacted"]) == (1, {"🗝️": [str(ROOK)]})
    assert bot.names().count("MESSAGE_REACTION_ADD") == 2
    with pytest.raises(HandsError, match="not reacted"):
        await here.hands.unreact(TANSY, panel["id"], "🗝️")


async def test_a_new_reaction_needs_its_permission_and_an_old_one_does_not(here: Here) -> None:
    panel = (await here.post(RAID, content="x")).body
    await here.hands.react(TANSY, panel["id"], "👍")
    everyone = here.world.guilds[GUILD].everyone
    everyone.permissions &= ~(1 << 6)
    await here.hands.react(ROOK, panel["id"], "👍")
    with pytest.raises(HandsError, match="ADD_REACTIONS"):
        await here.hands.react(ROOK, panel["id"], "👎")


async def test_members_open_threads_write_in_them_and_leave(here: Here) -> None:
    bot = await here.connect()
    said = await here.hands.say(ROOK, BOT_COMMANDS, "keys here")
    thread = await here.hands.open_thread(ROOK, BOT_COMMANDS, "Keys", message_id=said["id"])
    await here.hands.say(TANSY, int(thread["id"]), "one")
    made = await bot.event("THREAD_CREATE")

    assert thread["id"] == said["id"] == made["id"]
    assert thread["owner_id"] == str(ROOK)
    assert set(here.world.channels[int(thread["id"])].thread.members) == {ROOK, TANSY}  # pyright: ignore[reportOptionalMemberAccess]
    await here.hands.leave_thread(TANSY, int(thread["id"]))
    await here.hands.join_thread(TANSY, int(thread["id"]))
    with pytest.raises(HandsError, match="a thread already"):
        await here.hands.open_thread(TANSY, BOT_COMMANDS, "Again", message_id=said["id"])
    with pytest.raises(HandsError, match="not in that thread"):
        await here.hands.leave_thread(MIRA, int(thread["id"]))


async def test_threads_are_opened_where_one_may(here: Here) -> None:
    loose = await here.hands.open_thread(ROOK, BOT_COMMANDS, "Loose")

    assert loose["type"] == 11
    for channel in (RULES, NOTICES):
        with pytest.raises(HandsError, match="CREATE_PUBLIC_THREADS"):
            await here.hands.open_thread(ROOK, channel, "No")
    with pytest.raises(HandsError, match="CREATE_PRIVATE_THREADS"):
        await here.hands.open_thread(ROOK, BOT_COMMANDS, "Secret", private=True)
    with pytest.raises(HandsError, match="No thread"):
        await here.hands.open_thread(ROOK, int(loose["id"]), "Inside")
    with pytest.raises(HandsError, match="no open thread"):
        await here.hands.join_thread(ROOK, BOT_COMMANDS)


async def test_the_suspended_read_and_do_not_write(here: Here) -> None:
    assert await here.hands.messages(BOT_COMMANDS, SULLY) == []
    with pytest.raises(HandsError, match="SEND_MESSAGES"):
        await here.hands.say(SULLY, BOT_COMMANDS, "please")


async def test_members_write_to_the_bot_in_private(here: Here) -> None:
    bot = await here.connect()
    channel = await here.hands.open_dm(ROOK)
    said = await here.hands.dm(ROOK, "I need help", files={"proof.png": b"x"})
    heard = await bot.event("MESSAGE_CREATE")

    assert said["channel_id"] == channel["id"] == heard["channel_id"]
    assert heard["attachments"][0]["filename"] == "proof.png"
    await here.hands.close_dms(ROOK)
    assert (await here.post(int(channel["id"]), content="x")).code == 50007
