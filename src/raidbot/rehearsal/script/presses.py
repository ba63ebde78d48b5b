"""Steps for which somebody presses a button."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

from raidbot.rehearsal.model import Differs, Json, Later, Seen, Skipped
from raidbot.rehearsal.scene import NO_PRESS, Scene, confirmed, expect, figure

MESSAGE, DEFERRED, DEFERRED_UPDATE = 4, 5, 6
"""docs: Receiving and Responding, Interaction Callback Type."""
EPHEMERAL = 1 << 6
REPLY = 19
"""docs: Message Resource, Message Types."""
NO_WEBHOOK, BAD_TOKEN = 10015, 50027
TOKEN_LIFE_S = 15 * 60
FOLLOW_UPS, FOLLOW_UPS_WINDOW_S = 30, 60
WEBHOOK_REQUESTS, WEBHOOK_WINDOW_S = 5, 2
TIMED_OUT_S = 120


async def before_any_answer(scene: Scene) -> Seen:
    """Follow up and edit before the first answer."""
    press, _ = await scene.pressed("One")
    follow = await scene.rest.once("POST", scene.webhook(press), {"content": "?"})
    edit = await scene.rest.once("PATCH", scene.webhook(press, "/messages/@original"), {"content": "?"})
    await scene.callback(press, DEFERRED_UPDATE)
    seen = [one.refused(HTTPStatus.NOT_FOUND, NO_WEBHOOK) for one in (follow, edit)]
    return f"Follow-up: {seen[0]} Edit: {seen[1]}"


async def first_follow_up(scene: Scene) -> Seen:
    """Defer, then follow up."""
    press, _ = await scene.pressed("Two")
    await scene.callback(press, DEFERRED)
    thinking = await scene.rest.made("GET", scene.webhook(press, "/messages/@original"))
    sent = await scene.rest.made("POST", scene.webhook(press), {"content": "Thank you."})
    same = "took its place" if sent["id"] == thinking["id"] else "was another message"
    told = f"The follow-up {same}; edited_timestamp is {sent['edited_timestamp']}."
    return confirmed(told, that=sent["id"] == thinking["id"] and sent["edited_timestamp"] is None)


async def answers_are_replies(scene: Scene) -> Seen:
    """Answer a press with a message."""
    press, message = await scene.pressed("Three")
    await scene.callback(press, MESSAGE, content="Thank you.")
    sent = await scene.rest.made("GET", scene.webhook(press, "/messages/@original"))
    to = (sent.get("message_reference") or {}).get("message_id")
    told = f"The answer's type is {sent['type']}, it refers to {'its message' if to == message['id'] else to}."
    return confirmed(told, that=sent["type"] == REPLY and to == message["id"])


async def tokens_live(scene: Scene) -> Seen:
    """Edit an answer until its token is over."""
    press, _ = await scene.pressed("Four")
    await scene.callback(press, MESSAGE, content="Thank you. This is edited for a quarter of an hour.", flags=EPHEMERAL)
    path = scene.webhook(press, "/messages/@original")

    async def rest() -> str:
        await scene.waits.wait(TOKEN_LIFE_S - 20)
        (await scene.rest.ask("PATCH", path, {"content": "The token still works."})).made()
        await scene.waits.wait(40)
        late = await scene.rest.ask("PATCH", path, {"content": "The token works for too long."})
        return f"It worked 20 s before the 15 minutes; after them: {late.refused(HTTPStatus.UNAUTHORIZED, BAD_TOKEN)}"

    return Later(rest(), "15 minutes, until a token is over", TOKEN_LIFE_S)


async def follow_ups(scene: Scene) -> Seen:
    """Follow up 31 times as fast as the headers allow."""
    press, _ = await scene.pressed("Five", "In another channel this time. ", narrow=True)
    await scene.callback(press, DEFERRED_UPDATE)
    return Later(_many_follow_ups(scene, press), "a quarter of a minute, for 31 private answers", 15)


async def _many_follow_ups(scene: Scene, press: Json) -> str:
    budget = ""
    for number in range(FOLLOW_UPS + 1):
        body = {"content": f"Follow-up {number + 1}. You may dismiss all of these.", "flags": EPHEMERAL}
        reply = await scene.rest.once("POST", scene.webhook(press), body)
        budget = budget or reply.header("X-RateLimit-Limit")
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            told = f"After {number} follow-ups: {reply}, open after {reply.retry_after:.1f} s."
            expect(told, that=number == FOLLOW_UPS and WEBHOOK_WINDOW_S < reply.retry_after <= FOLLOW_UPS_WINDOW_S)
            return f"{told} Their own budget is {budget} in {WEBHOOK_WINDOW_S} s."
        reply.made()
        if figure(reply.header("X-RateLimit-Remaining")) == 0:
            await scene.clock.sleep(figure(reply.header("X-RateLimit-Reset-After")) + 0.05)
    raise Differs(f"All {FOLLOW_UPS + 1} follow-ups went through; their own budget is {budget}.")


async def private_messages_go_silently(scene: Scene) -> Seen:
    """Send a private answer, hear of it, delete it, and hear nothing."""
    line = await scene.listening()
    press, _ = await scene.pressed("Six")
    begin = len(line.heard)
    await scene.callback(press, MESSAGE, content="Private, and gone in a moment.", flags=EPHEMERAL)
    sent = await scene.rest.made("GET", scene.webhook(press, "/messages/@original"))
    told = await line.event("MESSAGE_CREATE", lambda one: one["id"] == sent["id"], after=begin)
    expect(
        "The private message was told of with a guild or a member.",
        that="guild_id" not in told and "member" not in told,
    )
    await scene.rest.made("DELETE", scene.webhook(press, "/messages/@original"))
    await scene.marker(line, begin)
    gone = line.told("MESSAGE_DELETE", lambda one: one["id"] == sent["id"], after=begin)
    expect("That a private message was deleted was told of.", that=not gone)
    return "It was told of without guild and member, and that it was deleted was not."


async def timed_out_cannot_press(scene: Scene) -> Seen:
    """Time a second account out for two minutes, and let it press."""
    asks = "You need a second account in this server that is no administrator (s leaves it out). With that account: "
    press, message = await scene.pressed("Seven", asks)
    await scene.callback(press, DEFERRED_UPDATE)
    member = f"/guilds/{scene.scenery.guild_id}/members/{press['member']['user']['id']}"
    until = (scene.clock.now() + timedelta(seconds=TIMED_OUT_S)).isoformat()
    timed_out = await scene.rest.ask("PATCH", member, {"communication_disabled_until": until})
    if timed_out.status == HTTPStatus.FORBIDDEN:
        raise Skipped(f"The account could not be timed out: {timed_out}. It may be an administrator's.")
    timed_out.made()
    line = await scene.listening()
    begin = len(line.heard)
    arriving = asyncio.create_task(scene.press_on(line, message, begin))
    try:
        await scene.talk.asked("It is timed out for two minutes. Press **Seven** with it once more, then Enter here.")
        await scene.marker(line, begin)
        arrived = arriving.done()
    finally:
        arriving.cancel()
        await asyncio.gather(arriving, return_exceptions=True)
        await scene.rest.ask("PATCH", member, {"communication_disabled_until": None})
    expect("The press of an account that was timed out arrived.", that=not arrived)
    again = scene.talk.unless_left(scene.press_on(line, message, begin), NO_PRESS)
    scene.talk.say("The time-out is over. Press **Seven** again with it: now it arrives.")
    await scene.callback(await again, DEFERRED_UPDATE)
    return "While the account was timed out no press arrived, afterwards one did."
