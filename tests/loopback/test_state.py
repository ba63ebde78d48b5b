"""What stays when the loopback is started again, and how it starts and ends."""

from pathlib import Path

from tests.loopback.conftest import served
from tests.loopback.ids import GUILD, NEWT, RAID, ROOK, SUSPENDED, TANSY, VERIFIED
from tests.loopback.test_messages import button, row
from tests.support.loopback import loopback

from discord_loopback.app import Options


async def test_a_restart_goes_on_where_the_last_run_ended(tmp_path: Path) -> None:
    options = Options(state=tmp_path / "state.json")
    async with served(options) as first:
        sent = await first.post(RAID, content=f"<@{ROOK}> raid", components=[row(button("join"))])
        thread = await first.call("POST", f"/channels/{RAID}/messages/{sent.body['id']}/threads", {"name": "Run"})
        await first.hands.set_roles(GUILD, ROOK, [VERIFIED, SUSPENDED])
        await first.hands.leave(NEWT, GUILD)
        dm = await first.call("POST", "/users/@me/channels", {"recipient_id": str(TANSY)})

    async with served(options) as again:
        [message] = await again.hands.messages(RAID, ROOK)
        view = await again.hands.view(GUILD, ROOK)
        newer = await again.post(RAID, content="next")
        same_dm = await again.call("POST", "/users/@me/channels", {"recipient_id": str(TANSY)})
        pressed = await again.hands.click(ROOK, message["id"], "join", wait=None)

        assert message["id"] == sent.body["id"]
        assert message["pinged"] == [str(ROOK)]
        assert message["thread"]["id"] == thread.body["id"]
        assert view["me"]["roles"] == [str(VERIFIED), str(SUSPENDED)]
        assert str(NEWT) not in {each["id"] for each in view["members"]}
        assert int(newer.body["id"]) > int(message["id"])
        assert same_dm.body["id"] == dm.body["id"]
        assert pressed["state"] == "pending"


async def test_thousands_of_members_are_there_at_once() -> None:
    async with loopback(members=36_000) as running:
        view = await running.hands.view(GUILD, ROOK)
        state = await running.hands.state()

        assert len(view["members"]) == 500
        assert len(state["users"]) == 200


async def test_the_process_ends_when_told(tmp_path: Path) -> None:
    async with loopback(state=tmp_path / "state.json") as running:
        socket = await running.hands._session().ws_connect(f"{running.url}/control/stream?as={ROOK}")
        running.process.terminate()
        await running.process.wait()
        await socket.close()

        assert running.process.returncode == 0
        assert (tmp_path / "state.json").exists()
