"""The watch list over HTTP, on the real database."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, STRANGER, Served

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders import api as raiders
from raidbot.features.watch_list import api
from raidbot.features.watch_list.model import AlreadyWatched, Effect, NoSuchWatch, OnWatchList, Suspect, Watch, WatchId

SECURITY_ROLE = RoleId(35)


class Told(msgspec.Struct, frozen=True):
    body: dict[str, Any]
    role_ids: list[int]


async def watch(served: Served, **more: Any) -> Watch:
    suspect = Suspect(reason="sells accounts", **more)
    return await served.ask(api.add_watch, api.AddWatch(GUILD, suspect), ADMIN)


async def verify(served: Served, who: UserId, ign: str) -> None:
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, who, ign), ADMIN)


async def with_a_log(served: Served) -> None:
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, {RoleKey.SECURITY: SECURITY_ROLE}), ADMIN)
    channels = guild_config.SetChannels(GUILD, {ChannelKey.BOT_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, channels, ADMIN)


async def told(database: Database) -> list[tuple[str, str, list[int]]]:
    async with database.transaction() as tx:
        found = await tx.many(Told, "SELECT body, role_ids FROM notice WHERE kind = 'watch_hit' ORDER BY id")
    return [(str(one.body["user_id"]), str(one.body["occasion"]), one.role_ids) for one in found]


async def test_whoever_claims_a_watched_name_is_told_to_security(served: Served, database: Database) -> None:
    await with_a_log(served)
    await watch(served, ign="Rook")

    await verify(served, RAIDER, "ROOK")
    await verify(served, RAIDER, "rook")

    assert await told(database) == [(str(int(RAIDER)), "verify", [35])]


@pytest.mark.parametrize("act", [raiders.rename_raider, raiders.add_alt])
async def test_new_names_and_alts_are_checked_too(served: Served, database: Database, act: Any) -> None:
    await with_a_log(served)
    await watch(served, ign="Rook")
    await verify(served, RAIDER, "Pawn")

    await served.ask(act, act.ask(GUILD, RAIDER, "Rook"), ADMIN)

    assert [one[:2] for one in await told(database)] == [
        (str(int(RAIDER)), "editname" if act is raiders.rename_raider else "addalt")
    ]


async def test_a_former_name_and_whoever_had_this_one_before_are_found(served: Served, database: Database) -> None:
    await with_a_log(served)
    await verify(served, RAIDER, "Rook")
    await served.ask(raiders.rename_raider, raiders.RenameRaider(GUILD, RAIDER, "Castle"), ADMIN)
    await watch(served, ign="rook")
    await watch(served, user_id=STRANGER)
    await verify(served, STRANGER, "Pawn")
    await served.ask(raiders.rename_raider, raiders.RenameRaider(GUILD, STRANGER, "Knight"), ADMIN)

    await served.ask(raiders.add_alt, raiders.AddAlt(GUILD, RAIDER, "Bishop"), ADMIN)
    await verify(served, ORGANIZER, "Pawn")

    found = [one[:2] for one in await told(database)]
    assert (str(int(RAIDER)), "addalt") in found
    assert (str(int(ORGANIZER)), "verify") in found


async def rejoin(served: Served) -> None:
    await served.mirror(MirroredMember(RAIDER, [], present=False))
    await served.mirror(MirroredMember(RAIDER, []))


async def rename_again(served: Served) -> None:
    await served.ask(raiders.rename_raider, raiders.RenameRaider(GUILD, RAIDER, "Knight"), ADMIN)


async def another_alt(served: Served) -> None:
    await served.ask(raiders.add_alt, raiders.AddAlt(GUILD, RAIDER, "Bishop"), ADMIN)


async def verify_anew(served: Served) -> None:
    await verify(served, RAIDER, "Queen")


@pytest.mark.parametrize(
    ("act", "occasion"),
    [(rejoin, "join"), (rename_again, "editname"), (another_alt, "addalt"), (verify_anew, "verify")],
)
@pytest.mark.parametrize("former", ["main", "alt"])
async def test_a_former_name_counts_whatever_somebody_turns_up_at(
    served: Served, database: Database, act: Any, occasion: str, former: str
) -> None:
    await with_a_log(served)
    await verify(served, RAIDER, "Rook" if former == "main" else "Castle")
    if former == "main":
        await served.ask(raiders.rename_raider, raiders.RenameRaider(GUILD, RAIDER, "Castle"), ADMIN)
    else:
        await served.ask(raiders.add_alt, raiders.AddAlt(GUILD, RAIDER, "Rook"), ADMIN)
        await served.ask(raiders.remove_alt, raiders.RemoveAlt(GUILD, RAIDER, "Rook"), ADMIN)
    await watch(served, ign="rOOk")

    await act(served)

    assert [one[:2] for one in await told(database)] == [(str(int(RAIDER)), occasion)]


async def test_whoever_claims_a_name_that_was_taken_from_a_watched_account_is_told(
    served: Served, database: Database
) -> None:
    await with_a_log(served)
    await verify(served, STRANGER, "Rook")
    await served.mirror(MirroredMember(STRANGER, [], present=False))
    await watch(served, user_id=STRANGER)

    ask = raiders.VerifyRaider(GUILD, RAIDER, "rook", take_from=STRANGER)
    await served.ask(raiders.verify_raider, ask, ADMIN)

    assert [one[:2] for one in await told(database)] == [(str(int(RAIDER)), "verify")]


async def test_who_was_never_here_is_told_when_they_come(served: Served, database: Database) -> None:
    await with_a_log(served)
    await watch(served, user_id=UserId(7000))

    ask = discord_state.MirrorMembers(GUILD, [MirroredMember(UserId(7000), [])], just_came=True)
    await served.client.call(discord_state.mirror_members, ask)

    assert [one[:2] for one in await told(database)] == [("7000", "join")]


async def test_of_a_crowd_that_came_while_the_bot_was_away_those_on_the_list_are_told(
    served: Served, database: Database
) -> None:
    await with_a_log(served)
    await watch(served, user_id=UserId(7003))

    crowd = [MirroredMember(UserId(7000 + number), []) for number in range(40)]
    everybody = discord_state.Ids(UserId(7000), UserId(7999))
    await served.client.call(discord_state.mirror_members, discord_state.MirrorMembers(GUILD, crowd, everybody))

    assert [one[:2] for one in await told(database)] == [("7003", "join")]


async def test_who_is_not_to_be_verified_is_not_until_it_is_over(served: Served) -> None:
    entry = await watch(served, ign="Rook", effect=Effect.REFUSE)
    with pytest.raises(OnWatchList, match="sells accounts"):
        await verify(served, RAIDER, "Rook")

    await served.ask(api.remove_watch, api.RemoveWatch(GUILD, entry.id), ADMIN)

    await verify(served, RAIDER, "Rook")
    with pytest.raises(NoSuchWatch, match="/watch list"):
        await served.ask(api.remove_watch, api.RemoveWatch(GUILD, entry.id), ADMIN)


async def test_an_entry_ends_by_itself_and_makes_room(served: Served) -> None:
    lists = api.ListWatches(GUILD)
    shown = await served.client.call(discord_state.due_chores, discord_state.DueChores(GUILD))
    assert shown == []
    await watch(served, ign="Pawn")
    await watch(served, ign="Rook", until=datetime(2100, 1, 1, tzinfo=UTC))
    assert len(await served.ask(api.list_watches, lists, ADMIN)) == 2

    served.pass_time(100 * 366 * 24 * 3600)

    assert [one.ign for one in await served.ask(api.list_watches, lists, ADMIN)] == ["Pawn"]
    await watch(served, ign="rook")


async def test_the_same_person_stands_on_the_list_once(served: Served) -> None:
    await watch(served, ign="Rook")
    with pytest.raises(AlreadyWatched, match="/watch list"):
        await watch(served, ign="rOOk", user_id=STRANGER)


async def test_a_file_is_taken_in_and_says_what_came_of_it(served: Served) -> None:
    file = "discord_id,ign,reason\n,Rook,thief\n5,,liar\n,rook,again\n,R2,no"

    came = await served.ask(api.import_watches, api.ImportWatches(GUILD, file), ADMIN)

    assert (came.added, came.known, [one.line for one in came.unreadable]) == (2, 1, [5])


async def test_raiders_and_organizers_read_nothing_of_it(served: Served) -> None:
    for ask in (
        (api.list_watches, api.ListWatches(GUILD)),
        (api.add_watch, api.AddWatch(GUILD, Suspect(ign="Rook", reason="x"))),
        (api.import_watches, api.ImportWatches(GUILD, "")),
        (api.remove_watch, api.RemoveWatch(GUILD, WatchId(1))),
    ):
        with pytest.raises(NotAllowed):
            await served.ask(*ask, ORGANIZER)
