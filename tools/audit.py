"""Asks PyPI which versions of the lock have known vulnerabilities. `just audit`.

Source: PyPI documentation, JSON API, "Known vulnerabilities": the answer about a version lists them.
"""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec

LOCK = Path("requirements.lock")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

AT_ONCE = 8
PATIENCE_S = 60

FINE, FOUND, UNKNOWN = 0, 1, 2
"""Exit codes: nothing is known, something is, or not everything could be asked."""


class Pin(msgspec.Struct, frozen=True, order=True):
    """One library in the version that we use."""

    name: str
    version: str


class Vulnerability(msgspec.Struct, frozen=True):
    """What PyPI knows about a version."""

    id: str
    aliases: list[str] = []
    fixed_in: list[str] = []
    withdrawn: str | None = None
    """When it turned out to be none."""


class Known(msgspec.Struct, frozen=True):
    """The part of PyPI's answer about a version that is read here. A mirror may leave it out."""

    vulnerabilities: list[Vulnerability]


class NotToldError(Exception):
    """Nothing could be learned about a version; the text says why."""


def pins(lock: str) -> list[Pin]:
    """Return what a lock pins."""
    return sorted(Pin(name, version) for name, version in set(PINNED.findall(lock)))


def line(pin: Pin, one: Vulnerability) -> str:
    """Return what is wrong with a version and what to take instead."""
    names = ", ".join(dict.fromkeys([one.id, *one.aliases]))
    mend = f"fixed in {', '.join(one.fixed_in)}" if one.fixed_in else "not fixed yet"
    return f"{pin.name} {pin.version}: {names}, {mend}"


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator["Index"]:
    """Open a way to an index."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        yield Index(url.rstrip("/"), session)


class Index:
    """An index that speaks PyPI's JSON API.

    Args:
        url: Where it is.
        session: The way to it.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def known(self, pin: Pin) -> list[Vulnerability]:
        """Return what is known about a version.

        Raises:
            NotToldError: nobody answers, or not to that.
        """
        try:
            async with self._session.get(f"{self._url}/pypi/{pin.name}/{pin.version}/json") as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's "here it is"
                    raise NotToldError(f"status {answer.status}")
                told = msgspec.json.decode(await answer.read(), type=Known)
        except (aiohttp.ClientError, TimeoutError) as away:
            raise NotToldError(type(away).__name__) from away
        except msgspec.DecodeError as strange:
            raise NotToldError(f"it tells nothing of vulnerabilities: {strange}") from strange
        return [one for one in told.vulnerabilities if not one.withdrawn]


async def audit(pinned: Sequence[Pin], url: str) -> tuple[list[str], list[str]]:
    """Return a line for each vulnerability that is known, and one for each version that nothing could be learned of.

    An index that answers nothing about several in a row is not asked about the others.
    """
    found, untold = list[str](), list[str]()

    async def ask(index: Index, pin: Pin) -> None:
        try:
            found.extend(line(pin, one) for one in await index.known(pin))
        except NotToldError as reason:
            untold.append(f"{pin.name} {pin.version}: {reason}")

    async with asking(url) as index:
        for asked in range(0, len(pinned), AT_ONCE):
            some = pinned[asked : asked + AT_ONCE]
            before = len(untold)
            await asyncio.gather(*(ask(index, pin) for pin in some))
            if len(untold) - before == len(some):
                untold.extend(f"{pin.name} {pin.version}: not asked" for pin in pinned[asked + AT_ONCE :])
                break
    return sorted(found), untold


def main(url: str, lock: Path = LOCK) -> int:
    """Say what an index knows about a lock; return the exit code."""
    pinned = pins(lock.read_text(encoding="utf-8"))
    found, untold = asyncio.run(audit(pinned, url))
    for one in found:
        print(one)
    if untold:
        print(f"{url} could not be asked about {len(untold)} of {len(pinned)}, the first is {untold[0]}")
    if found:
        print(f"{len(found)} known. Take a fixed version: just lock --upgrade-package <name>, then script/test.")
        return FOUND
    if untold:
        print("So nothing is sure. Ask again with a way to PyPI, or set AUDIT_URL to an index that knows them.")
        return UNKNOWN
    print(f"Nothing is known against the {len(pinned)} versions of {lock}.")
    return FINE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(Path, sys.argv[2:3])))
