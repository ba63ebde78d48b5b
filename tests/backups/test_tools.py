"""Work with PostgreSQL's programs that is given up while it is done."""

import asyncio
import gc
from pathlib import Path
from threading import Event
from typing import Any

from tests.support.house import until

from raidbot.backups.model import BackupFault
from raidbot.backups.tools import Tools


async def test_work_that_is_given_up_twice_ends_without_a_word(tmp_path: Path) -> None:
    begun, may_end = Event(), Event()
    unheard = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, told: unheard.append(told))

    def work() -> None:
        begun.set()
        may_end.wait(30)
        raise BackupFault("pg_restore failed: ")

    async def has_begun() -> bool:
        return begun.is_set()

    others = asyncio.all_tasks()
    waiting = asyncio.ensure_future(Tools(tmp_path).beside(work))
    await until(has_begun, "the work to begin")
    waiting.cancel()
    for _ in range(5):  # turns of the loop, until it is told
        await asyncio.sleep(0)
    assert not waiting.done()  # it lets the work end first
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    del waiting  # its error would keep the work alive, and a loop speaks of failures only once they are gone

    may_end.set()
    await asyncio.wait(asyncio.all_tasks() - others)
    gc.collect()
    assert unheard == []
