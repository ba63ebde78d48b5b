"""Steps about RealmEye: a few of its pages, asked for by hand and politely."""

import secrets
import string
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

import aiohttp

from raidbot.core.clock import Clock
from raidbot.core.igns import IGN
from raidbot.features.realmeye.jobs.site import PATHS, Manners, Trouble, fetch, session
from raidbot.features.realmeye.model.facts import Kind, Reading, Standing
from raidbot.features.realmeye.rules.reading import read
from raidbot.rehearsal.model import Seen, Skipped
from raidbot.rehearsal.rest import Away
from raidbot.rehearsal.scene import Scene, confirmed, expect

LONGEST_IGN = 10


@dataclass
class Pages:
    """RealmEye's pages of the person at the terminal, each asked for once.

    Args:
        manners: How we behave there.
        clock: Times the pauses.
    """

    manners: Manners
    clock: Clock
    ign: str | None = None
    """Their name; empty where they do not want to say it, None while they were not asked."""
    profile: str = field(default="", repr=False)

    def address(self, kind: Kind, ign: str) -> str:
        """Return where a page stands."""
        return f"{self.manners.base_url}/{PATHS[kind]}/{quote(ign, safe='')}"

    async def own(self, scene: Scene) -> str:
        """Return the person's own page.

        Raises:
            Skipped: they do not say who they are.
            Away: it cannot be had.
        """
        if self.ign is None:
            self.ign = ""  # whoever leaves this out is not asked again
            self.ign = await scene.talk.asked("What is your name in the game, as RealmEye spells it? (s leaves it out)")
        if not IGN.fullmatch(self.ign):
            raise Skipped("There was no name to ask RealmEye about.")
        if not self.profile:
            await self.clock.sleep(self.manners.pause.total_seconds())
            try:
                async with session(self.manners) as asking:
                    self.profile = await fetch(asking, self.manners, Kind.PROFILE, self.ign, self.clock.now())
            except Trouble as trouble:
                raise Away(f"RealmEye's page cannot be read: {trouble.reason}.") from trouble
        return self.profile

    async def own_facts(self, scene: Scene) -> Reading:
        """Return what the person's own page says, as the backend reads it."""
        return read(Kind.PROFILE, await self.own(scene), self.ign or "")


async def pages_end(scene: Scene) -> Seen:
    """Read the person's own page as the backend would."""
    page = (await scene.pages.own(scene)).rstrip()
    standing = (await scene.pages.own_facts(scene)).standing
    told = f"The page ends with {page[-20:]!r} and is {standing} to the backend."
    return confirmed(told, that=standing is Standing.SHOWN)


async def every_character(scene: Scene) -> Seen:
    """Count the characters of the person's own page."""
    maxed = (await scene.pages.own_facts(scene)).facts.maxed.value
    if maxed is None:
        raise Skipped("The page shows no characters.")
    told = f"The page lists {len(maxed)} characters, with {', '.join(f'{one}/8' for one in maxed) or 'none'}."
    answer = await scene.talk.asked(f"{told} Are those all that live? Enter: yes. n: no.")
    expect(f"{told} They are not all that live.", that=answer.casefold() not in {"n", "no"})
    return told


async def present_name(scene: Scene) -> Seen:
    """Let the person look at the history of their name."""
    await scene.pages.own(scene)
    address = scene.pages.address(Kind.NAMES, scene.pages.ign or "")
    answer = await scene.talk.asked(
        f"Open {address}\nIf it lists names: is your present one among them? Enter: yes. n: no. s: it lists none."
    )
    expect("The present name was not listed.", that=answer.casefold() not in {"n", "no"})
    return "The present name was listed too."


async def unknown_player(scene: Scene) -> Seen:
    """Ask for a player that nobody is."""
    name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(LONGEST_IGN))
    await scene.clock.sleep(scene.pages.manners.pause.total_seconds())
    try:
        async with (
            session(scene.pages.manners) as asking,
            asking.get(scene.pages.address(Kind.PROFILE, name)) as answer,
        ):
            standing = read(Kind.PROFILE, await answer.text(errors="replace"), name).standing
    except (aiohttp.ClientError, TimeoutError) as fault:
        raise Away(f"RealmEye does not answer: {type(fault).__name__}.") from fault
    told = f"The status was {answer.status}, and the page is {standing} to the backend."
    return confirmed(told, that=answer.status == HTTPStatus.OK and standing is Standing.NOT_SHOWN)
