"""Used keys over HTTP, on the real database: prefilled from the pops, named, paid once, given up after a week."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.features.runs.steps import (
    cancel,
    end,
    join,
    live,
    opened,
    pop,
    put,
    reopen,
    shown,
    sums,
    tell,
    undo,
    until,
    verified,
)
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, STRANGER, Served

from raidbot.core.ids import ChannelId, RunId, UserId
from raidbot.database.pool import Database
from raidbot.dungeons import catalogue
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.inbox import api as inbox
from raidbot.features.keys import api
from raidbot.features.keys.model import KeyChanged, KeyLog, KeyState, KeyUse, NotYourKeys, RunGoesOn, UnknownKeyUse
from raidbot.features.keys.rules import reminder
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import UnknownRaider
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.api import offers, pops
from raidbot.features.runs.model.life import Run

FIVE = Decimal(5)


async def read(served: Served, run: Run, by: UserId = ORGANIZER) -> KeyLog:
    return await served.ask(api.read_keys, api.ReadKeys(GUILD, run.id), by)


async def name(served: Served, use: KeyUse, who: UserId | str, by: UserId = ORGANIZER) -> KeyLog:
    ask = api.NameKey(
        GUILD,
        use.id,
        revision=use.revision,
        user_id=None if isinstance(who, str) else who,
        ign=who if isinstance(who, str) else None,
    )
    return await served.ask(api.name_key, ask, by)


async def keys_paid(database: Database) -> dict[int, tuple[int, Decimal]]:
    return {who: total for (who, kind), total in (await sums(database)).items() if kind == "key"}


async def ended_with_two_keys(served: Served) -> Run:
    """Return a run that has ended, whose first key is the raider's and whose second has no name."""
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await tell(served, run, 1, popper_id=RAIDER)
    await pop(served, run, 2)
    return await end(served, run)


async def test_raids_13_as_many_keys_are_asked_about_as_popped_and_named_ones_are_paid_at_once(
    served: Served, database: Database
) -> None:
    run = await ended_with_two_keys(served)

    told = await read(served, run)

    assert run.unnamed_keys == 1
    assert [(one.number, one.key, one.state, one.user_id) for one in told.uses] == [
        (1, "shatters_key", KeyState.LOGGED, RAIDER),
        (2, "shatters_key", KeyState.OPEN, None),
    ]
    assert await keys_paid(database) == {RAIDER: (1, FIVE)}


async def test_a_run_without_pops_asks_about_no_key(served: Served) -> None:
    run = await live(served)

    ended = await end(served, run)

    assert (ended.unnamed_keys, (await read(served, run)).uses) == (0, [])


async def test_a_cancelled_run_asks_about_the_keys_that_really_popped(served: Served) -> None:
    run = await live(served)
    await pop(served, run, 1)

    await cancel(served, run)

    assert [one.state for one in (await read(served, run)).uses] == [KeyState.OPEN]


async def test_raids_13_the_type_of_a_key_is_kept(served: Served) -> None:
    ask = runs.OpenRun(guild_id=GUILD, dungeon="lost_halls", party="p", location="l")
    run = await served.ask(runs.open_run, ask, ORGANIZER)
    await served.ask(runs.start_run, runs.StartRun(GUILD, run.id), ORGANIZER)
    await pop(served, run, 1)
    await tell(served, run, 1, key="vial_of_pure_darkness")
    await pop(served, run, 2)
    await end(served, run)

    [vial, first] = (await read(served, run)).uses
    ask = api.RetypeKey(GUILD, first.id, revision=first.revision, key="void_key")
    retyped = await served.ask(api.retype_key, ask, ORGANIZER)

    assert (vial.key, first.key) == ("vial_of_pure_darkness", "cult_key")
    assert [one.key for one in retyped.uses] == ["vial_of_pure_darkness", "void_key"]


