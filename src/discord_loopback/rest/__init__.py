"""The routes of the API, one module for each kind of thing."""

from discord_loopback.calls import Route
from discord_loopback.rest import channels, commands, guilds, interactions, members, messages, threads, users

ROUTES: list[Route] = [
    *users.ROUTES,
    *guilds.ROUTES,
    *members.ROUTES,
    *channels.ROUTES,
    *messages.ROUTES,
    *threads.ROUTES,
    *commands.ROUTES,
    *interactions.ROUTES,
]
