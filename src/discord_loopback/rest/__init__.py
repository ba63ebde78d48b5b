"""The routes of the API, one module for each kind of thing."""

from discord_loopback.calls import Route
from discord_loopback.rest import (
    attachments,
    audit_logs,
    bans,
    channels,
    commands,
    emojis,
    guilds,
    interactions,
    members,
    messages,
    pins,
    reactions,
    roles,
    threads,
    users,
    webhooks,
)

ROUTES: list[Route] = [
    *users.ROUTES,
    *guilds.ROUTES,
    *roles.ROUTES,
    *members.ROUTES,
    *bans.ROUTES,
    *audit_logs.ROUTES,
    *channels.ROUTES,
    *pins.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
    *threads.ROUTES,
    *commands.ROUTES,
    *emojis.ROUTES,
    *webhooks.ROUTES,
    *interactions.ROUTES,
    *attachments.ROUTES,
]
