"""What Discord is to show of members: read and settled as the bot does it."""

from tests.support.backend import GUILD, Served

from raidbot.core.ids import GuildId
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import Chore, ChoreState


def outcome(
    chore: Chore, state: ChoreState = ChoreState.DONE, error: str | None = None, guild_id: GuildId = GUILD
) -> api.SettleChore:
    """Return what the bot tells of a chore that it has tried."""
    return api.SettleChore(
        guild_id=guild_id,
        user_id=chore.user_id,
        kind=chore.kind,
        target=chore.target,
        version=chore.version,
        tries=chore.tries,
        state=state,
        error=error,
    )


async def due(served: Served) -> list[Chore]:
    """Return what is to be done now."""
    return await served.client.call(api.due_chores, api.DueChores(GUILD))


async def settle(served: Served, chore: Chore, state: ChoreState, error: str | None = None) -> int:
    """Tell what came of a chore; return how many it was about."""
    return (await served.client.call(api.settle_chore, outcome(chore, state, error))).chores


async def show_due(served: Served) -> int:
    """Let Discord show what is due; return how much that was."""
    done = [outcome(one) for one in await due(served)]
    await served.client.call(api.settle_chores, api.SettleChores(GUILD, done))
    return len(done)
