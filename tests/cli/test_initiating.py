"""What `raidbot init` writes for each way to run it."""

import asyncio
import socket
import stat
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.support.database import reachable_folder
from tests.support.house import ROOT, a_free_port
from typer.testing import CliRunner
from typing_extensions import override

from raidbot import settings
from raidbot.cli import initiating
from raidbot.cli.initiating import Asked, CannotBegin
from raidbot.cli.main import app
from raidbot.cli.portal import Application
from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.migrate import migrate, status
from raidbot.settings import Deployment

BOT = Application(Snowflake(11), UserId(11), "Raid Bot", [], {GuildId(22): "Pub Halls"}, "")

PORTS = [variable for variable, _ in initiating.PORTS.values()]


def asked(folder: Path, deployment: Deployment = Deployment.EMBEDDED, **more: str | int) -> Asked:
    given = {"token": "abc.def.ghi", "guild_ids": "22", "yes": True, **more}
    return Asked(deployment=deployment, folder=folder, **given)  # pyright: ignore[reportArgumentType]


def written(one: Asked, environ: dict[str, str] | None = None) -> dict[str, str]:
    """Write what is planned, and return what processes in that folder then read."""
    wanted, files = initiating.plan(one, BOT, environ or {})
    initiating._write(one, wanted, files)
    return {
        name: value for name, value in settings.environment(one.folder).items() if name in wanted or "_FILE" in name
    }


def test_a_trial_in_one_process_gets_all_it_needs_with_a_key_of_its_own(tmp_path: Path) -> None:
    environ = written(asked(tmp_path, port=4500))

    wanted = settings.load_bot(environ)
    assert (wanted.application_id, wanted.guild_ids, wanted.production) == (11, (22,), True)
    assert wanted.backend_url == "http://localhost:4500/v1"
    assert len(wanted.api_key.reveal()) >= 32
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_a_second_time_nothing_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = written(asked(tmp_path))
    before = (tmp_path / ".env").read_text()

    written(asked(tmp_path), environ)

    assert (tmp_path / ".env").read_text() == before
    assert f"{tmp_path / '.env'} stays as it is." in capsys.readouterr().out


def test_compose_gets_secrets_as_files_that_only_the_containers_and_we_reach(tmp_path: Path) -> None:
    trial = written(asked(tmp_path))
    environ = written(asked(tmp_path, Deployment.COMPOSE), trial)

    folder = tmp_path / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o644}
    assert "abc.def.ghi" not in (tmp_path / ".env").read_text()
    inside, outside = (folder / "database_url").read_text(), settings.load_backend(environ).database_url.reveal()
    assert inside.strip().replace("@db:", "@127.0.0.1:") == outside
    assert settings.load_bot(environ).api_key.reveal() == trial["BACKEND_API_KEY"]


def test_the_password_of_the_database_stays_when_it_is_run_again(tmp_path: Path) -> None:
    environ = written(asked(tmp_path, Deployment.COMPOSE))
    password = (tmp_path / "secrets" / "db_password").read_text()

    written(asked(tmp_path, Deployment.COMPOSE), environ)

    assert (tmp_path / "secrets" / "db_password").read_text() == password


def test_systemd_needs_a_database_and_with_yes_nobody_is_asked(tmp_path: Path) -> None:
    with pytest.raises(CannotBegin, match="--database-url"):
        initiating._filled(asked(tmp_path, Deployment.SYSTEMD), {})
    with pytest.raises(CannotBegin, match="nobody is asked"):
        initiating._filled(asked(tmp_path, token=""), {"SECRET_KEY": "<bot-token>"})


def test_an_address_that_was_given_to_the_containers_stays(tmp_path: Path) -> None:
    environ = written(asked(tmp_path, Deployment.COMPOSE))
    managed = "postgres://raidbot:x@db.example.org:5432/raids"
    (tmp_path / "secrets" / "database_url").write_text(managed)

    written(asked(tmp_path, Deployment.COMPOSE), environ)

    assert (tmp_path / "secrets" / "database_url").read_text().strip() == managed


def test_the_commands_find_the_folder_of_the_units(tmp_path: Path) -> None:
    environ = written(asked(tmp_path, Deployment.SYSTEMD, database_url="postgres://raidbot:x@localhost:5432/raids"))

    units = [file.read_text(encoding="utf-8") for file in (ROOT / "deploy" / "systemd").glob("*.service")]
    assert [f"\nEnvironment=DATA_DIR={environ['DATA_DIR']}\n" in unit for unit in units] == [True] * 6


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("PORT", "take another with --port"),
        ("BACKEND_METRICS_PORT", "write another into .env, as in BACKEND_METRICS_PORT=9110"),
        ("BOT_METRICS_PORT", "write another into .env, as in BOT_METRICS_PORT=9110"),
    ],
)
@pytest.mark.parametrize("says", ["a page", '{"error": "not found"}', '["ok"]', '{"ok": true, "service": "shop"}'])
def test_a_port_that_another_program_holds_is_told_with_how_to_take_another(
    tmp_path: Path, name: str, remedy: str, says: str
) -> None:
    free = {one: str(a_free_port()) for one in PORTS}

    with another_program(says) as port, pytest.raises(CannotBegin, match=f"Port {port} is taken.*{remedy}"):
        initiating._check(asked(tmp_path), BOT, free | {name: str(port)})


@contextmanager
def another_program(says: str) -> Generator[int]:
    """A server on this machine that knows no page of ours; return its port."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()
            self.wfile.write(says.encode())

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Keep it out of what the tests say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


def test_a_postgresql_that_is_in_the_way_of_composes_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, free = asked(tmp_path, Deployment.COMPOSE), {name: str(a_free_port()) for name in PORTS}

    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(initiating, "DATABASE_PORT", other.getsockname()[1])
        with pytest.raises(CannotBegin, match="this machine runs a PostgreSQL already"):
            initiating._check(one, BOT, free)
        written(one)
        initiating._check(one, BOT, free)  # the one that an earlier run started


def test_the_operators_own_postgresql_is_asked_for_like_a_password(tmp_path: Path) -> None:
    nobody = {"DISCORD_API_URL": f"http://127.0.0.1:{a_free_port()}", "SECRET_KEY": "abc.def.ghi"}
    init = ["init", "--with", "systemd", "--guild", "22", "--folder", str(tmp_path)]

    told = CliRunner().invoke(app, init, input="postgres://raidbot:hunter2@127.0.0.1:5432/raids\n", env=nobody).output

    assert "Your PostgreSQL (postgres://raidbot:PASSWORD@127.0.0.1:5432/rotmg_raids):" in told
    assert "hunter2" not in told
    assert "Discord does not answer" in told


async def test_what_a_trial_holds_is_taken_along_once(empty_url: str) -> None:
    folder = reachable_folder() / "postgres"
    server = EmbeddedServer(folder, options={"fsync": "off"})
    await asyncio.to_thread(server.start)
    await migrate(server.url)
    await asyncio.to_thread(server.stop)

    first = await asyncio.to_thread(initiating.carry, folder, empty_url)
    second = await asyncio.to_thread(initiating.carry, folder, empty_url)

    assert "was copied" in first
    assert "holds something already" in second
    assert (await status(empty_url)).is_current
