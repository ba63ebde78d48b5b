"""How many connections PostgreSQL must have to offer, so that nobody is refused one while a release is changed.

`docs/operate/database.md` shows the same sum.
"""

UNDERSTUDY = 2
"""The backend that serves for half a minute while the usual one is started anew; its requests rather wait than fail."""
BACKUPS = 3
"""One that holds the lock and the snapshot, one of `pg_dump` or `pg_restore`, one to note an alert meanwhile."""
BY_HAND = 2
"""`raidbot doctor`, and another command or a `psql`."""
SUPERUSER = 3
"""Kept from everybody else by PostgreSQL. docs: PostgreSQL, superuser_reserved_connections."""


def needed(pool_size: int) -> int:
    """Return what `max_connections` must be for one backend.

    Args:
        pool_size: Connections that the backend opens at most.
    """
    return pool_size + UNDERSTUDY + BACKUPS + BY_HAND + SUPERUSER
