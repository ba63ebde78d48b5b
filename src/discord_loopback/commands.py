"""Commands: what may be registered, and what members may type. docs: Application Commands."""

import re
from typing import Any

from discord_loopback.errors import Path, Problems
from discord_loopback.model import Json

NAME = re.compile(r"^[-_a-z0-9]{1,32}$")
"""docs: Application Commands, Naming: letters of other alphabets are allowed too, and not here."""
CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN = range(1, 6)
USER_OPTION, CHANNEL_OPTION, ROLE_OPTION, MENTIONABLE, NUMBER, ATTACHMENT = range(6, 12)
NESTED = (SUB_COMMAND, SUB_COMMAND_GROUP)
COMMANDS, CONTEXT_COMMANDS, OPTIONS, CHOICES, NAME_LENGTH, DESCRIPTION, CHOICE_TEXT = 100, 5, 25, 25, 32, 100, 100
TOTAL = 8000


def check_all(commands: list[Json]) -> None:
    """Check a whole list of commands.

    Raises:
        ApiError: 50035, or 30032 for more than 100.
    """
    problems = Problems()
    if not isinstance(commands, list):  # pyright: ignore[reportUnnecessaryIsInstance] - it came over the wire
        problems.add((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        problems.raise_any()
    for kind, most in ((CHAT_INPUT, COMMANDS), (USER, CONTEXT_COMMANDS), (MESSAGE, CONTEXT_COMMANDS)):
        count = sum(1 for each in commands if each.get("type", CHAT_INPUT) == kind)
        if count > most:
            problems.add((), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        key = (command.get("type", CHAT_INPUT), str(command.get("name")))
        if key in seen:
            problems.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
        _command(problems, (index,), command)
    problems.raise_any()


def _command(problems: Problems, path: Path, command: Json) -> None:
    if command.get("type", CHAT_INPUT) == CHAT_INPUT:
        _named(problems, path, command)
        _options(problems, (*path, "options"), command.get("options") or [])
        # docs: Application Commands: 8000 characters over names, descriptions and values
        if _characters(command) > TOTAL:
            problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")
    else:
        problems.length((*path, "name"), command.get("name") or "", 1, NAME_LENGTH)


def _named(problems: Problems, path: Path, thing: Json) -> None:
    name = thing.get("name") or ""
    if not NAME.fullmatch(name):
        problems.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    problems.length((*path, "description"), thing.get("description") or "", 1, DESCRIPTION)


def _options(problems: Problems, path: Path, options: list[Json]) -> None:
    problems.length(path, options, 0, OPTIONS)
    names: set[str] = set()
    optional = False
    for index, option in enumerate(options):
        at = (*path, index)
        _named(problems, at, option)
        if option.get("name") in names:
            problems.add((*at, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(str(option.get("name")))
        if option.get("required") and optional:
            problems.add(
                at,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional = optional or not option.get("required")
        _option(problems, at, option)


def _option(problems: Problems, path: Path, option: Json) -> None:
    kind = option.get("type")
    if kind not in range(SUB_COMMAND, ATTACHMENT + 1):
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Value is no option type.")
        return
    if kind in NESTED:
        _options(problems, (*path, "options"), option.get("options") or [])
    choices = option.get("choices") or []
    problems.length((*path, "choices"), choices, 0, CHOICES)
    for index, choice in enumerate(choices):
        problems.length((*path, "choices", index, "name"), choice.get("name") or "", 1, CHOICE_TEXT)
    if choices and option.get("autocomplete"):
        problems.add(
            (*path, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", "Choices exclude autocomplete"
        )


def _characters(thing: Json) -> int:
    size = len(thing.get("name") or "") + len(thing.get("description") or "")
    size += sum(len(str(each.get("name"))) + len(str(each.get("value"))) for each in thing.get("choices") or [])
    return size + sum(_characters(each) for each in thing.get("options") or [])


def check_choices(data: Json) -> None:
    """Check the suggestions for an option. docs: Application Commands, Autocomplete.

    Raises:
        ApiError: 50035.
    """
    problems = Problems()
    choices = data.get("choices")
    if not isinstance(choices, list):
        problems.required(("data", "choices"))
        problems.raise_any()
        return
    problems.length(("data", "choices"), choices, 0, CHOICES)
    for index, choice in enumerate(choices):
        problems.length(("data", "choices", index, "name"), choice.get("name") or "", 1, CHOICE_TEXT)
        if isinstance(choice.get("value"), str):
            problems.length(("data", "choices", index, "value"), choice["value"], 0, CHOICE_TEXT)
    problems.raise_any()


def registered(command: Json, application_id: int, guild_id: int | None, command_id: int) -> Json:
    """Return a command as Discord answers it."""
    kept = {
        key: command.get(key)
        for key in ("name", "name_localizations", "description_localizations", "default_member_permissions")
    }
    answer: Json = {
        "id": str(command_id),
        "application_id": str(application_id),
        "version": str(command_id),
        "type": command.get("type") or CHAT_INPUT,
        "description": command.get("description") or "",
        "options": command.get("options") or [],
        "nsfw": command.get("nsfw", False),
        "dm_permission": command.get("dm_permission", True),
        "contexts": command.get("contexts"),
        "integration_types": command.get("integration_types") or [0],
        **kept,
    }
    if answer["default_member_permissions"] is not None:
        answer["default_member_permissions"] = str(answer["default_member_permissions"])
    if guild_id is not None:
        answer["guild_id"] = str(guild_id)
    return answer


def leaf(command: Json, words: list[str]) -> tuple[Json, list[Json]]:
    """Return the (sub)command that words name, and the options it nests in, outermost first.

    Raises:
        LookupError: there is none.
    """
    node, chain = command, list[Json]()
    for word in words:
        found: Any = next(
            (each for each in node.get("options") or [] if each["type"] in NESTED and each["name"] == word), None
        )
        if found is None:
            raise LookupError(f"/{command['name']} has no subcommand {word!r}")
        chain.append(found)
        node = found
    if any(each["type"] in NESTED for each in node.get("options") or []):
        raise LookupError(f"/{command['name']} needs a subcommand")
    return node, chain
