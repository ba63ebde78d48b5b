"""Custom ids stand in messages for ever: what was released keeps its meaning."""

import pytest

from raidbot import features
from raidbot.bot.buttons import LONGEST, components, find_component, find_form, forms

for part in ("panels", "commands", "followups"):
    features.load(part)

RELEASED = {
    "inbox:open": "open_inbox",
    "inbox:arrived:41": "show_arrival",
    "help:page:1": "turn_page",
    "run:join:41": "join",
    "run:leave:41": "leave",
    "run:panel:41": "open_panel",
    "run:panel_again:41": "draw_panel_again",
    "run:start:41": "start",
    "run:place:41": "edit_place",
    "run:lock:41:0": "lock",
    "run:lock:41:1": "lock",
    "run:end:41": "ask_end",
    "run:end_yes:41": "end",
    "run:end_outcome:41:3": "tell_last_outcome",
    "run:cancel:41": "ask_cancel",
    "run:cancel_for:41": "cancel",
    "run:reopen:41": "reopen",
    "run:extend:41": "extend",
    "run:here:41": "here",
    "run:leave_card:41": "leave_from_card",
    "run:my_card:41": "open_card",
    "run:card:41": "draw_card_again",
    "run:outfit:41": "open_outfit",
    "run:outfit_card:41": "outfit_on_card",
    "run:play:41": "play",
    "run:bring:41": "bring",
    "run:key:41:cult_key": "ask_offer",
    "run:offer:41:cult_key": "offer",
    "run:withdraw:41:cult_key": "withdraw",
    "run:keys:41": "open_line",
    "run:keys_page:41:1": "turn_page",
    "run:accept:41:41": "accept",
    "run:accept_all:41": "accept_all",
    "run:no_pop:41:41": "did_not_pop",
    "run:unoffer:41:41": "remove",
    "run:was_there:41": "claim",
    "run:claims:41": "open_claims",
    "run:claims_all:41:0": "decide_all",
    "run:claims_all:41:1": "decide_all",
    "run:claims_some:41": "approve_some",
    "run:no_shows:41:1": "open_no_shows",
    "run:strike:41:1": "strike",
    "run:again:41": "run_again",
    "run:next:41": "ask_next",
    "run:next_is:41:1": "open_next",
    "run:no_next:41": "drop_next",
    "run:follow:41:advanced_kogbold_steamworks": "open_wished",
    "run:lead:41": "ask_who_leads",
    "run:co_named:41": "name_co_leaders",
    "run:hand_to:41": "ask_hand_over",
    "run:handed:41:41": "hand_over",
    "run:take:41": "ask_party",
    "run:raiders:41": "open_roster",
    "run:raiders_again:41": "draw_roster_again",
    "run:remove:41": "ask_removal",
    "run:add:41": "ask_addition",
    "run:pick_card": "pick_card",
    "run:step:41:1:realm_score": "ask_score",
    "run:step:41:1:closed": "take",
    "run:step:41:1:miniboss": "ask_miniboss",
    "run:step:41:1:third_room": "take",
    "run:mini:41:1": "name_miniboss",
    "run:unstep:41:1": "untake",
    "run:shot:41": "ask_screenshot",
    "run:shot:41:41:41:webp:good": "review",
    "run:shot:41:41:41:png:bad": "review",
    "run:pop:41:2": "pop",
    "run:holder_popped:41:41": "holder_popped",
    "run:pop_tell:41": "open_pop",
    "run:popper:41:2": "name_popper",
    "run:popper_else:41:2": "name_popper",
    "run:pop_key:41:2": "name_key",
    "run:pop_outcome:41:2": "tell_outcome",
    "run:pop_dungeon:41:2": "ask_dungeon",
    "run:pop_in:41:2:1": "tell_dungeon",
    "run:undo:41:2": "undo",
    "run:info": "choose_run",
    "run:info_page:41:2": "turn_page",
    "run:edit:41": "confirm",
    "run:edit_drop:41": "drop",
    "run:note:41": "edit_note",
    "run:plan:41": "edit_plan",
    "run:mine:41:41": "use_mine",
    "run:show:41:all": "ask_show",
    "run:show_yes:41:wants": "show",
    "run:ping:41": "ask_call",
    "run:call:41:soon": "call_raiders",
    "run:raiders_file:41": "hand_out_roster",
    "run:pick_panel": "pick_panel",
    "keys:open:41": "open_log",
    "keys:page:41:1": "turn_page",
    "keys:who:41:2": "ask_whose",
    "keys:holder:41:2": "name_member",
    "keys:member:41:2": "name_member",
    "keys:ign:41:2": "ask_ign",
    "keys:type:41:2": "retype",
    "keys:dismiss:41:2": "dismiss",
    "keys:give_up:41": "give_up",
    "keys:add:41": "ask_added",
    "keys:added:41": "add_chosen",
    "keys:add:41:cult_key": "add_only",
    "setup:open": "open_again",
    "raider:names:41": "show_names",
    "raider:names:41:41": "turn_names",
    "raider:name:Castle:41": "turn_name",
    "setup:use:41": "use",
    "setup:create": "create",
    "setup:skip:use": "skip",
    "setup:skip:create": "skip",
    "setup:anew": "begin_anew",
    "setup:doctor": "look_again",
    "config:apply:41:1": "apply",
    "plan:decide:41:enforced": "decide",
    "plan:decide:41:adopted": "decide",
    "plan:decide:41:left": "decide",
    "credit:confirm:41": "confirm",
    "credit:refuse:41": "refuse",
    "hand:record:41": "record",
    "hand:back:41": "put_back",
    "import:move:41:running": "move",
    "import:move:41:paused": "move",
    "import:move:41:dropped": "move",
    "import:show:41": "refresh",
    "import:paste:41": "ask_lines",
    "import:left:41": "hand_out",
    "plan:who:41": "list_members",
    "raider:take:verify:41:41:Rook": "take_over",
    "verify:open": "open_mine",
    "verify:ign": "ask_ign",
    "verify:look": "look_for_code",
    "verify:needs:41": "tell_needs",
    "verify:manual": "explain",
    "verify:upload": "ask_picture",
    "verify:thread": "open_thread",
    "verify:shot:41:41": "take_shown",
    "verify:next:41": "take_next",
    "verify:skip:41": "skip",
    "verify:approve:41": "approve",
    "verify:approve_as:41": "ask_name",
    "verify:deny:41": "deny",
    "verify:deny_as:41": "ask_reason",
    "verify:role:41:1": "request_role",
    "verify:manual:41": "explain",
    "verify:upload:41": "ask_picture",
    "verify:thread:41": "open_thread",
    "verify:shot:41:41:41": "take_shown",
    "verify:approve:41:41": "approve",
    "verify:approve:41:41:41": "approve",
    "verify:approve_as:41:41": "ask_name",
    "verify:deny:41:41:41": "deny",
    "verify:deny_as:41:41:41": "ask_reason",
}
RELEASED_FORMS = {
    "run:placed:41": "place",
    "run:scored:41:1": "tell_score",
    "run:shot_given:41": "take_screenshot",
    "keys:ign_given:41:2:41": "name_ign",
    "import:pasted:41": "add_pasted",
    "verify:begin": "begin",
    "verify:uploaded": "take_picture",
    "verify:approved_as:41": "approve_as",
    "verify:denied_as:41": "deny_as",
    "verify:uploaded:41": "take_picture",
    "verify:approved_as:41:41": "approve_as",
    "verify:denied_as:41:41:41": "deny_as",
    "run:taken:41": "take_over",
    "run:removed:41": "remove",
    "run:added:41": "add",
    "run:filled:41:place:41:41": "fill",
    "run:scored:41:1:41": "tell_score",
    "run:shot_given:41:41": "take_screenshot",
    "run:taken:41:41": "take_over",
    "run:removed:41:41": "remove",
    "run:added:41:41": "add",
}


