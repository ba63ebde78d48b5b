"""The whole API against its own OpenAPI document: whatever is asked, nothing fails, and answers are as described."""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import aiohttp
import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NotSet
from schemathesis.core.result import Ok
from tests.features.runs.worlds import World, a_world
from tests.support.backend import ADMIN, GUILD, KEY, ORGANIZER, ROLES, Served

from raidbot import features
from raidbot.backend import openapi
from raidbot.backend.serving import handlers
from raidbot.database.embedded import EmbeddedServer
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import life

EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))
"""Requests for each endpoint; `just fuzz` asks more."""

BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.differing_executors],
)
Json = dict[str, Any]
Case: TypeAlias = schemathesis.Case[Any]


class Asker:
    """Asks as an administrator of a guild that is there would, and keeps what was wrong with the answers."""

    def __init__(self, world: World, document: Json) -> None:
        self.wrong = list[str]()
        self.statuses = Counter[int]()
        self._world = world
        self._document = document
        self._press = 50_000
        self._validators = dict[str, Any]()
        self._session: aiohttp.ClientSession | None = None

    def ask(self, case: Case) -> None:
        """Send one request and look at the answer."""
        self._press += 1
        ids = {"guild_id": str(int(GUILD)), "run_id": "1", "pop": "1"} if self._press % 3 else {}
        path = {name: ids.get(name, value) for name, value in (case.path_parameters or {}).items()}
        url = self._world.served.url.removesuffix("/v1") + quoted(case.path, path)
        query = {name: str(value) for name, value in (case.query or {}).items()}
        query |= {"wait": "0"} if "wait" in query or case.path.endswith("/events") else {}
        sent = {} if isinstance(case.body, NotSet) else {"json": case.body}
        status, body = self._world.runner.run(self._sent(case.method, url, params=query, **sent))
        self.statuses[status] += 1
        if fault := self._fault(case, status, body):
            self.wrong.append(f"{case.method} {url} {query} {sent} -> {status} {body}: {fault}")

    async def _sent(self, method: str, url: str, **what: Any) -> tuple[int, Any]:
        headers = {"x-api-key": KEY, "x-actor": str(int(ADMIN)), "idempotency-key": str(self._press)}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.request(method, url, headers=headers, **what) as answer:
            return answer.status, await answer.json()

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()

    def _fault(self, case: Case, status: int, body: Any) -> str | None:
        """Return what the document does not allow, or None."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "it failed"
        answers = self._document["paths"][case.path][case.method.lower()]["responses"]
        if str(status) not in answers:
            return "no such status"
        schema = answers[str(status)]["content"]["application/json"]["schema"]
        key = f"{case.method} {case.path} {status}"
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole)
        return next((str(one).partition("\n")[0] for one in self._validators[key].iter_errors(body)), None)


def quoted(path: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path


def test_nothing_that_is_asked_fails_and_all_is_answered_as_described(
    postgres: EmbeddedServer, template: str, tmp_path: Path
) -> None:
    features.load("service")
    document = openapi.document(handlers, "test")
    with asyncio.Runner() as runner:
        entering = a_world(postgres, template, tmp_path)
        served, database = runner.run(entering.__aenter__())
        asker = Asker(World(runner, served, database), document)
        try:
            runner.run(a_lived_in_guild(served))
            for found in schemathesis.openapi.from_dict(document).get_all_operations():
                assert isinstance(found, Ok), found.err()
                BOUNDED(given(case=found.ok().as_strategy())(asker.ask))()
        finally:
            runner.run(asker.close())
            runner.run(entering.__aexit__(None, None, None))

    assert not asker.wrong, "\n".join(asker.wrong)
    assert asker.statuses[200] > 100
    assert asker.statuses[400] + asker.statuses[404] + asker.statuses[409] > 100


async def a_lived_in_guild(served: Served) -> None:
    """Map roles, mirror members and open a run, so that what is asked about is there now and then."""
    organizer, verified, _ = ROLES.values()
    await served.mirror(
        MirroredMember(ADMIN, [verified], administrator=True), MirroredMember(ORGANIZER, [organizer, verified])
    )
    await served.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, dict(ROLES)), ADMIN)
    ask = life.OpenRun(guild_id=GUILD, dungeon="lost_halls", party="p", location="l")
    run = await served.ask(life.open_run, ask, ORGANIZER)
    await served.ask(life.start_run, life.StartRun(GUILD, run.id), ORGANIZER)
