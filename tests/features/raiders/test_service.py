"""Raiders over HTTP, on the real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import LiteralString, cast

import asyncpg
import msgspec
import pytest
from tests.support.backend import (
    ADMIN,
    CHANNEL,
    GUILD,
    ORGANIZER,
    RAIDER,
    ROLES,
    STRANGER,
    SUSPENDED,
    Served,
)
from tests.support.chores import due, settle, show_due

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import STAYS, ChoreState, MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders import api
from raidbot.features.raiders.model import (
    IgnLeftBehind,
    IgnTaken,
    InvalidIgn,
    NotOnYourself,
    NotVerified,
    NotYourName,
    OutranksYou,
    Raider,
    RaiderStatus,
    UnknownRaider,
)
from raidbot.features.reconciliation import api as reconciliation
from raidbot.features.runs.api import joins
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.model.joins import JoinRefused

VERIFIED_ROLE = int(ROLES[RoleKey.VERIFIED_RAIDER])
SECURITY, COLLEAGUE, SECURITY_ROLE = UserId(950), UserId(951), RoleId(35)
unverify = api.unverify_raider


async def wanted(served: Served, who: UserId) -> list[tuple[str, int, str]]:
    """What Discord is still to show of a member."""
    found = await served.client.call(discord_state.member_chores, discord_state.MemberChores(GUILD, who))
    return [(one.kind, one.target, one.value) for one in found]


class Entry(msgspec.Struct, frozen=True):
    changed_by: int
    old_ign: str | None
    new_ign: str | None


async def verified(served: Served, who: UserId, ign: str, by: UserId = ADMIN) -> Raider:
    return await served.ask(api.verify_raider, api.VerifyRaider(GUILD, who, ign), by)


async def entries(database: Database) -> list[Entry]:
    async with database.transaction() as tx:
        return await tx.many(Entry, "SELECT changed_by, old_ign, new_ign FROM raider_entry ORDER BY id")


async def heard(database: Database) -> list[str]:
    async with database.transaction() as tx:
        found = await tx.value(
            list[str], "SELECT array_agg(body->>'ign' ORDER BY id) FROM outbox WHERE kind = 'RaiderVerified'"
        )
    return found or []


async def test_an_ign_is_kept_in_its_capitals_and_shown(served: Served) -> None:
    await verified(served, RAIDER, "RookTheBold")

    shown = await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), RAIDER)

    assert (shown.ign, shown.status) == ("RookTheBold", RaiderStatus.VERIFIED)


async def test_who_did_it_is_kept_with_old_and_new_and_told_once_each(served: Served, database: Database) -> None:
    await verified(served, RAIDER, "Rook")
    await verified(served, RAIDER, "Rook")
    await verified(served, RAIDER, "Castle")

    assert await entries(database) == [Entry(ADMIN, None, "Rook"), Entry(ADMIN, "Rook", "Castle")]
    assert await heard(database) == ["Rook", "Castle"]


async def test_the_ign_of_another_is_refused_in_any_capitals(served: Served) -> None:
    await verified(served, RAIDER, "Rook")

    with pytest.raises(IgnTaken, match="let staff sort out") as refused:
        await verified(served, STRANGER, "rOOK")

    assert refused.value.details == {"user_id": str(int(RAIDER))}


async def test_twenty_who_want_one_ign_at_once_get_one_owner(served: Served, database: Database) -> None:
    members = [UserId(900 + number) for number in range(20)]

    told = await asyncio.gather(*(verified(served, one, "Rook") for one in members), return_exceptions=True)

    assert sum(isinstance(one, Raider) for one in told) == 1
    assert sum(isinstance(one, IgnTaken) for one in told) == 19
    assert len(await entries(database)) == 1


async def test_the_database_itself_refuses_a_second_owner_and_what_is_no_ign(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("INSERT INTO raider VALUES (1, 1, 'Rook', 'verified')")
    for wrong in (
        "INSERT INTO raider VALUES (1, 2, 'rook', 'verified')",
        "INSERT INTO raider VALUES (1, 3, 'R 2', 'verified')",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with database.transaction() as tx:
                await tx.run(wrong)


async def test_two_who_claim_one_ign_at_once_as_main_and_alt_in_any_capitals_get_one_owner_community_w5(
    served: Served, database: Database
) -> None:
    members = [UserId(900 + number) for number in range(8)]
    for number, one in enumerate(members):
        await verified(served, one, f"Pawn{'abcdefgh'[number]}")

    told = await asyncio.gather(
        *(served.ask(api.add_alt, api.AddAlt(GUILD, one, "RoOk"), ADMIN) for one in members[:4]),
        *(verified(served, one, "rOoK") for one in members[4:]),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Raider) for one in told) == 1
    assert sum(isinstance(one, IgnTaken) for one in told) == 7
    async with database.transaction() as tx:
        owners = await tx.value(int, "SELECT count(*) FROM raider_name WHERE lower(ign) = 'rook'")
        shown = await tx.value(int, "SELECT count(DISTINCT user_id) FROM chore WHERE lower(value) LIKE '%rook%'")
    assert (owners, shown) == (1, 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "INSERT INTO raider VALUES (1, 1, 'Rook', 'verified')",
            "INSERT INTO raider VALUES (1, 2, 'rook', 'verified')",
        ),
        (
            "INSERT INTO raider VALUES (1, 1, 'Rook', 'verified')",
            "INSERT INTO raider_name VALUES (1, 9, 'ROOK', false)",
        ),
        (
            "INSERT INTO raider_name VALUES (1, 9, 'ROOK', false)",
            "INSERT INTO raider VALUES (1, 2, 'rook', 'verified')",
        ),
    ],
)
async def test_the_database_itself_lets_one_of_two_connections_have_a_name(
    database: Database, first: str, second: str
) -> None:
    async with database.transaction() as tx:
        await tx.run("INSERT INTO raider VALUES (1, 9, 'Knight', 'verified')")

    async def claim(what: str, started: asyncio.Event, go: asyncio.Event) -> None:
        async with database.transaction() as tx:
            await tx.value(int, "SELECT 1")
            started.set()
            await go.wait()
            await tx.run(cast("LiteralString", what))

    go, ready = asyncio.Event(), [asyncio.Event(), asyncio.Event()]
    claims = [asyncio.create_task(claim(what, one, go)) for what, one in zip((first, second), ready, strict=True)]
    await asyncio.gather(*(one.wait() for one in ready))
    go.set()
    told = await asyncio.gather(*claims, return_exceptions=True)

    assert [type(one) for one in told if one is not None] == [asyncpg.UniqueViolationError]


async def test_a_raider_has_several_alts_and_is_found_by_each(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    await served.ask(api.add_alt, api.AddAlt(GUILD, RAIDER, "Pawn"), ADMIN)
    await served.ask(api.add_alt, api.AddAlt(GUILD, RAIDER, "Castle"), ADMIN)
    told = await served.ask(api.add_alt, api.AddAlt(GUILD, RAIDER, "pawn"), ADMIN)
    assert told.alts == ["Castle", "Pawn"]

    with pytest.raises(IgnTaken):
        await verified(served, STRANGER, "CASTLE")
    renamed = await served.ask(api.rename_raider, api.RenameRaider(GUILD, RAIDER, "Castle"), ADMIN)
    left = await served.ask(api.remove_alt, api.RemoveAlt(GUILD, RAIDER, "PAWN", "sold"), ADMIN)

    assert (renamed.ign, renamed.alts, left.alts) == ("Castle", ["Pawn"], [])
    assert (await verified(served, STRANGER, "Pawn")).ign == "Pawn"


async def test_who_held_a_name_when_is_on_record_with_old_new_how_and_why(served: Served) -> None:
    await served.ask(api.verify_raider, api.VerifyRaider(GUILD, RAIDER, "Rook", "saw it in game"), ADMIN)
    await served.ask(api.rename_raider, api.RenameRaider(GUILD, RAIDER, "Castle", "name change"), ADMIN)
    await served.ask(api.unverify_raider, api.UnverifyRaider(GUILD, RAIDER, "sold the account"), ADMIN)

    history = (await served.ask(api.read_history, api.ReadHistory(GUILD, RAIDER), ADMIN)).entries
    about = (await served.ask(api.read_name_history, api.ReadNameHistory(GUILD, "rOOK"), ADMIN)).entries

    assert [(one.kind, one.old_ign, one.new_ign, one.why) for one in history] == [
        ("unverified", "Castle", None, "sold the account"),
        ("renamed", "Rook", "Castle", "name change"),
        ("verified", None, "Rook", "saw it in game"),
    ]
    assert [(one.kind, one.user_id, one.changed_by) for one in about] == [
        ("renamed", RAIDER, ADMIN),
        ("verified", RAIDER, ADMIN),
    ]


async def test_a_long_history_is_read_page_by_page_and_says_who_has_the_name_now(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    for number in range(12):
        name = "Castle" + "abcdefghijkl"[number]
        await served.ask(api.rename_raider, api.RenameRaider(GUILD, RAIDER, name), ADMIN)
    newest = await served.ask(api.read_history, api.ReadHistory(GUILD, RAIDER), ADMIN)
    oldest = await served.ask(api.read_history, api.ReadHistory(GUILD, RAIDER, newest.older), ADMIN)
    had = await served.ask(api.read_name_history, api.ReadNameHistory(GUILD, "rook"), ADMIN)
    has = await served.ask(api.read_name_history, api.ReadNameHistory(GUILD, "castleL"), ADMIN)

    assert [one.new_ign for one in newest.entries] == [f"Castle{letter}" for letter in "lkjihgfedc"]
    assert [one.new_ign for one in oldest.entries] == ["Castleb", "Castlea", "Rook"]
    assert oldest.older is None
    assert (newest.raider and newest.raider.ign, had.raider, has.raider) == ("Castlel", None, newest.raider)


async def test_names_that_nobody_had_and_members_without_any_are_told_and_nobody_below_security_reads(
    served: Served,
) -> None:
    await verified(served, RAIDER, "Rook")

    with pytest.raises(UnknownRaider, match="/verify"):
        await served.ask(api.read_history, api.ReadHistory(GUILD, STRANGER), ADMIN)
    with pytest.raises(UnknownRaider, match="Did you mean Rook"):
        await served.ask(api.read_name_history, api.ReadNameHistory(GUILD, "Roo"), ADMIN)
    for ask, endpoint in (
        (api.ReadHistory(GUILD, RAIDER), api.read_history),
        (api.ReadNameHistory(GUILD, "Rook"), api.read_name_history),
    ):
        with pytest.raises(NotAllowed):
            await served.ask(endpoint, ask, ORGANIZER)


async def test_the_name_of_somebody_who_left_is_asked_about_and_then_taken_community_b17(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    await served.ask(api.add_alt, api.AddAlt(GUILD, RAIDER, "Castle"), ADMIN)
    await served.mirror(MirroredMember(STRANGER, []), MirroredMember(RAIDER, [], present=False))

    with pytest.raises(IgnLeftBehind) as behind:
        await verified(served, STRANGER, "rook")
    assert behind.value.owner == RAIDER
    taken = await served.ask(
        api.verify_raider, api.VerifyRaider(GUILD, STRANGER, "rook", take_from=behind.value.owner), ADMIN
    )

    assert taken.ign == "rook"
    rest = await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), ADMIN)
    assert rest.names == ["Castle"]
    lost = (await served.ask(api.read_history, api.ReadHistory(GUILD, RAIDER), ADMIN)).entries[0]
    assert (lost.kind, lost.old_ign, lost.why) == ("taken", "rook", f"goes to <@{int(STRANGER)}>")


async def test_whoever_loses_the_last_name_is_no_raider_any_more_but_stays_on_record(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    await served.mirror(MirroredMember(STRANGER, []), MirroredMember(RAIDER, [], present=False))
    ask = api.VerifyRaider(GUILD, STRANGER, "Rook", take_from=RAIDER)

    await served.ask(api.verify_raider, ask, ADMIN)

    with pytest.raises(UnknownRaider):
        await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), ADMIN)
    history = (await served.ask(api.read_history, api.ReadHistory(GUILD, RAIDER), ADMIN)).entries
    assert [one.kind for one in history] == ["taken", "verified"]


async def test_a_raider_who_lost_the_role_is_verified_again_without_a_fuss_community_b13(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    await show_due(served)

    await verified(served, RAIDER, "Rook")

    assert await wanted(served, RAIDER) == [("give_role", VERIFIED_ROLE, ""), ("nickname", 0, "Rook")]


async def test_unverifying_takes_role_and_nickname_and_leaves_the_record(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    assert (await served.ask(unverify, api.UnverifyRaider(GUILD, RAIDER, "sold"), ADMIN)).raider.ign == "Rook"

    assert await wanted(served, RAIDER) == [("nickname", 0, ""), ("take_role", VERIFIED_ROLE, "")]
    shown = await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), RAIDER)
    assert (shown.ign, shown.status) == ("Rook", RaiderStatus.UNVERIFIED)
    await verified(served, RAIDER, "Rook")
    assert await wanted(served, RAIDER) == [("give_role", VERIFIED_ROLE, ""), ("nickname", 0, "Rook")]


async def test_unverifying_is_for_those_who_are_verified_and_takes_a_role_without_a_record_too(served: Served) -> None:
    with pytest.raises(NotVerified, match="nothing to take back"):
        await served.ask(unverify, api.UnverifyRaider(GUILD, STRANGER, "sold"), ADMIN)

    told = await served.ask(unverify, api.UnverifyRaider(GUILD, RAIDER, "sold"), ADMIN)

    assert told.raider is None
    assert ("take_role", VERIFIED_ROLE, "") in await wanted(served, RAIDER)


async def test_an_unverified_raider_leaves_every_run_in_the_same_moment(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    run = await served.ask(runs.open_run, runs.OpenRun(guild_id=GUILD, dungeon="lost_halls"), ORGANIZER)
    await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), RAIDER)

    await served.ask(unverify, api.UnverifyRaider(GUILD, RAIDER, "sold"), ADMIN)

    inside = await served.ask(joins.list_raiders, joins.ListRaiders(GUILD, run.id), ORGANIZER)
    assert RAIDER not in [one.user_id for one in inside]
    with pytest.raises(JoinRefused, match="verified"):  # though Discord still shows the role
        await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), RAIDER)


async def test_organizers_read_alts_beside_the_name_in_a_run(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    await served.ask(api.add_alt, api.AddAlt(GUILD, RAIDER, "Castle"), ADMIN)
    run = await served.ask(runs.open_run, runs.OpenRun(guild_id=GUILD, dungeon="lost_halls"), ORGANIZER)
    await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), RAIDER)

    inside = await served.ask(joins.list_raiders, joins.ListRaiders(GUILD, run.id), ORGANIZER)

    assert next(one for one in inside if one.user_id == RAIDER).alts == ["Castle"]


async def test_who_comes_back_gets_role_nickname_and_suspension_back(served: Served) -> None:
    await verified(served, RAIDER, "Rook")
    verified_role, suspended = ROLES[RoleKey.VERIFIED_RAIDER], ROLES[RoleKey.SUSPENDED]
    await served.mirror(MirroredMember(RAIDER, [verified_role, suspended]))
    await served.mirror(MirroredMember(RAIDER, [], present=False))
    await served.mirror(MirroredMember(RAIDER, [], present=False))
    await show_due(served)

    await served.mirror(MirroredMember(RAIDER, []))

    assert await wanted(served, RAIDER) == [
        ("give_role", int(verified_role), ""),
        ("give_role", int(suspended), STAYS),
        ("nickname", 0, "Rook"),
    ]


async def test_a_crowd_that_is_found_to_be_back_is_asked_about_first(served: Served) -> None:
    crowd = [UserId(8000 + number) for number in range(25)]
    for number, one in enumerate(crowd):
        await verified(served, one, f"Pawn{chr(97 + number)}")
    await served.mirror(*(MirroredMember(one, []) for one in crowd))
    await served.mirror(*(MirroredMember(one, [], present=False) for one in crowd))
    while await show_due(served):
        pass

    await served.mirror(*(MirroredMember(one, []) for one in crowd))

    assert await due(served) == []
    plans = await served.ask(reconciliation.list_plans, reconciliation.ListPlans(GUILD), ADMIN)
    assert [(one.cause, one.members) for one in plans] == [("returned", 25)]


async def test_who_was_unverified_while_away_gets_nothing_but_the_suspension_back_community_b18(served: Served) -> None:
    suspended = ROLES[RoleKey.SUSPENDED]
    await verified(served, SUSPENDED, "Rook")
    await served.mirror(MirroredMember(SUSPENDED, [], present=False))
    await served.ask(unverify, api.UnverifyRaider(GUILD, SUSPENDED, "sold"), ADMIN)
    await show_due(served)

    await served.mirror(MirroredMember(SUSPENDED, []))

    assert await wanted(served, SUSPENDED) == [("give_role", int(suspended), STAYS)]


async def test_who_left_and_came_back_while_nobody_looked_sheds_no_suspension_community_w4(served: Served) -> None:
    suspended, came = ROLES[RoleKey.SUSPENDED], datetime(2026, 3, 1, tzinfo=UTC)
    await verified(served, SUSPENDED, "Rook")
    await show_due(served)
    await served.mirror(MirroredMember(SUSPENDED, [suspended], joined_at=came))
    assert await wanted(served, SUSPENDED) == []

    # The bot was away meanwhile: it finds them here, as before, without the role.
    await served.mirror(MirroredMember(SUSPENDED, [], joined_at=came + timedelta(days=9)))

    assert await wanted(served, SUSPENDED) == [
        ("give_role", VERIFIED_ROLE, ""),
        ("give_role", int(suspended), STAYS),
        ("nickname", 0, "Rook"),
    ]


async def test_a_role_that_staff_took_is_no_return(served: Served) -> None:
    came = datetime(2026, 3, 1, tzinfo=UTC)
    await served.mirror(MirroredMember(SUSPENDED, [ROLES[RoleKey.SUSPENDED]], joined_at=came))
    await served.mirror(MirroredMember(SUSPENDED, [], joined_at=came))
    await served.mirror(MirroredMember(SUSPENDED, []))  # an older bot does not tell

    assert await wanted(served, SUSPENDED) == []


async def test_a_suspension_counts_from_the_return_on_whatever_discord_shows_community_w4_w11(served: Served) -> None:
    suspended = ROLES[RoleKey.SUSPENDED]
    run = await served.ask(runs.open_run, runs.OpenRun(guild_id=GUILD, dungeon="lost_halls"), ORGANIZER)
    ask = joins.JoinRun(GUILD, run.id)
    await served.mirror(MirroredMember(SUSPENDED, [], present=False))
    await served.mirror(MirroredMember(SUSPENDED, [RoleId(VERIFIED_ROLE)]))

    with pytest.raises(JoinRefused, match="suspended"):  # the role is still to be given
        await served.ask(joins.join_run, ask, SUSPENDED)
    await show_due(served)  # it is given, and lost before the bot saw it: they left once more
    await served.mirror(MirroredMember(SUSPENDED, [], present=False))
    await served.mirror(MirroredMember(SUSPENDED, [RoleId(VERIFIED_ROLE)]))
    assert [(one.user_id, one.target) for one in await due(served)] == [(SUSPENDED, int(suspended))]
    with pytest.raises(JoinRefused, match="suspended"):
        await served.ask(joins.join_run, ask, SUSPENDED)

    # Staff give the role by hand and take it again: with that it is over.
    for one in await due(served):
        await settle(served, one, ChoreState.PARKED)
    await served.mirror(MirroredMember(SUSPENDED, [RoleId(VERIFIED_ROLE), suspended]))
    await served.mirror(MirroredMember(SUSPENDED, [RoleId(VERIFIED_ROLE)]))
    await served.ask(joins.join_run, ask, SUSPENDED)


async def test_staff_neither_verify_themselves_nor_touch_those_above_them_community_w5h_w6(served: Served) -> None:
    await served.mirror(MirroredMember(SECURITY, [SECURITY_ROLE]), MirroredMember(COLLEAGUE, [SECURITY_ROLE]))
    roles = guild_config.SetRoles(GUILD, {RoleKey.SECURITY: SECURITY_ROLE})
    await served.ask(guild_config.set_roles, roles, ADMIN)
    await verified(served, COLLEAGUE, "Castle", by=SECURITY)

    for endpoint, ask in (
        (api.verify_raider, api.VerifyRaider(GUILD, SECURITY, "Rook")),
        (api.rename_raider, api.RenameRaider(GUILD, SECURITY, "Rook")),
        (api.add_alt, api.AddAlt(GUILD, SECURITY, "Rook")),
        (api.remove_alt, api.RemoveAlt(GUILD, SECURITY, "Rook")),
        (unverify, api.UnverifyRaider(GUILD, SECURITY, "sold")),
    ):
        with pytest.raises(NotOnYourself):
            await served.ask(endpoint, ask, SECURITY)
    for endpoint, ask in (
        (api.verify_raider, api.VerifyRaider(GUILD, COLLEAGUE, "Knight")),
        (api.rename_raider, api.RenameRaider(GUILD, COLLEAGUE, "Knight")),
        (api.remove_alt, api.RemoveAlt(GUILD, COLLEAGUE, "Pawn")),
        (unverify, api.UnverifyRaider(GUILD, COLLEAGUE, "sold")),
    ):
        with pytest.raises(OutranksYou):
            await served.ask(endpoint, ask, SECURITY)


async def test_a_made_up_list_of_roles_opens_no_door_community_w14(served: Served) -> None:
    forged = {"ign": "Rook", "roles": ["31", "administrator"]}
    headers = {"x-actor": str(int(ORGANIZER)), "x-roles": "administrator"}
    path = f"/guilds/{GUILD}/raiders/{RAIDER}/verify"

    refused, _ = await served.raw("POST", path, json=forged, headers=headers)
    status, body = await served.raw("POST", path, json={"ign": "Rook"}, headers=headers)

    assert (refused, status, body["error"]["code"]) == (400, 403, "not_allowed")


async def test_changes_are_told_in_the_log_of_verifications(served: Served, database: Database) -> None:
    await verified(served, STRANGER, "Pawn")  # nobody has mapped the log yet
    channels = guild_config.SetChannels(GUILD, {ChannelKey.VERI_LOG: CHANNEL})
    await served.ask(guild_config.set_channels, channels, ADMIN)

    await verified(served, RAIDER, "Rook")

    async with database.transaction() as tx:
        told = await tx.value(list[str], "SELECT array_agg(body->>'new') FROM notice WHERE channel = 'veri_log'")
    assert told == ["Rook"]


async def test_organizers_cannot_verify(served: Served) -> None:
    with pytest.raises(NotAllowed, match="Security or higher"):
        await verified(served, RAIDER, "Rook", by=ORGANIZER)


async def test_what_is_no_ign_is_refused_and_unknown_raiders_say_how_to_set_one(served: Served) -> None:
    with pytest.raises(InvalidIgn, match="1 to 16 letters"):
        await verified(served, RAIDER, "Rook 2")
    with pytest.raises(UnknownRaider, match="/verify"):
        await served.ask(api.show_raider, api.ShowRaider(GUILD, RAIDER), ORGANIZER)
    with pytest.raises(NotYourName, match="Ask an organizer"):
        await served.ask(api.show_raider, api.ShowRaider(GUILD, STRANGER), RAIDER)
