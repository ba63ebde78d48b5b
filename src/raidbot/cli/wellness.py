"""Waiting until the processes of this machine are well, by their health pages."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import IO, Any

from prometheus_client.parser import text_string_to_metric_families

POLL_S = 0.2

PARTS = ("backend", "bot")


def told(port: int) -> dict[str, Any] | None:
    """Return what a process of ours says about itself, or None where nobody answers, or another program does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy knows nothing of this machine
    try:
        with _answered(opener, f"http://127.0.0.1:{port}/health") as answer:
            says = json.load(answer)
    except (OSError, HTTPException, ValueError):
        return None
    return says if isinstance(says, dict) and str(says.get("service")).startswith("raidbot-") else None


def _answered(opener: urllib.request.OpenerDirector, url: str) -> IO[bytes]:
    """Return what was answered; a process that is not well answers with 503."""
    try:
        return opener.open(url, timeout=4)
    except urllib.error.HTTPError as unwell:
        return unwell


def figures(port: int) -> dict[str, float]:
    """Return the figures of a process that have no labels, by their names; none where nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=4) as answer:
            text = answer.read().decode()
        families = list(text_string_to_metric_families(text))
    except (OSError, ValueError):
        return {}
    return {one.name: one.value for family in families for one in family.samples if not one.labels}


def ailing(ports: Mapping[str, int]) -> list[str]:
    """Return a sentence for each part that is not well."""
    found = list[str]()
    for part, port in ports.items():
        says = told(port)
        if says is None:
            found.append(f"The {part} does not answer on port {port}.")
        elif str(says.get("discord")).startswith("away"):
            found.append(f"The {part} is out of service: Discord is {says['discord']}.")
        elif not says.get("ok") or (says.get("registered") is False and not says.get("stands_by_for")):
            found.append(f"The {part} is out of service: {says.get('reason') or 'it is starting.'}")
    return found


ITSELF = "itself"


def served_by(port: int) -> str | None:
    """Return who serves members as a bot process knows it: `ITSELF`, another process, or None while nobody does."""
    says = told(port)
    if not says or not says.get("ok"):
        return None
    return says.get("stands_by_for") or (ITSELF if says.get("registered") else None)


def until(right: Callable[[], bool], patience_s: float) -> bool:
    """Wait until something is right; return whether it came to be in time."""
    give_up = time.monotonic() + patience_s
    while not right():
        if time.monotonic() > give_up:
            return False
        time.sleep(POLL_S)
    return True


def until_well(ports: Mapping[str, int], patience_s: float, say: Callable[[str], None]) -> list[str]:
    """Wait until all parts are well, saying what they lack whenever that changes; return what they still lack."""
    give_up = time.monotonic() + patience_s
    before: list[str] = []
    while lacking := ailing(ports):
        if lacking != before:
            say("\n".join(lacking))
            before = lacking
        if time.monotonic() > give_up:
            return lacking
        time.sleep(POLL_S)
    return []