async def test_oryx_3_asks_about_one_key_of_each_kind_with_holders_who_popped(
    served: Served, database: Database
) -> None:
    await put(served, "o3_screenshot", "off")
    ask = runs.OpenRun(guild_id=GUILD, dungeon="oryx_3", party="p", location="l")
    run = await served.ask(runs.open_run, ask, ORGANIZER)
    await served.ask(runs.start_run, runs.StartRun(GUILD, run.id), ORGANIZER)
    await join(served, run, RAIDER)
    told = await served.ask(offers.offer_key, offers.OfferKey(GUILD, run.id, "helm_rune"), RAIDER)
    await served.ask(pops.holder_popped, pops.HolderPopped(GUILD, run.id, told.offer.id), ORGANIZER)

    ended = await end(served, run)

    uses = (await read(served, run)).uses
    assert {one.key: one.user_id for one in uses} == {
        "wine_cellar_incantation": None,
        "shield_rune": None,
        "sword_rune": None,
        "helm_rune": RAIDER,
    }
    assert (ended.unnamed_keys, await keys_paid(database)) == (3, {RAIDER: (1, FIVE)})

    await reopen(served, run)
    assert await sums(database) == {}
    await end(served, run)
    assert len((await read(served, run)).uses) == 4
    assert await keys_paid(database) == {RAIDER: (1, FIVE)}


async def test_what_was_said_of_the_keys_of_oryx_3_outlives_a_reopening(served: Served, database: Database) -> None:
    await put(served, "o3_screenshot", "off")
    ask = runs.OpenRun(guild_id=GUILD, dungeon="oryx_3", party="p", location="l")
    run = await served.ask(runs.open_run, ask, ORGANIZER)
    await served.ask(runs.start_run, runs.StartRun(GUILD, run.id), ORGANIZER)
    first, second = await verified(served, 2)
    await brought(served, run, RAIDER, "helm_rune")
    await end(served, run)
    said = {one.key: one for one in (await read(served, run)).uses}
    await name(served, said["helm_rune"], first)
    await name(served, said["sword_rune"], second)
    ask_dismiss = api.DismissKey(GUILD, said["shield_rune"].id, revision=said["shield_rune"].revision)
    await served.ask(api.dismiss_key, ask_dismiss, ORGANIZER)

    await reopen(served, run)
    assert await sums(database) == {}
    await brought(served, run, RAIDER, "wine_cellar_incantation")
    await end(served, run)
    await reopen(served, run)
    ended = await end(served, run)

    uses = (await read(served, run)).uses
    assert {one.key: (one.user_id, one.state) for one in uses} == {
        "helm_rune": (first, KeyState.LOGGED),
        "sword_rune": (second, KeyState.LOGGED),
        "shield_rune": (None, KeyState.DISMISSED),
        "wine_cellar_incantation": (RAIDER, KeyState.LOGGED),
    }
    assert (len(uses), ended.unnamed_keys) == (4, 0)
    assert await keys_paid(database) == {first: (1, FIVE), second: (1, FIVE), RAIDER: (1, FIVE)}


async def test_the_keys_of_a_run_that_is_reopened_and_cancelled_are_paid_no_more(
    served: Served, database: Database
) -> None:
    await put(served, "o3_screenshot", "off")
    ask = runs.OpenRun(guild_id=GUILD, dungeon="oryx_3", party="p", location="l")
    run = await served.ask(runs.open_run, ask, ORGANIZER)
    await served.ask(runs.start_run, runs.StartRun(GUILD, run.id), ORGANIZER)
    await end(served, run)
    [first] = await verified(served, 1)
    await name(served, (await read(served, run)).uses[0], first)
    await reopen(served, run)

    cancelled = await cancel(served, run)

    assert (await sums(database), cancelled.unnamed_keys, (await read(served, run)).uses) == ({}, 0, [])
    assert await served.ask(api.list_unlogged, api.ListUnlogged(GUILD), ORGANIZER) == []


async def brought(served: Served, run: Run, who: UserId, key: str) -> None:
    """Let somebody join, offer a key, and have popped it."""
    await join(served, run, who)
    told = await served.ask(offers.offer_key, offers.OfferKey(GUILD, run.id, key), who)
    await served.ask(pops.holder_popped, pops.HolderPopped(GUILD, run.id, told.offer.id), ORGANIZER)


