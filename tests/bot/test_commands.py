"""Slash commands as Discord will see them."""

from typing import Any

import discord
from discord import app_commands

from raidbot import features
from raidbot.bot.commands import build, declared

for part in ("panels", "commands", "followups"):
    features.load(part)


async def nothing(*_: Any) -> None:
    raise AssertionError("nobody uses a command here")


def payloads() -> dict[str, dict[str, Any]]:
    client = discord.Client(intents=discord.Intents.none())
    tree = app_commands.CommandTree(client)
    for one in build(nothing):
        tree.add_command(one)
    return {one.name: dict(one.to_dict(tree)) for one in tree.get_commands()}


async def test_every_command_is_registered_with_what_discord_asks_for() -> None:
    made = payloads()

    assert made.keys() == {name.partition(" ")[0] for name in declared}
    assert all(0 < len(one["description"]) <= 100 for one in made.values())
    assert all(0 < len(option["description"]) <= 100 for one in made.values() for option in one.get("options", ()))


async def test_the_limits_of_texts_and_numbers_stand_at_the_option() -> None:
    options = {option["name"]: option for option in payloads()["run"]["options"]}

    assert {name: option.get("max_length", option.get("max_value")) for name, option in options.items()} == {
        "dungeon": 60,
        "party": 100,
        "location": 100,
        "description": 500,
        "max_raiders": 500,
        "chain": 99,
        "needs": 300,
    }
    assert options["dungeon"]["autocomplete"]


async def test_commands_of_staff_are_hidden_and_those_of_members_and_organizers_are_not() -> None:
    made = payloads()

    hidden = {name for name, one in made.items() if one.get("default_member_permissions")}
    assert {"setroles", "setchannels", "audit"} <= hidden
    assert not {"run", "panel", "help", "ping"} & hidden
