"""What operators are handed: image, Compose file, units and PostgreSQL's settings.

No Docker is needed: the commands of the Compose file run here, with the environment that it gives.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest
import yaml
from tests.support.backend import KEY
from tests.support.database import administer, reachable_folder
from tests.support.house import House, a_free_port, until

from raidbot import settings
from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.cli import wellness
from raidbot.core.clock import Clock
from raidbot.database import connections, migrate
from raidbot.database.checkup import examine
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.faults import DatabaseBusy
from raidbot.database.pool import Database
from raidbot.settings import BackendSettings, BackupSettings, BotSettings, Everywhere
from raidbot.settings.loading import variables

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OURS = ("migrate", "backend", "bot", "backups", "backend2", "bot2")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))


def stages() -> list[str]:
    """The stages of the Dockerfile, from FROM to FROM."""
    return re.split(r"^FROM ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


def told_by(*command: str | Path) -> str:
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - tools of this machine
    return told.stdout + told.stderr


def test_the_guides_parts_are_there_under_their_names_and_on_this_machine_alone(compose: dict[str, Any]) -> None:
    usual = {name: one for name, one in compose["services"].items() if "profiles" not in one}

    assert {name: one["container_name"] for name, one in usual.items()} == {
        "db": "rotmg_db",
        "migrate": "rotmg_migrate",
        "backend": "rotmg_backend",
        "bot": "rotmg_bot",
        "backups": "rotmg_backups",
    }
    assert published(compose, {}) == [
        "127.0.0.1:5432:5432",
        "127.0.0.1:4000:4000",
        "127.0.0.1:9100:9100",
        "127.0.0.1:9101:9101",
        "127.0.0.1:4001:4000",
        "127.0.0.1:9110:9100",
        "127.0.0.1:9111:9101",
        "127.0.0.1:6379:6379",
    ]


def test_what_more_there_can_be_starts_where_env_names_it_and_is_like_the_usual_part(compose: dict[str, Any]) -> None:
    services = compose["services"]
    more = {name: one for name, one in services.items() if "profiles" in one}
    own = {"container_name", "profiles", "ports", "environment"}

    assert {name: (one["profiles"], one["container_name"]) for name, one in more.items()} == {
        name: ([name], f"rotmg_{name}") for name in ("backend2", "bot2", "redis")
    }
    for second, first in (("backend2", "backend"), ("bot2", "bot")):
        assert {key: value for key, value in services[second].items() if key not in own} == {
            key: value for key, value in services[first].items() if key not in own
        }
    assert services["backend2"]["environment"] == services["backend"]["environment"]
    assert services["bot2"]["environment"] == services["bot"]["environment"] | {
        "BACKEND_URL": "${BOT2_BACKEND_URL:-http://backend:4000/v1}",
        "SHARD_IDS": "${BOT2_SHARD_IDS:-}",
    }


def test_a_second_backend_finds_room_in_postgresql_once_env_says_so(compose: dict[str, Any]) -> None:
    *_, asked = compose["services"]["db"]["command"]
    handed_out = re.search(r"^(max_connections) = (\d+)", (DEPLOY / "postgresql.conf").read_text(), re.MULTILINE)

    assert handed_out
    assert filled(asked, {}) == "=".join(handed_out.groups())
    assert filled(asked, {"POSTGRES_MAX_CONNECTIONS": "30"}) == "max_connections=30"
    assert connections.needed(10) + 10 <= 30


def filled(text: str, environ: dict[str, str]) -> str:
    """A line of the Compose file as Compose reads it with an `.env`."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environ.get(found[1]) or found[2], text)


def published(compose: dict[str, Any], environ: dict[str, str]) -> list[str]:
    return [filled(port, environ) for one in compose["services"].values() for port in one.get("ports", ())]


def test_another_port_of_env_is_another_port_of_this_machine(compose: dict[str, Any]) -> None:
    environ = {"PORT": "4500", "BACKEND_METRICS_PORT": "9200", "BOT_METRICS_PORT": "9201"}

    assert published(compose, environ)[1:4] == [
        "127.0.0.1:4500:4000",
        "127.0.0.1:9200:9100",
        "127.0.0.1:9201:9101",
    ]