async def test_a_key_is_named_renamed_and_taken_back_and_the_ledger_follows(served: Served, database: Database) -> None:
    run = await ended_with_two_keys(served)
    first, second = await verified(served, 2)
    [_, use] = (await read(served, run)).uses

    [_, use] = (await name(served, use, first)).uses
    one = await keys_paid(database)
    [_, use] = (await name(served, use, second)).uses
    two = await keys_paid(database)
    ask = api.DismissKey(GUILD, use.id, revision=use.revision)
    [_, use] = (await served.ask(api.dismiss_key, ask, ORGANIZER)).uses
    three = await keys_paid(database)
    await name(served, use, first)

    assert one == {RAIDER: (1, FIVE), first: (1, FIVE)}
    assert two == {RAIDER: (1, FIVE), second: (1, FIVE)}
    assert three == {RAIDER: (1, FIVE)}
    assert await keys_paid(database) == one
    assert (await shown(served, run)).unnamed_keys == 0


async def test_raids_18_two_who_name_one_key_at_once_leave_one_name(served: Served, database: Database) -> None:
    run = await ended_with_two_keys(served)
    first, second = await verified(served, 2)
    [_, use] = (await read(served, run)).uses

    told = await asyncio.gather(
        name(served, use, first), name(served, use, second, SECOND_ORGANIZER), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in told) == ["KeyChanged", "KeyLog"]
    assert any(isinstance(one, KeyChanged) for one in told)
    assert sum(quantity for quantity, _ in (await keys_paid(database)).values()) == 2


async def test_raids_44_a_key_is_named_by_ign_and_a_wrong_one_says_who_is_called_alike(
    served: Served, database: Database
) -> None:
    run = await ended_with_two_keys(served)
    [who] = await verified(served, 1)
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, who, "Rookery"), ADMIN)
    [_, use] = (await read(served, run)).uses

    with pytest.raises(UnknownRaider, match="Did you mean Rookery"):
        await name(served, use, "rook")
    with pytest.raises(UnknownRaider, match="choose the member"):
        await name(served, use, "nobody")
    await name(served, use, "rOOKery")

    assert await keys_paid(database) == {RAIDER: (1, FIVE), who: (1, FIVE)}


async def test_one_more_key_can_be_added_and_named(served: Served, database: Database) -> None:
    run = await ended_with_two_keys(served)

    added = await served.ask(api.add_key, api.AddKey(GUILD, run.id, "shatters_key"), ORGANIZER)
    await name(served, added.uses[-1], RAIDER)

    assert await keys_paid(database) == {RAIDER: (2, 2 * FIVE)}
    assert (await shown(served, run)).version > run.version


async def test_what_nobody_knows_is_given_up_at_once_or_after_a_week_and_can_still_be_named(
    served: Served, database: Database
) -> None:
    run = await ended_with_two_keys(served)
    served.pass_time(7 * 24 * 3600 + 60)

    async def given_up() -> bool:
        return (await read(served, run)).uses[1].state is KeyState.UNKNOWN

    await until(given_up)
    assert await served.ask(api.list_unlogged, api.ListUnlogged(GUILD), ORGANIZER) == []
    await name(served, (await read(served, run)).uses[1], RAIDER)
    assert await keys_paid(database) == {RAIDER: (2, 2 * FIVE)}

    other = await ended_with_two_keys(served)
    told = await served.ask(api.dismiss_keys, api.DismissKeys(GUILD, other.id), ORGANIZER)
    assert [one.state for one in told.uses] == [KeyState.LOGGED, KeyState.UNKNOWN]


