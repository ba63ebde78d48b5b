"""Where `raidbot rehearse` does not begin, and what it says instead."""

from pathlib import Path

import pytest
from aiohttp import web
from tests.loopback.conftest import Here
from tests.loopback.ids import GUILD
from tests.support.record import Record

from raidbot import settings
from raidbot.cli import rehearsing
from raidbot.cli.rehearsing import Asked, CannotRehearse


@pytest.fixture
def environ(here: Here, tmp_path: Path) -> dict[str, str]:
    return {
        "APP_ENV": "test",
        "DATA_DIR": str(tmp_path / "var"),
        "DISCORD_API_URL": f"{here.world.url}/api/v10",
        "BOT_METRICS_PORT": "1",
    }


async def begin(here: Here, environ: dict[str, str], **asked: object) -> None:
    """Go as far as a rehearsal goes before it asks the person."""
    given = {"guild": str(GUILD), "token": here.world.token, **asked}
    one, wanted = Asked(**given), settings.load_rehearsal(environ)  # pyright: ignore[reportArgumentType]
    await rehearsing._check(one, wanted, await rehearsing._plan(one, wanted, "0.0.0"))


async def test_a_server_without_runs_and_raiders_and_a_machine_without_a_record_are_fine(
    here: Here, environ: dict[str, str], record: Record
) -> None:
    await begin(here, environ)
    await begin(here, {**environ, "DATABASE_URL": record.where.url})


async def test_a_server_in_which_people_play_is_refused_unless_it_is_insisted_on(
    here: Here, environ: dict[str, str], record: Record
) -> None:
    await record.run("INSERT INTO raider VALUES ($1, 2, 'Rook', 'verified')", GUILD)
    environ = {**environ, "DATABASE_URL": record.where.url}

    with pytest.raises(CannotRehearse, match=r"0 runs and 1 raiders of this server, .*add --anyway if it is one"):
        await begin(here, environ)
    await begin(here, environ, anyway=True)


async def test_a_record_that_cannot_be_asked_is_no_permission(here: Here, environ: dict[str, str]) -> None:
    with pytest.raises(CannotRehearse, match="Start PostgreSQL, or add --anyway"):
        await begin(here, {**environ, "DATABASE_URL": "postgres://raidbot:x@127.0.0.1:1/nothing"})


async def test_a_bot_that_runs_is_to_be_stopped_first(here: Here, environ: dict[str, str]) -> None:
    async def health(_: web.Request) -> web.Response:
        return web.json_response({"service": "raidbot-bot", "ok": True})

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        with pytest.raises(CannotRehearse, match=r"The bot runs \(port \d+\).*Stop it first"):
            await begin(here, {**environ, "BOT_METRICS_PORT": str(runner.addresses[0][1])})
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"guild": "4711"}, "The bot is not in the server 4711. Invite it: https://"),
        ({"guild": "mine"}, "--guild: .* Copy Server ID"),
        ({"only": ["nounce"]}, "There is no step nounce. There are: old-edits, "),
    ],
)
async def test_what_is_asked_wrongly_is_told_with_what_is_right(
    here: Here, environ: dict[str, str], asked: dict[str, object], says: str
) -> None:
    with pytest.raises(CannotRehearse, match=says):
        await begin(here, environ, **asked)


async def test_a_bot_that_may_too_little_is_told_what_it_lacks(here: Here, environ: dict[str, str]) -> None:
    here.revoke("MANAGE_CHANNELS")

    with pytest.raises(CannotRehearse, match=r"The bot lacks Manage Channels in the test server\. Invite it anew"):
        await begin(here, environ)
