"""A run in words: what every panel and message says alike."""

from datetime import timedelta

from raidbot.bot import look
from raidbot.bot.presses import Press
from raidbot.core.ids import ChannelId, GuildId, RunId
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.dungeons.classes import BY_KEY, CLASSES
from raidbot.dungeons.model import Dungeon, Want
from raidbot.dungeons.needs import needing
from raidbot.features.guild_config.model import ChannelKey, Mappings, Unmapped
from raidbot.features.runs.model.edits import Change
from raidbot.features.runs.model.life import AUTO_END, Run, RunStatus
from raidbot.features.runs.model.oryx3 import Step
from raidbot.features.runs.model.places import Stage
from raidbot.features.runs.model.pops import Outcome

KIND = "run"
"""The kind of posting that everybody sees."""

EARLY = "run_early"
"""The kind of posting that shows party and location in the early location channel."""

DESK = "run_desk"
"""The kind of posting that those who lead work from, above the log."""

OPENED_BY = r"(?::(?P<press>\d+))?"
"""The end of a form's pattern: the press that opened it, which makes its id one never used before.

Apps keep what was typed under an old id. Forms released before have no such end.
"""

REASONS = {
    "too_few": "Too few raiders",
    "no_key": "No key",
    "location_lost": "Location lost",
    "mistake": "Opened by mistake",
    "other": "Another reason",
}
"""Why a run is cancelled, as the menu offers it."""

STEPS = {
    Step.REALM_SCORE: "Realm score",
    Step.CLOSED: "Realm closed",
    Step.MINIBOSS: "Miniboss",
    Step.THIRD_ROOM: "Third room",
}
"""The steps of Oryx 3, as buttons say them."""

TOLD_REASONS = {
    **REASONS,
    AUTO_END: "Nobody started it in time",
    "not_posted": "Its panel could not be posted",
}
"""Why a run is over, as the panel says it."""


def raid_channel(mappings: Mappings, dungeon: str) -> ChannelId:
    """Return where runs of a dungeon are announced.

    Raises:
        Unmapped: nobody has said so yet.
    """
    if found := mappings.channel(ChannelKey.RAID, dungeon):
        return found
    raise Unmapped("No raid channel is set yet. An administrator sets it with /setchannels.")


OUTCOMES = {
    Outcome.COMPLETED: "Completed",
    Outcome.FAILED: "Failed",
    Outcome.NOBODY: "Nobody got in",
}
"""How a pop went, in words."""


def title(run: Run) -> str:
    """Name a run by its dungeon, and by how far its chain is."""
    dungeon = dungeon_of(run)
    chain = f" · Chain {run.pops}/{run.chain}" if run.chain and dungeon.pops else ""
    pops = f" · {look.many(run.pops, 'pop')}" if run.pops and not chain else ""
    return f"{dungeon.emoji} {dungeon.name}{chain}{pops}"


def chain_line(run: Run) -> str:
    """Tell those who lead that as many keys popped as they meant to pop, and what they can do next."""
    if not run.chain or run.pops < run.chain:
        return ""
    return f"🏁 **The chain is done**: {run.pops} of {run.chain} keys. Press End, or Chain for more."


def status_line(run: Run) -> str:
    """Say in words where a run is in its life."""
    more = f"{' · 🔒 Locked' if run.join_locked else ''}{' · Reopened' if run.endings else ''}"
    if run.status is RunStatus.LIVE and run.started_at is not None:
        return f"🔴 **Live** since {look.ago(run.started_at)}{more}"
    return f"🟢 **Open** — starts soon{more}"


def pop_line(run: Run) -> str:
    """Say that joining counts for the newest pop, while it does."""
    if run.pop is None or run.pop.closed_at is not None:
        return ""
    return f"🔑 **Key {run.pop.number} popped** — join closes {look.ago(run.pop.window_ends_at)}"


def step_line(run: Run) -> str:
    """Say how far Oryx 3 is."""
    if not run.steps:
        return ""
    last = run.steps[-1]
    if last.step is Step.REALM_SCORE:
        return f"🌍 Realm score **{last.value} %** — be ready"
    if last.step is Step.CLOSED:
        return "🚪 **Realm closed** — to the castle"
    if last.step is Step.MINIBOSS:
        boss = dungeon_of(run).find_miniboss(last.value or "")
        return f"⚔️ Miniboss **{boss.title if boss else last.value}**"
    return "🏛️ **Third room** — come to the Sanctuary now"


def screenshot_line(run: Run) -> str:
    """Say whether there is a screenshot, and what a review found."""
    if not dungeon_of(run).oryx3:
        return ""
    given = run.screenshot
    if given is None:
        return "Screenshot: not given"
    found = f"{given.verdict}, says <@{given.reviewed_by}>" if given.verdict else "nobody has reviewed it yet"
    return f"Screenshot: [given]({look.link(run.guild_id, given.channel_id, given.message_id)}), {found}"


def first_line(run: Run) -> str:
    """Say that the raiders of the run before come first, while they do."""
    if run.first_until is None:
        return ""
    return f"🔁 The raiders of the run before come first; everybody else gets places {look.ago(run.first_until)}"


