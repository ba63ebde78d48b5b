"""Turns the environment into settings, or into one list of all that is wrong with it."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from dotenv import dotenv_values

from raidbot.settings.declared import (
    DEPLOYMENT,
    INSTALL_DIR,
    BackendSettings,
    BackupSettings,
    BotSettings,
    Everywhere,
    OperatorSettings,
    RehearsalSettings,
    UpSettings,
    Variable,
)
from raidbot.settings.values import Environment, Secret

Part = TypeVar("Part", bound=Everywhere)

SHORTEST_API_KEY = 32
"""Characters, in production. Operator's guide, "Security"."""

PLACE_HOLDER = re.compile("<[a-z0-9-]+>")

SHORTEST_PAUSE_S = 1
"""Between two pages of RealmEye, in production."""


class SettingsFault(Exception):  # noqa: N818 - in the words of the person who reads it
    """The environment is not fit to start with.

    Args:
        faults: One sentence each, every one with what to do about it.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def environment(folder: Path | None = None) -> dict[str, str]:
    """Return this process's environment over the `.env` file of `folder`, by default the working directory."""
    from_file = dotenv_values((folder or Path.cwd()) / ".env", interpolate=False)
    real = dict(os.environ)  # noqa: TID251 - the one place
    return {name: value for name, value in from_file.items() if value is not None} | real


def load_backend(environ: Mapping[str, str]) -> BackendSettings:
    """Read what `raidbot backend` needs.

    Raises:
        SettingsFault: something is missing or wrong; it lists all of it.
    """
    return _load(BackendSettings, environ)


def load_bot(environ: Mapping[str, str]) -> BotSettings:
    """Read what `raidbot bot` needs.

    Raises:
        SettingsFault: something is missing or wrong; it lists all of it.
    """
    return _load(BotSettings, environ)


def load_backup(environ: Mapping[str, str]) -> BackupSettings:
    """Read what `raidbot backup`, `restore` and `disk` need. Without `DATABASE_URL` they use the embedded server.

    Raises:
        SettingsFault: something is wrong; it lists all of it.
    """
    return _load(BackupSettings, environ)


def load_up(environ: Mapping[str, str]) -> UpSettings:
    """Read what `raidbot up` needs. Nothing is required: what is missing it provides by itself.

    Raises:
        SettingsFault: something is wrong, or half of Discord's settings are there; it lists all of it.
    """
    return _load(UpSettings, environ)


def load_operator(environ: Mapping[str, str]) -> OperatorSettings:
    """Read what the operator's own commands need. Nothing is required.

    Raises:
        SettingsFault: something is wrong, or half of Discord's settings are there; it lists all of it.
    """
    return _load(OperatorSettings, environ)


def load_rehearsal(environ: Mapping[str, str]) -> RehearsalSettings:
    """Read what `raidbot rehearse` needs. Nothing is required.

    Raises:
        SettingsFault: something is wrong; it lists all of it.
    """
    return _load(RehearsalSettings, environ)


def is_secret(name: str) -> bool:
    """Tell whether the value of a variable is never shown."""
    kinds = (BackendSettings, BotSettings, OperatorSettings)
    return any(one.secret and one.name == name for kind in kinds for one, _ in variables(kind).values())


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the text that a secret or another variable has by itself, as written; None for a place holder."""
    path = environ.get(f"{name}_FILE", "").strip()
    text = environ.get(name, "").strip()
    if path and not text and Path(path).is_file():
        text = _content(Path(path))
    return None if not text or PLACE_HOLDER.search(text) else text


def variables(kind: type[Everywhere]) -> dict[str, tuple[Variable, bool]]:
    """Return each field's variable and whether it must be set."""
    declared: dict[str, tuple[Variable, bool]] = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        held, variable = get_args(hint)  # of Annotated
        declared[name] = variable, variable.default is None and NoneType not in get_args(held)
    return declared


def settings_markdown() -> str:
    """Return the page that lists every variable, for `docs/reference/settings.md`."""
    users: dict[Variable, list[str]] = {}
    must: set[Variable] = set()
    for part, kind in (("backend", BackendSettings), ("bot", BotSettings), ("backup", BackupSettings)):
        for variable, required in variables(kind).values():
            users.setdefault(variable, []).append(part)
            must |= {variable} if required else set()
    users |= {DEPLOYMENT: ["operator"], INSTALL_DIR: ["operator"]}
    ordered = sorted(users, key=lambda one: one.name)
    return "\n".join([*_HEAD, *(_row(one, users[one], required=one in must) for one in ordered), ""])


