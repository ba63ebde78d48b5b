"""Every call of the control API: one value each, known to the server, the client and the reference page."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from discord_loopback import asks

A = TypeVar("A", bound=asks.Ask)


@dataclass(frozen=True)
class Control(Generic[A]):
    """One call; `name` is the client's method for it."""

    name: str
    method: str
    path: str
    ask: type[A]
    does: str


ALL: list[Control[Any]] = []


def _get(name: str, path: str, ask: type[A], does: str) -> Control[A]:
    return _listed(Control(name, "GET", path, ask, does))


def _post(name: str, path: str, ask: type[A], does: str) -> Control[A]:
    return _listed(Control(name, "POST", path, ask, does))


def _listed(control: Control[A]) -> Control[A]:
    ALL.append(control)
    return control


state = _get("state", "/state", asks.Ask, "Guilds, the first 200 accounts, the time.")
view = _get("view", "/guilds/{guild_id}/view", asks.InGuild, "A guild as a member sees it.")
messages = _get("messages", "/channels/{channel_id}/messages", asks.Messages, "What a member reads, oldest first.")
dms = _get("dms", "/dms", asks.Dms, "What a member and the bot wrote each other, oldest first.")
pings = _get("pings", "/pings", asks.Pings, "Which messages notified a member, and by what.")
pinged = _get("pinged", "/messages/{message_id}/pinged", asks.Pinged, "Whom a message notified, and whom not.")
interaction = _get("interaction", "/interactions/{interaction_id}", asks.OfInteraction, "How far an interaction is.")
wait = _get("wait", "/interactions/{interaction_id}/wait", asks.Wait, "An interaction once it has come that far.")
wait_for = _post("wait_for", "/wait/message", asks.WaitFor, "The first message a member sees that fits, or 408.")
wait_for_ping = _post("wait_for_ping", "/wait/ping", asks.WaitForPing, "The first ping of a member that fits, or 408.")

command = _post("command", "/act/command", asks.Command, "Type a command.")
autocomplete = _post("autocomplete", "/act/autocomplete", asks.Autocomplete, "Type into an option that suggests.")
user_command = _post("user_command", "/act/user_command", asks.UserCommand, "Use a command on a member.")
message_command = _post("message_command", "/act/message_command", asks.MessageCommand, "Use a command on a message.")
click = _post("click", "/act/click", asks.Click, "Press a button.")
select = _post("select", "/act/select", asks.Select, "Choose from a menu.")
submit = _post("submit", "/act/modal", asks.Submit, "Send a form.")
say = _post("say", "/act/message", asks.Say, "Write a message or a reply, with files.")
dm = _post("dm", "/act/dm", asks.Dm, "Write to the bot.")
open_dm = _post("open_dm", "/act/open_dm", asks.By, "Open the conversation with the bot.")
close_dms = _post("close_dms", "/act/dms", asks.CloseDms, "Close or open one's direct messages.")
edit = _post("edit", "/act/edit", asks.Edit, "Change a message of one's own.")
delete = _post("delete", "/act/delete", asks.OfMessage, "Delete a message, or dismiss a private one.")
react = _post("react", "/act/react", asks.React, "Add a reaction.")
unreact = _post("unreact", "/act/unreact", asks.React, "Take one's reaction back.")
open_thread = _post("open_thread", "/act/open_thread", asks.OpenThread, "Open a thread.")
join_thread = _post("join_thread", "/act/join_thread", asks.InChannel, "Join a thread.")
leave_thread = _post("leave_thread", "/act/leave_thread", asks.InChannel, "Leave a thread.")
leave = _post("leave", "/act/leave", asks.InGuild, "Leave a guild.")
join = _post("join", "/act/join", asks.InGuild, "Join a guild, unless banned.")

change_roles = _post("change_roles", "/moderate/roles", asks.ChangeRoles, "Give and take a member's roles.")
nickname = _post("nickname", "/moderate/nickname", asks.Nickname, "Change a nickname.")
timeout = _post("timeout", "/moderate/timeout", asks.Timeout, "Time a member out, or end that.")
kick = _post("kick", "/moderate/kick", asks.OnMember, "Put a member out.")
ban = _post("ban", "/moderate/ban", asks.Ban, "Ban an account.")
unban = _post("unban", "/moderate/unban", asks.OnMember, "Lift a ban.")
prune = _post("prune", "/moderate/prune", asks.Prune, "Put out members without a role who were not seen for a while.")
pin = _post("pin", "/moderate/pin", asks.OfMessage, "Pin a message.")
unpin = _post("unpin", "/moderate/unpin", asks.OfMessage, "Unpin a message.")
change_channel = _post("change_channel", "/moderate/channel", asks.ChangeChannel, "Change a channel or thread.")
permit = _post("permit", "/moderate/permissions", asks.Permit, "Change who may do what in a channel.")
delete_channel = _post("delete_channel", "/moderate/delete_channel", asks.InChannel, "Delete a channel or thread.")
delete_role = _post("delete_role", "/moderate/delete_role", asks.DeleteRole, "Delete a role.")

found_guild = _post("found_guild", "/scene/guild", asks.FoundGuild, "Take the bot into one more guild.")
take_out = _post("take_out", "/scene/take_out", asks.OfGuild, "Take the bot out of a guild.")
bring_back = _post("bring_back", "/scene/bring_back", asks.BringBack, "Take the bot into a guild that it was in.")
outage = _post("outage", "/scene/outage", asks.Outage, "Let an outage hide a guild from the bot, or end it.")
set_roles = _post("set_roles", "/scene/roles", asks.SetRoles, "Set someone's roles, whoever may.")
automod = _post("automod", "/scene/automod", asks.Automod, "Let a rule of AutoMod time a member out.")
edit_channel = _post("edit_channel", "/scene/channel", asks.EditChannel, "Change or delete a channel, whoever may.")
reset_token = _post("reset_token", "/scene/token", asks.Ask, "Press Reset Token; the new one is the answer.")
shift_clock = _post("shift_clock", "/clock", asks.Shift, "Run all clocks further ahead.")
faults = _post("faults", "/faults", asks.SetFaults, "Let things go wrong.")
no_faults = _listed(Control("no_faults", "DELETE", "/faults", asks.Ask, "Let everything go well again."))
log = _get("log", "/log", asks.Log, "The requests of the application with higher numbers.")
stats = _get("stats", "/stats", asks.Ask, "Counts of requests, by route and status.")
reset_stats = _listed(Control("reset_stats", "DELETE", "/stats", asks.Ask, "Count from nothing."))
