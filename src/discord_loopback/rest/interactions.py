"""Answers to interactions. docs: Receiving and Responding. No bot token, and no global limit."""

from discord_loopback import buckets, posts, render
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError
from discord_loopback.interactions import Interaction
from discord_loopback.model import EPHEMERAL, LOADING, Json, Message


async def callback(call: Call) -> Json | None:
    """Take the first answer."""
    token = call.request.match_info["interaction_token"]
    interaction = call.server.interactions.awaiting(call.id("interaction_id"), token)
    call.server.answers.first(interaction, call.body, call.uploads)
    if not call.flag("with_response"):
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
    if call.id("webhook_id") != call.world.application_id:
        raise ApiError(10015)
    return call.server.interactions.open_token(call.request.match_info["webhook_token"])


def _message(call: Call, interaction: Interaction) -> Message:
    return call.server.answers.message_of(interaction, call.request.match_info.get("message_id", "@original"))


async def follow_up(call: Call) -> Json:
    """Send a further message."""
    interaction = _opened(call)
    call.server.buckets.demand(("follow-ups", interaction.channel_id), buckets.FOLLOW_UPS)
    return render.message(call.world, call.server.answers.follow_up(interaction, call.body, call.uploads))


async def read(call: Call) -> Json:
    """Return one of the answers."""
    message = _message(call, _opened(call))
    return render.message(call.world, message)


async def edit(call: Call) -> Json:
    """Change one of the answers."""
    interaction = _opened(call)
    message = _message(call, interaction)
    return render.message(call.world, call.server.answers.edit(interaction, message, call.body, call.uploads))


async def delete(call: Call) -> None:
    """Delete one of the answers."""
    message = _message(call, _opened(call))
    posts.remove(call.world, message)


ROUTES = [Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, by_token=True)]
