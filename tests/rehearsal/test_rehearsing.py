"""A rehearsal against the loopback, which is built by the rules that a rehearsal asks about."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from tests.features.realmeye.pages import a_player
from tests.loopback.conftest import Here
from tests.loopback.ids import APPLICATION, GUILD
from tests.rehearsal.players import a_conductor, left_of

from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, UserId
from raidbot.rehearsal import scenery
from raidbot.rehearsal.model import Verdict
from raidbot.rehearsal.progress import BadProgress, Made, Progress
from raidbot.rehearsal.rest import Rest
from raidbot.rehearsal.steps import STEPS
from raidbot.rehearsal.talk import Stop
from realmeye_loopback.client import RealmEye


async def test_on_the_loopback_every_rule_is_confirmed_and_nothing_is_left(
    here: Here, tmp_path: Path, realmeye: RealmEye
) -> None:
    here.grant("MANAGE_WEBHOOKS")
    await realmeye.put(a_player())
    conductor, player = a_conductor(here, tmp_path, realmeye=realmeye.url)

    await conductor.on_discord()
    conductor.write_report()

    outcomes = conductor.progress.kept.outcomes
    assert {name: one.saw for name, one in outcomes.items() if one.verdict is not Verdict.CONFIRMED} == {}
    assert set(outcomes) == {one.name for one in STEPS}
    assert left_of(here) == []
    text = conductor.plan.report.read_text()
    assert f"{len(STEPS)} confirmed, 0 different, 0 skipped." in text
    assert here.world.token not in text + "".join(player.said)


async def test_what_discord_does_otherwise_is_different_and_told(here: Here, tmp_path: Path) -> None:
    await here.hands.faults(
        fail=[
            {"route": "PUT /applications/*/guilds/*/commands/*/permissions", "code": 50001},
            {"route": "POST /attachments/refresh-urls", "status": 404},
        ],
        limit=[{"route": "PATCH /channels/*", "retry_after": 300, "scope": "user"}],
    )
    conductor, player = a_conductor(here, tmp_path, "command-permissions", "new-links", "renames", "embeds")

    await conductor.on_discord()
    conductor.write_report()

    outcomes = conductor.progress.kept.outcomes
    assert {name: one.verdict for name, one in outcomes.items()} == {
        "embeds": Verdict.CONFIRMED,
        "new-links": Verdict.DIFFERENT,
        "command-permissions": Verdict.DIFFERENT,
        "renames": Verdict.DIFFERENT,
    }
    assert outcomes["command-permissions"].saw == "The answer was 403 with 50001 (Missing Access), not 403 with 20001."
    assert "| different | The answer was 403 with 50001" in conductor.plan.report.read_text()
    assert any("DIFFERENT  renames: Discord refused what should have worked: 429" in one for one in player.said)
    assert left_of(here) == []


async def test_what_was_different_may_be_tried_once_more(here: Here, tmp_path: Path) -> None:
    await here.hands.faults(fail=[{"route": "POST /attachments/refresh-urls", "status": 503, "times": 1}])
    conductor, player = a_conductor(here, tmp_path, "new-links")
    player.repeats = 1

    await conductor.on_discord()

    assert conductor.progress.kept.outcomes["new-links"].verdict is Verdict.CONFIRMED
    assert any("DIFFERENT  new-links" in one for one in player.said)


async def test_whoever_stops_finds_nothing_left_and_goes_on_where_they_were(here: Here, tmp_path: Path) -> None:
    names = "old-edits", "nonce", "replies", "webhooks", "file-in-embed"
    conductor, _ = a_conductor(here, tmp_path, *names, stops_at="Press **Three**")

    with pytest.raises(Stop):
        await conductor.on_discord()

    assert left_of(here) == []
    assert set(conductor.progress.kept.outcomes) == set()

    again, _ = a_conductor(here, tmp_path, *names)
    await again.on_discord()

    outcomes = Progress(again.plan.progress).kept.outcomes
    assert outcomes["replies"].verdict is Verdict.CONFIRMED
    assert outcomes["webhooks"].saw.startswith("The bot lacks Manage Webhooks in this server.")
    last, player = a_conductor(here, tmp_path, *names)
    await last.on_discord()
    assert [one for one in player.said if " of 1: " in one] == [f"\n1 of 1: {rule('webhooks')}"]
    assert left_of(here) == []


def rule(name: str) -> str:
    return next(one.rule for one in STEPS if one.name == name)


async def test_what_a_killed_rehearsal_left_is_taken_down_by_the_next_and_nothing_of_others(
    here: Here, tmp_path: Path
) -> None:
    conductor, player = a_conductor(here, tmp_path, "own-threads")
    made = Made(GuildId(GUILD), "rehearsal-0a1b2c")
    conductor.progress.begins(made)
    async with Rest(conductor.plan.api_url, here.world.token, conductor.plan.agent, Clock()) as rest:
        built = await scenery.build(rest, GuildId(GUILD), UserId(APPLICATION), made.name)
        path = f"/guilds/{GUILD}/members/{APPLICATION}/roles/{built.role_id}"
        await rest.made("DELETE", path)
        await rest.made("POST", f"/guilds/{GUILD}/channels", {"name": "rehearsal-of-our-play"})

    await conductor.on_discord()

    assert "An earlier rehearsal was cut off. Taking down rehearsal-0a1b2c." in player.said
    assert left_of(here) == ["rehearsal-of-our-play"]
    assert Progress(conductor.plan.progress).kept.sceneries == []


async def test_what_waits_longest_is_left_out_first(here: Here, tmp_path: Path) -> None:
    conductor, player = a_conductor(here, tmp_path, "old-edits", "nonce")
    player.tells = {"s leaves out: an hour": "s", "s leaves out: five minutes": "s"}

    await conductor.on_discord()

    outcomes = conductor.progress.kept.outcomes
    assert [(name, one.verdict, one.saw) for name, one in outcomes.items()] == [
        ("old-edits", Verdict.SKIPPED, "Left out by the person."),
        ("nonce", Verdict.SKIPPED, "Left out by the person."),
    ]


async def test_a_rehearsal_that_is_cut_off_takes_everything_down(here: Here, tmp_path: Path) -> None:
    conductor, player = a_conductor(here, tmp_path, "token-life")
    running = asyncio.create_task(conductor.on_discord())
    async with asyncio.timeout(60):
        while not any("Press **Four**" in one for one in player.said):
            await asyncio.sleep(0.01)
    assert left_of(here) != []

    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert left_of(here) == []
    assert Progress(conductor.plan.progress).kept.sceneries == []


async def test_what_a_person_sees_is_kept_as_they_tell_it(here: Here, tmp_path: Path) -> None:
    conductor, player = a_conductor(here, tmp_path)
    player.tells = {"type /setup": "n", "What did you see": "A message after 9 s", "press Join.": "s", "inbox": "q"}

    with pytest.raises(Stop):
        await conductor.on_phones()
    conductor.write_report()

    outcomes = conductor.progress.kept.outcomes
    assert (outcomes["setup"].verdict, outcomes["setup"].saw) == (Verdict.DIFFERENT, "A message after 9 s")
    assert outcomes["join"].verdict is Verdict.SKIPPED
    assert {outcomes[one].verdict for one in ("run", "start", "pop", "end")} == {Verdict.CONFIRMED}
    assert "inbox" not in outcomes
    assert "| different | A message after 9 s |" in conductor.plan.report.read_text()


def test_a_progress_file_that_cannot_be_read_says_what_to_look_for(tmp_path: Path) -> None:
    (tmp_path / "rehearsal.json").write_text("{")

    with pytest.raises(BadProgress, match="delete that by hand, then delete the file"):
        Progress(tmp_path / "rehearsal.json")
