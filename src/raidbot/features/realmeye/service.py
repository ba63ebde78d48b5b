"""What the backend does about RealmEye: answering from pages that are known, and letting others wait in line."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.realmeye import api, store
from raidbot.features.realmeye.model.facts import Facts, Kind, Reading
from raidbot.features.realmeye.model.queue import Away, Lookup, Read, Waiting, Wanted
from raidbot.features.realmeye.model.requirements import Check, Requirements
from raidbot.features.realmeye.rules import asking, requirements
from raidbot.features.realmeye.store import StoredPage


async def ask(tx: Transaction, wanted: Wanted, now: datetime) -> Lookup:
    """Return what pages say of a player, or let the member wait until they are read.

    Asked again, it says how far that is. When a page has arrived, `PageRead` happens in the transaction that ends the
    wish. It never waits for the site.

    Raises:
        NotAName: no player can be called that.
    """
    wanted = msgspec.structs.replace(wanted, ign=asking.checked_name(wanted.ign))
    known = {page.kind: page for page in await store.pages(tx, wanted.ign, wanted.kinds)}
    missing = [kind for kind in wanted.kinds if not _will_do(known.get(kind), kind, wanted, now)]
    if not missing:
        return _read([known[kind] for kind in wanted.kinds])
    await store.forget_others(tx, wanted)
    for kind in sorted(missing):  # always in one order, so that two requests of a member never wait for each other
        page = known.get(kind)
        earliest = max(now, page.asked_at + asking.REREAD) if page else now
        since = asking.will_do_since(kind, wanted.not_older_than, now)
        await store.enqueue(tx, wanted, kind, since, (now, earliest))
    return await _in_line(tx, wanted, now)


def _will_do(page: StoredPage | None, kind: Kind, wanted: Wanted, now: datetime) -> bool:
    return page is not None and page.asked_at >= asking.will_do_since(kind, wanted.not_older_than, now)


def _read(pages: Sequence[StoredPage]) -> Read:
    told = asking.together([Reading(page.standing, page.facts) for page in pages])
    return Read(standing=told.standing, facts=told.facts, read_at=min(page.asked_at for page in pages))


async def _in_line(tx: Transaction, wanted: Wanted, now: datetime) -> Waiting | Away:
    site = await store.site(tx)
    own = await store.place_of(tx, wanted.guild_id, wanted.user_id)
    if site.away_since is not None:
        return Away(since=site.away_since, next_try_at=max(site.next_at, now), place=own.place)
    return Waiting(place=own.place, seconds=asking.seconds_until(own.place, site, own.not_before, now))


async def withdraw(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    """Let a member wait for no page any more: they were verified in another way, or gave up."""
    await store.withdraw(tx, guild_id, user_id)


async def known_history(tx: Transaction, ign: str) -> list[str]:
    """Return the names that a player had before, as far as that was read lately. It asks nobody."""
    return [name for page in await store.pages(tx, ign, [Kind.NAMES]) for name in former_names(page.facts)]


async def known(tx: Transaction, ign: str, kinds: Sequence[Kind]) -> Read | None:
    """Return what pages say of a player as far as they were read lately, be it one of them; None: none was.

    It asks nobody.
    """
    found = await store.pages(tx, ign, kinds)
    return _read(found) if found else None


def former_names(facts: Facts) -> list[str]:
    """Return the names that a player had before, as far as RealmEye tells; none where it does not."""
    return [one.name for one in facts.former_names.value or []]


def pages_for(wanted: Requirements) -> tuple[Kind, ...]:
    """Return the pages to ask for where a guild has requirements."""
    return requirements.pages_for(wanted)


def checklist(wanted: Requirements, facts: Facts) -> list[Check]:
    """Return how far a player meets what a guild asks."""
    return requirements.checklist(wanted, facts)


@serves(api.show_site)
async def show_site(call: Call[api.ShowSite]) -> api.Site:
    """Return how RealmEye does."""
    site, line = await store.site(call.tx), await store.line(call.tx)
    return api.Site(
        away_since=site.away_since,
        away_reason=site.away_reason,
        next_try_at=site.next_at if site.away_since else None,
        waiting=line.waiting,
        oldest_wanted_at=line.oldest_wanted_at,
    )
