"""discord.py, as it is, moderates on the loopback."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import discord
import pytest_asyncio
from tests.loopback.conftest import Here
from tests.loopback.ids import GUILD, ORYX_3, PIKE, RAID, ROOK, TANSY
from tests.loopback.test_discord_py import Client, arrived, text_channel
from tests.support.loopback import pointed


@pytest_asyncio.fixture
async def client(here: Here) -> AsyncGenerator[Client]:
    here.grant("MANAGE_WEBHOOKS", "VIEW_AUDIT_LOG", "MANAGE_GUILD")
    with pointed(here.world.url):
        async with Client() as client:
            running = asyncio.create_task(client.start(here.world.token))
            await arrived(client)
            yield client
            await client.close()
            await asyncio.wait([running], timeout=5)
            assert client.broken == []


def guild_of(client: Client) -> discord.Guild:
    guild = client.get_guild(GUILD)
    assert guild is not None
    return guild


async def test_reasons_stand_in_the_audit_log(client: Client) -> None:
    guild = guild_of(client)
    rook, tansy = guild.get_member(ROOK), guild.get_member(TANSY)
    assert rook is not None
    assert tansy is not None

    await rook.timeout(timedelta(minutes=5), reason="spam ✓")
    await rook.add_roles(discord.Object(ORYX_3), reason="earned")
    await tansy.kick(reason="away")
    await guild.ban(rook, reason="cheats", delete_message_seconds=60)
    await guild.bulk_ban([discord.Object(PIKE)], reason="both of them")
    entries = [entry async for entry in guild.audit_logs(limit=None)]
    bans = [ban.user.name async for ban in guild.bans()]

    assert [(entry.action.name, entry.reason) for entry in reversed(entries)] == [
        ("member_update", "spam ✓"),
        ("member_role_update", "earned"),
        ("kick", "away"),
        ("ban", "cheats"),
        ("ban", "both of them"),
    ]
    assert sorted(bans) == ["pike", "rook"]


async def test_webhooks_and_their_messages_are_managed(client: Client) -> None:
    channel = text_channel(client)
    hook = await channel.create_webhook(name="Crier", reason="news")
    sent = await hook.send("Hear!", username="Oryx", wait=True)
    await sent.edit(content="Hear, hear!")
    found = await hook.fetch_message(sent.id)
    hooks = await channel.webhooks()
    await sent.delete()
    await hook.delete()

    assert found.content == "Hear, hear!"
    assert found.author.name == "Oryx"
    assert [each.id for each in hooks] == [hook.id]


async def test_pins_reactions_and_emojis_work(client: Client) -> None:
    channel = text_channel(client)
    emoji = await client.create_application_emoji(name="void", image=b"\x89PNG\r\n\x1a\n\x00")
    message = await channel.send("x")
    await message.add_reaction("✅")
    await message.add_reaction(emoji)
    await message.pin()
    read = await channel.fetch_message(message.id)
    pinned = [each.id async for each in channel.pins()]
    users = [each.id async for each in read.reactions[0].users()]
    await message.clear_reactions()

    assert [str(each.emoji) for each in read.reactions] == ["✅", f"<:void:{emoji.id}>"]
    assert users == [client.application_id]
    assert pinned == [message.id]
    assert [each.name for each in await client.fetch_application_emojis()] == ["void"]


async def test_threads_and_files_work(client: Client, here: Here) -> None:
    channel = text_channel(client, RAID)
    thread = await channel.create_thread(name="Evidence", invitable=False)
    await thread.add_user(discord.Object(ROOK))
    message = await thread.send(file=discord.File(__file__, filename="proof.py"))
    content = await message.attachments[0].read()
    await thread.edit(archived=True)
    archived = [each.id async for each in channel.archived_threads(private=True)]

    assert thread.is_private()
    assert content.startswith(b'"""discord.py')
    assert {each.id for each in await thread.fetch_members()} == {here.world.application_id, ROOK}
    assert archived == [thread.id]
