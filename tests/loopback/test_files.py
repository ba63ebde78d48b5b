"""Files: how large, how many, and how long their links live."""

import io
from typing import Any

import aiohttp
import pytest
from tests.loopback.conftest import Answer, Here
from tests.loopback.ids import RAID, ROOK
from tests.loopback.rules import rule
from tests.loopback.test_interactions import pressed
from tests.loopback.test_messages import V2, text

from discord_loopback import files

PNG = b"\x89PNG"
DAY = 24 * 3600
SIGNED = "Links of files are signed, live a day, and are new in all that is read"
SIZES = "Files: 10, up to 10 MiB each and 25 MiB together; `attachment://` in embeds and components"


async def sent(here: Here, *sizes: int, payload: str = "{}", method: str = "POST", path: str = "") -> Answer:
    form = aiohttp.FormData()
    form.add_field("payload_json", payload, content_type="application/json")
    for index, size in enumerate(sizes):
        content = io.BytesIO(PNG.ljust(size, b"x"))
        form.add_field(f"files[{index}]", content, filename=f"f{index}.png", content_type="image/png")
    return await here.call(method, path or f"/channels/{RAID}/messages", data=form)


async def fetched(here: Here, url: str) -> tuple[int, bytes, Any]:
    async with here.session.get(url) as answer:
        return answer.status, await answer.read(), answer.headers


@rule(SIGNED)
async def test_a_link_lives_a_day_and_is_new_in_what_is_read_later(here: Here) -> None:
    message = await sent(here, 4, payload='{"content": "proof"}')
    path = f"/channels/{RAID}/messages/{message.body['id']}"
    old = message.body["attachments"][0]["url"]
    in_time = await fetched(here, old)
    await here.hands.shift_clock(DAY + 1)
    late = await fetched(here, old)
    fresh = (await here.call("GET", path)).body["attachments"][0]["url"]

    assert in_time[:2] == (200, PNG)
    assert late[:2] == (404, b"This content is no longer available.")
    assert (await fetched(here, fresh))[0] == 200
    assert old.partition("?")[0] == fresh.partition("?")[0]


@rule(SIGNED)
async def test_a_link_opens_only_as_it_was_signed(here: Here) -> None:
    message = await sent(here, 4, 4)
    first, second = (each["url"] for each in message.body["attachments"])
    plain, _, signature = first.partition("?")

    assert {key for key, _, _ in (each.partition("=") for each in signature.split("&"))} == {"ex", "is", "hm", ""}
    assert (await fetched(here, plain))[0] == 404
    assert (await fetched(here, first.replace("?ex=", "?ex=f")))[0] == 404
    assert (await fetched(here, second.partition("?")[0] + "?" + signature))[0] == 404


@rule("Expired links are made new in fifties")
async def test_expired_links_are_made_new(here: Here) -> None:
    message = await sent(here, 4)
    old = message.body["attachments"][0]["url"]
    await here.hands.shift_clock(DAY + 1)
    asked = {"attachment_urls": [old, "https://example.org/no-file.png"]}
    answer = await here.call("POST", "/attachments/refresh-urls", asked)
    many = await here.call("POST", "/attachments/refresh-urls", {"attachment_urls": [old] * 51})

    [pair] = answer.body["refreshed_urls"]
    assert pair["original"] == old
    assert (await fetched(here, pair["refreshed"]))[:2] == (200, PNG)
    assert (many.status, many.code) == (400, 50035)


@rule(SIGNED)
async def test_a_link_that_comes_back_in_an_embed_does_not_grow_old(here: Here) -> None:
    source = await sent(here, 4)
    shown = await here.post(RAID, embeds=[{"image": {"url": source.body["attachments"][0]["url"]}}])
    await here.hands.shift_clock(3 * DAY)
    read = await here.call("GET", f"/channels/{RAID}/messages/{shown.body['id']}")

    assert (await fetched(here, read.body["embeds"][0]["image"]["url"]))[0] == 200


@rule(SIGNED)
async def test_a_member_reads_links_that_open(here: Here) -> None:
    await sent(here, 4)
    await here.hands.shift_clock(3 * DAY)
    [message] = await here.hands.messages(RAID, ROOK)

    assert (await fetched(here, message["attachments"][0]["url"]))[0] == 200


