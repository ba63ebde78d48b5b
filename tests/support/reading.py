"""Reading messages as a member does: the words, and the buttons that can be pressed."""

from collections.abc import Iterator
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def parts(message: Json) -> Iterator[Json]:
    """Go through all components of a message from top to bottom, however deep they are."""
    waiting: list[Json] = list(message.get("components", ()))
    while waiting:
        one = waiting.pop(0)
        yield one
        inner = [one["accessory"]] if "accessory" in one else []
        waiting[:0] = [*one.get("components", ()), *inner]


def words(message: Json | None) -> str:
    """All that a member reads, without the labels of buttons."""
    if message is None:
        return ""
    shown = [message.get("content", ""), *(str(one["content"]) for one in parts(message) if "content" in one)]
    return "\n".join(line for line in shown if line)


def buttons(message: Json) -> dict[str, str]:
    """The labels of the buttons that can be pressed, with their custom ids."""
    return {
        one["label"]: one["custom_id"]
        for one in parts(message)
        if one.get("type") == 2 and "custom_id" in one and not one.get("disabled")
    }


def menus(message: Json) -> dict[str, list[str]]:
    """The custom ids of menus, with the values that can be chosen."""
    return {
        one["custom_id"]: [option["value"] for option in one.get("options", ())]
        for one in parts(message)
        if one.get("type") == 3
    }


def said(message: Json | None) -> str:
    """All that a member reads, boxes too."""
    boxes = (message or {}).get("embeds", ())
    return "\n".join([words(message), *(str(one.get("description", "")) for one in boxes)])
