"""The used keys of a run as those who log them see them."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import GuildId, RunId, UserId, snowflake
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon, DungeonKey
from raidbot.features.keys import api
from raidbot.features.keys.model import KeyLog, KeyState, KeyUse, KeyUseId, Unlogged

ON_A_PAGE = 5
"""So many keys fit on one page."""

IN_A_MENU = 25
"""So many options has a menu at the most. docs: Component Reference, String Select"""

RUNS_LISTED = 8
"""So many runs fit on the list of those with unnamed keys."""


def log(told: KeyLog, note: str = "", page: int = 0) -> discord.ui.LayoutView:
    """Draw the used keys of a run, each with what can be done about it."""
    dungeon = catalogue.known(told.dungeon)
    start = min(page * ON_A_PAGE, max(0, len(told.uses) - 1) // ON_A_PAGE * ON_A_PAGE)
    listed = [part for one in told.uses[start : start + ON_A_PAGE] for part in _use(one)]
    head = f"{told.unnamed} of {look.many(len(told.uses), 'key')} without a name." if told.unnamed else "All is said."
    if not told.uses:
        head = "No key was used in this run. Add one if that is wrong."
    return look.sheet(
        look.text(f"### 🔑 Keys of run {told.run_id} · {dungeon.emoji} {dungeon.name}", note, head),
        *listed,
        _foot(told, start, dungeon),
        colour=dungeon.colour,
    )


def _use(use: KeyUse) -> list[discord.ui.Item[discord.ui.LayoutView]]:
    ids = f"{use.id}:{use.revision}"
    named = use.state is KeyState.LOGGED
    row = [look.button("Change" if named else "Name it", f"keys:who:{ids}", look.PRIMARY)]
    if use.state is not KeyState.DISMISSED:
        row.append(look.button("Not used", f"keys:dismiss:{ids}"))
    return [look.text(f"{_which(use)}: {_whose(use)}"), look.row(*row)]


def _which(use: KeyUse) -> str:
    key = _key(use)
    nth = f"Key {use.number} · " if use.number else ""
    return f"{nth}{key.emoji} **{key.name}**" if key else f"{nth}{use.key}"


def _whose(use: KeyUse) -> str:
    if use.user_id is not None:
        name = f" (**{shown(use.ign)}**)" if use.ign else ""
        return f"<@{use.user_id}>{name}"
    return {
        KeyState.UNKNOWN: "nobody knows whose it was",
        KeyState.DISMISSED: "was not used",
    }.get(use.state, "**no name yet**")


def _foot(told: KeyLog, start: int, dungeon: Dungeon) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    add = f"keys:add:{told.run_id}" + (f":{dungeon.keys[0].key}" if len(dungeon.keys) == 1 else "")
    page = start // ON_A_PAGE
    buttons = [look.button("Add a key", add)]
    if any(one.state is KeyState.OPEN for one in told.uses):
        buttons.append(look.button("Nobody knows", f"keys:give_up:{told.run_id}"))
    if page:
        buttons.append(look.button("Before", f"keys:page:{told.run_id}:{page - 1}"))
    if start + ON_A_PAGE < len(told.uses):
        buttons.append(look.button("More", f"keys:page:{told.run_id}:{page + 1}"))
    return look.row(*buttons, look.button("Refresh", f"keys:page:{told.run_id}:{page}"))


def naming(told: KeyLog, use: KeyUse, guild: discord.Guild) -> discord.ui.LayoutView:
    """Draw the ways to say whose a key was."""
    ids = f"{use.id}:{use.revision}"
    dungeon = catalogue.known(use.dungeon)
    types = [(key.key, f"{key.emoji} {key.name}") for key in dungeon.keys]
    return look.sheet(
        look.text(f"Whose was {_which(use)}?", f"Now: {_whose(use)}"),
        *_holders(told, use, guild),
        look.people(f"keys:member:{ids}", "Any member"),
        *([look.menu(f"keys:type:{ids}", "Which key it was", types, chosen=[use.key])] if len(types) > 1 else []),
        look.row(look.button("By IGN", f"keys:ign:{ids}"), look.button("Back", f"keys:page:{told.run_id}:0")),
        colour=dungeon.colour,
    )


def _holders(told: KeyLog, use: KeyUse, guild: discord.Guild) -> list[discord.ui.ActionRow[discord.ui.LayoutView]]:
    names: dict[str, str] = {}
    for one in sorted(told.holders, key=lambda holder: holder.key != use.key):
        member = guild.get_member(int(one.user_id))
        key = catalogue.known(use.dungeon).find_key(one.key)
        name = one.ign or (member.display_name if member else "A member who left")
        names.setdefault(str(int(one.user_id)), f"{name} ({key.label})" if key else name)
    options = list(names.items())[:IN_A_MENU]
    return [look.menu(f"keys:holder:{use.id}:{use.revision}", "Who offered a key", options)] if options else []


def unlogged(runs: list[Unlogged]) -> discord.ui.LayoutView:
    """Draw the runs that have keys without a name."""
    parts: list[discord.ui.Item[discord.ui.LayoutView]] = []
    for one in runs[:RUNS_LISTED]:
        dungeon = catalogue.known(one.dungeon)
        keys = look.many(one.keys, "key")
        line = f"{dungeon.emoji} **{dungeon.name}** · run {one.run_id} · {keys} · <@{one.leader_id}>"
        parts += [
            look.text(f"{line} · over {look.ago(one.closed_at)}"),
            look.row(look.button("Log keys", f"keys:open:{one.run_id}")),
        ]
    more = len(runs) - RUNS_LISTED
    rest = [look.text(f"-# And {more} more, once these are done.")] if more > 0 else []
    return look.sheet(look.text("### Keys without a name"), *parts, *rest)


@button(r"keys:open:(?P<run>\d+)", bucket=ORGANIZING)
async def open_log(press: Press) -> Answer:
    """Show the used keys of a run."""
    return Answer(view=log(await press.ask(api.read_keys, api.ReadKeys(*_run(press)))))


@button(r"keys:page:(?P<run>\d+):(?P<page>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def turn_page(press: Press) -> Answer:
    """Show another page of them."""
    told = await press.ask(api.read_keys, api.ReadKeys(*_run(press)))
    return Answer(view=log(told, page=press.ids["page"]))


@button(r"keys:who:(?P<use>\d+):(?P<revision>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_whose(press: Press) -> Answer:
    """Ask whose a key was."""
    told = await press.ask(api.read_key, api.ReadKey(press.guild_id, _use_id(press)))
    use = next((one for one in told.uses if one.id == _use_id(press)), None)
    return Answer(view=naming(told, use, press.guild) if use else log(told))


@button(r"keys:(?:holder|member):(?P<use>\d+):(?P<revision>\d+)", bucket=ORGANIZING, manner="redraws")
async def name_member(press: Press) -> Answer:
    """Say that it was a member's."""
    user_id = snowflake(UserId, press.choice)
    return await _named(press, api.NameKey(press.guild_id, _use_id(press), revision=_revision(press), user_id=user_id))


