"""The file that describes a server, and how many members fit into it."""

from pathlib import Path

import pytest

from discord_loopback import server_file, servers
from discord_loopback.clock import Clock
from discord_loopback.model import ANNOUNCEMENT
from discord_loopback.permissions import bits
from discord_loopback.server_file import InvalidServerError
from discord_loopback.world import World

SMALL = """
guild: {id: 1, name: Small, owner: 11, bot: Bot, everyone: [VIEW_CHANNEL]}
roles:
  - {id: 2, name: Bot, bot: true}
  - {id: 3, name: Raider, color: "00ff00", mentionable: true}
channels:
  - {id: 4, name: HALL, kind: category, deny: {"@everyone": [SEND_MESSAGES]}}
  - {id: 5, name: news, kind: announcement, parent: 4, topic: What is new, slowmode: 30, allow: {Raider: [ALL]}}
members:
  - {id: 11, name: Ada, roles: [Raider], nick: Countess, dms_closed: true}
"""


def a_world() -> World:
    return World(Clock(), "token", 99)


def written(folder: Path, text: str) -> Path:
    file = folder / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_becomes_a_server(tmp_path: Path) -> None:
    world = a_world()
    guild = servers.load(world, written(tmp_path, SMALL))

    ada, news = guild.members[11], guild.channels[5]
    assert (guild.name, ada.name, ada.user.dms_closed, ada.roles) == ("Small", "Countess", True, [3])
    assert (news.type, news.topic, news.slowmode, news.parent_id) == (ANNOUNCEMENT, "What is new", 30, 4)
    assert guild.roles[3].color == 0x00FF00
    assert [role.name for role in guild.ranked()] == ["@everyone", "Raider", "Bot"]
    assert news.overwrites[1].deny == bits("SEND_MESSAGES")
    assert news.overwrites[3].allow > bits("MANAGE_CHANNELS")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("name: Small", "name: S", "length >= 2 - at `$.guild.name`"),
        ("name: Raider", f"name: {'x' * 101}", "length <= 100 - at `$.roles[1].name`"),
        ('"00ff00"', "green", "at `$.roles[1].color`"),
        ("slowmode: 30", "slowmode: 30000", "`int` <= 21600 - at `$.channels[1].slowmode`"),
        ("kind: category", "kind: cave", "at `$.channels[0].kind`"),
        ("topic:", "topics:", "unknown field `topics` - at `$.channels[1]`"),
        ("id: 11, ", "", "missing required field `id` - at `$.members[0]`"),
        ("[VIEW_CHANNEL]", "[VIEW]", "`$.guild.everyone`: there is no permission 'VIEW'"),
        ("roles: [Raider]", "roles: [Knight]", "`$.members[0].roles`: there is no role 'Knight'"),
        ("{Raider: [ALL]}", "{Knight: []}", "`$.channels[1]`: there is no role 'Knight'"),
        ("parent: 4", "parent: 7", "`$.channels[1].parent`: no category with the id 7 stands above"),
        ("id: 5", "id: 4", "`$.channels[1].id`: 4 is taken already"),
        ("owner: 11", "owner: 12", "`$.guild.owner` is no member's id"),
        (", bot: true", "", "`$.roles`: one role has `bot: true`, not 0"),
        ("guild: {", "guild: [", "expected"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_file_key_and_limit(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    assert before in SMALL
    file = written(tmp_path, SMALL.replace(before, after, 1))
    with pytest.raises(InvalidServerError) as told:
        server_file.read(file)

    assert str(told.value).startswith(f"{file}: ")
    assert complaint in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidServerError, match=r"nowhere\.yaml"):
        server_file.read(tmp_path / "nowhere.yaml")


def test_the_packaged_server_has_its_people_and_as_many_more_as_wanted() -> None:
    world = a_world()
    guild = servers.load(world)
    servers.add_members(world, guild, 36_000)

    assert len(guild.members) == 36_015
    assert guild.members[510_000_000_000_000_000 + 36_000 * 40_000_000_000].name == "raider36000"
