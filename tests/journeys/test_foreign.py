"""Somebody has the bot's token: afterwards the operator reads what they did, and nothing of what the bot did itself."""

import re
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, said
from tests.support.town import PNG, fill, looks

from realmeye_loopback.client import RealmEye

pytestmark = pytest.mark.journey


class Thief:
    """Has the token, and nothing else."""

    def __init__(self, raid: Raid) -> None:
        self._raid = raid
        self.guild = f"/guilds/{raid.house.guild_id}"

    async def call(self, method: str, path: str, body: Json | None = None, reason: str = "") -> Any:
        headers = {"Authorization": f"Bot {self._raid.house.discord['token']}"}
        headers |= {"X-Audit-Log-Reason": quote(reason)} if reason else {}
        url = self._raid.house.api_url + path
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, json=body) as answer,
        ):
            assert answer.ok, await answer.text()
            return None if answer.status == 204 else await answer.json()

    async def seals(self) -> list[str]:
        """All reasons that stand in the audit log, which the token may read."""
        told = await self.call("GET", f"{self.guild}/audit-logs?limit=100")
        return [one["reason"] for one in told["audit_log_entries"] if "reason" in one]


async def audit(raid: Raid, *options: str) -> tuple[int, str]:
    """Type the command on the machine of the bot; return its exit code and what it says."""
    return await raid.house.types("audit", "--foreign", "--since", "1h", *options)


def lines(told: str) -> list[str]:
    """The deeds that are listed, without times and numbers."""
    found = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    return [re.sub(r"^\S+ \S+ UTC  |  \[entry \d+\]| \(\d+\)", "", line) for line in found]


async def pasted_in_a_thread(raid: Raid) -> None:
    """Let Wren be verified by a screenshot in a private thread, which goes afterwards."""
    panel = await raid.shown("get-verified", "Wren", "Get verified")
    begun = (await fill(raid, "Wren", panel, "Get verified", ign="Wrenny"))["message"]
    how = (await raid.press("Wren", begun, "Screenshot instead"))["message"]
    opened = await raid.press("Wren", how, "Use a thread")
    thread = int(said(opened["message"]).partition("<#")[2].partition(">")[0])
    await raid.hands.say(raid.people["Wren"], thread, files={"a.png": PNG})

    async def taken() -> bool:
        told = await raid.hands.messages(thread, raid.people["Wren"])
        return any("Staff look at it" in said(one) for one in told)

    await until(taken, "the picture to be taken")


async def a_run(raid: Raid) -> int:
    """Play a run with a role of its own, made, given and deleted, and with a log that comes back, which is returned."""
    await raid.use("Alwyn", "settings set", setting="run_ping", value="role")
    opened = await raid.open(party="p", location="l")
    await raid.press("Rook", await raid.panel("Open"), "Join")
    await raid.press("Odalys", opened["message"], "Start")
    desk = await raid.desk("Live")
    await raid.logged(desk, "**Opened**", "**Started**")
    await raid.hands.change_channel(raid.people["Alwyn"], thread := int(desk["id"]), archived=True)
    asked = await raid.press("Odalys", desk, "End")
    await raid.press("Odalys", asked["message"], "End it")
    await raid.logged(desk, "**Opened**", "**Ended**")

    async def gone() -> bool:
        view = await raid.hands.view(raid.house.guild_id, raid.people["Mira"])
        return not [role for role in view["roles"] if "· run" in role["name"]]

    await until(gone, "the role of the run to go")
    return thread


async def robs(raid: Raid, thief: Thief) -> None:
    """Let the thief give and take roles, put people out, write to everybody, and delete a channel."""
    people = raid.people
    roles = {one["name"]: one["id"] for one in await thief.call("GET", f"{thief.guild}/roles")}
    await thief.call("PUT", f"{thief.guild}/members/{people['Rook']}/roles/{roles['Moderator']}", reason="Verified")
    await thief.call(
        "PUT", f"{thief.guild}/members/{people['Pike']}/roles/{roles['Oryx 3']}", reason=(await thief.seals())[0]
    )
    await thief.call("DELETE", f"{thief.guild}/members/{people['Newt']}/roles/{roles['Verified Raider']}")
    await thief.call("PUT", f"{thief.guild}/bans/{people['Tansy']}", {})
    await thief.call("DELETE", f"{thief.guild}/members/{people['Fen']}")
    await thief.call("POST", f"/channels/{raid.channels['raid']}/messages", {"content": "Free gifts: https://x.test"})
    await thief.call("DELETE", f"/channels/{raid.channels['practice']}")


async def hides(raid: Raid, thief: Thief, log: int) -> None:
    """Let the thief write where nobody looks: in a log that is put away, and in a private thread that is put away.

    A minute later: a thread that comes back while we write in it came back by us.
    """
    raid.house.clock_file.write_text("60")
    await raid.hands.change_channel(raid.people["Alwyn"], log, archived=True)
    den = await thief.call("POST", f"/channels/{raid.channels['raid']}/threads", {"name": "den", "type": 12})
    for thread in (log, den["id"]):
        await thief.call("POST", f"/channels/{thread}/messages", {"content": "psst"})
        await thief.call("PATCH", f"/channels/{thread}", {"archived": True})


async def holds(raid: Raid, who: str, role: str) -> bool:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    number = next(one["id"] for one in view["roles"] if one["name"] == role)
    return any(number in one["roles"] for one in view["members"] if int(one["id"]) == raid.people[who])


async def test_what_a_thief_did_with_the_token_is_listed_alone_and_roles_and_bans_are_taken_back(
    town: tuple[Raid, RealmEye],
) -> None:
    raid, _ = town
    await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")
    await looks(raid, "Newt", "Newtron")
    await pasted_in_a_thread(raid)
    log = await a_run(raid)

    code, told = await audit(raid)
    assert lines(told) == [], told
    assert (code, "everything is accounted for since" in told) == (0, True), told

    thief = Thief(raid)
    await robs(raid, thief)
    await hides(raid, thief, log)

    code, told = await audit(raid, "--undo", "--yes")
    wrote = f"wrote in #raid: “Free gifts: https://x.test” https://discord.com/channels/{raid.house.guild_id}/"
    listed = lines(told)
    assert [line for line in listed if not line.startswith("wrote in")] == [
        "gave rook the role @Moderator",
        "gave pike the role @Oryx 3",
        "took the role @Verified Raider from newt",
        "banned tansy",
        "kicked fen (cannot be undone: invite them again)",
        "deleted the channel practice",
        "opened the thread #den",
        "brought the thread #Lost Halls · run 1 back from the archive, or wrote in it",
        "changed the thread #Lost Halls · run 1",
        "changed the thread #den",
    ]
    hidden = [line.partition(": “psst”")[0] for line in listed if "“psst”" in line]
    assert hidden == ["wrote in #Lost Halls · run 1", "wrote in #den"]
    assert (code, len(listed), told.count("Done: ")) == (1, 13, 4), told
    assert [one.startswith(wrote) for one in listed].count(True) == 1
    assert (await holds(raid, "Rook", "Moderator"), await holds(raid, "Pike", "Oryx 3")) == (False, False)
    assert await holds(raid, "Newt", "Verified Raider")
    assert await thief.call("GET", f"{thief.guild}/bans") == []

    code, told = await audit(raid, "--undo", "--yes")
    assert "There is no role and no ban to take back." in told
    assert [line for line in lines(told) if line.endswith("no longer so")] == [
        f"{one} — no longer so" for one in listed if one.startswith(("gave", "took", "banned"))
    ]
    assert (code, len(lines(told))) == (1, 13), told