@form_button(r"keys:ign:(?P<use>\d+):(?P<revision>\d+)", bucket=ORGANIZING)
async def ask_ign(press: Press) -> discord.ui.Modal:
    """Open the form for an IGN."""
    modal = discord.ui.Modal(
        title="Who popped it?", custom_id=f"keys:ign_given:{_use_id(press)}:{_revision(press)}:{int(press.key)}"
    )
    field = discord.ui.TextInput[discord.ui.Modal](custom_id="ign", min_length=1, max_length=16)
    modal.add_item(discord.ui.Label(text="Their IGN", component=field))
    return modal


@form(r"keys:ign_given:(?P<use>\d+):(?P<revision>\d+):(?P<press>\d+)", bucket=ORGANIZING, manner="redraws")
async def name_ign(press: Press) -> Answer:
    """Say that it was that raider's."""
    ign = press.fields.get("ign", "").strip()
    if not ign:
        raise InvalidRequest("Type the IGN of who popped it, as the game shows it.")
    return await _named(press, api.NameKey(press.guild_id, _use_id(press), revision=_revision(press), ign=ign))


@button(r"keys:type:(?P<use>\d+):(?P<revision>\d+)", bucket=ORGANIZING, manner="redraws")
async def retype(press: Press) -> Answer:
    """Say which key it was."""
    ask = api.RetypeKey(press.guild_id, _use_id(press), revision=_revision(press), key=press.choice)
    told = await press.ask(api.retype_key, ask)
    use = next((one for one in told.uses if one.id == ask.use_id), None)
    return Answer(view=naming(told, use, press.guild) if use else log(told))


@button(r"keys:dismiss:(?P<use>\d+):(?P<revision>\d+)", bucket=ORGANIZING, manner="redraws")
async def dismiss(press: Press) -> Answer:
    """Say that it was not used."""
    ask = api.DismissKey(press.guild_id, _use_id(press), revision=_revision(press))
    return Answer(view=log(await press.ask(api.dismiss_key, ask), "Noted: it was not used."))


@button(r"keys:give_up:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def give_up(press: Press) -> Answer:
    """Say that nobody knows whose the others were."""
    told = await press.ask(api.dismiss_keys, api.DismissKeys(*_run(press)))
    return Answer(view=log(told, "Noted. `Name it` still works, should somebody remember."))


@button(r"keys:add:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_added(press: Press) -> Answer:
    """Ask which key is to be added."""
    told = await press.ask(api.read_keys, api.ReadKeys(*_run(press)))
    keys = [(key.key, f"{key.emoji} {key.name}") for key in catalogue.known(told.dungeon).keys]
    menu = look.menu(f"keys:added:{told.run_id}", "One more of …", keys)
    back = look.row(look.button("Back", f"keys:page:{told.run_id}:0"))
    return Answer(view=look.sheet(look.text("Which key was used besides?"), menu, back))


@button(r"keys:added:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def add_chosen(press: Press) -> Answer:
    """Add the key that was chosen."""
    return await _added(press, press.choice)


@button(r"keys:add:(?P<run>\d+):(?P<key>[a-z0-9_]{2,40})", bucket=ORGANIZING, manner="redraws")
async def add_only(press: Press) -> Answer:
    """Add the only key that the dungeon has."""
    return await _added(press, press.words["key"])


async def _added(press: Press, key: str) -> Answer:
    told = await press.ask(api.add_key, api.AddKey(*_run(press), key=key))
    return Answer(view=log(told, "One key is added.", page=len(told.uses) // ON_A_PAGE))


async def _named(press: Press, ask: api.NameKey) -> Answer:
    told = await press.ask(api.name_key, ask)
    use = next((one for one in told.uses if one.id == ask.use_id), None)
    if use is None:
        return Answer(view=log(told))
    points = catalogue.known(use.dungeon).points.key_pop
    page = told.uses.index(use) // ON_A_PAGE
    return Answer(view=log(told, f"✅ {_which(use)}: {_whose(use)}, {points:f} points.", page=page))


def _key(use: KeyUse) -> DungeonKey | None:
    return catalogue.known(use.dungeon).find_key(use.key)


def _run(press: Press) -> tuple[GuildId, RunId]:
    return press.guild_id, RunId(press.ids["run"])


def _use_id(press: Press) -> KeyUseId:
    return KeyUseId(press.ids["use"])


def _revision(press: Press) -> int:
    return press.ids["revision"]
