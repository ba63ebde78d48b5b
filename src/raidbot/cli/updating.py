"""`raidbot update` and `raidbot rollback`: another release, with a way back that is taken by itself."""

import asyncio
import time
from dataclasses import dataclass

import typer

from raidbot.bot.backend import Backend, Fault
from raidbot.cli.deployed import CommandFailed
from raidbot.cli.releases import NoRelease, Releases, news
from raidbot.cli.stopped import Stopped
from raidbot.cli.swapping import Swap
from raidbot.core.errors import Refusal
from raidbot.features.runs.api.busy import AskBusy, busy
from raidbot.features.runs.model.busy import Busy
from raidbot.settings import OperatorSettings

PATIENCE_S = 60.0
LOOK_EVERY_S = 15.0


class DidNotUpdate(Stopped):
    """Nothing was changed, or the old release runs again; the text says which and why."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How the operator wants it done."""

    release: str | None = None
    """None: the newest."""
    when_quiet: bool = False
    yes: bool = False
    patience_s: float = PATIENCE_S
    """How long a release may take to get well."""


def update(wanted: OperatorSettings, there: Releases, wish: Wish) -> None:
    """Bring another release into service; return to the old one by itself when the new one does not get well.

    Raises:
        DidNotUpdate: the old release runs.
        CommandFailed: a step failed before anything was switched.
    """
    swap = _swap(wanted, there, wish)
    _put_in_order(swap, there)
    release, before = wish.release or there.newest(), there.current
    if release == before:
        typer.echo(f"{release} runs already.")
        return
    typer.echo(f"{before} runs; {release} is to come. What is new for staff:")
    news(there.changelog(release), there.changelog(before), typer.echo)
    typer.echo("It is made ready beside the one that runs.")
    there.prepare(release)
    _settle(wanted, wish)
    there.back_up()
    typer.echo("A backup was taken.")
    there.migrate(release)
    _switch(swap, there, release)


def rollback(wanted: OperatorSettings, there: Releases, wish: Wish) -> None:
    """Let the release before run again. The schema stays: each release runs on that of the next one.

    Raises:
        NoRelease: there is none before.
        DidNotUpdate: it does not get well either.
    """
    swap = _swap(wanted, there, wish)
    _put_in_order(swap, there)
    release = there.previous
    if release is None:
        raise NoRelease("No release is known to have run before this one.")
    typer.echo(f"{there.current} runs; {release} ran before it.")
    _settle(wanted, wish)
    _switch(swap, there, release)


def _swap(wanted: OperatorSettings, there: Releases, wish: Wish) -> Swap:
    ports = {"backend": wanted.backend_metrics_port, "bot": wanted.bot_metrics_port}
    return Swap(
        runs=there.runs, understudies=there.understudies, ports=ports, patience_s=wish.patience_s, say=typer.echo
    )


def _put_in_order(swap: Swap, there: Releases) -> None:
    """End what an update that was killed left behind. What lacks then is no reason not to bring another release."""
    if lacking := swap.put_in_order():
        typer.echo(f"{there.current} is not well:\n" + "\n".join(lacking))


def _settle(wanted: OperatorSettings, wish: Wish) -> None:
    """Say what would be held up, and ask, or wait until it is nothing.

    Raises:
        DidNotUpdate: the operator does not want to.
    """
    found = _busy(wanted)
    typer.echo(f"Now: {found.words}." if found else "The backend does not answer, so nothing can be held up.")
    while wish.when_quiet and found and found.runs:
        time.sleep(LOOK_EVERY_S)
        found = _busy(wanted)
    if not (wish.yes or wish.when_quiet) and not typer.confirm("Switch now? Clicks go unanswered for a few seconds"):
        raise DidNotUpdate("Nothing was changed.")


def _busy(wanted: OperatorSettings) -> Busy | None:
    key = wanted.api_key
    if key is None:
        return None

    async def ask() -> Busy:
        async with Backend(f"http://127.0.0.1:{wanted.port}/v1", key.reveal(), timeout=5) as backend:
            return await backend.call(busy, AskBusy())

    try:
        return asyncio.run(ask())
    except (Refusal, Fault):
        return None


def _switch(swap: Swap, there: Releases, release: str) -> None:
    """Switch, and back again if the new release does not get well.

    Raises:
        DidNotUpdate: the old release runs, and in most cases never stopped.
    """
    before, started = there.current, time.monotonic()
    try:
        lacking = swap.begin(release) or swap.hand_over()
    except CommandFailed as fault:
        lacking = [str(fault)]
        swap.understudies.stop()
    if lacking:
        raise DidNotUpdate(_unwell(release, lacking) + f"\n{before} runs on: it was not stopped.")
    there.name(release)
    try:
        lacking = swap.renew() or swap.end()
    except CommandFailed as fault:
        lacking = [str(fault)]
    if lacking:
        there.name(before)
        still = swap.renew() or swap.end()
        state = "is not well either:\n" + "\n".join(still) if still else "runs again and is well."
        raise DidNotUpdate(_unwell(release, lacking) + f"\n{before} {state}")
    swap.runs.renew_backups()
    swap.runs.renew_seconds()
    typer.echo(f"{release} runs and is well, {time.monotonic() - started:.1f} s after the switch began.")
    if typed := there.remains(release):
        typer.echo(f"The checkout is not that of {release} yet: see docs/operate/install.md. Type:\n  {typed}")


def _unwell(release: str, lacking: list[str]) -> str:
    return f"{release} did not get well:\n" + "\n".join(lacking)
