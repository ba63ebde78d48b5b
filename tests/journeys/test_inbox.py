"""What waits for a member who takes no direct messages."""

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from raidbot.core.clock import Clock
from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.inbox import service

pytestmark = pytest.mark.journey


async def test_a_call_leads_to_the_letter_and_vanishes_once_that_is_read(raid: Raid, database: Database) -> None:
    rook, notices = raid.people["Rook"], raid.channels["bot-commands"]
    await raid.hands.close_dms(rook)
    await raid.use("Alwyn", "setchannels", what="notices", channel=str(notices))
    async with database.transaction() as tx:
        now = Clock(raid.house.folder / "clock").now()
        await service.leave(tx, raid.house.guild_id, UserId(rook), "Your screenshot", "It shows no name.", now)

    async def seen() -> Json | None:
        shown = await raid.hands.messages(notices, raid.people["Tansy"])
        return next((one for one in shown if "staff waits for you" in words(one)), None)

    call = await until(seen, "the call")
    assert call["pinged"] == [str(rook)]
    assert "screenshot" not in words(call)
    other = await raid.hands.click(raid.people["Tansy"], int(call["id"]), buttons(call)["My messages"])
    assert "Nothing waits for you" in words(other["message"])

    mine = await raid.hands.click(rook, int(call["id"]), buttons(call)["My messages"])
    assert "It shows no name." in words(mine["message"])

    async def gone() -> bool:
        return await seen() is None

    await until(gone, "the call to vanish")
    assert "It shows no name." in words((await raid.use("Rook", "inbox"))["message"])
