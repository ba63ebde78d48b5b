"""discord.py, as it is, works against the loopback."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from tests.loopback.ids import ALWYN, BOT_COMMANDS, GUILD, NEWT, ORYX_3, QUILL, RAID, ROOK, TANSY, VERIFIED
from tests.support.loopback import Running, loopback, pointed
from typing_extensions import override

from discord_loopback.client import HandsError

Press = discord.Interaction[Any]


class Client(discord.Client):
    """A small bot: what it does on a press is a function by custom id."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents.default()
        intents.members = True
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.1, **options)
        self.tree = app_commands.CommandTree(self)
        self.presses: dict[str, Callable[[Press], Awaitable[None]]] = {}
        self.seen: list[discord.Message] = []
        self.resumed = 0
        self.broken: list[str] = []

    @override
    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        self.broken.append(event_method)

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message)

    async def on_resumed(self) -> None:
        self.resumed += 1

    async def on_interaction(self, press: Press) -> None:
        data: Any = press.data
        if "custom_id" in data:
            await self.presses[data["custom_id"]](press)


@asynccontextmanager
async def connected(running: Running, client: Client) -> AsyncGenerator[Client]:
    with pointed(running.url):
        async with client:
            task = asyncio.create_task(client.start(running.token))
            try:
                await arrived(client)
                yield client
            finally:
                await client.close()
                await asyncio.wait([task], timeout=5)


async def arrived(client: discord.Client) -> None:
    """Wait until the guild is there with its members; ready is a client also where they are late."""
    async with asyncio.timeout(60):
        await client.wait_until_ready()
        while not all(guild.chunked and not guild.unavailable for guild in client.guilds):
            await asyncio.sleep(0.01)


class Panel(discord.ui.LayoutView):
    def __init__(self, text: str, *custom_ids: str) -> None:
        super().__init__(timeout=None)
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for custom_id in custom_ids:
            row.add_item(discord.ui.Button(label=custom_id, custom_id=custom_id))
        self.add_item(discord.ui.Container(discord.ui.TextDisplay(text), row))


async def panel(client: Client, text: str, *custom_ids: str) -> discord.Message:
    return await text_channel(client).send(view=Panel(text, *custom_ids))


def text_channel(client: Client, channel_id: int = RAID) -> discord.TextChannel:
    channel = client.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_the_guild_arrives_with_roles_channels_and_members() -> None:
    async with loopback() as running, connected(running, Client()) as client:
        guild = client.get_guild(GUILD)
        assert guild is not None

        assert guild.name == "Oryx's Raiders"
        assert guild.me.top_role.name == "Raid Bot"
        assert guild.owner_id == ALWYN
        rook = guild.get_member(ROOK)
        assert rook is not None
        assert rook.display_name == "Rook"
        assert [role.id for role in rook.roles] == [GUILD, VERIFIED]
        assert text_channel(client).permissions_for(guild.me).manage_messages
        assert client.application is not None
        assert client.application.id == running.application_id


async def test_the_default_transport_is_compressed() -> None:
    asked: list[str] = []

    async def note(_: aiohttp.ClientSession, __: object, begun: aiohttp.TraceRequestStartParams) -> None:
        if begun.url.path == "/gateway":
            asked.append(begun.url.query["compress"])

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note)
    async with loopback() as running, connected(running, Client(http_trace=trace)) as client:
        assert client.get_guild(GUILD) is not None
        assert asked == ["zstd-stream"]


async def test_a_large_guild_is_cached_by_chunks() -> None:
    async with loopback(members=1500) as running, connected(running, Client()) as client:
        guild = client.get_guild(GUILD)
        assert guild is not None
        found = await guild.query_members("rook", limit=5)
        by_id = await guild.query_members(user_ids=[TANSY], limit=5)

        assert len(guild.members) == 1515
        assert [each.id for each in found] == [ROOK]
        assert [each.id for each in by_id] == [TANSY]


async def test_an_option_suggests_while_it_is_typed() -> None:
    client = Client()

    @client.tree.command(name="find", guild=discord.Object(GUILD))
    async def find(_: Press, dungeon: str) -> None: ...

    @find.autocomplete("dungeon")
    async def suggest(_: Press, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}id", value="void")]

    async with loopback() as running, connected(running, client):
        await client.tree.sync(guild=discord.Object(GUILD))
        suggested = await running.hands.autocomplete(
            ROOK, GUILD, BOT_COMMANDS, "find", {"dungeon": "vo"}, focused="dungeon"
        )

        assert [(each["name"], each["value"]) for each in suggested["choices"]] == [("void", "void")]


async def test_a_menu_is_chosen_from() -> None:
    client = Client()

    async def choose(press: Press) -> None:
        data: Any = press.data
        await press.response.send_message(" and ".join(data["values"]), ephemeral=True)

    client.presses = {"choose": choose}
    async with loopback() as running, connected(running, client):
        view = discord.ui.View(timeout=None)
        options = [discord.SelectOption(label=each) for each in ("void", "cult")]
        view.add_item(discord.ui.Select(custom_id="choose", max_values=2, options=options))
        message = await text_channel(client).send(view=view)
        chosen = await running.hands.select(ROOK, message.id, "choose", ["void", "cult"])

        assert chosen["message"]["content"] == "void and cult"


