"""Several members side by side, what is new, and the page on a phone."""

from typing import Any

import pytest
from playwright.async_api import expect
from tests.loopback.page.bot import MODAL, Bot, button, row, whispers
from tests.loopback.page.town import OpenPage, Town, composer, fits, log, message, shoot

pytestmark = pytest.mark.page


async def test_three_members_stand_side_by_side(open_page: OpenPage) -> None:
    page = await open_page("Rook")
    for _ in range(2):
        await page.get_by_role("button", name="Add a pane").click()
    panes = [page.frame_locator("iframe").nth(number) for number in range(2)]
    for pane in panes:
        await expect(pane.locator("#composer-text")).to_be_visible()
    await composer(page).fill("Hello all")
    await composer(page).press("Enter")
    for pane in panes:
        await expect(pane.get_by_role("log")).to_contain_text("Hello all")
    await shoot(page, "panes-1280")
    await expect(page.get_by_role("button", name="Add a pane")).to_be_disabled()
    await panes[0].get_by_role("button", name="Close this pane").click()

    await expect(page.locator("iframe")).to_have_count(1)
    await expect(page.get_by_role("button", name="Add a pane")).to_be_focused()


async def test_what_was_written_before_the_page_opened_is_marked_until_read(
    open_page: OpenPage, bot: Bot, town: Town
) -> None:
    await bot.post(town.channels["raid"], content="A panel")
    await bot.post(town.channels["raid"], content=f"Come, <@{town.users['Rook']}>")
    await bot.post(town.channels["practice"], content="Try it")
    page = await open_page("Rook")
    channels = page.get_by_role("navigation")
    await expect(channels.get_by_role("button", name="raid 1 pings")).to_be_visible()
    await expect(page).to_have_title("(1) #bot-commands · Discord on loopback")
    await channels.get_by_role("button", name="practice unread").click()
    await channels.get_by_role("button", name="raid 1 pings").click()
    await expect(log(page)).to_contain_text("Come, @Rook")
    await page.reload()

    await expect(channels.get_by_role("button", name="raid", exact=True)).to_be_visible()
    await expect(channels.get_by_role("button", name="practice", exact=True)).to_be_visible()
    await expect(page).to_have_title("#raid · Discord on loopback")


async def test_the_closed_menu_of_a_phone_tells_of_pings(open_page: OpenPage, bot: Bot, town: Town) -> None:
    page = await open_page("Rook", width=390, height=844)
    await bot.post(town.channels["raid"], content=f"Come, <@{town.users['Rook']}>")
    await page.get_by_role("button", name="Channels, 1 unread, 1 pings").click()
    await page.get_by_role("navigation").get_by_role("button", name="raid 1 pings").click()

    await expect(log(page)).to_contain_text("Come, @Rook")
    await expect(page.get_by_role("button", name="Channels", exact=True)).to_be_visible()


async def test_the_page_introduces_itself_once(open_page: OpenPage) -> None:
    page = await open_page("Rook")
    tip = page.get_by_role("complementary", name="About this page")
    await tip.get_by_role("button", name="Got it").click()
    await expect(tip).to_have_count(0)
    await page.reload()

    await expect(composer(page)).to_be_visible()
    await expect(tip).to_have_count(0)


async def test_everything_fits_on_a_phone(open_page: OpenPage, bot: Bot, town: Town) -> None:
    page = await open_page("Alwyn", width=390, height=844)
    await page.get_by_role("button", name="Got it").click()
    await bot.post(town.channels["bot-commands"], content="word " * 60 + "w" * 120)
    await message(page, "word").click(button="right", position={"x": 20, "y": 10})
    await shoot(page, "menu-390")
    assert await fits(page)
    await page.get_by_role("menuitem", name="Add reaction").click()
    await shoot(page, "emojis-390")
    assert await fits(page)
    await page.get_by_role("button", name="🔥", exact=True).click()
    await expect(log(page).get_by_role("button", name="🔥, 1")).to_be_visible()
    await page.get_by_role("button", name="Members").click()
    await shoot(page, "members-390")
    assert await fits(page)
    await page.get_by_role("complementary", name="Members").get_by_role("button", name="Rook").click()
    await page.get_by_role("menuitem", name="Ban").click()
    await shoot(page, "ban-390")
    assert await fits(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name="Members")).to_be_hidden()


async def test_a_form_takes_boxes_menus_and_files_on_a_phone(open_page: OpenPage, bot: Bot, town: Town) -> None:
    options = [{"label": name, "value": name.lower()} for name in ("Wizard", "Priest")]
    parts: list[dict[str, Any]] = [
        {"type": 21, "custom_id": "class", "options": options},
        {"type": 22, "custom_id": "brings", "options": options, "required": False, "max_values": 2},
        {"type": 5, "custom_id": "with"},
        {"type": 19, "custom_id": "proof"},
        {"type": 23, "custom_id": "sure"},
    ]
    labels = [{"type": 18, "label": each["custom_id"], "component": each} for each in parts]
    modal = {"custom_id": "form", "title": "Apply", "components": labels}
    bot.answers["apply"] = lambda _: {"type": MODAL, "data": modal}
    bot.answers["form"] = lambda _: whispers("Thank you")
    page = await open_page("Rook", width=390, height=844)
    await bot.post(town.channels["bot-commands"], content="Join us", components=[row(button("apply", "Apply"))])
    await page.get_by_role("button", name="Apply").click()
    dialog = page.get_by_role("dialog", name="Apply")
    await dialog.get_by_role("radio", name="Priest").check()
    await dialog.get_by_role("checkbox", name="Wizard").check()
    await dialog.get_by_role("button", name="with").click()
    await page.get_by_role("option", name="Tansy").click()
    proof: Any = {"name": "proof.txt", "mimeType": "text/plain", "buffer": b"yes"}
    await dialog.locator("input[type=file]").set_input_files(proof)
    await dialog.get_by_label("sure").check()
    await shoot(page, "form-390")
    assert await fits(page)
    await dialog.get_by_role("button", name="Submit").click()
    await expect(log(page)).to_contain_text("Thank you")

    data = bot.received[-1]["data"]
    fields = [each["component"] for each in data["components"]]
    chosen = [each.get("value", each.get("values")) for each in fields[:3]]
    assert chosen == ["priest", ["wizard"], [town.users["Tansy"]]]
    assert fields[4]["value"] is True
    assert [each["filename"] for each in data["resolved"]["attachments"].values()] == ["proof.txt"]