@pytest.mark.parametrize(
    ("service", "kind"),
    [("backend", BackendSettings), ("bot", BotSettings), ("bot2", BotSettings), ("backups", BackupSettings)],
)
def test_whatever_a_part_reads_reaches_it_from_env(
    compose: dict[str, Any], service: str, kind: type[Everywhere]
) -> None:
    read = {variable.name for variable, _ in variables(kind).values()}
    of_the_image = {"APP_ENV", "BIND", "DATA_DIR"}
    published_instead = {"BACKEND_METRICS_PORT", "BOT_METRICS_PORT"}
    refused_in_production = {"TEST_CLOCK_FILE"}

    given = {name.removesuffix("_FILE") for name in compose["services"][service]["environment"]}

    assert read - given == read & (of_the_image | published_instead | refused_in_production)


def test_backups_go_where_env_says_and_every_part_sees_them_there(compose: dict[str, Any]) -> None:
    for name in OURS:
        mounted = [filled(one, {"BACKUP_DIR": "/mnt/backups"}) for one in compose["services"][name]["volumes"]]
        usual = [filled(one, {}) for one in compose["services"][name]["volumes"]]

        assert "/mnt/backups:/var/lib/raidbot/backups" in mounted
        assert "backups:/var/lib/raidbot/backups" in usual
    assert "backups" in compose["volumes"]
    assert re.search(r"--directory --owner=raidbot .* /var/lib/raidbot/backups$", stages()[1], re.MULTILINE)


def test_every_part_comes_back_keeps_its_log_small_and_says_how_it_is(compose: dict[str, Any]) -> None:
    for name, one in compose["services"].items():
        assert one["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
        assert "no-new-privileges:true" in one["security_opt"], name
        if name != "migrate":
            assert one["restart"] == "unless-stopped", name
            assert one["healthcheck"]["test"], name
    for name in OURS:
        assert compose["services"][name]["read_only"] is True
        assert compose["services"][name]["cap_drop"] == ["ALL"]


def test_the_schema_is_brought_to_the_release_before_the_backend_starts(compose: dict[str, Any]) -> None:
    assert compose["services"]["migrate"]["command"] == ["migrate"]
    assert compose["services"]["backend"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_no_secret_stands_in_an_environment_and_each_file_of_one_is_declared(compose: dict[str, Any]) -> None:
    for name, one in compose["services"].items():
        given = one.get("environment", {})
        files = [Path(value).name for key, value in given.items() if key.endswith("_FILE")]

        assert sorted(files) == sorted(one.get("secrets", ())), name
        assert not {"SECRET_KEY", "BACKEND_API_KEY", "DATABASE_URL", "POSTGRES_PASSWORD"} & given.keys(), name
        assert set(files) <= compose["secrets"].keys(), name
    assert "/secrets/" in (ROOT / ".gitignore").read_text().split()


def test_the_image_takes_the_lock_with_hashes_and_runs_as_nobody_special() -> None:
    build, runtime = stages()

    assert "--require-hashes --no-deps" in build
    assert "index" not in build
    assert re.search(r"^USER 10001:10001$", runtime, re.MULTILINE)
    assert runtime.rindex("USER") < runtime.index("ENTRYPOINT")


def test_the_image_holds_what_a_backup_is_copied_with_and_keeps_its_settings_in_the_volume(
    compose: dict[str, Any],
) -> None:
    runtime = stages()[1]
    page = (ROOT / "docs/operate/backups.md").read_text(encoding="utf-8")
    tools = {line.split("=", 1)[1].split()[0] for line in page.splitlines() if line.startswith("BACKUP_COPY_TO=")}

    assert tools - {"aws"} <= set(re.split(r"\s+", runtime))
    settings_file = re.search(r"RCLONE_CONFIG=(\S+)", runtime)
    assert settings_file
    assert f"data:{Path(settings_file[1]).parent}" in compose["services"]["backups"]["volumes"]


def test_the_images_lock_is_the_part_of_the_lock_that_runs() -> None:
    pinned = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
    everything = dict(pinned.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    runs = dict(pinned.findall((DEPLOY / "requirements.lock").read_text(encoding="utf-8")))

    assert "://" not in (DEPLOY / "requirements.lock").read_text(encoding="utf-8")
    assert runs.items() <= everything.items()
    assert {"asyncpg", "discord-py", "uvicorn"} <= runs.keys()
    assert not {"pytest", "ruff", "playwright"} & runs.keys()


def test_what_the_image_copies_is_let_through_to_the_build() -> None:
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))

    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", stages()[0], re.MULTILINE)
    copied = {name for line in lines for name in line.split()}

    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_docker_compose_typed_in_the_checkout_finds_the_same_project(compose: dict[str, Any]) -> None:
    plain = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))

    assert plain == {
        "name": compose["name"],
        "include": [{"path": str((DEPLOY / "docker-compose.yml").relative_to(ROOT)), "project_directory": "."}],
    }


