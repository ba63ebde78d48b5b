"""Everything that the look over a server checks about roles, channels and the bot's own rights."""

from collections.abc import Iterator

from raidbot.core.checkup import Configured, Finding, Level, Need, check, checks, label, missing_intents, needs
from raidbot.core.guilds import ChannelSeen, GuildSeen, RoleSeen
from raidbot.core.ids import ChannelId, RoleId
from raidbot.core.permissions import DANGEROUS, Permission, labels, together
from raidbot.core.ranks import RoleKey
from raidbot.features.guild_config.model import PING_AT_OPEN, PING_AT_START, ChannelKey, PingPolicy, fits, why_unfit

GIVEN_BY_US = (RoleKey.VERIFIED_RAIDER, RoleKey.TEAM, RoleKey.SUSPENDED, RoleKey.MUTED)
OF_MANY = (RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED, RoleKey.MUTED)
OPEN_TO_ALL = {
    ChannelKey.NOTICES: "who waits for a message learns it there, also without being verified",
    ChannelKey.GETVERIFIED: "newcomers get verified there",
    ChannelKey.MODMAIL_MEMBER: "their private talks with staff stand there",
}
"""Channels that everybody has to see, and why."""
BASICS = {
    ChannelKey.RAID: "without it nobody can open a run",
    ChannelKey.RAID_LOG: "without it runs leave no log, and there is no desk for those who lead",
}
IN_USE = (RoleKey.ORGANIZER, RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED)
WITHOUT = {
    RoleKey.ORGANIZER: "only Discord administrators and higher ranks can open runs",
    RoleKey.VERIFIED_RAIDER: "everybody in the server can join runs",
    RoleKey.SUSPENDED: "nobody can be kept out of runs",
}

PRESENCES, PRESENCES_LIMITED = 1 << 12, 1 << 13
"""Flags of an application that say which intents it may use. docs: Application Resource, Application Flags"""

PORTAL = "Developer portal, page Bot, Privileged Gateway Intents"
ROLES = "Server Settings, Roles"


def ask_for() -> Permission:
    """Return all permissions that features use, which is what the invite link asks for."""
    return together(one.permission for one in needs)


