"""The audit trail over HTTP, on the real database."""

from datetime import timedelta

import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, Served
from tests.support.house import until

from raidbot.core.alerts import RunbookPage
from raidbot.core.errors import NotAllowed
from raidbot.core.ids import InteractionId, UserId
from raidbot.features.alerts.api import NoteAlert, note_alert
from raidbot.features.audit import api
from raidbot.features.audit.model import Pause


async def used(served: Served, interaction: int, who: UserId, outcome: str = "done") -> bool:
    ask = api.NoteCommand(
        guild_id=GUILD,
        interaction_id=InteractionId(interaction),
        user_id=who,
        command="run",
        options={"dungeon": "shatters"},
        outcome=outcome,
    )
    return (await served.client.call(api.note_command, ask)).new


async def test_a_use_that_is_told_twice_counts_once(served: Served) -> None:
    assert [await used(served, 1, RAIDER), await used(served, 1, RAIDER)] == [True, False]


async def test_officers_read_the_latest_uses_and_those_of_one_member(served: Served) -> None:
    await used(served, 1, RAIDER, "not_allowed")
    await used(served, 2, ORGANIZER)

    every = await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD), ADMIN)
    one = await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD, user_id=RAIDER), ADMIN)

    assert [use.interaction_id for use in every.uses] == [2, 1]
    assert [(use.user_id, use.outcome, use.options) for use in one.uses] == [
        (RAIDER, "not_allowed", {"dungeon": "shatters"})
    ]


async def test_the_trail_is_not_for_everybody(served: Served) -> None:
    with pytest.raises(NotAllowed, match="Officer or higher"):
        await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD), ORGANIZER)


async def test_the_trail_says_when_nothing_was_written_down_and_only_where_something_may_be_missing(
    served: Served,
) -> None:
    async def disk(*, raised: bool) -> None:
        alert = NoteAlert(name="disk_short", sentence="Full.", page=RunbookPage.DATABASE_FULL, raised=raised)
        await served.client.call(note_alert, alert)
        served.pass_time(60)

    async def pause() -> Pause | None:
        return (await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD), ADMIN)).pause

    await used(served, 1, RAIDER)
    before = await pause()
    await disk(raised=True)
    going_on = await pause()
    await disk(raised=False)
    over = await pause()
    for interaction in range(2, 17):
        await used(served, interaction, RAIDER)

    assert before is None
    assert going_on is not None
    assert going_on.until is None
    assert over is not None
    assert over.until is not None
    assert over.until - over.since >= timedelta(seconds=60)
    assert await pause() is None  # the page begins after it


async def test_after_90_days_it_is_forgotten_who_used_which_command(served: Served) -> None:
    await used(served, 1, RAIDER)
    served.pass_time(91 * 24 * 3600)
    await used(served, 2, RAIDER)

    async def one_is_left() -> bool:
        every = await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD), ADMIN)
        return [use.interaction_id for use in every.uses] == [2]

    assert await until(one_is_left, "the older one to be gone")