def test_the_counterpart_of_the_guide_names_its_variables_and_the_example_has_them() -> None:
    page = (ROOT / "docs/operate/deployment.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z_]+)`", page.split("## Environment")[1].split("##")[0]))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert {"PORT", "DATABASE_URL", "BACKEND_URL", "SECRET_KEY", "DISCORD_GUILD_IDS"} <= named
    assert {name for name in named if f"{name}=" not in example} == {"NODE_ENV"}


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not installed")
def test_hadolint_has_nothing_to_say_about_the_image() -> None:
    assert told_by("hadolint", DEPLOY / "Dockerfile") == ""


@pytest.mark.skipif(
    "Docker Compose" not in (told_by("docker", "compose", "version") if shutil.which("docker") else ""),
    reason="Docker Compose is not installed",
)
def test_compose_understands_its_file() -> None:
    given = ["env", "APPLICATION_ID=1", "DISCORD_GUILD_IDS=1"]
    named = ["--project-directory", ROOT, "--file", DEPLOY / "docker-compose.yml"]

    told = told_by(*given, "docker", "compose", *named, "config", "--quiet")

    assert told == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:  # their programs are not installed here, and systemd looks for them
        text = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text)

    told = told_by("systemd-analyze", "verify", *sorted(tmp_path.iterdir()))

    ours = [line for line in told.splitlines() if "raidbot" in line and "man page" not in line]
    assert ours == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_nothing_again_when_its_settings_are_at_fault(unit: Path) -> None:
    assert "RestartPreventExitStatus=2" in unit.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def handed_out() -> Generator[EmbeddedServer]:
    """PostgreSQL with the settings that are handed out."""
    folder = reachable_folder()
    try:
        with EmbeddedServer(folder / "postgres", options=_handed_out()) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def test_postgresql_starts_with_the_settings_that_are_handed_out(handed_out: EmbeddedServer) -> None:
    told = told_by(handed_out.programs / "psql", "--no-psqlrc", "-XAtd", handed_out.url, "-c", _PENDING)
    data, named = handed_out.folder / "data", f"config_file={DEPLOY / 'postgresql.conf'}"
    read = told_by(handed_out.programs / "postgres", "-C", "max_wal_size", "-D", data, "-c", named)

    assert told.split() == ["0", "20", "1GB", "32MB", "pg_stat_statements", "100ms", "0"]
    assert read.split() == ["4096"]


_PENDING = (
    "SELECT concat_ws(E'\\n', (SELECT count(*) FROM pg_settings WHERE pending_restart), "
    "current_setting('max_connections'), current_setting('shared_buffers'), current_setting('work_mem'), "
    "current_setting('shared_preload_libraries'), current_setting('log_min_duration_statement'), "
    "current_setting('log_parameter_max_length'))"
)


def _handed_out() -> dict[str, str]:
    """The settings of the file; where to listen is the container's matter."""
    lines = [line.partition("#")[0] for line in (DEPLOY / "postgresql.conf").read_text(encoding="utf-8").splitlines()]
    named = (line.partition("=") for line in lines if "=" in line)
    found = {name.strip(): value.strip().strip("'") for name, _, value in named}
    return {name: value for name, value in found.items() if name != "listen_addresses"}


