"""What members see and do at the page, and what the application hears of it."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect
from tests.loopback.page.bot import CHOICES, COMPONENTS_V2, MODAL, UPDATE, Bot, button, row, says, text, whispers
from tests.loopback.page.town import OpenPage, Town, composer, log

pytestmark = pytest.mark.page

RUN = {
    "name": "run",
    "description": "Open a run",
    "options": [
        {"type": 3, "name": "dungeon", "description": "Which one", "required": True, "autocomplete": True},
        {"type": 4, "name": "max_raiders", "description": "How many at most"},
        {"type": 5, "name": "practice", "description": "Only try it out"},
    ],
}
SETTINGS = {
    "name": "settings",
    "description": "What is set",
    "options": [{"type": 1, "name": "view", "description": "See the settings"}],
}


def options_of(interaction: dict[str, Any]) -> dict[str, Any]:
    return {option["name"]: option["value"] for option in interaction["data"]["options"]}


async def test_a_message_reaches_another_member_at_once_and_stays_text(open_page: OpenPage) -> None:
    rook, tansy = await open_page("Rook"), await open_page("Tansy")
    await composer(rook).fill("**Hello** <img src=x onerror=alert(1)>")
    await composer(rook).press("Enter")

    await expect(log(tansy).locator("strong", has_text="Hello")).to_be_visible()
    await expect(log(tansy)).to_contain_text("<img src=x onerror=alert(1)>")
    assert await log(tansy).locator("img").count() == 0
    await expect(composer(rook)).to_have_value("")


async def test_a_command_is_picked_filled_and_sent(open_page: OpenPage, bot: Bot) -> None:
    await bot.offer(RUN, SETTINGS)
    names = ["Lost Halls", "Oryx 3", "Shatters"]

    def suggest(interaction: dict[str, Any]) -> dict[str, Any]:
        if interaction["type"] != 4:
            return says("Opened")
        typed = options_of(interaction)["dungeon"].lower()
        choices = [{"name": name, "value": name.upper()} for name in names if typed in name.lower()]
        return {"type": CHOICES, "data": {"choices": choices}}

    bot.answers["run"] = suggest
    page = await open_page("Odalys")
    await composer(page).press_sequentially("/")
    commands = page.get_by_role("listbox", name="Commands")
    await expect(commands.get_by_role("option")).to_have_count(2)
    await expect(commands).to_contain_text("/settings view")
    await composer(page).press_sequentially("ru")
    await expect(commands.get_by_role("option")).to_have_count(1)
    await composer(page).press("Enter")

    dungeon = page.get_by_role("combobox", name="dungeon")
    await dungeon.press_sequentially("lost")
    await expect(page.get_by_role("option", name="Lost Halls")).to_be_visible()
    await expect(page.get_by_role("option")).to_have_count(1)
    await dungeon.press("Enter")
    await expect(dungeon).to_have_value("Lost Halls")
    await page.get_by_role("button", name="+ max_raiders").click()
    limit = page.get_by_role("combobox", name="max_raiders")
    await limit.fill("40")
    await limit.press("Enter")

    await expect(log(page)).to_contain_text("Odalys used /run")
    await expect(log(page)).to_contain_text("Opened")
    assert options_of(bot.received[-1]) == {"dungeon": "LOST HALLS", "max_raiders": 40}
    await expect(composer(page)).to_be_focused()


async def test_a_missing_option_is_named_before_anything_is_sent(open_page: OpenPage, bot: Bot) -> None:
    await bot.offer(RUN)
    page = await open_page("Odalys")
    await composer(page).fill("/run")
    await composer(page).press("Enter")
    await page.get_by_role("button", name="Send /run").click()

    await expect(page.get_by_role("alert").filter(has_text="dungeon is required")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(composer(page)).to_be_visible()


async def test_a_panel_of_the_second_generation_is_shown_and_changes_when_pressed(
    open_page: OpenPage, bot: Bot, town: Town
) -> None:
    def panel(count: int) -> dict[str, Any]:
        section = {
            "type": 9,
            "components": [text(f"## Lost Halls\nRaiders **{count}**")],
            "accessory": button("more", "More"),
        }
        lines = [section, {"type": 14}, row(button("join", "Join", 3), button("full", "Full", 2, disabled=True))]
        return {"flags": COMPONENTS_V2, "components": [{"type": 17, "accent_color": 0xE67E22, "components": lines}]}

    bot.answers["join"] = lambda _: {"type": UPDATE, "data": panel(1)}
    page, watcher = await open_page("Rook"), await open_page("Tansy")
    await bot.post(town.channels["bot-commands"], **panel(0))
    await expect(log(page).get_by_role("heading", name="Lost Halls")).to_be_visible()
    await expect(log(page).get_by_role("button", name="Full")).to_be_disabled()
    await log(page).get_by_role("button", name="Join").click()

    await expect(log(page)).to_contain_text("Raiders 1")
    await expect(log(watcher)).to_contain_text("Raiders 1")
    await expect(log(page).get_by_role("button", name="Join")).not_to_have_attribute("aria-busy", "true")


async def test_a_menu_sends_what_was_chosen(open_page: OpenPage, bot: Bot, town: Town) -> None:
    options = [{"label": name, "value": name.lower()} for name in ("Wizard", "Priest", "Knight")]
    menu = {
        "type": 3,
        "custom_id": "class",
        "placeholder": "Pick",
        "min_values": 1,
        "max_values": 2,
        "options": options,
    }
    bot.answers["class"] = lambda press: whispers(f"You bring {' and '.join(press['data']['values'])}")
    page = await open_page("Rook")
    await bot.post(town.channels["bot-commands"], content="Your class?", components=[row(menu)])
    await page.get_by_role("button", name="Pick").click()
    await page.get_by_role("option", name="Priest").click()
    await page.get_by_role("option", name="Knight").click()
    await page.get_by_role("button", name="Done").click()

    await expect(log(page)).to_contain_text("You bring priest and knight")


async def test_a_private_answer_is_seen_by_one_member_only(open_page: OpenPage, bot: Bot, town: Town) -> None:
    bot.answers["ask"] = lambda _: whispers("The place is USS Nexus")
    rook, tansy = await open_page("Rook"), await open_page("Tansy")
    await bot.post(town.channels["bot-commands"], content="Ask me", components=[row(button("ask", "Ask"))])
    await rook.get_by_role("button", name="Ask").click()
    await expect(log(rook)).to_contain_text("Only you can see this")
    await bot.post(town.channels["bot-commands"], content="Afterwards")

    await expect(log(tansy)).to_contain_text("Afterwards")
    await expect(log(tansy)).not_to_contain_text("USS Nexus")
    await rook.get_by_role("button", name="Dismiss message").click()
    await expect(log(rook)).not_to_contain_text("USS Nexus")


async def test_a_form_opens_checks_and_is_sent(open_page: OpenPage, bot: Bot, town: Town) -> None:
    party = {"type": 4, "custom_id": "party", "style": 1, "max_length": 20, "required": True}
    place = {"type": 4, "custom_id": "place", "style": 2, "required": False, "value": "USS"}
    labels = [{"type": 18, "label": "Party", "component": party}, {"type": 18, "label": "Place", "component": place}]
    modal = {"custom_id": "told", "title": "Party and place", "components": labels}
    bot.answers["open"] = lambda _: {"type": MODAL, "data": modal}
    bot.answers["told"] = lambda _: whispers("Told them")
    page = await open_page("Rook")
    await bot.post(town.channels["bot-commands"], content="Set it", components=[row(button("open", "Set"))])
    await page.get_by_role("button", name="Set", exact=True).click()
    dialog = page.get_by_role("dialog", name="Party and place")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_contain_text("This field is required.")
    await dialog.get_by_label("Party").fill("Odalys")
    await expect(dialog).to_contain_text("6/20")
    await dialog.get_by_label("Party").press("Enter")

    await expect(log(page)).to_contain_text("Told them")
    await expect(dialog).to_be_hidden()
    parts = bot.received[-1]["data"]["components"]
    assert [part["component"]["value"] for part in parts] == ["Odalys", "USS"]


async def test_silence_of_the_application_is_told(open_page: OpenPage, bot: Bot, town: Town) -> None:
    page = await open_page("Rook")
    await bot.post(town.channels["bot-commands"], content="Mute", components=[row(button("nothing", "Press"))])
    press = page.get_by_role("button", name="Press")
    await press.click()

    await expect(press).to_have_attribute("aria-busy", "true")
    await expect(log(page)).to_contain_text("The application did not respond")
    await expect(press).not_to_have_attribute("aria-busy", "true")


async def test_a_ping_marks_the_channel_until_it_is_read(open_page: OpenPage, bot: Bot, town: Town) -> None:
    page = await open_page("Rook")
    await bot.post(town.channels["raid"], content=f"Come, <@{town.users['Rook']}>")
    channels = page.get_by_role("navigation")
    await channels.get_by_role("button", name="raid 1 pings").click()

    await expect(log(page)).to_contain_text("Come, @Rook")
    await expect(channels.get_by_role("button", name="raid", exact=True)).to_be_visible()


async def test_nothing_runs_off_a_phone(open_page: OpenPage, bot: Bot, town: Town) -> None:
    labels = ["Join", "Leave", "Lost Halls Key 0/1", "Waiting list (12)", "Organizer Panel"]
    buttons = row(*(button(f"b{index}", label) for index, label in enumerate(labels)))
    words = f"{'A very long line ' * 20}\n{'W' * 300}\n```\n{'c' * 200}\n```"
    await bot.post(town.channels["bot-commands"], content=words, components=[buttons])
    panel = [{"type": 17, "components": [text(words), buttons]}]
    await bot.post(town.channels["bot-commands"], flags=COMPONENTS_V2, components=panel)
    page = await open_page("Rook", width=390, height=844)
    await expect(page.get_by_role("button", name="Organizer Panel")).to_have_count(2)

    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await log(page).evaluate("log => log.scrollWidth") <= 390
    for each in await log(page).get_by_role("button").all():
        box = await each.bounding_box()
        assert box
        assert box["height"] >= 40
        assert box["x"] + box["width"] <= 390
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await page.get_by_role("button", name="Channels").click()
    await expect(page.get_by_role("navigation")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("navigation")).to_be_hidden()


async def test_markdown_reads_as_on_discord(open_page: OpenPage) -> None:
    page = await open_page("Rook")
    render = "async text => (await import('/static/markdown.js')).markdown(text).innerHTML"
    cases = {
        "**b** *i* __u__ ~~s~~ `c`": "<p><strong>b</strong> <em>i</em> <u>u</u> <s>s</s> <code>c</code></p>",
        "# Big\n-# small": '<h3 class="h1">Big</h3><p class="subtext">small</p>',
        "- a\n- b\n1. c": '<ul><li>a</li><li>b</li></ul><ol start="1"><li>c</li></ol>',
        "> one\n> two\nthree": "<blockquote><p>one\ntwo</p></blockquote><p>three</p>",
        r"\*no\* snake_case_name": "<p>*no* snake_case_name</p>",
        "[bad](javascript:alert(1))": "<p>[bad](javascript:alert(1))</p>",
    }
    for written, shown in cases.items():
        assert await page.evaluate(render, written) == shown


async def test_a_lost_connection_is_told_and_made_good(open_page: OpenPage, bot: Bot, town: Town) -> None:
    lines: asyncio.Queue[WebSocketRoute] = asyncio.Queue()
    broken = asyncio.Event()

    async def carry(line: WebSocketRoute) -> None:
        if broken.is_set():
            await line.close()
            return
        line.connect_to_server()
        lines.put_nowait(line)

    page = await open_page("Rook")
    await page.route_web_socket("**/control/stream**", carry)
    await page.reload()
    line = await asyncio.wait_for(lines.get(), 10)
    broken.set()
    await line.close()
    await expect(page.get_by_role("status")).to_have_text("Reconnecting…")
    await bot.post(town.channels["bot-commands"], content="While you were away")
    broken.clear()

    await expect(log(page)).to_contain_text("While you were away")
    await expect(page.get_by_role("status")).to_have_text("")


async def test_a_panel_that_changes_under_the_finger_loses_no_press(open_page: OpenPage, bot: Bot, town: Town) -> None:
    bot.answers["join"] = lambda _: whispers("You are in")
    page, watcher = await open_page("Rook"), await open_page("Tansy")
    components = [row(button("join", "Join"))]
    panel = await bot.post(town.channels["bot-commands"], content="0 raiders", components=components)
    box = await page.get_by_role("button", name="Join").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 5, box["y"] + 5)
    await page.mouse.down()
    path = f"/channels/{panel['channel_id']}/messages/{panel['id']}"
    await bot.call("PATCH", path, {"content": "1 raider", "components": components})
    await expect(log(watcher)).to_contain_text("1 raider")
    await page.mouse.up()

    await expect(log(page)).to_contain_text("You are in")
    await expect(log(page)).to_contain_text("1 raider")
