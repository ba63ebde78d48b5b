"""Steps about connections to the gateway."""

import asyncio

from raidbot.rehearsal.line import GUILDS, REQUEST_MEMBERS, Line
from raidbot.rehearsal.model import Json, Later, Seen
from raidbot.rehearsal.scene import Scene, confirmed, expect

THREAD = 11
MISSED, PATIENCE, SLACK = 4009, 1.5, 0.25
"""The code, and in intervals when it comes."""


async def own_threads(scene: Scene) -> Seen:
    """Open a thread, and hear of being in it."""
    line = await scene.listening()
    begin = len(line.heard)
    asked = {"name": "Rehearsal", "type": THREAD}
    thread = await scene.rest.made("POST", f"/channels/{scene.scenery.open_id}/threads", asked)
    await line.event("THREAD_CREATE", lambda one: one["id"] == thread["id"], after=begin)
    await scene.marker(line, begin)
    heard = line.told("THREAD_MEMBERS?_UPDATE", lambda one: one["id"] == thread["id"], after=begin)
    own = [one for one in heard if _names(one, str(scene.bot_id))]
    expect("The thread was told of, that the bot is in it was not.", that=bool(own))
    return f"Beside THREAD_CREATE {len(own)} events told that the bot is in it."


def _names(told: Json, user_id: str) -> bool:
    added = [str(one.get("user_id")) for one in told.get("added_members") or []]
    return user_id in (str(told.get("user_id")), *added)


async def nobody_without_intent(scene: Scene) -> Seen:
    """Ask for all members on a connection without the intent for members."""
    async with scene.another_line(GUILDS) as line:
        await line.say(REQUEST_MEMBERS, {"guild_id": str(scene.scenery.guild_id), "query": "", "limit": 0})
        told = await line.event("GUILD_MEMBERS_CHUNK", lambda one: one["guild_id"] == str(scene.scenery.guild_id))
    expect(f"{len(told['members'])} members were listed.", that=not told["members"])
    return "The list was empty."


async def taken_over(scene: Scene) -> Seen:
    """Resume a session from a second connection while the first still holds it."""
    async with scene.another_line(GUILDS) as first:
        async with scene.resumed(first) as told:
            expect(f"The second connection was answered with {told}.", that=told.get("t") == "RESUMED")
            await _ends(first, "The second connection got the session, and the first kept it too.")
        return f"The second connection got the session, and the first was closed with {first.close_code}."


async def missed_heartbeats(scene: Scene) -> Seen:
    """Send no heartbeats, and resume afterwards."""
    return Later(_missed(scene), "about a minute, until missed heartbeats are noticed", 60)


async def _missed(scene: Scene) -> str:
    async with scene.another_line(GUILDS, heartbeats=False) as silent:
        await _ends(silent, "A connection without heartbeats was left alone.", silent.interval_s * 4)
        after = (asyncio.get_running_loop().time() - silent.greeted_at) / silent.interval_s
        async with scene.resumed(silent) as told:
            resumed = told.get("t") == "RESUMED"
        in_time = abs(after - PATIENCE) <= SLACK
        return confirmed(
            f"Closed with {silent.close_code} after {after:.2f} intervals; "
            f"the session {'could be' if resumed else 'could not be'} resumed.",
            that=silent.close_code == MISSED and in_time and resumed,
        )


async def _ends(line: Line, otherwise: str, patience_s: float = 20) -> None:
    try:
        async with asyncio.timeout(patience_s):
            await line.over.wait()
    except TimeoutError:
        expect(otherwise, that=False)