async def test_the_connections_that_are_handed_out_are_enough_while_an_update_a_backup_and_the_doctor_run(
    handed_out: EmbeddedServer, tmp_path: Path
) -> None:
    where = DatabaseSettings(await _with_an_owner(handed_out.url))
    await migrate.migrate(where.url)
    async with AsyncExitStack() as held:

        async def hold(many: int) -> None:
            for _ in range(many):
                connection = await open_connection(where)
                held.push_async_callback(connection.close)

        async def only_held(many: int) -> bool:
            """Whether PostgreSQL has noticed that what was closed is closed, which it does a moment later."""
            return await asker.fetchval("SELECT sum(numbackends) FROM pg_stat_database") == many

        asker = await held.enter_async_context(_a_connection(where))
        for size in (where.pool_size, connections.UNDERSTUDY):
            pool = await held.enter_async_context(_a_pool(where, size))
            for _ in range(size):  # jobs run on connections of their backend's pool
                await held.enter_async_context(pool.transaction())
        await hold(connections.BY_HAND - 1)
        rest = where.pool_size + connections.UNDERSTUDY + connections.BY_HAND
        backup = await take(where, Folder(tmp_path), Kind.BY_HAND, Clock())
        await until(lambda: only_held(rest), "the connections of the backup to end")
        await hold(connections.BACKUPS - 1)
        found = [one.text for one in await examine(where)]  # the last connection that is free
        await until(lambda: only_held(rest + connections.BACKUPS - 1), "the doctor's connection to end")
        await hold(1)

        assert backup.is_verified
        assert "17 of 17 connections are taken." in found
        assert "The schema is that of this release, and every index is finished." in found
        with pytest.raises(DatabaseBusy, match="has no free connection"):
            await open_connection(where)


@asynccontextmanager
async def _a_connection(where: DatabaseSettings) -> AsyncGenerator[asyncpg.Connection]:
    connection = await open_connection(where)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _a_pool(where: DatabaseSettings, size: int) -> AsyncGenerator[Database]:
    pool = await Database.connect(msgspec.structs.replace(where, pool_size=size))
    try:
        yield pool
    finally:
        await pool.close()


async def _with_an_owner(url: str) -> str:
    """Return where a record is whose owner is no superuser, as docs/operate/install.md makes it."""
    await administer(
        url, "CREATE ROLE owner LOGIN CREATEDB PASSWORD 'secret'", "CREATE DATABASE rotmg_raids OWNER owner"
    )
    place = urlsplit(url)
    return place._replace(netloc=f"owner:secret@127.0.0.1:{place.port}", path="/rotmg_raids").geturl()


def test_a_larger_pool_and_its_update_fit_into_what_the_guide_gives_the_larger_machine() -> None:
    assert [connections.needed(size) for size in (10, 15)] == [20, 25]


def test_the_operators_page_shows_the_settings_that_are_handed_out() -> None:
    page = (ROOT / "docs/operate/database.md").read_text(encoding="utf-8")
    block = page.split("```ini\n")[1].split("```")[0]
    shown = {line.partition("#")[0].strip() for line in block.splitlines() if "=" in line}
    handed = {line.partition("#")[0].strip() for line in (DEPLOY / "postgresql.conf").read_text().splitlines()}

    assert shown <= handed


