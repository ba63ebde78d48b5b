"""What Discord says about a token before anything is started with it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from raidbot import features
from raidbot.cli.stopped import Stopped
from raidbot.core.checkup import missing_intents
from raidbot.core.guilds import KINDS, ChannelKind, ChannelSeen, GuildSeen, OverwriteSeen, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.features.setup.rules.checks import ask_for

DISCORD = "https://discord.com/api/v10"
PATIENCE = aiohttp.ClientTimeout(total=15)
AGENT = "DiscordBot (rotmg-raidbot, 10)"
"""docs: API Reference, User Agent."""


class DiscordRefuses(Stopped):
    """Discord does not take the token, or does not answer; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Application:
    """What a token stands for."""

    id: Snowflake
    bot_id: UserId
    name: str
    missing_intents: list[str]
    guilds: dict[GuildId, str]
    """The servers that the bot is in, with their names; at most 200 of them."""
    date: str
    """What time Discord has, as its answer's header says it."""

    @property
    def invite(self) -> str:
        """The link that gives the bot exactly what its features use. docs: OAuth2, Bot Authorization Flow."""
        for part in ("model", "rules"):
            features.load(part)
        asked = f"client_id={self.id}&scope=bot+applications.commands&permissions={int(ask_for())}"
        return f"https://discord.com/oauth2/authorize?{asked}"


async def look(api_url: str | None, token: str) -> Application:
    """Return what a token stands for. It is a few requests and no login.

    Raises:
        DiscordRefuses: the token is wrong, or Discord does not answer.
    """
    headers = {"Authorization": f"Bot {token}", "User-Agent": AGENT}
    async with aiohttp.ClientSession(headers=headers, timeout=PATIENCE) as session:
        base = (api_url or DISCORD).rstrip("/")
        me, date = await _get(session, f"{base}/users/@me")
        application, _ = await _get(session, f"{base}/applications/@me")
        guilds, _ = await _get(session, f"{base}/users/@me/guilds")
    return Application(
        Snowflake(int(application["id"])),
        UserId(int(me["id"])),
        str(me["username"]),
        missing_intents(int(application.get("flags") or 0)),
        {GuildId(int(one["id"])): str(one["name"]) for one in guilds},
        date,
    )


async def guild(api_url: str | None, token: str, guild_id: GuildId, application: Application) -> GuildSeen:
    """Return a guild as the bot sees it, for the same checks as those of `/doctor`.

    Raises:
        DiscordRefuses: Discord does not answer.
    """
    headers = {"Authorization": f"Bot {token}", "User-Agent": AGENT}
    async with aiohttp.ClientSession(headers=headers, timeout=PATIENCE) as session:
        base = f"{(api_url or DISCORD).rstrip('/')}/guilds/{guild_id}"
        roles, _ = await _get(session, f"{base}/roles")
        channels, _ = await _get(session, f"{base}/channels")
        me, _ = await _get(session, f"{base}/members/{application.bot_id}")
    return GuildSeen(
        id=guild_id,
        roles=[_role(one) for one in roles],
        channels=[_channel(one) for one in channels],
        bot_id=application.bot_id,
        bot_role_ids=[RoleId(int(guild_id)), *(RoleId(int(one)) for one in me["roles"])],
    )


def _role(one: Any) -> RoleSeen:
    return RoleSeen(
        RoleId(int(one["id"])),
        one["name"],
        one["position"],
        int(one["permissions"]),
        one["managed"],
        one["mentionable"],
    )


def _channel(one: Any) -> ChannelSeen:
    overwrites = [
        OverwriteSeen(Snowflake(int(rule["id"])), int(rule["allow"]), int(rule["deny"]))
        for rule in one.get("permission_overwrites") or ()
    ]
    return ChannelSeen(ChannelId(int(one["id"])), one["name"], overwrites, KINDS.get(one["type"], ChannelKind.OTHER))


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[Any, str]:
    try:
        async with session.get(url) as answer:
            if answer.status == HTTPStatus.UNAUTHORIZED:
                raise DiscordRefuses(
                    "Discord does not take the token. Copy it anew from the page Bot of the developer portal "
                    "(Reset Token shows a new one)."
                )
            answer.raise_for_status()
            return await answer.json(), answer.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError) as away:
        raise DiscordRefuses(f"Discord does not answer at {url}: {type(away).__name__} {away}") from away
