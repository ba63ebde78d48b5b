"""What members write to each other and to the bot: files, replies, changes, reactions, threads."""

from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.loopback.page.bot import Bot
from tests.loopback.page.town import OpenPage, Town, composer, log, message

pytestmark = pytest.mark.page

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f0005000105fe1c1bd10000000049454e44ae426082"
)
"""A picture of one point."""


async def say(page: Page, text: str) -> None:
    await composer(page).fill(text)
    await composer(page).press("Enter")
    await expect(log(page)).to_contain_text(text)


async def menu(page: Page, words: str, item: str) -> None:
    await message(page, words).click(button="right", position={"x": 20, "y": 10})
    await page.get_by_role("menuitem", name=item).click()


async def test_files_are_shown_before_and_after_they_are_sent(open_page: OpenPage) -> None:
    page, watcher = await open_page("Rook"), await open_page("Tansy")
    picture: Any = {"name": "pop.png", "mimeType": "image/png", "buffer": PIXEL}
    notes: Any = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"two keys"}
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Add files").click()
    await (await chooser.value).set_files([picture, notes])
    chips = page.get_by_role("list", name="Files to send")
    await expect(chips.get_by_role("listitem")).to_have_count(2)
    await composer(page).fill("look")
    await composer(page).press("Enter")

    await expect(chips).to_be_hidden()
    await expect(log(watcher).get_by_role("img", name="pop.png")).to_be_visible()
    assert await log(watcher).get_by_role("img", name="pop.png").evaluate("image => image.naturalWidth") == 1
    async with watcher.expect_download() as fetched:
        await log(watcher).get_by_role("link", name="notes.txt").click()
    assert (await (await fetched.value).path()).read_text(encoding="utf-8") == "two keys"


async def test_a_pasted_picture_becomes_a_file_and_can_be_taken_back(open_page: OpenPage) -> None:
    page = await open_page("Rook")
    await composer(page).evaluate(
        """field => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["x"], "pasted.png", { type: "image/png" }));
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
        }"""
    )
    await page.get_by_role("button", name="Remove pasted.png").click()

    await expect(page.get_by_role("list", name="Files to send")).to_be_hidden()


async def test_a_reply_names_what_it_answers_and_marks_whom_it_pings(open_page: OpenPage) -> None:
    rook, tansy = await open_page("Rook"), await open_page("Tansy")
    await say(tansy, "Who has a key?")
    await menu(rook, "Who has a key?", "Reply")
    await expect(rook.locator("#composer")).to_contain_text("Replying to Tansy")
    await say(rook, "I have")
    await expect(message(tansy, "I have")).to_contain_text("Who has a key?")
    await expect(message(tansy, "I have")).to_have_class("message pinged")
    await menu(rook, "Who has a key?", "Reply")
    await rook.get_by_role("button", name="@ on").click()
    await say(rook, "Quietly")

    await expect(message(tansy, "Quietly")).not_to_have_class("message pinged")
    await expect(rook.locator("#composer")).not_to_contain_text("Replying")


async def test_the_arrow_key_changes_ones_last_message_and_escape_lets_it_be(open_page: OpenPage) -> None:
    page, watcher = await open_page("Rook"), await open_page("Tansy")
    await say(page, "One key")
    await composer(page).press("ArrowUp")
    await expect(composer(page)).to_have_value("One key")
    await composer(page).press("Escape")
    await expect(composer(page)).to_have_value("")
    await composer(page).press("ArrowUp")
    await composer(page).fill("Two keys")
    await composer(page).press("Enter")

    await expect(message(watcher, "Two keys")).to_contain_text("(edited)")
    await expect(log(watcher)).not_to_contain_text("One key")


async def test_reactions_are_added_from_the_keyboard_and_taken_back_by_a_press(open_page: OpenPage) -> None:
    rook, tansy = await open_page("Rook"), await open_page("Tansy")
    await say(tansy, "Ready?")
    await log(rook).focus()
    await rook.keyboard.press("ArrowUp")
    await expect(message(rook, "Ready?")).to_be_focused()
    await rook.keyboard.press("Enter")
    await expect(rook.get_by_role("menuitem", name="Add reaction")).to_be_focused()
    await rook.keyboard.press("Enter")
    await rook.keyboard.press("ArrowRight")
    await rook.keyboard.press("Enter")
    shown = message(tansy, "Ready?").get_by_role("button", name="👎, 1")
    await expect(shown).to_have_attribute("aria-pressed", "false")
    await message(rook, "Ready?").get_by_role("button", name="👎, 1").click()

    await expect(shown).to_have_count(0)


async def test_a_thread_is_opened_from_a_message_and_without_one(open_page: OpenPage) -> None:
    rook, tansy = await open_page("Rook"), await open_page("Tansy")
    await say(rook, "Keys here")
    await menu(rook, "Keys here", "Open thread")
    await rook.get_by_role("dialog").get_by_role("button", name="Open thread").click()
    await expect(rook.get_by_role("heading", name="Keys here", level=1)).to_be_visible()
    await say(rook, "One")
    await tansy.get_by_role("navigation").get_by_role("button", name="Keys here").click()
    await expect(log(tansy)).to_contain_text("One")
    await tansy.get_by_role("navigation").get_by_role("button", name="bot-commands").click()
    await tansy.get_by_role("button", name="New thread").click()
    await tansy.get_by_role("dialog").get_by_role("textbox").fill("Loose")
    await tansy.get_by_role("dialog").get_by_role("textbox").press("Enter")

    await expect(tansy.get_by_role("heading", name="Loose", level=1)).to_be_visible()
    await expect(rook.get_by_role("navigation").get_by_role("button", name="Loose")).to_be_visible()


async def test_the_bot_is_written_to_in_private_and_answers_there(open_page: OpenPage, bot: Bot, town: Town) -> None:
    page = await open_page("Rook")
    await page.get_by_role("navigation").get_by_role("button", name="Raid Bot").click()
    await expect(page.get_by_role("heading", name="Raid Bot", level=1)).to_be_visible()
    await say(page, "I need help")
    channel = (await bot.call("POST", "/users/@me/channels", {"recipient_id": town.users["Rook"]}))["id"]
    heard = await bot.call("GET", f"/channels/{channel}/messages", None)
    await page.get_by_role("navigation").get_by_role("button", name="raid", exact=True).click()
    await expect(page.get_by_role("heading", name="raid", level=1)).to_be_visible()
    await bot.post(channel, content="Soon")

    assert heard[0]["content"] == "I need help"
    await page.get_by_role("navigation").get_by_role("button", name="Raid Bot 1 pings").click()
    await expect(log(page)).to_contain_text("Soon")


async def test_a_command_takes_a_file(open_page: OpenPage, bot: Bot) -> None:
    option = {"type": 11, "name": "proof", "description": "A picture", "required": True}
    await bot.offer({"name": "verify", "description": "Show who you are", "options": [option]})
    page = await open_page("Rook")
    await composer(page).fill("/verify")
    await composer(page).press("Enter")
    proof: Any = {"name": "me.png", "mimeType": "image/png", "buffer": PIXEL}
    await page.locator("[data-option=proof]").set_input_files(proof)
    await expect(page.locator("#composer")).to_contain_text("me.png")
    await page.get_by_role("button", name="Send /verify").click()
    await expect(log(page)).to_contain_text("did not respond")

    [attachment] = bot.received[-1]["data"]["resolved"]["attachments"].values()
    assert (attachment["filename"], attachment["size"]) == ("me.png", len(PIXEL))
