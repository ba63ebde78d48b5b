"""hikari, as it is, works against the loopback: another library, which reads the same documentation in its own way."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import hikari
from hikari import impl
from tests.loopback.ids import BOT_COMMANDS, GUILD, ORYX_3, PIKE, RAID, ROOK, TANSY
from tests.support.loopback import Running, loopback

Pressed = hikari.ComponentInteraction
Typed = hikari.CommandInteraction
CREATE = hikari.ResponseType.MESSAGE_CREATE
LATER = hikari.ResponseType.DEFERRED_MESSAGE_CREATE
PRIVATE = hikari.MessageFlag.EPHEMERAL
INTENTS = hikari.Intents.ALL_UNPRIVILEGED | hikari.Intents.GUILD_MEMBERS | hikari.Intents.MESSAGE_CONTENT


@dataclass
class Client:
    """A small bot, and what it heard."""

    bot: hikari.GatewayBot
    presses: dict[str, Callable[[Pressed], Awaitable[None]]] = field(
        default_factory=dict[str, Callable[[Pressed], Awaitable[None]]]
    )
    heard: list[hikari.Event] = field(default_factory=list[hikari.Event])

    @property
    def rest(self) -> hikari.api.RESTClient:
        return self.bot.rest

    def told(self, kind: type[hikari.Event]) -> list[Any]:
        return [each for each in self.heard if isinstance(each, kind)]

    async def until(self, kind: type[hikari.Event], count: int = 1) -> Any:
        """Return the event of that kind and number."""
        async with asyncio.timeout(30):
            while len(self.told(kind)) < count:
                await asyncio.sleep(0.01)
        return self.told(kind)[count - 1]


@asynccontextmanager
async def connected(running: Running) -> AsyncGenerator[Client]:
    bot = hikari.GatewayBot(
        running.token, rest_url=f"{running.url}/api/v10", intents=INTENTS, banner=None, logs=None, max_retries=0
    )
    client = Client(bot)

    async def hear(event: hikari.Event) -> None:  # hikari hands one event after the other to each listener
        client.heard.append(event)
        if isinstance(event, hikari.ComponentInteractionCreateEvent):
            await client.presses[event.interaction.custom_id](event.interaction)

    bot.event_manager.subscribe(hikari.Event, hear)
    await bot.start(check_for_updates=False)
    try:
        yield client
    finally:
        await bot.close()


def buttons(*custom_ids: str) -> impl.MessageActionRowBuilder:
    made = impl.MessageActionRowBuilder()
    for custom_id in custom_ids:
        made.add_interactive_button(hikari.ButtonStyle.PRIMARY, custom_id, label=custom_id)
    return made


async def test_it_logs_in_and_gets_every_member_over_a_compressed_stream() -> None:
    async with loopback(members=1500) as running, connected(running) as client:
        await client.until(hikari.GuildAvailableEvent)
        await client.until(hikari.MemberChunkEvent, 2)
        chunks: list[hikari.MemberChunkEvent] = client.told(hikari.MemberChunkEvent)
        me = client.bot.get_me()

        assert me is not None
        assert me.id == running.application_id
        assert [(each.chunk_index, each.chunk_count, len(each.members)) for each in chunks] == [
            (0, 2, 1000),
            (1, 2, 515),
        ]
        guild = client.bot.cache.get_guild(GUILD)
        assert guild is not None
        assert guild.name == "Oryx's Raiders"
        assert len(client.bot.cache.get_members_view_for_guild(GUILD)) == 1515
        member = guild.get_member(ROOK)
        assert member is not None
        assert member.display_name == "Rook"


async def test_a_command_is_registered_completed_and_answered() -> None:
    async with loopback() as running, connected(running) as client:
        command = client.rest.slash_command_builder("find", "Find a dungeon")
        command.add_option(
            hikari.CommandOption(
                type=hikari.OptionType.STRING, name="dungeon", description="Which", is_required=True, autocomplete=True
            )
        )
        command.add_option(hikari.CommandOption(type=hikari.OptionType.USER, name="who", description="Who"))
        await client.rest.set_application_commands(running.application_id, [command], guild=GUILD)

        async def suggest(event: hikari.AutocompleteInteractionCreateEvent) -> None:
            (option, *_) = event.interaction.options
            await event.interaction.create_response([impl.AutocompleteChoiceBuilder(f"{option.value}!", "the void")])

        async def answer(event: hikari.CommandInteractionCreateEvent) -> None:
            interaction = event.interaction
            await interaction.create_initial_response(LATER, flags=PRIVATE)
            resolved, options = interaction.resolved, interaction.options
            assert resolved is not None
            assert options is not None
            who = next(iter(resolved.members.values()))
            await interaction.edit_initial_response(f"{options[0].value} with {who.display_name}")

        client.bot.event_manager.subscribe(hikari.AutocompleteInteractionCreateEvent, suggest)
        client.bot.event_manager.subscribe(hikari.CommandInteractionCreateEvent, answer)
        suggested = await running.hands.autocomplete(
            ROOK, GUILD, BOT_COMMANDS, "find", {"dungeon": "vo"}, focused="dungeon"
        )
        answered = await running.hands.command(
            ROOK, GUILD, BOT_COMMANDS, "find", {"dungeon": "the void", "who": str(TANSY)}
        )

        assert [each["name"] for each in suggested["choices"]] == ["vo!"]
        assert answered["message"]["content"] == "the void with Tansy"
        assert answered["message"]["ephemeral_for"] == str(ROOK)


async def test_a_menu_is_chosen_from() -> None:
    async def choose(press: Pressed) -> None:
        await press.create_initial_response(CREATE, f"chose {', '.join(press.values)}", flags=PRIVATE)

    async with loopback() as running, connected(running) as client:
        client.presses = {"choose": choose}
        row = impl.MessageActionRowBuilder()
        row.add_text_menu("choose", max_values=2).add_option("Void", "void").add_option("Cult", "cult")
        message = await client.rest.create_message(RAID, "panel", component=row)
        chosen = await running.hands.select(ROOK, message.id, "choose", ["void", "cult"])

        assert chosen["message"]["content"] == "chose void, cult"


async def test_buttons_are_answered_in_every_way() -> None:
    async def say(press: Pressed) -> None:
        await press.create_initial_response(CREATE, "Joined", flags=PRIVATE)

    async def later(press: Pressed) -> None:
        await press.create_initial_response(LATER, flags=PRIVATE)
        await press.edit_initial_response("thought about it")
        await press.execute("and more", flags=PRIVATE)

    async def redraw(press: Pressed) -> None:
        await press.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, "redrawn", component=buttons("say"))

    async with loopback() as running, connected(running) as client:
        client.presses = {"say": say, "later": later, "redraw": redraw}
        message = await client.rest.create_message(RAID, "panel", component=buttons("say", "later", "redraw"))
        hands = running.hands

        said = await hands.click(ROOK, message.id, "say")
        deferred = await hands.click(TANSY, message.id, "later")
        async with asyncio.timeout(10):
            while not deferred["followups"]:
                deferred = await hands.interaction(deferred["id"])
                await asyncio.sleep(0.01)
        redrawn = await hands.click(ROOK, message.id, "redraw")

        assert said["message"]["content"] == "Joined"
        assert deferred["message"]["content"] == "thought about it"
        assert [each["content"] for each in deferred["followups"]] == ["and more"]
        assert redrawn["message"]["content"] == "redrawn"
        assert redrawn["message"]["id"] == str(message.id)


async def test_a_form_opens_and_is_sent() -> None:
    async def ask(press: Pressed) -> None:
        line = impl.ModalActionRowBuilder()
        line.add_text_input("ign", "Name", max_length=16)
        await press.create_modal_response("Verify", "verify", component=line)

    async def take(event: hikari.ModalInteractionCreateEvent) -> None:
        field_ = event.interaction.components[0][0]
        assert isinstance(field_, hikari.TextInputComponent)
        await event.interaction.create_initial_response(CREATE, f"Hello {field_.value}", flags=PRIVATE)

    async with loopback() as running, connected(running) as client:
        client.presses = {"ask": ask}
        client.bot.event_manager.subscribe(hikari.ModalInteractionCreateEvent, take)
        message = await client.rest.create_message(RAID, "panel", component=buttons("ask"))
        opened = await running.hands.click(ROOK, message.id, "ask")
        sent = await running.hands.submit(ROOK, opened["id"], {"ign": "Rook"})

        assert opened["modal"]["title"] == "Verify"
        assert sent["message"]["content"] == "Hello Rook"


async def test_threads_dms_reactions_and_roles_come_and_go() -> None:
    async with loopback() as running, connected(running) as client:
        message = await client.rest.create_message(RAID, "panel")
        thread = await client.rest.create_message_thread(RAID, message, "log")
        await client.rest.create_message(thread, "in the thread")
        await client.rest.add_reaction(RAID, message, "🎉")
        await client.rest.pin_message(RAID, message)
        dm = await client.rest.create_dm_channel(ROOK)
        await dm.send("psst")
        await running.hands.say(ROOK, dm.id, "heard you")
        await client.rest.add_role_to_member(GUILD, PIKE, ORYX_3)
        await client.rest.edit_member(GUILD, PIKE, nickname="Pike of Oryx")
        changed = await client.until(hikari.MemberUpdateEvent, 2)
        await client.until(hikari.DMMessageCreateEvent, 2)

        assert thread.id == message.id
        assert (await client.until(hikari.GuildThreadCreateEvent)).thread_id == message.id
        assert (await client.until(hikari.GuildReactionAddEvent)).emoji_name == "🎉"
        assert (await client.until(hikari.GuildPinsUpdateEvent)).last_pin_timestamp is not None
        assert [each.content for each in client.told(hikari.DMMessageCreateEvent)] == ["psst", "heard you"]
        assert ORYX_3 in changed.member.role_ids
        assert changed.member.nickname == "Pike of Oryx"
        assert [each["content"] for each in await running.hands.messages(thread.id, ROOK)] == ["", "in the thread"]


async def test_a_cut_line_is_resumed_without_loss() -> None:
    async with loopback() as running, connected(running) as client:
        await client.until(hikari.GuildAvailableEvent)
        await running.hands.faults(gateway="cut")
        await running.hands.say(ROOK, RAID + 2, "said while nobody listened")
        await client.until(hikari.ShardResumedEvent)
        heard = await client.until(hikari.GuildMessageCreateEvent)

        assert heard.content == "said while nobody listened"
        assert len(client.told(hikari.ShardReadyEvent)) == 1
