"""Setting a server up over HTTP, on the real database."""

import asyncio

import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, Served

from raidbot.core.errors import NotAllowed
from raidbot.core.guilds import RoleSeen
from raidbot.core.ids import ChannelId, RoleId, Snowflake
from raidbot.core.ranks import RoleKey
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, UnsafeRole
from raidbot.features.setup import api
from raidbot.features.setup.model import Creation, CreationId, CreationState, Kind, Step, UnknownCreation, Wanted

WANTED = [
    Wanted(Kind.ROLE, "organizer", "Organizer"),
    Wanted(Kind.ROLE, "muted", "Muted"),
    Wanted(Kind.CATEGORY, "Raiding", "Raiding"),
    Wanted(Kind.CHANNEL, "raid", "raids"),
]
THERE = [Snowflake(n) for n in (31, 32, 33)]


async def want(served: Served, *wanted: Wanted, there: list[Snowflake] = THERE) -> list[Creation]:
    state = await served.ask(api.want_creations, api.WantCreations(GUILD, list(wanted), there), ADMIN)
    return state.creations


async def claim(served: Served, one: Creation) -> Creation:
    ask = api.ClaimCreation(GUILD, one.id, one.tries)
    return await served.client.call(api.claim_creation, ask)


async def settle(served: Served, one: Creation, made: int | None, error: str | None = None) -> Creation:
    state = CreationState.MADE if made else CreationState.FAILED
    ask = api.SettleCreation(
        guild_id=GUILD, creation_id=one.id, state=state, made=Snowflake(made) if made else None, error=error
    )
    return await served.client.call(api.settle_creation, ask)


async def mapped(served: Served) -> tuple[dict[RoleKey, RoleId], dict[ChannelKey, ChannelId]]:
    found = await served.client.call(guild_config.read_mappings, guild_config.ReadMappings(GUILD))
    return found.roles, found.channels


async def test_what_is_mapped_already_is_not_created_and_pressing_at_once_creates_once(served: Served) -> None:
    pressed = await asyncio.gather(*(want(served, *WANTED) for _ in range(10)))

    assert {tuple(one.key for one in each) for each in pressed} == {("muted", "Raiding", "raid")}
    assert len({one.id for each in pressed for one in each}) == 3


async def test_one_process_makes_it_and_one_that_comes_after_a_crash_knows_since_when_to_look(served: Served) -> None:
    (muted,) = await want(served, WANTED[1])

    claims = await asyncio.gather(*(claim(served, muted) for _ in range(5)), return_exceptions=True)
    (after,) = await served.client.call(api.open_creations, api.OpenCreations(GUILD))
    again = await claim(served, after)

    assert [type(one) for one in claims].count(UnknownCreation) == 4
    assert next(one for one in claims if isinstance(one, Creation)).attempted_at is None
    assert (after.tries, again.attempted_at) == (1, after.attempted_at)
    assert again.attempted_at is not None


async def test_what_was_made_is_mapped_at_once_and_told_twice_counts_once(served: Served) -> None:
    _, _, raid = await want(served, *WANTED)

    await settle(served, raid, 900)
    told_again = await settle(served, raid, 901)

    assert told_again.made == 900
    assert (await mapped(served))[1] == {ChannelKey.RAID: 900}
    assert [one.state for one in await want(served, *WANTED, there=[*THERE, Snowflake(900)])][2] is CreationState.MADE


async def test_what_failed_is_tried_again_and_what_was_deleted_is_made_again(served: Served) -> None:
    muted, _, raid = await want(served, *WANTED)
    await settle(served, muted, None, "I may not create roles.")
    await settle(served, raid, 900)

    failed = (await served.ask(api.read_setup, api.ReadSetup(GUILD), ADMIN)).failures()
    again = await want(served, *WANTED)

    assert [one.error for one in failed] == ["I may not create roles."]
    assert [(one.key, one.state, one.made) for one in again] == [
        ("muted", CreationState.OPEN, None),
        ("Raiding", CreationState.OPEN, None),
        ("raid", CreationState.OPEN, None),
    ]


async def test_steps_that_were_skipped_stay_so_until_somebody_begins_anew(served: Served) -> None:
    for step in (Step.CREATE, Step.USE, Step.CREATE):
        await served.ask(api.skip_step, api.SkipStep(GUILD, step), ADMIN)
    skipped = (await served.ask(api.read_setup, api.ReadSetup(GUILD), ADMIN)).skipped

    anew = await served.ask(api.skip_step, api.SkipStep(GUILD, None), ADMIN)

    assert (set(skipped), anew.skipped) == ({Step.CREATE, Step.USE}, [])


async def test_accepting_maps_everything_or_nothing(served: Served) -> None:
    channels = {ChannelKey.RAID: ChannelId(900)}
    ask = api.AcceptProposals(GUILD, {RoleKey.MUTED: RoleId(40)}, channels, [RoleSeen(RoleId(40), "M", managed=True)])
    with pytest.raises(UnsafeRole, match="integration"):
        await served.ask(api.accept_proposals, ask, ADMIN)
    nothing = await mapped(served)

    fine = api.AcceptProposals(GUILD, {RoleKey.MUTED: RoleId(40)}, channels, [RoleSeen(RoleId(40), "M")])
    await served.ask(api.accept_proposals, fine, ADMIN)

    roles, now = await mapped(served)
    assert (nothing[1], now, roles[RoleKey.MUTED]) == ({}, channels, 40)


async def test_only_administrators_set_up_and_foreign_creations_are_unknown(served: Served) -> None:
    with pytest.raises(NotAllowed):
        await served.ask(api.want_creations, api.WantCreations(GUILD, [], []), ORGANIZER)
    ask = api.SettleCreation(guild_id=GUILD, creation_id=CreationId(99), state=CreationState.FAILED)
    with pytest.raises(UnknownCreation):
        await served.client.call(api.settle_creation, ask)