_HEAD = (
    "# Settings",
    "",
    "Written by `just docs` from `src/raidbot/settings/`. A `.env` file in the working directory counts where the",
    "real environment is silent. All faults are listed at once at start, and the process ends with code 2.",
    "",
    "Those read by `operator` are for `raidbot init`, `update`, `rollback`, `rotate` and `doctor`.",
    "",
    "| variable | read by | default | what it is |",
    "| --- | --- | --- | --- |",
)


def _row(variable: Variable, users: list[str], *, required: bool) -> str:
    default = "**required**" if required else f"`{variable.default}`" if variable.default else "not set"
    about = variable.about + (f" Or name a file in `{variable.name}_FILE`." if variable.secret else "")
    return f"| `{variable.name}` | {', '.join(users)} | {default} | {about} |"


def _load(kind: type[Part], environ: Mapping[str, str]) -> Part:
    found: dict[str, Any] = {}
    faults: list[str] = []
    for name, (variable, required) in variables(kind).items():
        try:
            found[name] = _value(variable, environ, required=required)
        except ValueError as fault:
            faults.append(f"{variable.name}: {fault}.")
    faults += [*_production(found), *_discord(found), *_shards(found)]
    if faults:
        raise SettingsFault(faults)
    return kind(**found)


def _value(variable: Variable, environ: Mapping[str, str], *, required: bool) -> object:
    text = _text(variable, environ)
    if text is None:
        if required:
            raise ValueError(f"is missing. {variable.about}".rstrip("."))
        return None
    if PLACE_HOLDER.search(text):
        raise ValueError("still holds the example's place holder; put your own value there")
    try:
        return variable.read(text)
    except ValueError as fault:
        shown = "" if variable.secret else f" instead of {text!r}"
        raise ValueError(f"{fault}{shown}") from None


def _text(variable: Variable, environ: Mapping[str, str]) -> str | None:
    """Return what is set for it. An empty value counts as not set, as Compose passes those on."""
    names = [variable.name, *([variable.formerly] if variable.formerly else [])]
    text = next((text for name in names if (text := environ.get(name, "").strip())), None)
    path = environ.get(f"{variable.name}_FILE", "").strip() if variable.secret else ""
    if path and text:
        raise ValueError(f"is set twice; keep it or {variable.name}_FILE")
    return (_content(Path(path)) if path else text) or variable.default


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise ValueError(f"the file {path} cannot be read ({fault.strerror}); mend path or permissions") from None


def _production(found: Mapping[str, Any]) -> Iterator[str]:
    """Find what only production refuses. A value that is itself at fault is missing from `found`."""
    if found.get("app_env") is not Environment.PRODUCTION:
        return
    if found.get("test_clock_file"):
        yield "TEST_CLOCK_FILE: is for tests. Remove it in production."
    if found.get("realmeye_pause_s", SHORTEST_PAUSE_S) < SHORTEST_PAUSE_S:
        yield f"REALMEYE_PAUSE_S: give RealmEye at least {SHORTEST_PAUSE_S} s between two pages in production."
    key: Secret | None = found.get("api_key")
    if key and len(key.reveal()) < SHORTEST_API_KEY:
        yield (
            f"BACKEND_API_KEY: needs at least {SHORTEST_API_KEY} characters in production. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))".'
        )


def _discord(found: Mapping[str, Any]) -> Iterator[str]:
    """Find a token without the application and the guilds that it goes with."""
    if not found.get("token"):
        return
    for name, variable in (("application_id", "APPLICATION_ID"), ("guild_ids", "DISCORD_GUILD_IDS")):
        if name in found and not found[name]:
            yield f"{variable}: is missing, while SECRET_KEY is set. Set it, or leave out both to try without Discord."


def _shards(found: Mapping[str, Any]) -> Iterator[str]:
    if "shard_ids" not in found or "shard_count" not in found:
        return
    ids: tuple[int, ...] | None = found["shard_ids"]
    count: int | None = found["shard_count"]
    if (ids is None) != (count is None):
        yield "SHARD_IDS and SHARD_COUNT: set both, or neither when one process serves all."
    elif ids and count and max(ids) >= count:
        yield f"SHARD_IDS: with SHARD_COUNT={count} the shards are 0 to {count - 1}."
