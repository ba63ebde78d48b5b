"""Commands: what may be registered, and what members may type. docs: Application Commands."""

import unicodedata
from collections.abc import Callable
from typing import Any

from discord_loopback import audit_log
from discord_loopback.audit_log import By
from discord_loopback.errors import ApiError, Path, Problems
from discord_loopback.events import Event
from discord_loopback.model import Json, Member
from discord_loopback.world import World

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN = range(1, 6)
USER_OPTION, CHANNEL_OPTION, ROLE_OPTION, MENTIONABLE, NUMBER, ATTACHMENT = range(6, 12)
NESTED = (SUB_COMMAND, SUB_COMMAND_GROUP)
CHOSEN = (STRING, INTEGER, NUMBER)
COMMANDS, CONTEXT_COMMANDS, OPTIONS, CHOICES, NAME_LENGTH, DESCRIPTION, CHOICE_TEXT = 100, 15, 25, 25, 32, 100, 100
TOTAL, STRING_LENGTH = 8000, 6000
LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
"""docs: API Reference, Locales."""


def check_all(commands: list[Json]) -> None:
    """Check a whole list of commands.

    Raises:
        ApiError: 50035.
    """
    problems = Problems()
    if not isinstance(commands, list):  # pyright: ignore[reportUnnecessaryIsInstance] - it came over the wire
        problems.add((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        problems.raise_any()
    for kind, most in MOST_OF.items():
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


def check_one(command: Json, others: list[Json]) -> None:
    """Check a command that comes to others.

    Raises:
        ApiError: 50035, or 30032 for one too many.
    """
    problems = Problems()
    _command(problems, (), command)
    kind = command.get("type") or CHAT_INPUT
    if any((each["type"], each["name"]) == (kind, command.get("name")) for each in others):
        problems.add(("name",), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    problems.raise_any()
    if sum(1 for each in others if each["type"] == kind) >= MOST_OF[kind]:
        raise ApiError(30032)


MOST_OF = {CHAT_INPUT: COMMANDS, USER: CONTEXT_COMMANDS, MESSAGE: CONTEXT_COMMANDS}


def _command(problems: Problems, path: Path, command: Json) -> None:
    kind = command.get("type") or CHAT_INPUT
    if kind not in MOST_OF:
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
    elif kind == CHAT_INPUT:
        _named(problems, path, command)
        _options(problems, (*path, "options"), command.get("options") or [], SUB_COMMAND_GROUP)
        # docs: Application Commands: 8000 characters over names, descriptions and values
        if _characters(command) > TOTAL:
            problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")
    else:
        _in_a_menu(problems, path, command)


def _in_a_menu(problems: Problems, path: Path, command: Json) -> None:
    """Check a command of the menu of a user or a message: any name, and nothing else. docs: User Commands."""
    problems.length((*path, "name"), command.get("name") or "", 1, NAME_LENGTH)
    _localized(problems, path, command, "name", lambda text: 1 <= len(text) <= NAME_LENGTH)
    for key in ("description", "options"):
        if command.get(key):
            code = "APPLICATION_COMMAND_INVALID_" + key.upper()
            problems.add((*path, key), code, f"Context menu commands cannot have {key}")


def is_name(text: str) -> bool:
    """Tell whether something can be the name of a command or option. docs: Application Commands, Naming."""
    fitting = all(each in "-_'" or unicodedata.category(each)[0] in "LMN" for each in text)
    return 1 <= len(text) <= NAME_LENGTH and fitting and text == text.lower()


def _named(problems: Problems, path: Path, thing: Json) -> None:
    if not is_name(str(thing.get("name") or "")):
        problems.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    problems.length((*path, "description"), thing.get("description") or "", 1, DESCRIPTION)
    _localized(problems, path, thing, "name", is_name)
    _localized(problems, path, thing, "description", lambda text: 1 <= len(text) <= DESCRIPTION)


def _localized(problems: Problems, path: Path, thing: Json, key: str, fits: Callable[[str], bool]) -> None:
    """Check translations: known languages, and the same rules as the text itself. docs: Localization."""
    where = f"{key}_localizations"
    for locale, text in (thing.get(where) or {}).items():
        if locale not in LOCALES:
            problems.add((*path, where, locale), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid enum value.')
        elif not isinstance(text, str) or not fits(text):
            problems.add((*path, where, locale), "APPLICATION_COMMAND_INVALID_LOCALIZATION", f"The {key} is invalid")


def _options(problems: Problems, path: Path, options: list[Json], deepest: int) -> None:
    """Check options; `deepest` is the widest kind that may nest here, 0 for none."""
    problems.length(path, options, 0, OPTIONS)
    names: set[str] = set()
    optional = False
    nesting = [each.get("type") in NESTED for each in options]
    if any(nesting) and not all(nesting):
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Subcommands exclude all other options")
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
        _option(problems, at, option, deepest)


def _option(problems: Problems, path: Path, option: Json, deepest: int) -> None:
    kind: Any = option.get("type")
    if kind not in range(SUB_COMMAND, ATTACHMENT + 1):
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Value is no option type.")
        return
    if kind in NESTED:
        # docs: Subcommands and Subcommand Groups: a group holds subcommands, a subcommand holds options, and no more
        if kind > deepest:
            problems.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This cannot be nested here")
        inner: list[Json] = option.get("options") or []
        if kind == SUB_COMMAND_GROUP and any(each.get("type") not in NESTED for each in inner):
            problems.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds subcommands")
        _options(problems, (*path, "options"), inner, kind - 1)
        return
    _bounds(problems, path, option, kind)
    _choices(problems, path, option, kind)


def _bounds(problems: Problems, path: Path, option: Json, kind: int) -> None:
    shortest, longest = option.get("min_length"), option.get("max_length")
    if kind == STRING:
        if shortest is not None and not 0 <= shortest <= STRING_LENGTH:
            problems.add((*path, "min_length"), "NUMBER_TYPE_MAX", f"int value should be at most {STRING_LENGTH}.")
        if longest is not None and not 1 <= longest <= STRING_LENGTH:
            problems.add((*path, "max_length"), "NUMBER_TYPE_MAX", f"int value should be at most {STRING_LENGTH}.")
    least, most = option.get("min_value"), option.get("max_value")
    if kind in (INTEGER, NUMBER) and least is not None and most is not None and least > most:
        problems.add((*path, "min_value"), "APPLICATION_COMMAND_OPTIONS_MIN_GREATER_THAN_MAX", "min_value > max_value")


def _choices(problems: Problems, path: Path, option: Json, kind: int) -> None:
    choices = option.get("choices") or []
    problems.length((*path, "choices"), choices, 0, CHOICES)
    for index, choice in enumerate(choices):
        problems.length((*path, "choices", index, "name"), choice.get("name") or "", 1, CHOICE_TEXT)
        if isinstance(choice.get("value"), str):
            problems.length((*path, "choices", index, "value"), choice["value"], 0, CHOICE_TEXT)
    if (choices or option.get("autocomplete")) and kind not in CHOSEN:
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only texts and numbers have choices")
    if choices and option.get("autocomplete"):
        problems.add(
            (*path, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", "Choices exclude autocomplete"
        )


def _characters(thing: Json) -> int:
    """Count as Discord does: of a text and its translations the longest. docs: Application Commands."""
    size = sum(_longest(thing, key) for key in ("name", "description"))
    size += sum(_longest(each, "name") + len(str(each.get("value"))) for each in thing.get("choices") or [])
    return size + sum(_characters(each) for each in thing.get("options") or [])


def _longest(thing: Json, key: str) -> int:
    texts = [thing.get(key), *(thing.get(f"{key}_localizations") or {}).values()]
    return max(len(str(each or "")) for each in texts)


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


def registered(command: Json, application_id: int, guild_id: int | None, command_id: int, version: int) -> Json:
    """Return a command as Discord answers it."""
    kept = {
        key: command.get(key)
        for key in ("name", "name_localizations", "description_localizations", "default_member_permissions")
    }
    answer: Json = {
        "id": str(command_id),
        "application_id": str(application_id),
        "version": str(version),
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


ROLE_PERMISSION, USER_PERMISSION, CHANNEL_PERMISSION = 1, 2, 3
MOST_PERMISSIONS = 100
"""docs: Application Commands, Application Command Permissions Object."""


def permitted(world: World, guild_id: int, about: int) -> Json:
    """Return what was permitted by hand for a command, or for all of them with the application's id."""
    return {
        "id": str(about),
        "application_id": str(world.application_id),
        "guild_id": str(guild_id),
        "permissions": world.command_permissions.get((guild_id, about), []),
    }


def permit(world: World, guild_id: int, about: int, permissions: list[Json], by: By) -> None:
    """Let an administrator say who may use a command, or with the application's id all of them.

    Raises:
        ApiError: 50035 for too many.
    """
    problems = Problems()
    problems.length(("permissions",), permissions, 0, MOST_PERMISSIONS)
    problems.raise_any()
    before = {each["id"]: each for each in permitted(world, guild_id, about)["permissions"]}
    now = {str(each["id"]): {**each, "id": str(each["id"])} for each in permissions}
    world.command_permissions[guild_id, about] = list(now.values())
    if not now:
        del world.command_permissions[guild_id, about]
    data = permitted(world, guild_id, about)
    world.bus.emit(Event("APPLICATION_COMMAND_PERMISSIONS_UPDATE", data, guild_id))
    changes = audit_log.changes(before, now, dict.fromkeys([*before, *now]))
    if changes:
        guild, action = world.guild(guild_id), audit_log.COMMAND_PERMISSIONS
        audit_log.note(world, guild, action, about, by, changes, application_id=world.application_id)


def allowed_by_hand(world: World, command: Json, guild_id: int, member: Member, channel_id: int | None) -> bool | None:
    """Tell what administrators said about a member's use of a command, or nothing if they left it as it is.

    What is said of a command goes before what is said of all; of what is said, the member goes before their roles and
    roles before @everyone, and a channel must not be closed. docs: Application Commands, Permissions.
    """
    for about in (int(command["id"]), world.application_id):
        said = world.command_permissions.get((guild_id, about))
        if not said:
            continue
        by_key = {(each["type"], int(each["id"])): bool(each["permission"]) for each in said}
        anywhere = by_key.get((CHANNEL_PERMISSION, guild_id - 1), True)
        if channel_id is not None and not by_key.get((CHANNEL_PERMISSION, channel_id), anywhere):
            return False
        own = by_key.get((USER_PERMISSION, member.user.id))
        roles = [by_key[key] for each in member.roles if (key := (ROLE_PERMISSION, each)) in by_key]
        everyone = by_key.get((ROLE_PERMISSION, guild_id))
        for answer in (own, any(roles) if roles else None, everyone):
            if answer is not None:
                return answer
    return None
