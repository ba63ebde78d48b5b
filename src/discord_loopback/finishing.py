"""What Discord adds to components and embeds of a message before it shows them. docs: Component Reference; Embed."""

from typing import Any

from discord_loopback import components
from discord_loopback.components import CONTAINER, FILE, GALLERY, SELECTS, SEPARATOR, THUMBNAIL
from discord_loopback.model import Json, Message
from discord_loopback.world import World

USUAL: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
}
"""Keys that answers always have, with their values where the sender named none."""


def finish(world: World, message: Message) -> None:
    """Number the components and fill in what was left out."""
    components.number(message.components)
    for component in components.walk(message.components):
        for key, value in USUAL.get(component["type"], {}).items():
            component.setdefault(key, value)
        if component["type"] == THUMBNAIL:
            _media(world, message, component["media"])
        elif component["type"] == GALLERY:
            for item in component["items"]:
                item.setdefault("description", None)
                item.setdefault("spoiler", False)
                _media(world, message, item["media"])
        elif component["type"] == FILE:
            known = _media(world, message, component["file"]) or {}
            component |= {"name": known.get("filename", ""), "size": known.get("size", 0)}


def _media(world: World, message: Message, media: Json) -> Json | None:
    """Describe a picture or file, and return the attachment it is."""
    media.setdefault("id", str(world.ids.new()))
    media.setdefault("proxy_url", media["url"])
    known = next((each for each in message.attachments if each["url"] == media["url"]), None)
    if known is not None:
        media |= {"attachment_id": known["id"], "content_type": known["content_type"]}
    return known


def embed(plain: Json) -> Json:
    """Return an embed with what Discord adds."""
    fields: list[dict[str, Any]] = [{"inline": False, **each} for each in plain.get("fields") or []]
    return {"type": "rich", **plain, **({"fields": fields} if fields else {})}
