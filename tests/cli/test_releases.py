"""Releases beside each other with Compose. Docker's place is taken by a program that writes down what it is asked."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from raidbot import settings
from raidbot.cli import deployed, envfile, releases
from raidbot.cli.deployed import CommandFailed, run
from raidbot.cli.releases import ComposeReleases, NoRelease, Tags
from raidbot.cli.understudies import link

PAGE = (Path(__file__).parents[2] / "docs" / "operate" / "install.md").read_text(encoding="utf-8")

DOCKER = """#!/bin/sh
echo "$RAIDBOT_IMAGE $*" >> "{folder}/asked"
case "$*" in
    ps*next_backend*) echo 1 ;;
    *ps*running*) if [ -e "{folder}/runs" ]; then echo 1; fi ;;
    *exec*) echo "No."; exit 7 ;;
esac
"""


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)  # noqa: S603, S607


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with the releases v1.2.0 and v1.10.0, and with Docker."""
    origin, clone, programs = tmp_path / "origin", tmp_path / "clone", tmp_path / "bin"
    for folder in (origin, programs):
        folder.mkdir()
    git(origin, "init", "--quiet")
    for tag in ("v1.10.0", "v1.2.0"):
        git(origin, "commit", "--quiet", "--allow-empty", "--message", tag)
        git(origin, "tag", tag)
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    (programs / "docker").write_text(DOCKER.replace("{folder}", str(tmp_path)))
    (programs / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.delenv("RAIDBOT_IMAGE", raising=False)
    return clone


def asked(checkout: Path) -> list[str]:
    return [line.strip() for line in (checkout.parent / "asked").read_text().splitlines()]


def test_the_newest_release_is_the_one_with_the_highest_number(checkout: Path) -> None:
    assert ComposeReleases(checkout).newest() == "v1.10.0"


def test_an_image_is_built_migrated_with_and_named_in_env_and_the_one_before_stays_known(checkout: Path) -> None:
    (checkout / ".env").write_text("RAIDBOT_IMAGE=raidbot:v1.2.0\n")
    there = ComposeReleases(checkout)

    there.prepare("v1.10.0")
    there.back_up()
    there.migrate("v1.10.0")
    before = envfile.read(checkout / ".env")
    there.name("v1.10.0")

    compose = "compose --project-directory . --file deploy/docker-compose.yml"
    files = checkout / "var" / "releases" / "v1.10.0"
    assert asked(checkout) == [
        f"build --file {files}/deploy/Dockerfile --tag raidbot:v1.10.0 {files}",
        f"{compose} run --rm --no-TTY --no-deps backups backup --kind before-update",
        f"raidbot:v1.10.0 {compose} run --rm --no-deps migrate",
    ]
    assert before == {"RAIDBOT_IMAGE": "raidbot:v1.2.0"}
    assert (there.current, there.previous) == ("v1.10.0", "v1.2.0")


def test_understudies_are_containers_of_the_new_image_with_ports_of_their_own(checkout: Path) -> None:
    there = ComposeReleases(checkout)

    there.understudies.start("v1.10.0")

    ports = there.understudies.ports()
    compose = "raidbot:v1.10.0 compose --project-directory . --file deploy/docker-compose.yml"
    options = "run --detach --no-TTY --no-deps --name"
    fewer, where = "DATABASE_POOL_SIZE=2", "BACKEND_URL=http://rotmg_next_backend:4000/v1"
    assert [line for line in asked(checkout) if " run " in line] == [
        f"{compose} {options} rotmg_next_backend --publish 127.0.0.1:{ports['backend']}:9100 --env {fewer} backend",
        f"{compose} {options} rotmg_next_bot --publish 127.0.0.1:{ports['bot']}:9101 --env {where} bot",
    ]


def test_a_container_that_an_update_left_behind_is_found_and_ended(checkout: Path) -> None:
    there = ComposeReleases(checkout)

    found = there.understudies.is_there()
    there.understudies.stop()

    assert found
    assert asked(checkout)[-2:] == ["stop -t 20 rotmg_next_backend", "rm --force rotmg_next_backend"]


def test_the_bot_of_a_container_is_asked_to_step_aside_by_a_signal(checkout: Path) -> None:
    ComposeReleases(checkout).runs.step_aside()

    assert asked(checkout)[-1].endswith("kill --signal SIGUSR1 bot")


def test_beginning_again_builds_no_image_under_the_name_of_a_release(checkout: Path) -> None:
    ComposeReleases(checkout).runs.start()
    (checkout / ".env").write_text("RAIDBOT_IMAGE=raidbot:v1.2.0\n")
    ComposeReleases(checkout).runs.start()

    assert [line.partition("docker-compose.yml ")[2] for line in asked(checkout)] == [
        "up --detach --build --wait",
        "up --detach --wait",
    ]


def test_the_units_of_the_release_that_is_to_run_are_put_in_place_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_of, units = tmp_path / "asked", tmp_path / "units"
    programs = tmp_path / "bin"
    for folder in (programs, units):
        folder.mkdir()
    (programs / "systemctl").write_text(f'#!/bin/sh\necho "$*" >> "{asked_of}"\n')
    (programs / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(deployed, "UNIT_FOLDER", units)
    for release in ("v1.2.0", "v1.10.0"):
        there = tmp_path / "releases" / release / "deploy" / "systemd"
        there.mkdir(parents=True)
        (there / "raidbot-bot.service").write_text(f"of {release}")
    runs = deployed.Systemd(settings.load_operator({"INSTALL_DIR": str(tmp_path)}), tmp_path)

    for release in ("v1.2.0", "v1.2.0", "v1.10.0"):
        link(tmp_path, "current", release)
        runs.restart("bot")

    assert (units / "raidbot-bot.service").read_text() == "of v1.10.0"
    restart = "restart raidbot-bot"
    assert asked_of.read_text().splitlines() == ["daemon-reload", restart, restart, "daemon-reload", restart]


@pytest.mark.parametrize(
    ("service", "typed", "done"),
    [
        ("backups", "restore latest --yes", "run --rm --no-deps --no-TTY backups restore latest --yes"),
        ("backups", "backup --list", "run --rm --no-deps --no-TTY backups backup --list"),
        ("backups", "disk --rescue", "run --rm --no-deps --no-TTY backups disk --rescue"),
        ("backend", "migrate --status", "run --rm --no-deps --no-TTY backend migrate --status"),
    ],
)
def test_what_needs_the_volumes_is_done_by_a_container_that_has_them(
    checkout: Path, service: str, typed: str, done: str
) -> None:
    (checkout / ".env").write_text("DEPLOYMENT=compose\n")

    code, _ = type_there(checkout, typed)
    (checkout.parent / "runs").touch()
    again, said = type_there(checkout, typed)

    looked, ran, _, went_in = [line.partition("docker-compose.yml ")[2] for line in asked(checkout)]
    assert (code, looked, ran) == (0, f"ps --status running --quiet {service}", done)
    assert (again, went_in, said) == (7, f"exec --no-TTY {service} raidbot {typed}", "No.\n")


def type_there(checkout: Path, typed: str) -> tuple[int, str]:
    """Type a command of the operator's in the checkout; return its code and what it said."""
    environ = {name: value for name, value in os.environ.items() if name != "DEPLOYMENT"}
    command = [sys.executable, "-m", "raidbot", *typed.split()]
    done = subprocess.run(command, cwd=checkout, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["v9.9.9", "--force", "main"])
def test_only_tags_of_releases_are_laid_down(checkout: Path, name: str, tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match="There is no release"):
        Tags(checkout).lay(name, tmp_path / "new")


def test_news_are_what_the_older_changelog_has_not() -> None:
    told: list[str] = []

    releases.news(
        "# Changelog\n\n## 2\n\n- Wings.\n\n## 1\n\n- Runs.\n", "# Changelog\n\n## 1\n\n- Runs.\n", told.append
    )

    assert told == ["## 2\n- Wings."]


def test_a_program_that_fails_or_is_not_there_is_told_with_what_it_said() -> None:
    with pytest.raises(CommandFailed, match="failed:\nbroken"):
        run("sh", "-c", "echo broken; exit 3")
    with pytest.raises(CommandFailed, match="cannot be run: No such file"):
        run("no-such-program")


def test_after_an_update_the_checkout_follows_by_the_line_that_is_shown_and_postgresql_reads_new_settings(
    checkout: Path,
) -> None:
    there = ComposeReleases(checkout)
    release_with_settings(checkout, "v1.11.0", "max_connections = 30\n")

    told = there.remains("v1.11.0")
    assert told == "git checkout v1.11.0 && script/bootstrap && docker compose up --detach && docker compose restart db"
    assert typed(checkout, told) == 0
    assert (checkout / "deploy" / "postgresql.conf").read_text() == "max_connections = 30\n"
    assert asked(checkout)[-2:] == ["compose up --detach", "compose restart db"]
    assert there.remains("v1.11.0") is None
    assert there.remains("v1.10.0") is not None


def test_where_postgresqls_settings_are_the_same_it_runs_on_and_the_page_shows_that_line(checkout: Path) -> None:
    told = ComposeReleases(checkout).remains("v1.10.0")

    assert told == "git checkout v1.10.0 && script/bootstrap && docker compose up --detach"
    assert f"```sh\n{told.replace('v1.10.0', 'v1.2.0')}\n```" in PAGE


def test_what_an_operator_changed_in_the_same_file_is_put_onto_the_release_as_the_page_says(checkout: Path) -> None:
    [aside] = re.findall(r"(?m)^git stash && .*$", PAGE)
    settings_of = checkout / "deploy" / "postgresql.conf"
    release_with_settings(checkout, "v1.11.0", "shared_buffers = 1GB\n\n\n\nmax_connections = 20\n")
    assert typed(checkout, "git checkout v1.11.0") == 0
    release_with_settings(checkout, "v1.12.0", "shared_buffers = 1GB\n\n\n\nmax_connections = 40\n")
    settings_of.write_text("shared_buffers = 2GB\n\n\n\nmax_connections = 20\n")

    refused = typed(checkout, "git checkout v1.12.0")
    done = typed(checkout, aside.replace("v1.2.0", "v1.12.0"))

    assert (refused, done) == (1, 0)
    assert settings_of.read_text() == "shared_buffers = 2GB\n\n\n\nmax_connections = 40\n"


def release_with_settings(checkout: Path, tag: str, content: str) -> None:
    """Let there be a release with other settings of PostgreSQL, and with a bootstrap, and fetch it."""
    origin = checkout.parent / "origin"
    for name, text in (("deploy/postgresql.conf", content), ("script/bootstrap", "#!/bin/sh\n")):
        file = origin / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "--message", tag)
    git(origin, "tag", tag)
    git(checkout, "fetch", "--quiet", "--tags")


def typed(checkout: Path, line: str) -> int:
    who = {
        "GIT_AUTHOR_NAME": "T",
        "GIT_AUTHOR_EMAIL": "t@x.test",
        "GIT_COMMITTER_NAME": "T",
        "GIT_COMMITTER_EMAIL": "t@x",
    }
    told = subprocess.run(["/bin/sh", "-c", line], cwd=checkout, env=os.environ | who, check=False)  # noqa: S603
    return told.returncode


def test_a_second_bot_and_backend_that_run_get_the_new_release_too(checkout: Path) -> None:
    docker = checkout.parent / "bin" / "docker"
    docker.write_text(
        docker.read_text().replace("*ps*running*)", "*ps*services*) echo db bot2 backend2 ;;\n    *ps*running*)")
    )

    ComposeReleases(checkout).runs.renew_seconds()

    assert asked(checkout)[-1].endswith("up --detach --no-deps --force-recreate backend2 bot2")