def next_line(run: Run) -> str:
    """Say which run opens at the end of this one."""
    if run.next_dungeon is None:
        return ""
    dungeon = catalogue.known(run.next_dungeon)
    return f"Next: {dungeon.emoji} **{dungeon.name}** opens as soon as this run ends"


def unopened_line(run: Run) -> str:
    """Say which run was to follow and did not open, because nobody ended this one."""
    if run.left_unopened is None:
        return ""
    dungeon = catalogue.known(run.left_unopened)
    return f"{dungeon.emoji} **{dungeon.name}** was to follow and did not open: nobody pressed End"


def claims_lines(run: Run) -> list[str]:
    """Say until when members may say that they were there, and how many have."""
    until = [f"-# Were you there and not in? Say so {look.ago(run.claims_until)}."] if run.claims_until else []
    return [*until, *([f"-# {run.claims} say that they were there."] if run.claims else [])]


def led_line(run: Run) -> str:
    """Say who leads."""
    helped = f" with {', '.join(f'<@{one}>' for one in run.co_leader_ids)}" if run.co_leader_ids else ""
    return f"Led by <@{run.leader_id}>{helped}"


def place_line(run: Run) -> str:
    """Return party and location where everybody may know them."""
    if run.stage is not Stage.ALL:
        return ""
    places = (("Party", run.party), ("Location", run.location))
    return " · ".join(f"{label}: **{shown(value)}**" for label, value in places if value)


def attendance(run: Run) -> str:
    """Return how many are in, how many more may come, and how many wait."""
    free = "" if run.free is None else f" · {run.free} free" if run.free else " · full"
    waiting = f" · {run.waiting} waiting" if run.waiting else ""
    return f"**{look.many(run.raiders, 'raider')}** in{free}{waiting}"


def counts(run: Run) -> list[str]:
    """Say how many are in, and what is there of what is needed."""
    dungeon = dungeon_of(run)
    keys = [_have(key.emoji, key.label, _held(run, key.key), key.needed) for key in dungeon.keys]
    wants = [_brought(run, want) for want in dungeon.wants if want.key not in BY_KEY and want.needed]
    missing = [
        want.name if want.needed == 1 else _brought(run, want)
        for want in dungeon.wants
        if want.key in BY_KEY and run.brings.get(want.key, 0) < want.needed
    ]
    classes = [f"{one.emoji} {one.name} {run.classes[one.key]}" for one in CLASSES if one.key in run.classes]
    return [
        attendance(run),
        f"-# Keys: {' · '.join(keys)}" if keys else "",
        f"-# Wanted: {' · '.join(wants)}" if wants else "",
        f"-# Classes in: {' · '.join(classes)}" if classes else "",
        f"-# Classes missing: {', '.join(missing)}" if missing else "",
    ]


def _brought(run: Run, want: Want) -> str:
    return _have(want.emoji, want.name, run.brings.get(want.key, 0), want.needed)


def _have(emoji: str, name: str, have: int, needed: int) -> str:
    return f"{emoji} {name} {have}/{needed}" if needed else f"{emoji} {name} {have}"


def _held(run: Run, key: str) -> int:
    return sum(1 for offer in run.offers if offer.key == key)


def join_label(run: Run) -> str:
    """Say on the button what joining means now."""
    if run.free is not None and run.free <= 0:
        return f"Waiting list ({run.waiting})"
    between_pops = run.pop is not None and run.pop.closed_at is not None
    return "Join next" if between_pops else "Join"


def ending(run: Run) -> str:
    """Say how a run ended."""
    if run.status is RunStatus.CANCELLED:
        return f"cancelled: {TOLD_REASONS.get(run.reason or '', 'no reason given').lower()}"
    lasted = (run.closed_at - run.started_at) if run.closed_at and run.started_at else timedelta(0)
    return f"ended after {look.lasting(lasted)}, {look.many(run.raiders, 'raider')}"


def closing_line(run: Run) -> str:
    """Say who led a run that is over, and when it ended."""
    when = f" · {look.ago(run.closed_at)}" if run.closed_at else ""
    return f"{led_line(run)}{when}"


def dungeon_of(run: Run) -> Dungeon:
    """Return the dungeon of a run, with the numbers that this run needs.

    Raises:
        LookupError: the catalogue no longer has it.
    """
    return needing(catalogue.known(run.dungeon), run.needed)


def named(press: Press) -> tuple[GuildId, RunId]:
    """Return the run that a custom id names."""
    return press.guild_id, RunId(press.ids["run"])


def changes(change: Change) -> str:
    """Return what a correction says of a run that is over: `Key 2 — in: @Finch, outcome: failed`."""
    dungeon = catalogue.known(change.dungeon) if change.dungeon else None
    said = {
        "in": " ".join(f"<@{one}>" for one in change.add),
        "out": " ".join(f"<@{one}>" for one in change.strike),
        "popped by": f"<@{change.popper_id}>" if change.popper_id else "",
        "key": catalogue.key_name(change.key) if change.key else "",
        "outcome": OUTCOMES[change.outcome].lower() if change.outcome else "",
        "led by": f"<@{change.leader_id}>" if change.leader_id else "",
        "dungeon": dungeon.name if dungeon else "",
    }
    which = f"Key {change.pop}" if change.pop is not None else "Every key"
    return f"{which} — {', '.join(f'{name}: {value}' for name, value in said.items() if value)}"
