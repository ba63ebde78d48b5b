"""However many were verified before, nobody waits longer for it."""

from pathlib import Path

from tests.features.custom_roles.test_service import place
from tests.features.verification.made import SECURITY, Town
from tests.support.backend import ADMIN, GUILD
from tests.support.chores import show_due
from tests.support.history import Observed, what_grows
from tests.support.house import until
from tests.support.realmeye import reading

from raidbot.core.ids import ChannelId, InteractionId, MessageId, RoleId, UserId
from raidbot.features.custom_roles import api as custom_roles
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.raiders import api as raiders
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.tickets import Case
from raidbot.features.verification.rules.config import PRESETS
from realmeye_loopback.client import RealmEye

KNIGHT = RoleId(71)
GROWING = {
    *("verification_session", "verification_ticket", "verification_evidence", "verification_change"),
    *("earned_role", "custom_role_change", "realmeye_page", "raider", "raider_name", "raider_entry", "chore", "notice"),
    *("inbox_letter", "member", "outbox"),
}


async def verified(town: Town, round_: int) -> None:
    """Let two members be verified, one by a screenshot at the second try, who earns a role too, and one by a code."""
    coded, shown = UserId(4000 + round_), UserId(5000 + round_)
    await town.served.mirror(*(MirroredMember(one, []) for one in (coded, shown)))
    await town.begin("Tansy" + "ab"[round_ - 1], shown)
    await _denied(town, await _given(town, shown))
    await town.mine(shown)
    await _approved(town, await _given(town, shown))
    await _earned(town, shown, round_)
    await _a_day_later(town)
    await _by_code(town, coded, "Newton" + "ab"[round_ - 1])
    while await show_due(town.served):
        pass
    await town.served.ask(raiders.unverify_raider, raiders.UnverifyRaider(GUILD, coded, "sold"), ADMIN)
    await show_due(town.served)


async def _a_day_later(town: Town) -> None:
    """Let the code expire of whoever was verified without it."""
    town.served.pass_time(25 * 3600)

    async def expired() -> bool:
        async with town.database.transaction() as tx:
            return not await tx.value(int, "SELECT count(*) FROM verification_session WHERE state = 'open'")

    await until(expired, "codes to expire")


async def _by_code(town: Town, who: UserId, ign: str) -> None:
    """Let a member show their code in their description, at the second look."""
    await town.set("stars", "20")
    begun = await town.begin(ign, who)
    await town.describe("nothing here", ign=ign)
    await town.looked(who)
    await town.describe(begun.code or "", ign=ign)
    town.served.pass_time(20)
    await town.looked(who, looks=2)


async def _given(town: Town, who: UserId, role_id: RoleId | None = None) -> Case:
    """Let a member send a screenshot, and staff take it."""
    await town.served.ask(api.ask_manual, api.AskManual(GUILD, role_id), who)
    opened = api.OpenedThread(guild_id=GUILD, thread_id=ChannelId(town.served.presses), role_id=role_id)
    await town.served.ask(api.opened_thread, opened, who)
    await town.served.client.call(api.find_thread, api.FindThread(GUILD, opened.thread_id))
    town.served.presses += 1
    number = town.served.presses
    ask = api.GiveEvidence(guild_id=GUILD, channel_id=ChannelId(801), message_id=MessageId(number), role_id=role_id)
    await town.served.ask(api.give_evidence, ask, who, InteractionId(number))
    await town.served.client.call(api.read_line, api.ReadLine(GUILD))
    await town.served.ask(api.take_shown, api.TakeShown(GUILD, number), SECURITY)
    return await town.served.ask(api.take_next, api.TakeNext(GUILD), SECURITY)


async def _denied(town: Town, case: Case) -> None:
    ask = api.Deny(guild_id=GUILD, ticket_id=case.ticket.id, picture=case.evidence[0].key, preset=PRESETS[0].name)
    await town.served.ask(api.deny, ask, SECURITY)
    await _without_threads(town)


async def _approved(town: Town, case: Case) -> None:
    ask = api.Approve(GUILD, case.ticket.id, None, place(), picture=case.evidence[0].key)
    await town.served.ask(api.approve, ask, SECURITY)
    await _without_threads(town)


async def _without_threads(town: Town) -> None:
    over = await town.served.client.call(api.over_threads, api.OverThreads(GUILD))
    for one in over.threads:
        await town.served.client.call(api.forget_thread, api.ForgetThread(GUILD, one.thread_id))


async def _earned(town: Town, who: UserId, round_: int) -> None:
    """Let a member get a role for a screenshot."""
    terms = custom_roles.SaveRole(guild_id=GUILD, role_id=KNIGHT, seen=place(), description=f"Knights, {round_}")
    await town.served.ask(custom_roles.save_role, terms, ADMIN)
    await town.served.ask(api.show_request, api.ShowRequest(GUILD, KNIGHT), who)
    await _approved(town, await _given(town, who, KNIGHT))
    await show_due(town.served)
    await town.served.ask(api.show_request, api.ShowRequest(GUILD, KNIGHT), who)


async def test_no_step_of_a_verification_reads_all_that_were_verified_before(
    observed: Observed, tmp_path: Path, realmeye: RealmEye
) -> None:
    async with reading(observed, tmp_path / "clock", realmeye) as served:
        town = Town(served, observed, realmeye)
        await town.open()

        assert await what_grows(observed, GROWING, lambda round_: verified(town, round_)) == []
