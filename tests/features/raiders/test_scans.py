"""However many names there are and were, one is found at once."""

from pathlib import Path

from tests.support import chores
from tests.support.backend import ADMIN, GUILD, Served, furnish, serving
from tests.support.history import Observed, what_grows

from raidbot.core.ids import UserId
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.raiders import api
from raidbot.features.watch_list import api as watches
from raidbot.features.watch_list.model import Suspect

GROWING = {"raider", "raider_name", "raider_entry", "watch", "member", "chore", "outbox"}


async def named(served: Served, round_: int) -> None:
    """Let a member be watched, verified, renamed, named twice, looked up and let go."""
    who, end = UserId(4000 + round_), "ab"[round_ - 1]
    await served.mirror(MirroredMember(who, []))
    await _watched(served, who, end)
    await served.ask(api.verify_raider, api.VerifyRaider(GUILD, who, f"Rook{end}"), ADMIN)
    await served.ask(api.rename_raider, api.RenameRaider(GUILD, who, f"Castle{end}"), ADMIN)
    await served.ask(api.add_alt, api.AddAlt(GUILD, who, f"Tower{end}"), ADMIN)
    await served.ask(api.remove_alt, api.RemoveAlt(GUILD, who, f"Tower{end}"), ADMIN)
    await served.ask(api.show_raider, api.ShowRaider(GUILD, who), ADMIN)
    await served.ask(api.read_history, api.ReadHistory(GUILD, who), ADMIN)
    await served.ask(api.read_name_history, api.ReadNameHistory(GUILD, f"Rook{end}"), ADMIN)
    await served.ask(api.unverify_raider, api.UnverifyRaider(GUILD, who, "sold"), ADMIN)
    while await chores.show_due(served):
        pass


async def _watched(served: Served, who: UserId, end: str) -> None:
    """Let a name and an account be watched, and the account no longer."""
    for suspect in (Suspect(ign=f"Rook{end}", reason="Left early"), Suspect(user_id=who, reason="Sold keys")):
        added = await served.ask(watches.add_watch, watches.AddWatch(GUILD, suspect), ADMIN)
        await served.ask(watches.list_watches, watches.ListWatches(GUILD), ADMIN)
        await served.ask(watches.remove_watch, watches.RemoveWatch(GUILD, added.id), ADMIN)


async def test_no_step_of_a_name_reads_all_names_there_were(observed: Observed, tmp_path: Path) -> None:
    async with serving(observed, tmp_path / "clock") as served:
        await furnish(served)

        assert await what_grows(observed, GROWING, lambda round_: named(served, round_)) == []