async def test_a_file_is_served_as_what_it_is(here: Here) -> None:
    message = await sent(here, 4)
    _, _, headers = await fetched(here, message.body["attachments"][0]["url"])

    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''f0.png"


async def test_a_file_of_a_form_opens_too(here: Here) -> None:
    bot = await here.connect()
    heard = await pressed(here, bot)
    label = {"type": 18, "label": "Proof", "component": {"type": 19, "custom_id": "proof"}}
    await here.callback(heard, 9, {"title": "Form", "custom_id": "form", "components": [label]})
    await here.hands.submit(ROOK, heard["id"], {"proof": [{"filename": "p.png", "base64": "iVBORw=="}]}, wait=None)
    form = await bot.until(lambda packet: packet["t"] == "INTERACTION_CREATE" and packet["d"]["type"] == 5)
    [file] = form["d"]["data"]["resolved"]["attachments"].values()

    assert "/ephemeral-attachments/" in file["url"]
    assert (await fetched(here, file["url"]))[0] == 200


@rule(SIZES)
async def test_ten_files_are_the_most(here: Here) -> None:
    ten = await sent(here, *[4] * 10)
    eleven = await sent(here, *[4] * 11)
    one_more = await sent(
        here, 4, method="PATCH", path=f"/channels/{RAID}/messages/{ten.body['id']}", payload='{"content": "x"}'
    )

    assert len(ten.body["attachments"]) == 10
    assert (eleven.status, eleven.code) == (400, 30015)
    assert (one_more.status, one_more.code) == (400, 30015)


@rule(SIZES)
@pytest.mark.parametrize(
    ("sizes", "status"),
    [([files.LARGEST], 200), ([files.LARGEST + 1], 413), ([files.LARGEST] * 2, 200), ([files.LARGEST] * 3, 413)],
)
async def test_files_are_not_too_large_each_and_together(here: Here, sizes: list[int], status: int) -> None:
    answer = await sent(here, *sizes)

    assert answer.status == status
    assert status == 200 or answer.code == 40005


@rule(SIZES)
async def test_components_show_files_that_came_along(here: Here) -> None:
    component = '{"type": 13, "file": {"url": "attachment://f0.png"}}'
    there = await sent(here, 4, payload=f'{{"flags": {V2}, "components": [{component}]}}')
    missing = await here.post(RAID, flags=V2, components=[{"type": 13, "file": {"url": "attachment://no.png"}}])
    elsewhere = await here.post(RAID, flags=V2, components=[{"type": 13, "file": {"url": "https://a.b/c.png"}}])
    await here.hands.shift_clock(3 * DAY)
    read = await here.call("GET", f"/channels/{RAID}/messages/{there.body['id']}")

    assert (await fetched(here, read.body["components"][0]["file"]["url"]))[0] == 200
    assert (missing.status, elsewhere.status) == (400, 400)


async def test_a_message_may_come_as_plain_fields(here: Here) -> None:
    form = aiohttp.FormData()
    form.add_field("content", "Hello", content_type="text/plain")
    form.add_field("files[0]", PNG, filename="a.png", content_type="image/png")
    answer = await here.call("POST", f"/channels/{RAID}/messages", data=form)

    assert answer.body["content"] == "Hello"
    assert len(answer.body["attachments"]) == 1


@rule("A file that an embed shows is no attachment beside it")
async def test_a_file_that_an_embed_shows_is_no_attachment(here: Here) -> None:
    shown = await sent(here, 4, 4, payload='{"embeds": [{"image": {"url": "attachment://f0.png"}}]}')

    assert [each["filename"] for each in shown.body["attachments"]] == ["f1.png"]


async def test_what_is_not_imitated_is_not_left_out_silently(here: Here) -> None:
    poll = await here.post(RAID, content="x", poll={"question": {"text": "?"}, "answers": []})
    forward = await here.post(RAID, message_reference={"type": 1, "message_id": "1", "channel_id": str(RAID)})
    plain = await here.post(RAID, flags=V2, components=[text("x")])

    assert (poll.status, forward.status, plain.status) == (501, 501, 200)
