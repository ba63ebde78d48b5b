"""What goes out of a process by itself: alerts and the heartbeat, to real servers of the test's own."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from structlog.testing import capture_logs
from tests.support.house import until

from raidbot.cli.alarms import Alarms, Noted
from raidbot.core.alerts import Change, Condition, RunbookPage
from raidbot.core.clock import Clock
from raidbot.settings import AlertFormat, AlertSettings, Environment, LogLevel, Secret

AWAY = Condition("database_away", "PostgreSQL does not answer.", RunbookPage.DATABASE_AWAY)


@dataclass
class Inbox:
    """A server that takes whatever is posted, or refuses it."""

    url: str = ""
    status: int = 200
    posted: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Path and text of each."""

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append((request.path, await request.text()))
        return web.Response(status=self.status)


@pytest_asyncio.fixture
async def inbox() -> AsyncGenerator[Inbox]:
    found = Inbox()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", found.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


def alarms(inbox: Inbox, how: AlertFormat = AlertFormat.JSON) -> Alarms:
    settings = AlertSettings(
        app_env=Environment.TEST,
        log_level=LogLevel.INFO,
        bind="127.0.0.1",
        data_dir=Path("var"),
        test_clock_file=None,
        alert_url=Secret(f"{inbox.url}/secret-topic"),
        alert_format=how,
        heartbeat_url=Secret(f"{inbox.url}/heart"),
    )
    return Alarms(settings, "backend", Clock())


async def kept(inbox: Inbox, how: AlertFormat, *, noted_as: Noted = Noted.FIRST, well: bool = False) -> list[Change]:
    """Let a process look once, and wait until something was posted if anything is."""
    noted = list[Change]()

    async def note(change: Change) -> Noted:
        noted.append(change)
        return noted_as

    async def is_well() -> bool:
        return well

    async def arrived() -> bool:
        return bool(inbox.posted) or (noted_as is Noted.KNOWN and not well)

    keeping = asyncio.ensure_future(alarms(inbox, how).keep(lambda: [AWAY], note, is_well))
    await until(arrived)
    await until(lambda: _true(noted))
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    return noted


async def _first(_: Change) -> Noted:
    return Noted.FIRST


async def _true(value: Any) -> bool:
    return bool(value)


async def test_an_alert_is_posted_as_webhooks_and_as_people_read_it(inbox: Inbox) -> None:
    await kept(inbox, AlertFormat.JSON)
    await kept(inbox, AlertFormat.TEXT)

    [(path, as_json), (_, as_text)] = inbox.posted
    assert path == "/secret-topic"
    assert '"content"' in as_json
    assert as_text.startswith("Raid bot: database away. PostgreSQL does not answer. (backend on ")
    assert "docs/operate/runbook/database-away.md" in as_text


async def test_what_another_process_told_already_is_not_posted_again(inbox: Inbox) -> None:
    assert [one.raised for one in await kept(inbox, AlertFormat.JSON, noted_as=Noted.KNOWN)] == [True]
    assert inbox.posted == []


async def test_the_end_of_what_only_this_process_could_tell_is_told_by_it_too(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raidbot.cli.alarms.LOOK_EVERY_S", 0.01)
    wrong = [AWAY]

    async def note(change: Change) -> Noted:
        return Noted.ALONE if change.raised else Noted.KNOWN  # the backend, back again, knows of no such alert

    keeping = asyncio.ensure_future(alarms(inbox).keep(lambda: list(wrong), note))
    await until(lambda: _true(inbox.posted))
    wrong.clear()
    await until(lambda: _true(len(inbox.posted) == 2))
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)

    assert "is over" in inbox.posted[1][1]


async def test_the_heart_beats_while_the_system_is_well(inbox: Inbox) -> None:
    await kept(inbox, AlertFormat.JSON, noted_as=Noted.KNOWN, well=True)

    assert inbox.posted == [("/heart", "")]


async def test_a_refused_alert_is_tried_again_and_its_address_is_never_logged(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raidbot.cli.alarms.PAUSE_S", 0.01)
    inbox.status = 500
    with capture_logs() as logs:
        keeping = asyncio.ensure_future(alarms(inbox).keep(lambda: [AWAY], _first))

        async def given_up() -> bool:
            return any(one["event"] == "ALERT_URL does not take alerts" for one in logs)

        await until(given_up)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)

    assert len(inbox.posted) == 3
    assert "secret-topic" not in str(logs)
