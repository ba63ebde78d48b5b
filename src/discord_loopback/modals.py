"""Forms: what they may hold, and what members may send back. docs: Component Reference; Receiving and Responding."""

import base64
import copy
from dataclasses import dataclass, field
from typing import Any

from discord_loopback import components, files, links, typed
from discord_loopback.components import (
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    LABEL,
    RADIO_GROUP,
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
)
from discord_loopback.errors import Path, Problems
from discord_loopback.files import Upload
from discord_loopback.model import Json
from discord_loopback.world import World

TITLE, COMPONENTS, LABEL_TEXT, DESCRIPTION, TEXT, PLACEHOLDER, OLD_LABEL = 45, 5, 45, 100, 4000, 100, 45
GROUPS = {RADIO_GROUP: (2, 10), CHECKBOX_GROUP: (1, 10)}
"""Fewest and most options of what is ticked."""
UPLOADS = 10
IN_LABEL = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)


def check(data: Json) -> None:
    """Check a form that an application opens.

    Raises:
        ApiError: 50035.
    """
    problems = Problems()
    problems.length(("data", "title"), data.get("title") or "", 1, TITLE)
    problems.length(("data", "custom_id"), data.get("custom_id") or "", 1, components.CUSTOM_ID)
    listed = data.get("components") or []
    problems.length(("data", "components"), listed, 1, COMPONENTS)
    checker = components.Checker(problems)
    for index, component in enumerate(listed):
        _top(checker, ("data", "components", index), component)
    problems.raise_any()


def _top(checker: components.Checker, path: Path, component: Json) -> None:
    kind = component.get("type")
    if kind == LABEL:
        _label(checker, path, component)
    elif kind == ROW:  # docs: Component Reference, Text Input: action rows in modals are deprecated, and work
        inner = component.get("components") or []
        checker.problems.length((*path, "components"), inner, 1, 1)
        for index, each in enumerate(inner):
            checker.problems.length((*path, "components", index, "label"), each.get("label") or "", 1, OLD_LABEL)
            _input(checker, (*path, "components", index), each)
    elif kind == TEXT_DISPLAY:
        checker.display(path, component)
    else:
        checker.problems.add((*path, "type"), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).')


def _label(checker: components.Checker, path: Path, component: Json) -> None:
    checker.problems.length((*path, "label"), component.get("label") or "", 1, LABEL_TEXT)
    if component.get("description"):
        checker.problems.length((*path, "description"), component["description"], 0, DESCRIPTION)
    inner = component.get("component") or {}
    if inner.get("type") not in IN_LABEL:
        checker.problems.add(
            (*path, "component", "type"), "UNION_TYPE_CHOICES", "This component is not allowed in a label."
        )
    elif inner["type"] in SELECTS:
        checker.select((*path, "component"), inner)
    else:
        _input(checker, (*path, "component"), inner)


def _input(checker: components.Checker, path: Path, component: Json) -> None:
    checker.custom_id(path, component)
    kind: Any = component.get("type")
    if kind in GROUPS:
        _group(checker, path, component, *GROUPS[kind])
    if kind == FILE_UPLOAD:
        _between(checker, path, component, UPLOADS)
    if kind == TEXT_INPUT:
        _text_input(checker, path, component)


def _between(checker: components.Checker, path: Path, component: Json, limit: int) -> None:
    """Check how much may be chosen. docs: Component Reference, File Upload; Checkbox Group."""
    least, most = component.get("min_values", 1), component.get("max_values") or 1
    if not 0 <= least <= limit or not 1 <= most <= limit or least > most:
        checker.problems.add((*path, "max_values"), "NUMBER_TYPE_MAX", f"int value should be at most {limit}.")


def _group(checker: components.Checker, path: Path, component: Json, fewest: int, most: int) -> None:
    """Check boxes or radio buttons. docs: Component Reference, Radio Group; Checkbox Group."""
    options = component.get("options") or []
    checker.problems.length((*path, "options"), options, fewest, most)
    for index, option in enumerate(options):
        for key in ("label", "value"):
            checker.problems.length((*path, "options", index, key), option.get(key) or "", 1, components.OPTION_TEXT)


