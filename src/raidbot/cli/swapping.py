"""Letting something newer take over while members are served: another release, or another secret.

Understudies are started first, and nothing that runs is touched until they are well. Then the usual bot steps aside for
theirs, and while that one serves the usual backend and bot are started anew and take over again. So members wait twice
for as long as a login takes, never for a start. Killed at any point, somebody serves; `put_in_order` ends what was
begun.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from raidbot.cli import wellness
from raidbot.cli.deployed import CommandFailed, Deployed
from raidbot.cli.understudies import Understudies

BROKEN_OFF = "An update or a new secret was broken off in the middle. First that is put in order."

STARTS_WITHIN_S = 15.0
"""So long understudies that were left behind may take to get well before it is done without them."""

Lacking = list[str]
"""A sentence for each thing that is not well; empty when all is."""


@dataclass(frozen=True, kw_only=True)
class Swap:
    """How what runs on a machine changes hands.

    Args:
        runs: The usual parts.
        understudies: Those beside them.
        ports: Where the usual parts tell how they are.
        patience_s: How long each step may take to get well.
        say: Tells the operator how it goes.
    """

    runs: Deployed
    understudies: Understudies
    ports: Mapping[str, int]
    patience_s: float
    say: Callable[[str], None] = field(repr=False)

    def begin(self, release: str) -> Lacking:
        """Start the understudies and wait until they are well; nobody notices. Those that are not are stopped."""
        self.understudies.start(release)
        return self._without_understudies(wellness.until_well(self.understudies.ports(), self.patience_s, self.say))

    def hand_over(self) -> Lacking:
        """Let the understudies serve. Where they do not get to it they are stopped, and the usual bot goes on."""
        with contextlib.suppress(CommandFailed):  # one that does not run is in nobody's way
            self.runs.step_aside()
        if wellness.until(self._is_handed_over, self.patience_s):
            return []
        found = wellness.ailing(self.understudies.ports()) or ["The bot beside the usual one does not get to serve."]
        return self._without_understudies(found)

    def renew(self) -> Lacking:
        """Start the usual parts anew, as they are meant to be now, one after the other until each is well."""
        for part in ("backend", "bot"):
            self.runs.restart(part)
            if lacking := wellness.until_well({part: self.ports[part]}, self.patience_s, self.say):
                return lacking
        return []

    def end(self) -> Lacking:
        """Let the usual parts serve again, and stop the understudies."""
        watched = self.understudies.ports().get("bot")
        served = watched is not None and wellness.served_by(watched) == wellness.ITSELF
        understudy = wellness.served_by(self.ports["bot"]) if served else None
        self.understudies.stop()
        wellness.until(lambda: wellness.served_by(self.ports["bot"]) not in {None, understudy}, self.patience_s)
        return wellness.until_well(self.ports, self.patience_s, self.say)

    def put_in_order(self) -> Lacking:
        """End what another swap left behind when it was killed; return at once where there is nothing."""
        if not self.understudies.is_there():
            return []
        self.say(BROKEN_OFF)
        ports = self.understudies.ports()
        if ports and wellness.until(lambda: not wellness.ailing(ports), STARTS_WITHIN_S):
            self.hand_over()
        return self.renew() or self.end()

    def _is_handed_over(self) -> bool:
        """Whether the understudy serves, or a bot of another machine that stands by was faster than it."""
        server = wellness.served_by(self.understudies.ports()["bot"])
        return server == wellness.ITSELF or (server is not None and server == wellness.served_by(self.ports["bot"]))

    def _without_understudies(self, lacking: Lacking) -> Lacking:
        if lacking:
            self.understudies.stop()
        return lacking
