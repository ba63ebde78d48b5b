"""The audit of our libraries, against a database of the test's own."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from tests.support.house import a_free_port
from tools import audit

ROOT = Path(__file__).parents[2]
LOCK = """
aiohttp==3.14.5 \\
    --hash=sha256:00
    # via discord-py
uvloop==0.22.1 ; sys_platform != 'win32' \\
    --hash=sha256:01
yarl==1.22.0
"""


@dataclass
class Index:
    """A database that knows what it is told to know."""

    url: str = ""
    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    unknown: set[str] = field(default_factory=set[str])
    asked: list[str] = field(default_factory=list[str])

    async def tell(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert asked["package"]["ecosystem"] == "PyPI"
        name = asked["package"]["name"]
        self.asked.append(f"{name} {asked['version']}")
        if name in self.unknown:
            raise web.HTTPNotFound
        return web.json_response({"vulns": self.known[name]} if name in self.known else {})


@pytest_asyncio.fixture
async def index() -> AsyncGenerator[Index]:
    found = Index()
    app = web.Application()
    app.router.add_post("/v1/query", found.tell)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


def vulnerable(name: str = "aiohttp", fixed: str = "3.14.6", **more: Any) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": fixed}] if fixed else [{"introduced": "0"}]
    affected = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]},
        {"package": {"name": "another", "ecosystem": "PyPI"}, "ranges": [{"events": [{"fixed": "9"}]}]},
    ]
    return {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "affected": affected, "details": "Long.", **more}


async def asked(index: Index) -> tuple[list[str], list[str]]:
    return await audit.audit(audit.pins(LOCK), index.url)


async def test_every_pin_is_asked_about_and_what_is_known_is_told_with_its_mend(index: Index) -> None:
    index.known["aiohttp"] = [vulnerable()]
    index.known["yarl"] = [vulnerable("yarl", fixed="", aliases=[])]

    found, untold = await asked(index)

    assert sorted(index.asked) == ["aiohttp 3.14.5", "uvloop 0.22.1", "yarl 1.22.0"]
    assert found == ["aiohttp 3.14.5: PYSEC-1, CVE-2026-1, fixed in 3.14.6", "yarl 1.22.0: PYSEC-1, not fixed yet"]
    assert untold == []


async def test_what_was_withdrawn_is_not_told(index: Index) -> None:
    index.known["aiohttp"] = [vulnerable(withdrawn="2026-11-01T00:00:00Z")]

    assert await asked(index) == ([], [])


async def test_what_could_not_be_asked_is_never_taken_for_fine(index: Index) -> None:
    index.unknown.add("uvloop")

    assert await asked(index) == ([], ["uvloop 0.22.1: status 404"])


async def test_a_database_that_answers_nothing_is_not_asked_about_all(index: Index) -> None:
    pinned = [audit.Pin(f"library{number:02}", "1") for number in range(30)]
    index.unknown.update(pin.name for pin in pinned)

    _, untold = await audit.audit(pinned, index.url)

    assert len(index.asked) == audit.AT_ONCE
    assert len(untold) == len(pinned)


async def test_the_script_ends_with_a_code_that_tells_what_it_found(index: Index, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK)

    def code(url: str) -> tuple[int, str]:
        ended = subprocess.run(  # noqa: S603 - our own script
            [ROOT / "script" / "audit", lock], env={"AUDIT_URL": url}, capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stdout

    fine = await asyncio.to_thread(code, index.url)
    index.known["aiohttp"] = [vulnerable()]
    known = await asyncio.to_thread(code, index.url)
    nobody = await asyncio.to_thread(code, f"http://127.0.0.1:{a_free_port()}")

    assert fine == (audit.FINE, f"Nothing is known against the 3 versions of {lock}.\n")
    assert known[0] == audit.FOUND
    assert "1 known. Take a fixed version: just lock --upgrade-package <name>" in known[1]
    assert nobody[0] == audit.UNKNOWN
    assert "could not be asked about 3 of 3, the first is aiohttp 3.14.5: ClientConnectorError" in nobody[1]


def test_the_lock_of_this_release_is_read_whole() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert len(audit.pins(text)) == sum("==" in one for one in text.splitlines() if one[:1].isalnum())


@pytest.mark.parametrize("answer", [b"<html>", b'{"vulns": "none"}', b"[]"])
async def test_an_answer_that_cannot_be_read_is_no_all_clear(answer: bytes) -> None:
    async def tell(_: web.Request) -> web.Response:
        return web.Response(body=answer)

    app = web.Application()
    app.router.add_post("/{tail:.*}", tell)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    found, untold = await audit.audit(audit.pins(LOCK), f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()

    assert found == []
    assert all("it tells nothing of vulnerabilities" in one for one in untold)
    assert len(untold) == 3