@pytest.mark.journey
@pytest.mark.timeout(240)
async def test_the_commands_of_the_compose_file_bring_up_a_healthy_system(
    compose: dict[str, Any], empty_url: str, tmp_path: Path
) -> None:
    house = House(tmp_path, "", tmp_path / "clock")
    await house.start_loopback()
    secrets = {
        "database_url": empty_url,
        "backend_api_key": KEY,
        "secret_key": house.discord["token"],
    }
    for name, value in secrets.items():
        (tmp_path / name).write_text(value + "\n")
    published = {"PORT": house.backend_port, "BACKEND_METRICS_PORT": house.backend_figures_port}
    here = {
        **{name: str(port) for name, port in published.items()},
        "BOT_METRICS_PORT": str(house.figures_port),
        "BACKEND_URL": house.backend_url,
        "BIND": "127.0.0.1",
        "APPLICATION_ID": house.discord["application_id"],
        "DISCORD_GUILD_IDS": house.discord["guild_ids"][0],
        "DISCORD_API_URL": house.api_url,
    }
    another, standing_by = str(a_free_port()), a_free_port()
    own = {
        "backend2": {"PORT": another, "BACKEND_METRICS_PORT": str(a_free_port())},
        "bot2": {"BOT_METRICS_PORT": str(standing_by), "BACKEND_URL": f"http://127.0.0.1:{another}/v1"},
    }
    try:
        for name in OURS:
            one, mine = compose["services"][name], here | own.get(name, {})
            given = {
                key: value.replace("/run/secrets", str(tmp_path)) if key.endswith("_FILE") else str(mine.get(key, ""))
                for key, value in one["environment"].items()
            }
            environ = {**_image(), **given, **{k: v for k, v in mine.items() if k not in one["environment"]}}
            environ |= {"DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT / "src")}
            with (tmp_path / f"{name}.log").open("wb") as said:
                command = [sys.executable, "-m", "raidbot", *one["command"]]
                process = await create_subprocess_exec(*command, env=environ, cwd=tmp_path, stdout=said, stderr=said)
            if name == "migrate":
                assert await process.wait() == 0
                continue
            house.processes[name] = process
            ports = {"9100": mine["BACKEND_METRICS_PORT"], "9101": mine["BOT_METRICS_PORT"]}
            looking = _check(one["healthcheck"]["test"][1:], ports)

            async def is_well(command: list[str] = looking, environ: dict[str, str] = environ) -> bool:
                checking = await create_subprocess_exec(*command, env=environ, stdout=PIPE, stderr=PIPE)
                await checking.communicate()
                return checking.returncode == 0

            await until(is_well, f"{name} to be healthy")
        await _takes_over(house, standing_by)
    finally:
        await house.stop()


async def _takes_over(house: House, port: int) -> None:
    """The second bot stands by, and serves once the first is gone."""
    before = await asyncio.to_thread(wellness.served_by, port)

    async def serves() -> bool:
        return await asyncio.to_thread(wellness.served_by, port) == wellness.ITSELF

    await house.kill("bot")
    await until(serves, "the second bot to serve")
    assert before not in {None, wellness.ITSELF}


def _check(words: list[str], ports: dict[str, str]) -> list[str]:
    """Return the command of a health check as it runs here."""
    if words[0] == "raidbot":
        return [sys.executable, "-m", *words]
    return [sys.executable, str(DEPLOY / "healthy.py"), ports[words[2]]]


def _image() -> dict[str, str]:
    """What the image sets, as far as it counts for our settings."""
    named = re.findall(r"(APP_ENV|BIND|PYTHONUNBUFFERED)=(\S+)", stages()[1])
    return {"PATH": os.environ["PATH"], **dict(named)}


def test_a_health_check_says_why_it_fails() -> None:
    told = told_by(sys.executable, DEPLOY / "healthy.py", str(a_free_port()))

    assert "Connection refused" in told


def test_the_example_holds_what_compose_asks_of_env() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "docker-compose.yml").read_text(encoding="utf-8")))
    shown = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

    assert asked - {"RAIDBOT_IMAGE"} <= shown


def test_settings_in_production_take_what_compose_gives(compose: dict[str, Any], tmp_path: Path) -> None:
    for name in ("database_url", "backend_api_key"):
        (tmp_path / name).write_text("postgres://raidbot:x@db:5432/rotmg_raids" if name == "database_url" else KEY)
    given = {
        key: str(value).replace("/run/secrets", str(tmp_path))
        for key, value in compose["services"]["backend"]["environment"].items()
        if not str(value).startswith("${")
    }

    wanted = settings.load_backend({"APP_ENV": "production", **given})

    assert (wanted.port, wanted.production) == (4000, True)
