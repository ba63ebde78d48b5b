"""What staff read of alerts."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.notices import Told, notice
from raidbot.core.text import shown
from raidbot.features.alerts.model import ALERT_CHANGED
from raidbot.features.guild_config.model import ChannelKey


@notice(ALERT_CHANGED, instead=ChannelKey.BOT_LOG)
async def changed(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Word that something about the system is wrong, or no longer, and where the operator reads what to do."""
    sentence, page = shown(str(told.body["sentence"])), told.body["page"]
    if told.body["raised"]:
        return look.sheet(look.text(f"🚨 {sentence}", f"-# For whoever runs the bot: runbook, page {page}"))
    return look.sheet(look.text(f"✅ Over after {look.many(int(str(told.body['minutes'])), 'minute')}: {sentence}"))
