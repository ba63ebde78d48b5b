"""Reading a disk, and what of ours lies on it."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from raidbot.database.transaction import Transaction
from raidbot.disk.rules import Reading, Share


def read(folder: Path) -> Reading:
    """Read the disk that a folder lies on, or will lie on."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    found = shutil.disk_usage(there)
    return Reading(found.used, found.free)


def files(data: Path, backups: Path) -> list[Share]:
    """Return how much room files of ours take. The database's own folder is told by its tables."""
    logs = [*data.glob("*.log*"), *(data / "postgres").glob("server.log*")]
    shares = [Share("backups", _size(backups.glob("*"))), *(Share(log.name, _size([log])) for log in logs)]
    return [one for one in shares if one.size]


async def tables(tx: Transaction) -> list[Share]:
    """Return how much room each table takes with its indexes, the largest first."""
    return await tx.many(
        Share,
        """
        SELECT 'table ' || relname AS what, pg_total_relation_size(relid) AS size
          FROM pg_stat_user_tables ORDER BY 2 DESC LIMIT 10
        """,
    )


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.is_file())
