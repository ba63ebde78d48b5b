"""What a member sees who wants a role: one private message that always shows how far they are."""

from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.replies import Answer
from raidbot.core.ids import RoleId
from raidbot.core.text import shown
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.tickets import Requested
from raidbot.features.verification.panels.buckets import REQUEST
from raidbot.features.verification.panels.pictures import asking
from raidbot.features.verification.panels.screens import denied, waiting_for_role


@button(r"verify:role:(?P<role>\d+):(?P<panel>\d+)", bucket=REQUEST)
async def request_role(press: Press) -> Answer:
    """Show how far the member is, and ask for a screenshot where nothing has begun."""
    role_id = RoleId(press.ids["role"])
    if press.member.get_role(role_id) is not None:
        await press.ask(api.see_role, api.SeeRole(press.guild_id, role_id))
        return Answer(f"✅ You have <@&{role_id}> already.")
    return answer(await press.ask(api.show_request, api.ShowRequest(press.guild_id, role_id)))


def answer(one: Requested) -> Answer:
    """Draw how far somebody is who wants a role."""
    role_id = one.asked.role_id
    if one.on_its_way:
        return Answer(f"✅ <@&{role_id}> is yours. I give it to you in a moment.")
    if one.place is not None:
        return waiting_for_role(role_id, one.place)
    said = denied(one.denied, f"<@&{role_id}>") if one.denied else []
    head = [*said, f"### 📷 <@&{role_id}>", *([shown(one.asked.description)] if one.asked.description else [])]
    return Answer(view=asking("\n".join(head), one.asked.words, role_id))