def _text_input(checker: components.Checker, path: Path, component: Json) -> None:
    if component.get("style") not in (1, 2):
        checker.problems.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    if component.get("placeholder"):
        checker.problems.length((*path, "placeholder"), component["placeholder"], 0, PLACEHOLDER)
    least, most = component.get("min_length") or 0, component.get("max_length") or TEXT
    if not 0 <= least <= TEXT or not 1 <= most <= TEXT or least > most:
        checker.problems.add(
            (*path, "max_length"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {TEXT}."
        )
    if component.get("value"):
        checker.problems.length((*path, "value"), component["value"], least, most)


def numbered(data: Json) -> Json:
    """Return a form with ids on its components."""
    form = copy.deepcopy(data)
    components.number(form["components"])
    return form


class BadValueError(Exception):
    """What the member entered would not be taken by Discord's own form."""


@dataclass
class Filling:
    """A form being filled: the values, and what they mean."""

    world: World
    channel_id: int
    values: dict[str, Any]
    found: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    attachments: list[Json] = field(default_factory=list[Json])


def submitted(
    world: World, channel_id: int, form: Json, values: dict[str, Any]
) -> tuple[list[Json], list[tuple[str, int]], list[Json]]:
    """Return a filled form as Discord sends it, what it refers to, and the files in it.

    Raises:
        BadValueError: a value is missing, too long, or names no field.
    """
    unknown = set(values) - {each.get("custom_id") for each in components.walk(form["components"])}
    if unknown:
        raise BadValueError(f"The form has no field {min(unknown)!r}")
    filling = Filling(world, channel_id, values)
    filled = [_filled(component, filling) for component in form["components"]]
    return filled, filling.found, links.signed(world, filling.attachments)


def _filled(component: Json, filling: Filling) -> Json:
    kind, number = component["type"], component["id"]
    if kind == LABEL:
        return {"type": kind, "id": number, "component": _filled(component["component"], filling)}
    if kind == ROW:
        return {"type": kind, "id": number, "components": [_filled(each, filling) for each in component["components"]]}
    if kind == TEXT_DISPLAY:
        return {"type": kind, "id": number}
    given = filling.values.get(component["custom_id"])
    return {"type": kind, "id": number, "custom_id": component["custom_id"], **_value(component, given, filling)}


def _value(component: Json, given: Any, filling: Filling) -> Json:
    kind = component["type"]
    if kind == TEXT_INPUT:
        return {"value": _text(component, given)}
    if kind == CHECKBOX:
        return {"value": bool(given)}
    if kind == RADIO_GROUP:
        return {"value": given}
    if kind == FILE_UPLOAD:
        return {"values": _files(component, given, filling)}
    values = _chosen(component, given)
    filling.found += typed.referred(kind, values)
    return {"values": values}


def _files(component: Json, given: Any, filling: Filling) -> list[str]:
    """Store files given as `{"filename", "content_type"?, "base64"}`."""
    listed: list[Json] = given or []
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    asked = bool(listed) or component.get("required", True)
    if asked and not least <= len(listed) <= most:
        raise BadValueError(f"{component['custom_id']!r} takes {least} to {most} files")
    for each in listed:
        upload = Upload("0", each["filename"], base64.b64decode(each["base64"]), each.get("content_type"))
        files.small_enough([upload])
        kept = files.keep(filling.world, filling.channel_id, upload, folder="ephemeral-attachments")
        filling.attachments.append({**kept, "ephemeral": True})
    return [each["id"] for each in filling.attachments[len(filling.attachments) - len(listed) :]]


def _text(component: Json, given: Any) -> str:
    value = str(component.get("value") or "") if given is None else str(given)
    name = component["custom_id"]
    if not value:
        if component.get("required", True):
            raise BadValueError(f"{name!r} is required")
        return value
    if len(value) < (component.get("min_length") or 0) or len(value) > (component.get("max_length") or TEXT):
        raise BadValueError(f"{name!r} is too short or too long")
    return value


def _chosen(component: Json, given: Any) -> list[str]:
    listed: list[Any] = given if isinstance(given, list) else ([] if given is None else [given])
    if given is None:
        listed = [each["value"] for each in component.get("options") or [] if each.get("default")]
    if not listed and not component.get("required", True):
        return []
    return chosen(component, [str(each) for each in listed])


def chosen(component: Json, values: list[str]) -> list[str]:
    """Check what was chosen from a menu.

    Raises:
        BadValueError: too few, too many, or not among the options.
    """
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    if not least <= len(values) <= most or len(set(values)) != len(values):
        raise BadValueError(f"{component['custom_id']!r} takes {least} to {most} different values")
    if component["type"] in (STRING_SELECT, CHECKBOX_GROUP):
        offered = {each["value"] for each in component.get("options") or []}
        if missing := [each for each in values if each not in offered]:
            raise BadValueError(f"{component['custom_id']!r} does not offer {missing[0]!r}")
    return values