async def test_threads_dms_reactions_and_roles_come_and_go() -> None:
    client = Client()
    async with loopback() as running, connected(running, client):
        message = await text_channel(client).send("panel")
        reacted = asyncio.create_task(client.wait_for("raw_reaction_add", timeout=30))
        pinned = asyncio.create_task(client.wait_for("guild_channel_pins_update", timeout=30))
        changed = asyncio.create_task(client.wait_for("member_update", timeout=30))
        await asyncio.sleep(0)  # they listen from now on
        thread = await message.create_thread(name="log")
        await thread.send("in the thread")
        await message.add_reaction("🎉")
        await message.pin()
        rook = text_channel(client).guild.get_member(ROOK)
        assert rook is not None
        dm = await rook.create_dm()
        await dm.send("psst")
        await running.hands.say(ROOK, dm.id, "heard you")
        await rook.add_roles(discord.Object(ORYX_3))
        _, after = await changed
        async with asyncio.timeout(30):
            while not any(each.content == "heard you" for each in client.seen):
                await asyncio.sleep(0.01)

        assert thread.id == message.id
        kept = client.get_channel(thread.id)
        assert isinstance(kept, discord.Thread)
        assert kept.me is not None
        assert str((await reacted).emoji) == "🎉"
        assert (await pinned)[1] is not None
        assert ORYX_3 in {role.id for role in after.roles}
        assert [each["content"] for each in await running.hands.messages(thread.id, ROOK)] == ["", "in the thread"]


async def test_a_command_is_registered_typed_and_answered_privately() -> None:
    client = Client()

    @client.tree.command(name="whoami", guild=discord.Object(GUILD))
    @app_commands.describe(note="what to say")
    async def whoami(press: Press, note: str, role: discord.Role | None = None) -> None:
        await press.response.defer(ephemeral=True, thinking=True)
        await press.edit_original_response(content=f"{press.user.display_name}: {note} {role}")

    async with loopback() as running, connected(running, client):
        await client.tree.sync(guild=discord.Object(GUILD))

        options = {"note": "hi", "role": str(VERIFIED)}
        answer = await running.hands.command(ROOK, GUILD, BOT_COMMANDS, "whoami", options)

        assert answer["state"] == "answered"
        assert answer["message"]["content"] == "Rook: hi Verified Raider"
        assert answer["message"]["ephemeral_for"] == str(ROOK)
        assert answer["first_ms"] <= answer["final_ms"]
        mine = await running.hands.messages(BOT_COMMANDS, ROOK)
        assert [each["content"] for each in mine] == ["Rook: hi Verified Raider"]
        assert await running.hands.messages(BOT_COMMANDS, QUILL) == []


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("whoami", {}, "'note' is required"),
        ("whoami", {"note": 5}, "wrong type"),
        ("whoami", {"note": "x", "other": 1}, "no option"),
        ("nothing", {}, "no command"),
        ("secret", {}, "no command"),
    ],
)
async def test_a_command_is_refused_as_in_the_app(name: str, options: dict[str, Any], reason: str) -> None:
    client = Client()

    @client.tree.command(name="whoami", guild=discord.Object(GUILD))
    async def whoami(_: Press, note: str) -> None: ...

    @client.tree.command(name="secret", guild=discord.Object(GUILD))
    @app_commands.default_permissions(manage_messages=True)
    async def secret(_: Press) -> None: ...

    async with loopback() as running, connected(running, client):
        await client.tree.sync(guild=discord.Object(GUILD))

        with pytest.raises(HandsError, match=reason):
            await running.hands.command(ROOK, GUILD, BOT_COMMANDS, name, options)


async def test_a_press_is_answered_in_every_way() -> None:
    client = Client()

    async def say(press: Press) -> None:
        await press.response.send_message("Joined", ephemeral=True)

    async def redraw(press: Press) -> None:
        await press.response.edit_message(view=Panel("redrawn", "later"))

    async def later(press: Press) -> None:
        await press.response.defer()
        await press.edit_original_response(view=Panel("later", "follow"))

    async def follow(press: Press) -> None:
        await press.response.defer(ephemeral=True, thinking=True)
        await press.followup.send("first", ephemeral=True)
        await press.followup.send("second", ephemeral=True)

    client.presses = {"say": say, "redraw": redraw, "later": later, "follow": follow}
    async with loopback() as running, connected(running, client):
        message = await panel(client, "hello", "say", "redraw")
        hands = running.hands

        said = await hands.click(ROOK, message.id, "say")
        redrawn = await hands.click(ROOK, message.id, "redraw")
        updated = await hands.click(TANSY, message.id, "later")
        followed = await hands.click(TANSY, message.id, "follow")
        followed = await until_follow_ups(running, followed, 1)

        assert said["message"]["content"] == "Joined"
        assert redrawn["message"]["id"] == str(message.id)
        assert redrawn["message"]["components"][0]["components"][0]["content"] == "redrawn"
        assert updated["message"]["components"][0]["components"][0]["content"] == "later"
        assert followed["message"]["content"] == "first"
        assert [each["content"] for each in followed["followups"]] == ["second"]
        with pytest.raises(HandsError, match="nothing with the custom id"):
            await hands.click(ROOK, message.id, "say")