def invite(guild: GuildSeen) -> str:
    """Return the link that gives the bot exactly what it uses. docs: OAuth2, Bot Authorization Flow."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={int(guild.bot_id)}"
        f"&scope=bot+applications.commands&permissions={int(ask_for())}"
    )


@check
def channels_are_there(guild: GuildSeen, configured: Configured) -> Iterator[Finding]:
    """Look for mapped channels that are gone, and for those without which little works."""
    places = [
        (key, label(key), channel_id, f"/setchannels what:{label(key)}", f", or let me see <#{channel_id}>")
        for key, channel_id in configured.channels.items()
    ]
    own = configured.own_channels.items()
    places += [(key, named, one, "/setchannels, with dungeon", "") for named, (key, one) in own]
    for key, named, channel_id, fix, or_else in places:
        if misfit := guild.misfit(channel_id) or _unfit(guild, key, channel_id):
            yield Finding(Level.PROBLEM, f"<#{channel_id}> ({named}) {why_unfit(misfit)}.", f"{fix}, a text channel")
        elif guild.channel(channel_id) is None:
            yield Finding(Level.PROBLEM, f"The {named} channel is gone, or I cannot see it.", fix + or_else)
    for key, why in BASICS.items():
        if key not in configured.channels:
            level = Level.PROBLEM if key is ChannelKey.RAID else Level.HINT
            yield Finding(level, f"No {key.label} channel is set: {why}.", "/setup, or /setchannels")


def _unfit(guild: GuildSeen, key: str, channel_id: ChannelId) -> ChannelSeen | None:
    """Return a channel in which the bot can post, and that cannot be what it is to be."""
    channel = guild.channel(channel_id)
    return None if channel is None or fits(key, channel) else channel


@check
def the_bot_may_work_in_its_channels(guild: GuildSeen, configured: Configured) -> Iterator[Finding]:
    """Name what the bot lacks in each mapped channel, with what it is for."""
    looked_at = 0
    for named, key, channel in _there(guild, configured):
        allowed = guild.bot_may(channel)
        lacking = [one for one in needs if one.counts_in(key) and one.crucial and not allowed & one.permission]
        if not lacking:
            looked_at += 1
            continue
        if not allowed & Permission.VIEW_CHANNEL:
            lacking = [one for one in lacking if one.permission is Permission.VIEW_CHANNEL]
        names = ", ".join(dict.fromkeys(one.permission.label for one in lacking))
        reasons = "; ".join(dict.fromkeys(one.reason for one in lacking))
        yield Finding(
            Level.PROBLEM,
            f"In <#{channel.id}> ({named}) I lack **{names}**. Needed there: {reasons}.",
            f"Settings of <#{channel.id}>, Permissions, my role: allow {names}",
        )
    if looked_at:
        yield Finding(Level.OK, f"I may do my work in {_many(looked_at, 'channel')}.")


@check
def roles_are_there_and_safe(guild: GuildSeen, configured: Configured) -> Iterator[Finding]:
    """Look for mapped roles that are gone, stand above the bot, or give power to many."""
    fine = 0
    for key, role_id in configured.roles.items():
        role = guild.role(role_id)
        found = list(_gone(key) if role is None else _faults(guild, key, role))
        fine += not found
        yield from found
    for named, role_id in configured.own_roles.items():
        if guild.role(role_id) is None:
            yield Finding(Level.PROBLEM, f"The {named} role is gone, so nobody can join.", "/setroles, with dungeon")
    yield from _shared(configured)
    if fine:
        yield Finding(Level.OK, f"{_many(fine, 'role')} can be used as set.")
    for key in IN_USE:
        if key not in configured.roles:
            yield Finding(Level.HINT, f"No {key.label} role is set: {WITHOUT[key]}.", "/setup, or /setroles")


def _gone(key: str) -> Iterator[Finding]:
    yield Finding(Level.PROBLEM, f"The {label(key)} role is gone.", f"/setroles what:{label(key)}")


def _faults(guild: GuildSeen, key: str, role: RoleSeen) -> Iterator[Finding]:
    if int(role.id) == int(guild.id) or role.managed:
        yield Finding(
            Level.PROBLEM,
            f"{label(key)} is <@&{role.id}>, which nobody can give or take.",
            f"/setroles what:{label(key)}, another role",
        )
    elif key in GIVEN_BY_US and not role.height < guild.bot_height:
        yield Finding(
            Level.PROBLEM,
            f"<@&{role.id}> ({label(key)}) stands above my role, so I cannot give or take it.",
            f"{ROLES}: drag my role above it",
        )
    if key in OF_MANY and (power := labels(role.permissions & DANGEROUS)):
        yield Finding(
            Level.PROBLEM,
            f"<@&{role.id}> ({label(key)}) lets many people {', '.join(power)}.",
            f"{ROLES}, that role, Permissions: take it away",
        )


def _shared(configured: Configured) -> Iterator[Finding]:
    """Name marks that are the same role as something else: whoever is muted would be verified too."""
    for mark in (RoleKey.SUSPENDED, RoleKey.MUTED):
        role_id = configured.roles.get(mark)
        same = [label(key) for key, other in configured.roles.items() if other == role_id and key != mark]
        if role_id is not None and same:
            yield Finding(
                Level.PROBLEM,
                f"<@&{role_id}> is {mark.label} and {', '.join(same)} at the same time.",
                f"/setroles what:{mark.label}, a role of its own",
            )


@check
def members_see_what_is_for_them(guild: GuildSeen, configured: Configured) -> Iterator[Finding]:
    """Look whether everybody sees what is for everybody, and whether only the bot writes where newcomers arrive."""
    suspended = [one for one in (configured.roles.get(RoleKey.SUSPENDED),) if one is not None]
    for key, why in OPEN_TO_ALL.items():
        channel = guild.channel(configured.channels.get(key))
        if channel is None:
            continue
        hidden = [who for who, roles in _readers(suspended) if not _sees(guild, channel, roles)]
        if hidden:
            yield Finding(
                Level.PROBLEM,
                f"<#{channel.id}> ({key.label}) is hidden from {' and '.join(hidden)}: {why}.",
                f"Settings of <#{channel.id}>, Permissions: allow View Channel and Read Message History",
            )
    verify = guild.channel(configured.channels.get(ChannelKey.GETVERIFIED))
    if verify is not None and guild.holders_may(verify) & Permission.SEND_MESSAGES:
        yield Finding(
            Level.HINT,
            f"Everybody may write in <#{verify.id}> ({ChannelKey.GETVERIFIED.label}): its panel scrolls away, "
            "and a screenshot that is pasted beside the form stands there for all to see.",
            f"Settings of <#{verify.id}>, Permissions, @everyone: deny Send Messages",
        )


def _readers(suspended: list[RoleId]) -> list[tuple[str, list[RoleId]]]:
    return [("@everyone", []), *([("suspended members", suspended)] if suspended else [])]


def _sees(guild: GuildSeen, channel: ChannelSeen, roles: list[RoleId]) -> bool:
    needed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    return guild.holders_may(channel, roles) & needed == needed


@check
def the_bot_has_what_it_needs_and_no_more(guild: GuildSeen, _: Configured) -> Iterator[Finding]:
    """Compare what the bot may do in the server with what its features use."""
    granted = guild.bot_permissions
    if granted & Permission.ADMINISTRATOR:
        yield Finding(
            Level.HINT,
            "I hold Administrator, which is more than I need: a leaked token could do anything.",
            "Take it away, and invite me again with the link below",
        )
        return
    wanted: dict[Permission, list[Need]] = {}
    for one in needs:
        if not one.channels and not granted & one.permission:
            wanted.setdefault(one.permission, []).append(one)
    for permission, uses in wanted.items():
        yield Finding(
            Level.PROBLEM if any(one.crucial for one in uses) else Level.HINT,
            f"I lack **{permission.label}** in this server. With it the bot {'; '.join(one.reason for one in uses)}.",
            f"{ROLES}, my role: allow {permission.label}",
        )
    if spare := labels(_own(guild) & DANGEROUS & ~int(ask_for())):
        yield Finding(
            Level.HINT,
            f"I may also {', '.join(spare)}, which nothing uses today.",
            f"{ROLES}, my role: you may take that away",
        )


def _own(guild: GuildSeen) -> int:
    """Return what the bot's own roles grant, without what everybody may."""
    granted = 0
    for one in guild.roles:
        if one.id in guild.bot_role_ids and int(one.id) != int(guild.id):
            granted |= one.permissions
    return granted


