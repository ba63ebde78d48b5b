"""Steps about messages, their files and their budgets."""

import re
import struct
import zlib
from base64 import b64encode
from http import HTTPStatus

from raidbot.rehearsal.model import Json, Later, Seen
from raidbot.rehearsal.rest import File, Reply
from raidbot.rehearsal.scene import Scene, confirmed, expect, figure
from raidbot.rehearsal.scenery import emoji_prefix

DAY_S, SLACK_S = 86_400, 3_600
MOST_REFRESHED = 50
NONCE_HELD_S, NONCE_FORGOTTEN_S = 290, 310
OLD_S = 3_600
OLD_EDITS, OLD_WINDOW_S, TOO_OLD = 3, 6, 30046
BAD_FORM, BAD_REQUEST, TOO_MANY = 50035, 400, 429
MOST_EMOJIS = 50
RENAMES, RENAME_WINDOW_S = 2, 600
WHITEST = 0xFFFFFF


def png() -> bytes:
    """Return a picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\x80\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


PICTURE = File("rehearsal.png", png())


async def codes_of_links_and_colors(scene: Scene) -> Seen:
    """Send an embed with a link and a color that cannot be."""
    told: list[str] = []
    for key, value, wanted in (
        ("url", "ftp://example.org/", "URL_TYPE_INVALID_SCHEME"),
        ("color", WHITEST + 1, "NUMBER_TYPE_MAX"),
    ):
        reply = await scene.rest.ask(
            "POST", f"/channels/{scene.scenery.open_id}/messages", {"embeds": [{"title": "Rehearsal", key: value}]}
        )
        code = _code_at(reply, "embeds", "0", key)
        told.append(f"{key}: {reply.status}, {reply.code}, {code}")
        expect("; ".join(told) + f" instead of {wanted}.", that=(reply.code, code) == (BAD_FORM, wanted))
    return "; ".join(told) + "."


def _code_at(reply: Reply, *path: str) -> str:
    node = reply.body.get("errors") or {} if isinstance(reply.body, dict) else {}
    for part in path:
        node = node.get(part) or {}
    return next((str(one["code"]) for one in node.get("_errors") or []), "no code at the field")


async def file_in_embed(scene: Scene) -> Seen:
    """Show a file in an embed."""
    body = {"embeds": [{"title": "Rehearsal", "image": {"url": f"attachment://{PICTURE.name}"}}]}
    sent = await scene.rest.made("POST", f"/channels/{scene.scenery.open_id}/messages", body, PICTURE)
    told = f"{len(sent['attachments'])} attachments beside {len(sent['embeds'])} embed."
    return confirmed(told, that=not sent["attachments"] and len(sent["embeds"]) == 1)


async def _uploaded(scene: Scene) -> Json:
    body = {"content": "Rehearsal: a file."}
    return await scene.rest.made("POST", f"/channels/{scene.scenery.open_id}/messages", body, PICTURE)


async def links_live_a_day(scene: Scene) -> Seen:
    """Read when the link of a file expires."""
    url = str((await _uploaded(scene))["attachments"][0]["url"])
    found = re.search(r"[?&]ex=([0-9a-f]+)", url)
    left = (int(found[1], 16) if found else 0) - scene.clock.now().timestamp()
    told = f"A new link expires after {left / 3600:.1f} hours." if found else "The link does not say when it expires."
    return confirmed(told, that=abs(left - DAY_S) <= SLACK_S)


async def links_made_new(scene: Scene) -> Seen:
    """Ask for fifty new links, and for one more than that."""
    url = str((await _uploaded(scene))["attachments"][0]["url"])
    fifty = await scene.rest.ask("POST", "/attachments/refresh-urls", {"attachment_urls": [url] * MOST_REFRESHED})
    renewed = fifty.made().get("refreshed_urls") or []
    expect(f"Fifty links: {fifty}, {len(renewed)} new ones.", that=bool(renewed) and bool(renewed[0].get("refreshed")))
    more = await scene.rest.ask("POST", "/attachments/refresh-urls", {"attachment_urls": [url] * (MOST_REFRESHED + 1)})
    return f"Fifty links: {fifty.status}, {len(renewed)} new ones. One more: {more.refused(BAD_REQUEST, BAD_FORM)}"


async def nonce(scene: Scene) -> Seen:
    """Send the same nonce twice at once, and again about five minutes later."""
    body: Json = {"content": "Rehearsal: a nonce.", "nonce": scene.scenery.name, "enforce_nonce": True}
    first = await scene.rest.post(scene.scenery.narrow_id, **body)
    again = await scene.rest.post(scene.scenery.narrow_id, **body)
    expect("The second message with the nonce was a new one.", that=first["id"] == again["id"])

    async def rest() -> str:
        await scene.waits.wait(NONCE_HELD_S)
        held = await scene.rest.post(scene.scenery.narrow_id, **body)
        expect(f"After {NONCE_HELD_S} s the nonce was forgotten.", that=held["id"] == first["id"])
        await scene.waits.wait(NONCE_FORGOTTEN_S - NONCE_HELD_S)
        new = await scene.rest.post(scene.scenery.narrow_id, **body)
        expect(f"After {NONCE_FORGOTTEN_S} s the nonce still counted.", that=new["id"] != first["id"])
        return f"The nonce counted after {NONCE_HELD_S} s and was forgotten after {NONCE_FORGOTTEN_S} s."

    return Later(rest(), "five minutes, until a nonce is forgotten", NONCE_FORGOTTEN_S)


async def old_edits(scene: Scene) -> Seen:
    """Edit a message that is older than an hour four times."""
    sent = await scene.rest.post(scene.scenery.narrow_id, content="Rehearsal: this one gets old.")
    path = f"/channels/{scene.scenery.narrow_id}/messages/{sent['id']}"

    async def rest() -> str:
        await scene.waits.wait(OLD_S + 5)
        for number in range(OLD_EDITS):
            reply = await scene.rest.once("PATCH", path, {"content": f"Rehearsal: old, edit {number + 1}."})
            expect(f"Edit {number + 1} of an old message: {reply}.", that=reply.status == HTTPStatus.OK)
        reply = await scene.rest.once("PATCH", path, {"content": "Rehearsal: one edit too many."})
        seen = reply.refused(TOO_MANY, TOO_OLD)
        expect(f"{seen} It opens after {reply.retry_after} s.", that=reply.retry_after <= OLD_WINDOW_S)
        return f"{OLD_EDITS} edits went through, the next: {seen}"

    return Later(rest(), "an hour, until a message counts as old", OLD_S)


async def budgets(scene: Scene) -> Seen:
    """Read the budgets of posts, edits and roles from headers."""
    channel = f"/channels/{scene.scenery.narrow_id}/messages"
    posted = await scene.rest.ask("POST", channel, {"content": "Rehearsal: a budget."})
    edited = await scene.rest.ask("PATCH", f"{channel}/{posted.made()['id']}", {"content": "Rehearsal: another."})
    path = f"/guilds/{scene.scenery.guild_id}/members/{scene.bot_id}/roles/{scene.scenery.role_id}"
    given = await scene.rest.ask("PUT", path)
    told = f"Posts {_budget(posted)}, edits {_budget(edited)}, roles {_budget(given)}."
    return confirmed(told, that=_is(posted, 5, 5) and _is(edited, 5, 5) and _is(given, 10, 10))


async def reaction_budget(scene: Scene) -> Seen:
    """React, and read the budget from headers."""
    sent = await scene.rest.post(scene.scenery.narrow_id, content="Rehearsal: a reaction.")
    path = f"/channels/{scene.scenery.narrow_id}/messages/{sent['id']}/reactions/%E2%9C%85/@me"
    reply = await scene.rest.ask("PUT", path)
    reply.made()
    return confirmed(f"Reactions {_budget(reply)}.", that=_is(reply, 1, 0.25))


async def webhook_budget(scene: Scene) -> Seen:
    """Post through a webhook, and read the budget from headers."""
    hook = await scene.temporary_webhook(scene.scenery.closed_id)
    reply = await scene.rest.ask("POST", f"{hook}?wait=true", {"content": "Rehearsal: a webhook."})
    reply.made()
    return confirmed(f"Webhooks {_budget(reply)}.", that=_is(reply, 5, 2))


def _budget(reply: Reply) -> str:
    limit, seconds = reply.header("X-RateLimit-Limit") or "?", reply.header("X-RateLimit-Reset-After") or "?"
    return f"{limit} with {seconds} s left"


def _is(reply: Reply, requests: int, seconds: float) -> bool:
    """Tell whether headers fit a budget: the window is as long as it may be, or shorter where it is running."""
    left = figure(reply.header("X-RateLimit-Reset-After"))
    return figure(reply.header("X-RateLimit-Limit")) == requests and 0 <= left <= seconds * 1.1


async def renames(scene: Scene) -> Seen:
    """Rename a channel three times."""
    path = f"/channels/{scene.scenery.narrow_id}"
    for number in range(RENAMES):
        await scene.rest.made("PATCH", path, {"name": f"{scene.scenery.name}-narrow-{number}"})
    reply = await scene.rest.once("PATCH", path, {"name": f"{scene.scenery.name}-narrow"})
    scope = reply.header("X-RateLimit-Scope")
    told = f"The third rename: {reply}, scope {scope or 'not told'}, open after {reply.retry_after:.0f} s."
    return confirmed(
        told, that=reply.status == TOO_MANY and scope == "shared" and 0 < reply.retry_after <= RENAME_WINDOW_S
    )


async def emojis(scene: Scene) -> Seen:
    """Make emojis until Discord has enough of them, and delete them at once."""
    path = f"/applications/{scene.application_id}/emojis"
    picture = "data:image/png;base64," + b64encode(png()).decode()
    made: list[str] = []
    try:
        while (reply := await _emoji(scene, path, picture, len(made))).status != TOO_MANY and len(made) <= MOST_EMOJIS:
            made.append(reply.made()["id"])
    finally:
        for emoji in made:
            await scene.rest.ask("DELETE", f"{path}/{emoji}")
    scope = reply.header("X-RateLimit-Scope")
    told = f"{len(made)} emojis were made, then {reply}, scope {scope or 'not told'}."
    return confirmed(told, that=len(made) == MOST_EMOJIS and scope == "shared")


async def _emoji(scene: Scene, path: str, picture: str, number: int) -> Reply:
    return await scene.rest.ask("POST", path, {"name": f"{emoji_prefix(scene.scenery.name)}{number}", "image": picture})