async def until_follow_ups(running: Running, interaction: dict[str, Any], count: int) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while len(interaction["followups"]) < count:
            interaction = await running.hands.interaction(interaction["id"])
            await asyncio.sleep(0.01)
    return interaction


async def test_a_form_opens_and_is_sent() -> None:
    client = Client()

    class Form(discord.ui.Modal, title="Verify"):
        name: discord.ui.Label[Any] = discord.ui.Label(
            text="Name", component=discord.ui.TextInput(custom_id="ign", max_length=16)
        )
        region: discord.ui.Label[Any] = discord.ui.Label(
            text="Region",
            component=discord.ui.Select(custom_id="region", options=[discord.SelectOption(label="EU", value="eu")]),
        )

        @override
        async def on_submit(self, interaction: Press, /) -> None:
            name, region = self.name.component, self.region.component
            assert isinstance(name, discord.ui.TextInput)
            assert isinstance(region, discord.ui.Select)
            await interaction.response.send_message(f"{name.value} {region.values}", ephemeral=True)

    async def form(press: Press) -> None:
        await press.response.send_modal(Form(custom_id="verify"))

    async def ignore(_: Press) -> None: ...

    client.presses = {"form": form, "verify": ignore}
    async with loopback() as running, connected(running, client):
        message = await panel(client, "hello", "form")

        opened = await running.hands.click(ROOK, message.id, "form")
        with pytest.raises(HandsError, match="too long"):
            await running.hands.submit(ROOK, opened["id"], {"ign": "x" * 17, "region": ["eu"]})
        sent = await running.hands.submit(ROOK, opened["id"], {"ign": "Rook", "region": ["eu"]})

        assert opened["modal"]["title"] == "Verify"
        assert sent["message"]["content"] == "Rook ['eu']"


async def test_nobody_answers_in_three_seconds() -> None:
    client = Client()
    late: list[int] = []

    async def slow(press: Press) -> None:
        while (await running.hands.interaction(press.id))["state"] == "pending":
            await asyncio.sleep(0.05)
        try:
            await press.response.send_message("late")
        except discord.NotFound as refused:
            late.append(refused.code)

    client.presses = {"slow": slow}
    async with loopback() as running, connected(running, client):
        message = await panel(client, "hello", "slow")

        answer = await running.hands.click(ROOK, message.id, "slow")
        async with asyncio.timeout(10):
            while not late:
                await asyncio.sleep(0.01)

        assert answer["state"] == "unanswered"
        assert answer["error"] == "The application did not respond"
        assert late == [10062]


async def test_the_view_of_a_member_is_theirs() -> None:
    async with loopback() as running:
        newcomer = await running.hands.view(GUILD, NEWT)
        raider = await running.hands.view(GUILD, ROOK)

        assert "raid" not in {each["name"] for each in newcomer["channels"]}
        assert {"raid", "rules"} <= {each["name"] for each in raider["channels"]}
        assert "raid-log" not in {each["name"] for each in raider["channels"]}
        with pytest.raises(HandsError, match="cannot see"):
            await running.hands.messages(RAID, NEWT)


async def test_a_cut_line_is_resumed_without_loss() -> None:
    client = Client()

    async def say(press: Press) -> None:
        await press.response.send_message("Joined", ephemeral=True)

    client.presses = {"say": say}
    async with loopback() as running, connected(running, client):
        message = await panel(client, "hello", "say")
        await running.hands.faults(gateway="cut")
        answer = await running.hands.click(ROOK, message.id, "say")

        assert answer["message"]["content"] == "Joined"
        async with asyncio.timeout(30):  # what was missed is replayed before the word that it was
            while not client.resumed:
                await asyncio.sleep(0.01)
        assert client.resumed == 1


async def test_a_429_is_waited_for_by_discord_py() -> None:
    async with loopback() as running, connected(running, Client()) as client:
        for number in range(6):
            await text_channel(client).send(str(number))
        stats = await running.hands.stats()

        assert stats["count_429"] == 0
        assert stats["routes"]["POST /channels/*/messages"] == {"200": 6}


async def test_a_deferred_answer_may_become_a_private_panel() -> None:
    client = Client()

    async def show(press: Press) -> None:
        await press.response.defer(ephemeral=True, thinking=True)
        await press.edit_original_response(view=Panel("private", "x"))

    client.presses = {"show": show}
    async with loopback() as running, connected(running, client):
        message = await panel(client, "hello", "show")
        answer = await running.hands.click(ROOK, message.id, "show")

        assert answer["message"]["components"][0]["components"][0]["content"] == "private"
        assert answer["message"]["ephemeral_for"] == str(ROOK)
