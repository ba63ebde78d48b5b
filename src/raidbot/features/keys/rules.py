"""The decisions about used keys."""

from datetime import datetime, timedelta

from raidbot.core.ids import RunId, UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons.model import Dungeon
from raidbot.features.keys.model import KeyChanged, KeyUseId, NoSuchKey, NotYourKeys, RunGoesOn
from raidbot.features.points.model import AwardKind, Pay

REMIND_AFTER = timedelta(hours=12)
"""How long after its end the leader of a run is reminded of keys without a name, once."""

ASK_FOR = timedelta(days=7)
"""How long it is asked whose a key was."""


def reminder(dungeon: Dungeon, run_id: RunId, keys: int, closed_at: datetime) -> tuple[str, str]:
    """Return the title and the body of the letter that asks whoever led a run whose its keys were."""
    what, were, count = (
        ("A key has", "it was", "it counts") if keys == 1 else (f"{keys} keys have", "they were", "they count")
    )
    until = f"<t:{int((closed_at + ASK_FOR).timestamp())}:f>"
    body = (
        f"{what} no name in your **{dungeon.name}**, run {run_id}. Say with `/unlogged` whose {were}, and the holders "
        f"are paid. From {until} on {count} as unknown."
    )
    return f"🗝️ {what} no name", body


def check_logger(rank: Rank, *, leads: bool) -> None:
    """Check that a member may say whose the keys of a run were: who leads it, organizers and above.

    Raises:
        NotYourKeys: neither.
    """
    if not leads and rank < Rank.ORGANIZER:
        raise NotYourKeys(
            "Only the leaders of this run, or an organizer of this server, log its keys. Ask one of them."
        )


def check_over(*, over: bool) -> None:
    """Check that a run is over: until then its pops say whose the keys were.

    Raises:
        RunGoesOn: it is not.
    """
    if not over:
        raise RunGoesOn("This run still goes on. Say who popped on its panel; the keys are logged at its end.")


def check_revision(drawn: int, now: int) -> None:
    """Check that nobody changed a key since the button was drawn.

    Raises:
        KeyChanged: somebody did.
    """
    if drawn != now:
        raise KeyChanged("Somebody changed this key meanwhile. Open the keys again to see what it says now.")


def checked_key(dungeon: Dungeon, key: str) -> str:
    """Return a key of a dungeon.

    Raises:
        NoSuchKey: it has none of that name.
    """
    if dungeon.find_key(key) is None:
        names = ", ".join(one.name for one in dungeon.keys)
        raise NoSuchKey(f"{dungeon.name} has no such key. Choose one of: {names}.", key=key)
    return key


def pay(
    use_id: KeyUseId, revision: int, user_id: UserId, dungeon: Dungeon, ties: tuple[int | None, int | None, datetime]
) -> Pay:
    """Return what the holder of a key is paid. `ties` are the run, the pop, and when it was used."""
    return Pay(
        user_id=user_id,
        kind=AwardKind.KEY,
        dungeon=dungeon.key,
        points=dungeon.points.key_pop,
        subject=f"key:{use_id}",
        happened_at=ties[2],
        run_id=ties[0],
        pop_id=ties[1],
    ).again(revision)
