"""Deeds in words, a line each, for a terminal. Names and texts are others': nothing in them steers the terminal."""

from collections.abc import Mapping

from raidbot.features.deeds.model import KICKED, Entry, Hold, Message, TakeBack
from raidbot.features.deeds.rules import is_brought_back, touches

DID = {
    1: "changed the settings of the server",
    10: "created the channel {target}",
    11: "changed the channel {target}",
    12: "deleted the channel {target}",
    13: "added permissions to the channel {target}",
    14: "changed permissions of the channel {target}",
    15: "removed permissions from the channel {target}",
    20: "kicked {target}",
    21: "pruned members",
    22: "banned {target}",
    23: "lifted the ban of {target}",
    24: "changed nickname, time-out or voice of {target}",
    26: "moved members between voice channels",
    27: "disconnected members from voice channels",
    28: "added the bot {target}",
    30: "created the role {target}",
    31: "changed the role {target}",
    32: "deleted the role {target}",
    40: "created an invite",
    42: "deleted an invite",
    50: "created the webhook {target}: whoever has its address can write there, so delete it",
    51: "changed the webhook {target}",
    52: "deleted the webhook {target}",
    60: "created the emoji {target}",
    61: "changed the emoji {target}",
    62: "deleted the emoji {target}",
    72: "deleted messages of {target}",
    73: "deleted many messages in {target}",
    74: "pinned a message of {target}",
    75: "unpinned a message of {target}",
    110: "opened the thread {target}",
    111: "changed the thread {target}",
    112: "deleted the thread {target}",
    121: "changed who may use commands",
}
"""docs: Audit Log, Audit Log Events."""

BY_HAND = {KICKED: "cannot be undone: invite them again"}
"""What a person does about it."""

LONGEST = 100
"""Characters of a message that are shown."""

Names = Mapping[int, str]


def said_of(entry: Entry, names: Names) -> str:
    """Say what an entry tells."""
    if held := touches(entry):
        return ", ".join(_touched(touch.hold, names, given=touch.given) for touch in held)
    if is_brought_back(entry):
        return f"brought the thread {named(entry.target or 0, names)} back from the archive, or wrote in it"
    target = named(entry.target, names) if entry.target is not None else "something"
    words = DID.get(entry.action, f"did something of kind {entry.action} to {{target}}").format(target=target)
    by_hand = BY_HAND.get(entry.action)
    return f"{words} ({by_hand})" if by_hand else words


def written(message: Message, names: Names) -> str:
    """Say where a message stands and how it begins."""
    return f"wrote in {named(message.channel_id, names)}: {quoted(message)} {link(message)}"


def quoted(message: Message) -> str:
    """Return how a message begins."""
    text = _plain(message.text)
    return f"“{text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}”"


def link(message: Message) -> str:
    """Return where a message stands."""
    return f"https://discord.com/channels/{message.guild_id}/{message.channel_id}/{message.id}"


def wish(one: TakeBack, names: Names) -> str:
    """Say what taking something back means, before it is done."""
    who = named(one.hold.user_id, names)
    if one.hold.role_id is None:
        return f"ban {who} again" if one.wanted else f"lift the ban of {who}"
    role = named(one.hold.role_id, names)
    return f"give {who} the role {role}" if one.wanted else f"take the role {role} from {who}"


def done(one: TakeBack, names: Names) -> str:
    """Say what was taken back."""
    return _touched(one.hold, names, given=one.wanted)


def named(number: int, names: Names) -> str:
    """Return a name with its id, or the id alone."""
    return f"{_plain(names[number])} ({number})" if number in names else str(int(number))


def _touched(hold: Hold, names: Names, *, given: bool) -> str:
    who = named(hold.user_id, names)
    if hold.role_id is None:
        return f"banned {who}" if given else f"lifted the ban of {who}"
    role = named(hold.role_id, names)
    return f"gave {who} the role {role}" if given else f"took the role {role} from {who}"


def _plain(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
