"""A disk that fills up: who is told, what pauses, what goes on, and the reserve."""

from pathlib import Path

import pytest
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, serving

from raidbot import features
from raidbot.backend.app import Backend
from raidbot.backend.serving import handlers
from raidbot.core.alerts import Condition
from raidbot.core.errors import DiskShort
from raidbot.core.ids import InteractionId
from raidbot.database.pool import Database
from raidbot.disk.reserve import Reserve
from raidbot.disk.rules import GB, Level, Reading, Room
from raidbot.disk.watching import Watch
from raidbot.features.audit import api as audit
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.verification.api import sessions

SIZE = 1_000_000


def full(percent: int) -> Reading:
    return Reading(percent * GB, (100 - percent) * GB)


async def test_each_step_is_told_with_what_takes_most(database: Database, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "one.dump").write_bytes(b"x" * 5_000_000)
    room = Room()
    watch = Watch(room, tmp_path, tmp_path / "backups", None)
    told = list[Condition | None]()
    for percent in (70, 81, 82, 91, 96, 50):
        await watch.turn(full(percent), database)
        told.append(room.condition)

    names = [one.name if one else None for one in told]
    assert names == [None, "disk_filling", "disk_filling", "disk_nearly_full", "disk_short", None]
    assert told[1] is not None
    assert "What takes most: backups 5.0 MB, table " in told[1].sentence


def test_the_reserve_takes_real_room_is_given_back_and_is_made_again_once_there_is_room(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "data", SIZE)

    reserve.keep(full(96), Level.SHORT)
    assert reserve.held == 0
    reserve.keep(full(50), Level.FINE)
    assert reserve.held == SIZE
    assert reserve.file.stat().st_blocks * 512 >= SIZE
    assert reserve.release() == SIZE
    assert reserve.release() == 0
    reserve.keep(Reading(1, 3 * SIZE), Level.FINE)
    assert reserve.held == 0


async def test_on_a_short_disk_raids_go_on_the_command_log_pauses_and_a_member_reads_why(
    database: Database, tmp_path: Path
) -> None:
    backends = list[Backend]()

    async def remember(backend: Backend) -> None:
        backends.append(backend)

    use = audit.NoteCommand(
        guild_id=GUILD, interaction_id=InteractionId(5), user_id=RAIDER, command="run", options={}, outcome="done"
    )
    async with serving(database, tmp_path / "clock", (remember,)) as served:
        await served.mirror(MirroredMember(ADMIN, [], administrator=True), MirroredMember(RAIDER, []))
        backends[0].room.take(full(96))

        with pytest.raises(DiskShort, match="only keeps up runs and punishments"):
            await served.ask(sessions.begin, sessions.Begin(GUILD, "Rook"), RAIDER)
        with pytest.raises(DiskShort):
            await served.client.call(audit.note_command, use)
        await served.mirror(MirroredMember(ORGANIZER, []))

        backends[0].room.take(full(50))
        assert (await served.client.call(audit.note_command, use)).new


def test_nothing_that_a_run_needs_can_wait() -> None:
    features.load("service")
    waiting = {endpoint.path for endpoint in handlers if endpoint.can_wait}

    assert waiting
    assert not [path for path in waiting if "/runs" in path or "/members" in path or "/postings" in path]
