"""The decisions about party and location: who may read them, and how far they are known."""

from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config.model import WANTS_SEE_EARLY, Settings, Switch
from raidbot.features.runs.model.joins import Situation
from raidbot.features.runs.model.places import Grounds, Stage


def grounds(met: Situation, dungeon: Dungeon) -> Grounds | None:
    """Return the strongest right by which a member may read party and location; None: they may not."""
    rights = {
        Grounds.LEADER: met.leads,
        Grounds.ALL: met.welcome and met.stage is Stage.ALL,
        Grounds.KEY: met.welcome and met.joined and met.key_holder,
        Grounds.RAIDER: met.welcome and met.joined and met.stage.reaches(Stage.RAIDERS),
        Grounds.WANT: met.welcome and met.joined and met.stage.reaches(Stage.WANTS) and _brings_early(met, dungeon),
    }
    if met.status.over:
        return Grounds.LEADER if met.leads else None
    return next((one for one, holds in rights.items() if holds), None)


def _brings_early(met: Situation, dungeon: Dungeon) -> bool:
    if Settings(met.settings).get(WANTS_SEE_EARLY, met.dungeon) is Switch.OFF:
        return False
    caps = {want.key: want.early_location for want in dungeon.wants}
    return any(one.place <= caps.get(one.want, 0) for one in met.brings)
