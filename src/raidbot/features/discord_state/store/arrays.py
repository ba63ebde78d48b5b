"""Ids as PostgreSQL reads them where a statement takes lists of lists."""

from collections.abc import Iterable


def numbers(ids: Iterable[int]) -> str:
    """Return ids as the text of an array: arrays of arrays would need equal lengths."""
    return "{" + ",".join(str(int(one)) for one in ids) + "}"
