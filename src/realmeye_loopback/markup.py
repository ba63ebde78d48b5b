"""The pages, in the structure that public readers of the real site rely on. Words and looks are ours."""

from collections.abc import Iterable
from html import escape

from realmeye_loopback.players import Character, Deaths, Exalted, Player, Section

STATS = ("HP", "MP", "Att", "Def", "Spd", "Dex", "Vit", "Wis")
POINTS = (5, 5, 1, 1, 1, 1, 1, 1)
"""What a level of an exaltation is worth, in the order of `STATS`."""
MOST_STATS = 8
DAYS_A_YEAR = 365
STYLE = (
    "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;line-height:1.5}"
    "table{border-collapse:collapse}td,th{padding:.2rem .7rem;border:1px solid #8884;text-align:left}"
    ".well{border:1px solid #8888;border-radius:6px;padding:.7rem;margin:1rem 0;min-height:3.5rem}"
    "textarea{width:100%;font:inherit}button{font:inherit;padding:.4rem 1rem}"
    "@media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}a{color:#8cf}}"
)


def document(title: str, body: str) -> str:
    """Return a whole page."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><div class="container"><div class="row"><div class="col-md-12">{body}</div></div></div></body></html>'
    )


def profile(player: Player) -> str:
    """Return `player/<ign>`."""
    if player.hides(Section.CHARACTERS):
        characters = "<h3>Characters are hidden</h3>"
    elif not player.characters:
        characters = f"<h3>{player.ign} has no characters.</h3>"
    else:
        characters = _table(_CHARACTER_HEAD, map(_character, player.characters), identity="e")
    return document(player.ign, _head(player) + characters)


def names(player: Player) -> str:
    """Return `name-history-of-player/<ign>`."""
    if player.hides(Section.NAMES):
        told = "<h3>Name history is hidden</h3>"
    elif not player.names:
        told = "<p>No name changes detected.</p>"
    else:
        rows = [f"<tr><td><span>{one.name}</span></td>{_moments(one.since, one.until)}</tr>" for one in player.names]
        rows.append(f"<tr><td><span>{player.ign}</span></td>{_moments(player.names[-1].until, '')}</tr>")
        told = _table(("Name", "From", "To"), rows, identity="e")
    return document(f"Name history of {player.ign}", _head(player) + told)


def graveyard(player: Player) -> str:
    """Return `graveyard-summary-of-player/<ign>`."""
    if player.hides(Section.GRAVEYARD):
        told = f"<h3>The graveyard of {player.ign} is hidden.</h3>"
    elif not player.is_graveyard_loaded:
        told = "<h3>No data available yet.</h3>"
    else:
        told = _deaths(player.deaths)
    return document(f"Graveyard of {player.ign}", _head(player) + told)


def exaltations(player: Player) -> str:
    """Return `exaltations-of/<ign>`."""
    if player.hides(Section.EXALTATIONS):
        told = "<h3>Exaltations are hidden</h3>"
    elif not player.exaltations:
        told = "<h3>No exaltations</h3>"
    else:
        told = _table(("", "Class", "Exaltations", *STATS), map(_exalted, player.exaltations), identity="f")
    return document(f"Exaltations of {player.ign}", _head(player) + told)


def not_found(ign: str) -> str:
    """Return what the site says of players whom it never saw, and of those who hide everything."""
    body = (
        "<h2>Sorry, but we either:</h2>"
        f'<ul class="player-not-found"><li>have not met {escape(ign)} in the game so far, or</li>'
        f"<li>were asked by {escape(ign)} to show nothing</li></ul>"
    )
    return document("Not found", body)


def front(players: Iterable[Player]) -> str:
    """Return the list of those who can be looked at. The real site has another one."""
    rows = "".join(
        f'<tr><td><a href="/player/{one.ign}">{one.ign}</a></td>'
        f'<td><a href="/settings-of/{one.ign}">Change the description</a></td></tr>'
        for one in players
    )
    body = (
        "<h1>Practice RealmEye</h1><p>A stand-in for RealmEye on this machine. Nobody else sees it. Put the code that "
        f"the bot shows you into the description of your character, then press Check.</p><table>{rows}</table>"
    )
    return document("Practice RealmEye", body)


def settings(player: Player, *, saved: bool) -> str:
    """Return the form in which a person changes their description. The real site asks for a password first."""
    lines = escape("\n".join(player.description))
    note = "<p><strong>Saved.</strong></p>" if saved else ""
    body = (
        f"<h1>Signed in as {player.ign}</h1>{note}<form method=post><label for=lines>Description, up to three lines"
        f"</label><textarea id=lines name=lines rows=3 maxlength=600>{lines}</textarea><p><button>Save</button> "
        f'<a href="/player/{player.ign}">See the page</a> · <a href="/">All players</a></p></form>'
    )
    return document(player.ign, body)


def _head(player: Player) -> str:
    """Return what all pages of a player begin with."""
    lines = [*player.description, "", "", ""][:3]
    described = "".join(
        f'<div class="line{number} description-line">{escape(line)}</div>' for number, line in enumerate(lines, 1)
    )
    summary = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in _summary(player))
    return (
        f'<h1><span class="entity-name">{player.ign}</span></h1>'
        f'<div class="row"><div class="col-md-5"><table class="summary">{summary}</table></div>'
        f'<div class="col-md-7"><div class="well description" id="d">{described}</div>'
        f'<p><a href="/settings-of/{player.ign}">Sign in and change your description</a></p></div></div>'
        f'<ul class="nav nav-tabs"><li><a href="/player/{player.ign}">Characters</a></li>'
        f'<li><a href="/graveyard-summary-of-player/{player.ign}">Graveyard</a></li>'
        f'<li><a href="/name-history-of-player/{player.ign}">Names</a></li>'
        f'<li><a href="/exaltations-of/{player.ign}">Exaltations</a></li></ul>'
    )


def _summary(player: Player) -> Iterable[tuple[str, str]]:
    if not player.hides(Section.CHARACTERS):
        yield "Characters", str(len(player.characters))
    if not player.hides(Section.EXALTATIONS):
        yield "Exaltations", _number(sum(sum(each.levels) for each in player.exaltations))
    if not player.hides(Section.FAME):
        yield "Fame", f"{_number(player.alive_fame)} (7492 <sup>nd</sup>)"
    yield "Rank", f'<div class="star-container">{player.stars} <div class="star star-red"></div></div>'
    if not player.hides(Section.FAME):
        yield "Account fame", f"{_number(player.account_fame)} (4348 <sup>th</sup>)"
    if player.guild:
        yield "Guild", f'<a href="/guild/{escape(player.guild)}">{escape(player.guild)}</a>'
        yield "Guild Rank", escape(player.guild_rank)
    age = "hidden" if player.hides(Section.FIRST_SEEN) else _age(player.first_seen_days)
    yield ("Created" if player.is_created else "First seen"), age
    yield "Last seen", "hidden" if player.hides(Section.LAST_SEEN) else _last_seen(player)


def _last_seen(player: Player) -> str:
    at = player.last_seen
    shown = f'<span class="timeago" title="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M:%S}</span>'
    return f"{shown} at USEast as Priest"


def _age(days: int) -> str:
    years, rest = divmod(days, DAYS_A_YEAR)
    parts = [f"{number} {unit}{'s'[: number != 1]}" for number, unit in ((years, "year"), (rest, "day")) if number]
    return f"~{' and '.join(parts) or '0 days'} ago"


def _number(value: int) -> str:
    return f'<span class="numeric">{value}</span>'


_CHARACTER_HEAD = ("", "Class", "L", "Fame", "Pl.", "Equipment", "Stats", "Last seen", "Srv.")


def _character(one: Character) -> str:
    stats = ",".join("75" for _ in range(MOST_STATS))
    return (
        '<tr><td><a class="character" data-class="1" data-skin="0"></a></td>'
        f"<td>{escape(one.name)}</td><td>{one.level}</td><td>{one.fame}</td><td>812</td>"
        '<td><span class="item-wrapper"><span class="item" title="Empty slot"></span></span></td>'
        f'<td><span class="player-stats" data-stats="[{stats}]" data-bonuses="[0,0,0,0,0,0,0,0]">'
        f"{one.maxed}/{MOST_STATS}</span></td><td></td><td></td></tr>"
    )


def _deaths(classes: list[Deaths]) -> str:
    columns = [sum(each.by_maxed[number] for each in classes) for number in range(MOST_STATS + 1)]
    head = "".join(f"<th>{title}</th>" for title in ("Class", *(f"{n}/8" for n in range(MOST_STATS + 1)), "Total"))
    rows = "".join(f"<tr>{_figures(each.name, each.by_maxed)}</tr>" for each in classes)
    return (
        '<div class="table-responsive"><table class="table table-striped main-achievements">'
        "<tr><td></td><td>Dungeons completed</td><td>812</td><td>90</td><td>4</td><td>0</td></tr></table></div>"
        '<div class="table-responsive"><table class="table table-striped other-achievements">'
        "<tr><td>Accuracy</td><td></td><td>90%</td><td>41%</td><td>3%</td></tr></table></div>"
        '<div class="table-responsive"><table class="table table-striped tablesorter maxed-stats-by-class">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        f"<tfoot><tr>{_figures('Total', columns)}</tr></tfoot></table></div>"
    )


def _figures(name: str, counts: list[int]) -> str:
    cells = "".join(f"<td>{count or ''}</td>" for count in counts)
    return f"<td>{escape(name)}</td>{cells}<td>{sum(counts)}</td>"


def _exalted(one: Exalted) -> str:
    points = [level * worth for level, worth in zip(one.levels, POINTS, strict=True)]
    cells = "".join(f"<td>{f'+{each}' if each else ''}</td>" for each in points)
    return f"<tr><td></td><td>{escape(one.name)}</td><td>{sum(one.levels)}</td>{cells}</tr>"


def _moments(since: str, until: str) -> str:
    return f"<td>{since and f'{since}T00:00:00Z'}</td><td>{until and f'{until}T00:00:00Z'}</td>"


def _table(head: Iterable[str], rows: Iterable[str], *, identity: str) -> str:
    titles = "".join(f"<th>{title}</th>" for title in head)
    return (
        f'<div class="table-responsive"><table id="{identity}" class="table table-striped tablesorter">'
        f"<thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