@check
def pings_reach_people(guild: GuildSeen, configured: Configured) -> Iterator[Finding]:
    """Look whether the bot can call whom the settings want called."""
    wanted = configured.settings.get(PING_AT_OPEN.key, frozenset()) | configured.settings.get(
        PING_AT_START.key, frozenset()
    )
    raid = guild.channel(configured.channels.get(ChannelKey.RAID))
    may_mention = bool(raid and guild.bot_may(raid) & Permission.MENTION_EVERYONE)
    by_role = bool(wanted & {PingPolicy.DUNGEON_ROLE, PingPolicy.BOTH})
    if raid and wanted & {PingPolicy.HERE, PingPolicy.BOTH} and not may_mention:
        yield Finding(
            Level.PROBLEM,
            f"Runs are to call @here, and in <#{raid.id}> I lack **{Permission.MENTION_EVERYONE.label}**.",
            f"Settings of <#{raid.id}>, Permissions, my role: allow it. Or /settings set ping_at_open",
        )
    yield from _dungeon_roles(guild, configured, silent=by_role and not may_mention)
    if by_role and not configured.dungeon_roles:
        yield Finding(Level.HINT, "No dungeon calls a role yet, so new runs call nobody.", "/dungeonrole set")


def _dungeon_roles(guild: GuildSeen, configured: Configured, *, silent: bool) -> Iterator[Finding]:
    for dungeon, role_id in configured.dungeon_roles.items():
        role = guild.role(role_id)
        if role is None:
            yield Finding(Level.PROBLEM, f"The role that {label(dungeon)} calls is gone.", "/dungeonrole set, or clear")
        elif silent and not role.mentionable:
            yield Finding(
                Level.PROBLEM,
                f"<@&{role.id}> ({label(dungeon)}) cannot be called: I lack **{Permission.MENTION_EVERYONE.label}** "
                "in the raid channel.",
                f"{ROLES}, that role: let anyone mention it. Or allow me to mention everyone",
            )


@check
def the_application_has_its_intents(guild: GuildSeen, _: Configured) -> Iterator[Finding]:
    """Look at the intents that are switched on by hand, where Discord tells."""
    flags = guild.application_flags
    for name in missing_intents(flags):
        yield Finding(Level.PROBLEM, f"The {name} Intent is off.", f"{PORTAL}: switch it on, then start me again")
    if flags & (PRESENCES | PRESENCES_LIMITED):
        yield Finding(Level.HINT, "The Presence Intent is on, and nothing uses it.", f"{PORTAL}: switch it off")


def looked_over(guild: GuildSeen, configured: Configured) -> list[Finding]:
    """Return what all checks of all features find, problems first, then hints, then what is fine."""
    found = [one for look in checks for one in look(guild, configured)]
    order = list(Level)
    return sorted(found, key=lambda one: order.index(one.level))


def permissions_markdown() -> str:
    """Return the operator's page about permissions."""
    rows: dict[Permission, list[str]] = {}
    for one in needs:
        where = "in every channel that is set" if one.channels and "*" in one.channels else ""
        where = where or ", ".join(sorted(label(key) for key in one.channels)) or "in the whole server"
        rows.setdefault(one.permission, []).append(f"{one.reason} ({where})")
    lines = [f"| {one.label} | {'; '.join(sorted(rows[one]))} |" for one in sorted(rows)]
    return "\n".join([HEAD, *lines, "", FOOT.format(number=int(ask_for())), ""])


HEAD = """# Permissions

The invite link asks for exactly these, and each has a reason. `/doctor` names what is missing, what is too much, and
shows the link for your bot. This page is written from the code: `just docs`.

| permission | what for |
| --- | --- |"""

FOOT = """Together they are the number {number}, which the link carries:
`https://discord.com/oauth2/authorize?client_id=APPLICATION_ID&scope=bot+applications.commands&permissions={number}`

Administrator is not needed, and better not given: whoever gets hold of the token could then do anything. Of the
privileged intents the bot uses *Server Members* and *Message Content*; *Presence* is not used."""


def _there(guild: GuildSeen, configured: Configured) -> Iterator[tuple[str, str, ChannelSeen]]:
    """Go through channels that there are: how members read what they are, the key that they stand for, and which."""
    listed = [(label(key), key, one) for key, one in configured.channels.items()]
    listed += [(named, key, one) for named, (key, one) in configured.own_channels.items()]
    for named, key, channel_id in listed:
        if channel := guild.channel(channel_id):
            yield named, key, channel


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
