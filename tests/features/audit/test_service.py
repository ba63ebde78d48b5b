"""The audit trail over HTTP, on the real database."""

import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, Served
from tests.support.house import until

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import InteractionId, UserId
from raidbot.features.audit import api


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

    assert [use.interaction_id for use in every] == [2, 1]
    assert [(use.user_id, use.outcome, use.options) for use in one] == [
        (RAIDER, "not_allowed", {"dungeon": "shatters"})
    ]


async def test_the_trail_is_not_for_everybody(served: Served) -> None:
    with pytest.raises(NotAllowed, match="Officer or higher"):
        await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD), ORGANIZER)


async def test_after_90_days_it_is_forgotten_who_used_which_command(served: Served) -> None:
    await used(served, 1, RAIDER)
    served.pass_time(91 * 24 * 3600)
    await used(served, 2, RAIDER)

    async def one_is_left() -> bool:
        every = await served.ask(api.read_commands, api.ReadCommands(guild_id=GUILD), ADMIN)
        return [use.interaction_id for use in every] == [2]

    assert await until(one_is_left, "the older one to be gone")