def function_of(route: object) -> str:
    found = getattr(route, "handles", None) or getattr(route, "opens", None)
    return str(getattr(found, "__name__", ""))


@pytest.mark.parametrize(("custom_id", "function"), RELEASED.items())
def test_a_released_button_still_does_the_same(custom_id: str, function: str) -> None:
    found = find_component(custom_id)

    assert found is not None
    assert function_of(found[0]) == function


@pytest.mark.parametrize(("custom_id", "function"), RELEASED_FORMS.items())
def test_a_released_form_still_does_the_same(custom_id: str, function: str) -> None:
    found = find_form(custom_id)

    assert found is not None
    assert function_of(found[0]) == function


def test_every_pattern_is_among_the_released_ones() -> None:
    missing = [
        route.pattern.pattern
        for route in (*components, *forms)
        if not any(route.pattern.fullmatch(one) for one in (*RELEASED, *RELEASED_FORMS))
    ]

    assert missing == [], "add an example of each new pattern to this test"


def test_no_two_patterns_take_the_same_custom_id() -> None:
    for one in RELEASED:
        assert len([route for route in components if route.pattern.fullmatch(one)]) == 1


def test_the_longest_ids_fit_into_discords_limit() -> None:
    assert all(len(one.replace("41", str(2**63 - 1))) <= LONGEST for one in (*RELEASED, *RELEASED_FORMS))


@pytest.mark.parametrize(
    "custom_id", ["", "run:join:", "run:join:-1", "run:join:1:2", "run:nothing:1", "другое", "x" * 100]
)
def test_foreign_ids_mean_nothing(custom_id: str) -> None:
    assert find_component(custom_id) is None
    assert find_form(custom_id) is None