async def test_who_led_is_reminded_once_after_twelve_hours(served: Served, database: Database) -> None:
    run = await ended_with_two_keys(served)

    async def reminders() -> int:
        async with database.transaction() as tx:
            sql = "SELECT count(*) FROM notice WHERE kind = 'keys_unlogged' AND subject_id = $1 AND user_ids = $2"
            return await tx.value(int, sql, run.id, [ORGANIZER]) or 0

    served.pass_time(11 * 3600)
    early = await reminders()
    served.pass_time(3600 + 60)

    async def reminded() -> bool:
        return await reminders() == 1

    await until(reminded)
    served.pass_time(24 * 3600)
    assert (early, await reminders()) == (0, 1)


@pytest.mark.parametrize("mapped", [False, True])
async def test_who_led_finds_the_reminder_in_the_inbox_and_is_pinged_in_one_place(
    served: Served, database: Database, *, mapped: bool
) -> None:
    if mapped:
        await served.ask(
            guild_config.set_channels, guild_config.SetChannels(GUILD, {ChannelKey.NOTICES: ChannelId(4711)}), ADMIN
        )
    run = await ended_with_two_keys(served)
    other = await ended_with_two_keys(served)
    await name(served, (await read(served, other)).uses[1], RAIDER)
    served.pass_time(12 * 3600 + 60)

    async def pings() -> list[str]:
        async with database.transaction() as tx:
            sql = """
                SELECT array_agg(kind || ' ' || array_to_string(user_ids, ',') ORDER BY id) FROM notice
                 WHERE kind IN ('keys_unlogged', 'inbox_waiting')
            """
            return await tx.value(list[str], sql) or []

    async def reminded() -> bool:
        return len(await pings()) == 2

    await until(reminded)
    in_thread = "" if mapped else str(int(ORGANIZER))
    assert await pings() == [f"keys_unlogged {in_thread}", f"inbox_waiting {int(ORGANIZER)}"]
    [letter] = await served.ask(inbox.open_inbox, inbox.OpenInbox(GUILD), ORGANIZER)
    assert letter.title == "🗝️ A key has no name"
    assert f"A key has no name in your **Shatters**, run {run.id}. Say with `/unlogged` whose it was" in letter.body
    for one in (RAIDER, SECOND_ORGANIZER):
        assert await served.ask(inbox.open_inbox, inbox.OpenInbox(GUILD), one) == []


def test_the_reminder_counts_the_keys_and_says_until_when_somebody_asks() -> None:
    closed_at = datetime(2026, 1, 1, tzinfo=UTC)

    title, body = reminder(catalogue.known("shatters"), RunId(7), 3, closed_at)

    assert title == "🗝️ 3 keys have no name"
    assert "3 keys have no name in your **Shatters**, run 7." in body
    assert f"<t:{int((closed_at + timedelta(days=7)).timestamp())}:f> on they count as unknown." in body


async def test_runs_with_unnamed_keys_are_listed_ones_own_first(served: Served) -> None:
    mine = await ended_with_two_keys(served)
    other = await live(served, SECOND_ORGANIZER)
    await pop(served, other, 1, SECOND_ORGANIZER)
    await end(served, other, SECOND_ORGANIZER)

    listed = await served.ask(api.list_unlogged, api.ListUnlogged(GUILD), SECOND_ORGANIZER)

    assert [(one.run_id, one.keys) for one in listed] == [(other.id, 1), (mine.id, 1)]


async def test_raiders_do_not_log_keys_and_nobody_does_before_the_end(served: Served) -> None:
    run = await ended_with_two_keys(served)
    with pytest.raises(NotYourKeys):
        await read(served, run, RAIDER)
    goes_on = await opened(served)
    with pytest.raises(RunGoesOn):
        await read(served, goes_on)
    with pytest.raises(UnknownKeyUse):
        await served.ask(api.read_keys, api.ReadKeys(GUILD, RunId(4711)), ORGANIZER)
    with pytest.raises(NotYourKeys):
        await read(served, run, STRANGER)


async def test_the_key_of_a_pop_that_is_taken_back_after_a_reopening_is_paid_no_more(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await tell(served, run, 1, popper_id=RAIDER)
    await end(served, run)
    await reopen(served, run)

    await undo(served, run, 1)

    assert await sums(database) == {}
    await end(served, run)
    assert (await read(served, run)).uses == []
