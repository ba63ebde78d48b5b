"""Two servers on one page: going from one to the other, and what is where."""

import pytest
from playwright.async_api import Page, expect
from tests.loopback.ids import SECOND, SECOND_COMMANDS, SECOND_RAID
from tests.loopback.page.bot import Bot
from tests.loopback.page.town import OpenPage, Town, composer, fits, log, shoot

pytestmark = pytest.mark.page

FIRST_NAME, SECOND_NAME = "Oryx's Raiders", "Oryx's Raiders 2"


@pytest.fixture
def options() -> list[str]:
    return ["--guilds", "2"]


async def chosen(page: Page) -> str:
    """The server that the page is in."""
    return await page.get_by_label("Server").evaluate("node => node.selectedOptions[0].textContent")


async def write(page: Page, words: str) -> None:
    await composer(page).fill(words)
    await composer(page).press("Enter")


async def test_each_server_has_its_channels_and_messages_and_the_page_comes_back_to_where_it_was(
    open_page: OpenPage, bot: Bot
) -> None:
    await bot.post(str(SECOND_RAID), content="Second raid")
    page = await open_page("Rook")
    await write(page, "Said in the first")
    await expect(log(page)).to_contain_text("Said in the first")
    await page.get_by_label("Server").select_option(SECOND_NAME)
    await expect(log(page)).to_contain_text("Second raid")
    await expect(log(page)).not_to_contain_text("Said in the first")
    await shoot(page, "second server")
    await page.reload()
    await expect(log(page)).to_contain_text("Second raid")
    assert await chosen(page) == SECOND_NAME

    await page.get_by_role("button", name="bot-commands").click()
    await write(page, "Said in the second")
    await expect(log(page)).to_contain_text("Said in the second")
    await page.get_by_label("Server").select_option(FIRST_NAME)
    await expect(log(page)).not_to_contain_text("Said in the second")
    await page.get_by_label("Server").select_option(SECOND_NAME)
    await expect(log(page)).to_contain_text("Said in the second")


async def test_a_ping_in_the_other_server_stands_beside_its_name_until_it_is_read(
    open_page: OpenPage, bot: Bot, town: Town
) -> None:
    page = await open_page("Rook")
    await bot.post(str(SECOND_COMMANDS), content=f"<@{town.users['Rook']}> wake up")
    await expect(page.get_by_role("option", name=f"{SECOND_NAME} (1)")).to_be_attached()
    await page.get_by_label("Server").select_option(f"{SECOND_NAME} (1)")
    await page.get_by_role("button", name="bot-commands").click()
    await expect(log(page)).to_contain_text("wake up")
    await page.get_by_label("Server").select_option(FIRST_NAME)

    await expect(page.get_by_role("option", name=SECOND_NAME, exact=True)).to_be_attached()


async def test_a_link_into_the_other_server_stays_on_the_page(open_page: OpenPage, bot: Bot, town: Town) -> None:
    there = await bot.post(str(SECOND_RAID), content="Over here")
    link = f"https://discord.com/channels/{SECOND}/{SECOND_RAID}/{there['id']}"
    await bot.post(town.channels["bot-commands"], content=f"Look [there]({link})")
    page = await open_page("Rook")
    await log(page).get_by_role("link", name="there").click()

    await expect(log(page)).to_contain_text("Over here")
    assert await chosen(page) == SECOND_NAME


async def test_who_left_one_server_can_still_go_to_the_other_on_a_phone_too(open_page: OpenPage) -> None:
    page = await open_page("Rook", width=390)
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("button", name="your roles and what you can do").click()
    await page.get_by_role("menuitem", name="Leave server").click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave server").click()
    await expect(log(page)).to_contain_text("Rook is not in this server")
    assert await fits(page)

    await page.get_by_role("button", name="Channels").click()
    await page.get_by_label("Server").select_option(SECOND_NAME)
    await expect(page.get_by_role("heading", name="raid", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_label("Server").select_option(FIRST_NAME)
    await page.get_by_role("button", name=f"Join {FIRST_NAME}", exact=True).click()
    await expect(page.get_by_role("heading", name="rules")).to_be_visible()
