"""Menus of members and messages: commands of applications, and what moderators do."""

import pytest
from playwright.async_api import Page, expect
from tests.loopback.page.bot import Bot, whispers
from tests.loopback.page.town import OpenPage, Town, composer, log, message

pytestmark = pytest.mark.page


async def open_member(page: Page, name: str) -> None:
    members = page.get_by_role("complementary", name="Members")
    if not await members.is_visible():
        await page.get_by_role("button", name="Members").click()
    await members.get_by_role("button", name=name).click()


async def test_commands_stand_in_the_menus_of_members_and_messages(open_page: OpenPage, bot: Bot, town: Town) -> None:
    await bot.offer({"name": "See points", "type": 2}, {"name": "Report", "type": 3})
    bot.answers["See points"] = lambda _: whispers("12 points")
    bot.answers["Report"] = lambda _: whispers("Reported")
    page = await open_page("Rook")
    await bot.post(town.channels["bot-commands"], content="Buy gold")
    await message(page, "Buy gold").hover()
    await message(page, "Buy gold").get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Report").click()
    await expect(log(page)).to_contain_text("Reported")
    await open_member(page, "Tansy")
    await page.get_by_role("menuitem", name="See points").click()

    await expect(log(page)).to_contain_text("12 points")
    assert bot.received[0]["data"]["resolved"]["messages"]
    assert bot.received[1]["data"]["target_id"] == town.users["Tansy"]


async def test_raiders_are_offered_no_moderation(open_page: OpenPage) -> None:
    page = await open_page("Rook")
    await open_member(page, "Tansy")

    await expect(page.get_by_role("menu", name="Tansy")).to_contain_text("Verified Raider")
    await expect(page.get_by_role("menuitem")).to_have_count(0)


async def test_a_moderator_times_out_and_the_member_cannot_write(open_page: OpenPage) -> None:
    mira, rook = await open_page("Mira"), await open_page("Rook")
    await open_member(mira, "Rook")
    await mira.get_by_role("menuitem", name="Time out").click()
    dialog = mira.get_by_role("dialog", name="Time Rook out")
    await dialog.get_by_label("For how long").select_option("10 minutes")
    await dialog.get_by_label("Reason").fill("spam")
    await dialog.get_by_role("button", name="Time out").click()

    await expect(rook.locator("#composer")).to_contain_text("You do not have permission")
    await expect(mira.get_by_role("complementary", name="Members")).to_contain_text("timed out")
    await open_member(mira, "Rook")
    await mira.get_by_role("menuitem", name="End the timeout").click()
    await expect(rook.get_by_role("combobox", name="Message #bot-commands")).to_be_visible()


async def test_roles_and_nicknames_are_changed_at_once_for_all(open_page: OpenPage) -> None:
    alwyn, rook = await open_page("Alwyn"), await open_page("Rook")
    await open_member(alwyn, "Rook")
    await alwyn.get_by_role("menuitem", name="Change nickname").click()
    await alwyn.get_by_role("dialog").get_by_label("Nickname").fill("Castle")
    await alwyn.keyboard.press("Enter")
    await expect(rook.get_by_role("button", name="You are Castle")).to_be_visible()
    await open_member(alwyn, "Castle")
    await alwyn.get_by_role("menuitem", name="Roles").click()
    await alwyn.get_by_role("option", name="Moderator").click()
    await alwyn.get_by_role("button", name="Done").click()
    await rook.get_by_role("button", name="Members").click()

    await expect(rook.get_by_role("complementary", name="Members")).to_contain_text("Moderator — 2")


async def test_what_stands_above_is_refused_with_its_reason(open_page: OpenPage) -> None:
    page = await open_page("Mira")
    await open_member(page, "Alwyn")
    await page.get_by_role("menuitem", name="Kick").click()
    dialog = page.get_by_role("dialog", name="Kick Alwyn")
    await dialog.get_by_role("button", name="Kick").click()

    await expect(dialog.get_by_role("alert")).to_have_text("Alwyn does not stand below them")


async def test_a_kicked_member_sees_it_and_comes_back(open_page: OpenPage) -> None:
    mira, rook = await open_page("Mira"), await open_page("Rook")
    await open_member(mira, "Rook")
    await mira.get_by_role("menuitem", name="Kick").click()
    await mira.get_by_role("dialog").get_by_role("button", name="Kick").click()
    await expect(mira.get_by_role("complementary", name="Members").get_by_role("button", name="Rook")).to_have_count(0)
    await rook.reload()
    await expect(log(rook)).to_contain_text("Rook is not in this server")
    await rook.get_by_role("button", name="Join Oryx's Raiders").click()

    await expect(rook.get_by_role("navigation").get_by_role("button", name="get-verified")).to_be_visible()
    await expect(rook.get_by_role("navigation").get_by_role("button", name="raid", exact=True)).to_have_count(0)


async def test_leaving_is_asked_about_first(open_page: OpenPage) -> None:
    page = await open_page("Rook")
    await page.get_by_role("button", name="Rook: your roles").click()
    await page.get_by_role("menuitem", name="Leave server").click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave server").click()

    await expect(log(page)).to_contain_text("Rook is not in this server")


async def test_a_moderator_pins_and_deletes_what_another_wrote(open_page: OpenPage) -> None:
    alwyn, rook = await open_page("Alwyn"), await open_page("Rook")
    await composer(rook).fill("Buy gold")
    await composer(rook).press("Enter")
    said = message(alwyn, "Buy gold")
    await said.click(button="right", position={"x": 20, "y": 10})
    await alwyn.get_by_role("menuitem", name="Pin message").click()
    await expect(message(rook, "Buy gold").get_by_title("Pinned")).to_be_visible()
    await said.click(button="right", position={"x": 20, "y": 10})
    await alwyn.get_by_role("menuitem", name="Delete message").click()

    await expect(log(rook)).not_to_contain_text("Buy gold")
