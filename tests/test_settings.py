"""What an operator sets, and what they are told when it is wrong."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from raidbot import settings
from raidbot.core.ids import GuildId
from raidbot.settings import Environment, Secret, SettingsFault

ROOT = Path(__file__).parents[1]
BACKEND = {"DATABASE_URL": "postgres://raidbot:hunter2@db:5432/rotmg_raids", "BACKEND_API_KEY": "k" * 32}
BOT = {
    "APPLICATION_ID": "1180000000000000001",
    "SECRET_KEY": "abc.def.ghi",
    "DISCORD_GUILD_IDS": "1180000000000000002",
    "BACKEND_API_KEY": "k" * 32,
}


def faults(load: Callable[[dict[str, str]], object], environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        load(environ)
    return fault.value.faults


def test_a_backend_needs_a_database_and_a_key_and_has_a_default_for_the_rest() -> None:
    backend = settings.load_backend(BACKEND)

    assert backend.app_env is Environment.DEVELOPMENT
    assert not backend.production
    assert (backend.bind, backend.port, backend.metrics_port) == ("127.0.0.1", 4000, 9100)
    assert backend.database_url.reveal() == BACKEND["DATABASE_URL"]
    assert backend.database_ssl_reject_unauthorized is None
    assert backend.data_dir == Path.cwd() / "var"
    assert backend.test_clock_file is None


def test_a_bot_needs_discord_and_the_key_and_has_a_default_for_the_rest() -> None:
    bot = settings.load_bot(BOT)

    assert bot.guild_ids == (GuildId(1180000000000000002),)
    assert bot.token.reveal() == "abc.def.ghi"
    assert bot.backend_url == "http://localhost:4000/v1"
    assert bot.metrics_port == 9101
    assert (bot.redis_url, bot.discord_api_url, bot.shard_ids, bot.shard_count) == (None, None, None, None)


def test_realmeye_is_the_site_itself_asked_every_two_seconds_unless_it_is_set() -> None:
    usual = settings.load_backend(BACKEND)
    own = settings.load_backend(
        {**BACKEND, "REALMEYE_URL": "http://localhost:4081/", "REALMEYE_CONTACT": "me@example.org"}
    )

    assert (usual.realmeye_url, usual.realmeye_pause_s, usual.realmeye_contact) == ("https://www.realmeye.com", 2, None)
    assert (own.realmeye_url, own.realmeye_contact) == ("http://localhost:4081", "me@example.org")


@pytest.mark.parametrize("pause", ["-1", "x", "61", "1e1", "100", "0.5"])
def test_realmeye_is_never_asked_without_a_pause_in_production(pause: str) -> None:
    told = faults(settings.load_backend, {**BACKEND, "APP_ENV": "production", "REALMEYE_PAUSE_S": pause})

    assert [line.partition(":")[0] for line in told] == ["REALMEYE_PAUSE_S"]


@pytest.mark.parametrize("contact", ["me", "me@example.org\r\nX: y", "a b@c"])
def test_a_contact_is_an_address_that_fits_a_header(contact: str) -> None:
    assert faults(settings.load_backend, {**BACKEND, "REALMEYE_CONTACT": contact}) == [
        f"REALMEYE_CONTACT: give a mail address, or a link with https:// before it instead of {contact!r}."
    ]


def test_up_needs_nothing() -> None:
    up = settings.load_up({})

    assert (up.database_url, up.api_key, up.token, up.guild_ids) == (None, None, None, None)


def test_everything_that_is_wrong_is_told_at_once_with_its_remedy() -> None:
    told = faults(
        settings.load_bot,
        {
            "APPLICATION_ID": "raidbot",
            "SECRET_KEY": "Bot abc",
            "BACKEND_URL": "localhost:4000",
            "BOT_METRICS_PORT": "x",
        },
    )

    assert [re.split(r": ", one)[0] for one in told] == [
        "APPLICATION_ID",
        "SECRET_KEY",
        "DISCORD_GUILD_IDS",
        "BACKEND_URL",
        "BACKEND_API_KEY",
        "BOT_METRICS_PORT",
    ]
    assert told[0] == "APPLICATION_ID: expected a Discord id: 1 to 19 digits instead of 'raidbot'."
    assert told[-1] == "BOT_METRICS_PORT: give a number from 0 to 65535 instead of 'x'."


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("APP_ENV", "prod", "give one of development, production, test"),
        ("LOG_LEVEL", "loud", "give one of debug, info, warning, error"),
        ("BIND", "everywhere", "give an IP address"),
        ("PORT", "70000", "give a number from 0 to 65535"),
        ("PORT", "-1", "give a number from 0 to 65535"),
        ("DATABASE_URL", "mysql://db/rotmg", "postgres:// or postgresql://"),
        ("DATABASE_URL", "postgres:///rotmg", "names a host"),
        ("DATABASE_URL", "postgres://db:port/rotmg", "names a host"),
        ("DATABASE_SSL_REJECT_UNAUTHORIZED", "no", "give true or false"),
        ("BACKEND_API_KEY", "two words", "without spaces"),
        ("API_RATE", "9", "give a number from 10 to 100000"),
        ("DATABASE_POOL_SIZE", "0", "give a number from 1 to 200"),
        ("BACKEND_API_KEY", "<generate-strong-random-key-32-chars>", "place holder"),
    ],
)
def test_a_wrong_value_of_the_backend_is_refused(name: str, value: str, told: str) -> None:
    (fault,) = faults(settings.load_backend, BACKEND | {name: value})

    assert fault.startswith(f"{name}: ")
    assert told in fault


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DISCORD_GUILD_IDS", "1180000000000000002,none", "1 to 19 digits"),
        ("DISCORD_GUILD_IDS", ",", "at least one"),
        ("BACKEND_URL", "http://backend:4000", "end it with /v1"),
        ("REDIS_URL", "http://redis", "redis:// or rediss://"),
        ("DISCORD_API_URL", "discord.com", "http:// or https://"),
    ],
)
def test_a_wrong_value_of_the_bot_is_refused(name: str, value: str, told: str) -> None:
    (fault,) = faults(settings.load_bot, BOT | {name: value})

    assert fault.startswith(f"{name}: ")
    assert told in fault


def test_app_env_wins_over_node_env_and_node_env_counts_without_it() -> None:
    assert settings.load_backend(BACKEND | {"NODE_ENV": "production"}).production
    assert not settings.load_backend(BACKEND | {"APP_ENV": "test", "NODE_ENV": "production"}).production


def test_backups_need_nothing_and_lie_beside_the_data() -> None:
    usual = settings.load_backup({})
    set_up = settings.load_backup({"BACKUP_DIR": "/mnt/backups", "BACKUP_KEY": "k" * 20, "BACKUP_COPY_TO": "cp {} /x"})

    assert (usual.folder, usual.backup_key, usual.backup_copy_to) == (Path.cwd() / "var" / "backups", None, None)
    assert (set_up.folder, set_up.backup_copy_to) == (Path("/mnt/backups"), "cp {} /x")
    assert "k" * 20 not in repr(set_up)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BACKUP_KEY", "short", "at least 20 characters"),
        ("BACKUP_COPY_TO", "rclone 'x", "close every quote"),
        ("BACKUP_COPY_TO", "''", "name a program"),
    ],
)
def test_a_wrong_value_for_backups_is_refused(name: str, value: str, told: str) -> None:
    (fault,) = faults(settings.load_backup, {name: value})

    assert fault.startswith(f"{name}: ")
    assert told in fault


def test_an_empty_value_counts_as_not_set() -> None:
    backend = settings.load_backend(BACKEND | {"PORT": "", "DATABASE_SSL_REJECT_UNAUTHORIZED": " "})

    assert backend.port == 4000
    assert backend.database_ssl_reject_unauthorized is None


@pytest.mark.parametrize(("text", "meaning"), [("true", True), ("FALSE", False)])
def test_verification_of_the_database_can_be_switched(text: str, *, meaning: bool) -> None:
    backend = settings.load_backend(BACKEND | {"DATABASE_SSL_REJECT_UNAUTHORIZED": text})

    assert backend.database_ssl_reject_unauthorized is meaning


def test_production_refuses_a_short_key_and_a_shifted_clock() -> None:
    told = faults(
        settings.load_backend,
        BACKEND | {"APP_ENV": "production", "BACKEND_API_KEY": "short", "TEST_CLOCK_FILE": "clock"},
    )

    assert len(told) == 2
    assert "TEST_CLOCK_FILE" in told[0]
    assert "at least 32 characters" in told[1]
    assert settings.load_backend(BACKEND | {"BACKEND_API_KEY": "short"}).api_key.matches("short")


def test_up_with_a_token_needs_the_application_and_the_guilds() -> None:
    told = faults(settings.load_up, {"SECRET_KEY": "abc.def.ghi"})

    assert [one.split(":")[0] for one in told] == ["APPLICATION_ID", "DISCORD_GUILD_IDS"]


@pytest.mark.parametrize(
    ("shards", "told"),
    [
        ({"SHARD_IDS": "0"}, "set both"),
        ({"SHARD_COUNT": "2"}, "set both"),
        ({"SHARD_IDS": "1,2", "SHARD_COUNT": "2"}, "the shards are 0 to 1"),
        ({"SHARD_IDS": "0", "SHARD_COUNT": "0"}, "give a number from 1 to 10000"),
    ],
)
def test_shards_that_do_not_fit_are_refused(shards: dict[str, str], told: str) -> None:
    (fault,) = faults(settings.load_bot, BOT | shards)

    assert told in fault


def test_one_process_may_serve_some_shards() -> None:
    bot = settings.load_bot(BOT | {"SHARD_IDS": "0, 2", "SHARD_COUNT": "4"})

    assert (bot.shard_ids, bot.shard_count) == ((0, 2), 4)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")

    backend = settings.load_backend({**BACKEND, "BACKEND_API_KEY": "", "BACKEND_API_KEY_FILE": str(tmp_path / "key")})

    assert backend.api_key.reveal() == "k" * 40


def test_a_secret_given_twice_or_in_a_missing_file_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")

    (twice,) = faults(settings.load_backend, BACKEND | {"BACKEND_API_KEY_FILE": missing})
    (absent,) = faults(settings.load_up, {"BACKEND_API_KEY_FILE": missing})

    assert "keep it or BACKEND_API_KEY_FILE" in twice
    assert "No such file or directory" in absent


@pytest.mark.parametrize("value", ["mysql://raidbot:hunter2@db/x", "postgres://raidbot:hunter2@/x"])
def test_no_fault_and_no_report_shows_a_secret(value: str) -> None:
    backend = settings.load_backend(BACKEND)

    (fault,) = faults(settings.load_backend, BACKEND | {"DATABASE_URL": value})

    assert "hunter2" not in fault
    assert "hunter2" not in f"{backend} {backend!r} {backend.database_url} {[backend.database_url]}"
    assert backend.api_key == Secret("k" * 32)
    assert len({backend.api_key, Secret("k" * 32)}) == 1


def test_the_environment_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text('PORT=5000\nBIND=0.0.0.0\nBACKEND_API_KEY="a$b"\nEMPTY\n')
    monkeypatch.setenv("PORT", "6000")

    environ = settings.environment(tmp_path)

    assert (environ["PORT"], environ["BIND"], environ["BACKEND_API_KEY"]) == ("6000", "0.0.0.0", "a$b")
    assert "EMPTY" not in environ


def test_the_reference_lists_every_variable_and_the_example_names_it() -> None:
    page = settings.settings_markdown()
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    listed = set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    ours = example.partition("# For Compose alone")[0]
    shown = set(re.findall(r"^(?:# )?([A-Z_]+)=", ours, re.MULTILINE))

    assert len(listed) == 33
    assert shown - {"SECRET_KEY_FILE"} == listed
    assert "| `DATABASE_URL` | backend, backup | **required** |" in page
    assert "| `BACKEND_API_KEY` | backend, bot | **required** |" in page
    assert "Or name a file in `SECRET_KEY_FILE`." in page


def test_the_example_as_it_is_copied_tells_what_to_fill_in() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    environ = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))

    (url, *_) = faults(settings.load_backend, environ)
    told = faults(settings.load_bot, environ)

    assert url.startswith("DATABASE_URL: still holds the example's place holder")
    assert [one.split(":")[0] for one in told] == [
        "APPLICATION_ID",
        "SECRET_KEY",
        "DISCORD_GUILD_IDS",
        "BACKEND_API_KEY",
    ]
