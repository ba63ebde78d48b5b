"""Answers to interactions. docs: Receiving and Responding. No bot token, and no global limit."""

from discord_loopback import buckets, posts, render
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError
from discord_loopback.interactions import Interaction
from discord_loopback.model import EPHEMERAL, LOADING, Json


async def callback(call: Call) -> Json | None:
    """Take the first answer."""
    interaction = call.server.interactions.awaiting(call.id("interaction_id"), call.request.match_info["token"])
    call.server.answers.first(interaction, call.body, call.uploads)
    if call.query("with_response") not in ("true", "1", "True"):
        return None
    return _with_response(call, interaction)


def _with_response(call: Call, interaction: Interaction) -> Json:
    message = interaction.message
    about: Json = {"id": str(interaction.id), "type": interaction.type}
    answer: Json = {"interaction": about}
    if message is not None:
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": bool(message.flags & EPHEMERAL),
        }
        answer["resource"] = {"type": interaction.callback, "message": render.message(call.world, message)}
    return answer


def _opened(call: Call) -> Interaction:
    if call.id("application_id") != call.world.application_id:
        raise ApiError(10015)
    return call.server.interactions.open_token(call.request.match_info["token"])


async def follow_up(call: Call) -> Json:
    """Send a further message."""
    interaction = _opened(call)
    call.server.buckets.demand(("follow-ups", interaction.channel_id), buckets.FOLLOW_UPS)
    return render.message(call.world, call.server.answers.follow_up(interaction, call.body, call.uploads))


async def read(call: Call) -> Json:
    """Return one of the answers."""
    message = call.server.answers.message_of(_opened(call), call.request.match_info["which"])
    return render.message(call.world, message)


async def edit(call: Call) -> Json:
    """Change one of the answers."""
    interaction = _opened(call)
    message = call.server.answers.message_of(interaction, call.request.match_info["which"])
    return render.message(call.world, call.server.answers.edit(interaction, message, call.body, call.uploads))


async def delete(call: Call) -> None:
    """Delete one of the answers."""
    message = call.server.answers.message_of(_opened(call), call.request.match_info["which"])
    posts.remove(call.world, message)


WEBHOOK = "/webhooks/{application_id}/{token}"
ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{token}/callback", callback, by_token=True),
    Route("POST", WEBHOOK, follow_up, by_token=True),
    Route("GET", WEBHOOK + "/messages/{which}", read, by_token=True),
    Route("PATCH", WEBHOOK + "/messages/{which}", edit, by_token=True),
    Route("DELETE", WEBHOOK + "/messages/{which}", delete, by_token=True),
]
