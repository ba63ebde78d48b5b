"""What staff read of changes by hand, and how they decide."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.notices import Told, notice
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ranks import RoleKey
from raidbot.core.text import shown
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.hands import api
from raidbot.features.hands.model import HAND_SEEN, HandId, HandKind

NO_PANEL = "none"
"""It leads to no panel and has no thread."""

SAYS = {
    HandKind.ROLE_GAINED: "gave <@{user_id}> the role <@&{role_id}> by hand",
    HandKind.ROLE_LOST: "took the role <@&{role_id}> from <@{user_id}> by hand",
    HandKind.NICKNAME: "changed the nickname of <@{user_id}> by hand, from **{old}** to **{new}**",
}


@notice(HAND_SEEN, panel=NO_PANEL, desk=NO_PANEL, instead=ChannelKey.BOT_LOG)
async def seen(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Word who changed what by hand, and ask whether it counts. The Team role is put right by itself."""
    body = {name: shown(str(value)) or "none" for name, value in told.body.items() if name in {"old", "new"}}
    ids = {name: str(told.body[name]) for name in ("user_id", "role_id")}
    line = SAYS[HandKind(str(told.body["kind"]))].format(**ids, **body)
    if told.body["role_key"] == RoleKey.TEAM:
        return look.sheet(
            look.text(f"✋ <@{told.body['by']}> {line}.", "-# It follows ranks, and is put right by itself.")
        )
    return look.sheet(
        look.text(f"✋ <@{told.body['by']}> {line}.", "-# The record says otherwise. Security and above decide, once."),
        look.row(
            look.button("Make it the record", f"hand:record:{told.subject_id}", look.PRIMARY),
            look.button("Put it back", f"hand:back:{told.subject_id}"),
        ),
    )


@button(r"hand:record:(?P<hand>\d+)", bucket=ORGANIZING)
async def record(press: Press) -> Answer:
    """Let the record say it too."""
    hand = await press.ask(api.record_hand, api.RecordHand(press.guild_id, HandId(press.ids["hand"])))
    return Answer(f"✅ On record for <@{hand.user_id}>.")


@button(r"hand:back:(?P<hand>\d+)", bucket=ORGANIZING)
async def put_back(press: Press) -> Answer:
    """Let Discord show the record again."""
    hand = await press.ask(api.put_hand_back, api.PutHandBack(press.guild_id, HandId(press.ids["hand"])))
    return Answer(f"✅ Put back for <@{hand.user_id}>. Discord shows it in a moment.")
