"""Asks the public database of vulnerabilities, OSV, about the versions of the lock. `just audit`.

Source: OSV documentation, API, "POST /v1/query"; Open Source Vulnerability format, "affected", "withdrawn".
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


class Event(msgspec.Struct, frozen=True):
    """One end of a range of versions that are affected."""

    fixed: str | None = None


class Range(msgspec.Struct, frozen=True):
    """Versions that are affected."""

    events: list[Event] = []


class Package(msgspec.Struct, frozen=True):
    """What a library is called."""

    name: str = ""


class Affected(msgspec.Struct, frozen=True):
    """Which versions of a library a vulnerability is in."""

    package: Package = Package()
    ranges: list[Range] = []


class Vulnerability(msgspec.Struct, frozen=True):
    """What is known about a version."""

    id: str
    aliases: list[str] = []
    affected: list[Affected] = []
    withdrawn: str | None = None
    """When it turned out to be none."""

    def fixed_in(self, name: str) -> list[str]:
        """Return the versions of a library that no longer have it."""
        ranges = (one for each in self.affected if each.package.name.lower() == name.lower() for one in each.ranges)
        return list(dict.fromkeys(event.fixed for one in ranges for event in one.events if event.fixed))


class Known(msgspec.Struct, frozen=True):
    """The part of an answer about a version that is read here. Where nothing is known it is empty."""

    vulns: list[Vulnerability] = []


class NotToldError(Exception):
    """Nothing could be learned about a version; the text says why."""


def pins(lock: str) -> list[Pin]:
    """Return what a lock pins."""
    return sorted(Pin(name, version) for name, version in set(PINNED.findall(lock)))


def line(pin: Pin, one: Vulnerability) -> str:
    """Return what is wrong with a version and what to take instead."""
    names = ", ".join(dict.fromkeys([one.id, *one.aliases]))
    fixed = one.fixed_in(pin.name)
    mend = f"fixed in {', '.join(fixed)}" if fixed else "not fixed yet"
    return f"{pin.name} {pin.version}: {names}, {mend}"


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator["Advisories"]:
    """Open a way to a database of vulnerabilities."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        yield Advisories(url.rstrip("/"), session)


class Advisories:
    """A database that speaks OSV's API.

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
        asked = {"package": {"name": pin.name, "ecosystem": "PyPI"}, "version": pin.version}
        try:
            async with self._session.post(f"{self._url}/v1/query", json=asked) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's "here it is"
                    raise NotToldError(f"status {answer.status}")
                told = msgspec.json.decode(await answer.read(), type=Known)
        except (aiohttp.ClientError, TimeoutError) as away:
            raise NotToldError(type(away).__name__) from away
        except msgspec.DecodeError as strange:
            raise NotToldError(f"it tells nothing of vulnerabilities: {strange}") from strange
        return [one for one in told.vulns if not one.withdrawn]


async def audit(pinned: Sequence[Pin], url: str) -> tuple[list[str], list[str]]:
    """Return a line for each vulnerability that is known, and one for each version that nothing could be learned of.

    A database that answers nothing about several in a row is not asked about the others.
    """
    found, untold = list[str](), list[str]()

    async def ask(advisories: Advisories, pin: Pin) -> None:
        try:
            found.extend(line(pin, one) for one in await advisories.known(pin))
        except NotToldError as reason:
            untold.append(f"{pin.name} {pin.version}: {reason}")

    async with asking(url) as advisories:
        for asked in range(0, len(pinned), AT_ONCE):
            some = pinned[asked : asked + AT_ONCE]
            before = len(untold)
            await asyncio.gather(*(ask(advisories, pin) for pin in some))
            untold[before:] = sorted(untold[before:])  # answers come in any order, and the first is told
            if len(untold) - before == len(some):
                untold.extend(f"{pin.name} {pin.version}: not asked" for pin in pinned[asked + AT_ONCE :])
                break
    return sorted(found), untold


def main(url: str, lock: Path = LOCK) -> int:
    """Say what is known about a lock; return the exit code."""
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
        print("So nothing is sure. Ask again with a way to it, or set AUDIT_URL to another one.")
        return UNKNOWN
    print(f"Nothing is known against the {len(pinned)} versions of {lock}.")
    return FINE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(Path, sys.argv[2:3])))
