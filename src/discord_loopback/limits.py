"""Lengths and counts of messages. docs: Message, Create Message; Message, Embed Limits; Component Reference."""

from typing import Any

from discord_loopback import components
from discord_loopback.errors import ApiError, Path, Problems, wrong
from discord_loopback.model import COMPONENTS_V2, Json

CONTENT, EMBEDS, EMBED_TOTAL, FILES, NONCE = 2000, 10, 6000, 10, 25
TITLE, DESCRIPTION, FIELDS, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 25, 256, 1024, 2048, 256
MENTIONED, COLOR = 100, 0xFFFFFF


def message(body: Json, flags: int, files: frozenset[str] = frozenset()) -> None:
    """Check the body of a message that is sent or changed.

    Raises:
        ApiError: 50035.
    """
    problems = Problems()
    v2 = bool(flags & COMPONENTS_V2)
    if v2:
        _nothing_classic(problems, body)
    elif body.get("content"):
        problems.length(("content",), body["content"], 0, CONTENT)
    if body.get("embeds"):
        embeds(problems, body["embeds"])
    if body.get("components") or (v2 and "components" in body):
        components.Checker(problems, files).message(body["components"], v2=v2)
    if isinstance(body.get("nonce"), str):
        problems.length(("nonce",), body["nonce"], 0, NONCE)
    if body.get("allowed_mentions"):
        _allowed_mentions(problems, body["allowed_mentions"])
    problems.raise_any()


def imitated(body: Json) -> None:
    """Insist that a message asks for nothing that the loopback would silently leave out.

    Raises:
        ApiError: 501.
    """
    for key in ("poll", "sticker_ids"):
        if body.get(key):
            raise ApiError(0, f"The loopback does not know {key}", status=501)


def imitated_reference(reference: Json) -> None:
    """Insist that a reference is a reply.

    Raises:
        ApiError: 501 for a forward.
    """
    if reference.get("type"):
        raise ApiError(0, "The loopback does not know forwards", status=501)


def _nothing_classic(problems: Problems, body: Json) -> None:
    # docs: Component Reference, IS_COMPONENTS_V2: "content and embeds fields will no longer work"
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(key):
            problems.add(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _allowed_mentions(problems: Problems, allowed: Json) -> None:
    parse = allowed.get("parse") or []
    for key in ("users", "roles"):
        listed = allowed.get(key) or []
        problems.length(("allowed_mentions", key), listed, 0, MENTIONED)
        # docs: Message, Allowed Mentions: naming both is invalid
        if listed and key in parse:
            problems.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.',
            )


def embeds(problems: Problems, listed: list[Json]) -> None:
    """Check embeds one by one and their 6,000 characters in total."""
    problems.length(("embeds",), listed, 0, EMBEDS)
    total = 0
    for index, embed in enumerate(listed):
        total += _embed(problems, ("embeds", index), embed)
    if total > EMBED_TOTAL:
        problems.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")


def _embed(problems: Problems, path: Path, embed: Json) -> int:
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    fields: list[Json] = embed.get("fields") or []
    texts: list[tuple[Path, Any, int]] = [
        (("title",), embed.get("title"), TITLE),
        (("description",), embed.get("description"), DESCRIPTION),
        (("footer", "text"), footer.get("text"), FOOTER),
        (("author", "name"), author.get("name"), AUTHOR),
    ]
    problems.length((*path, "fields"), fields, 0, FIELDS)
    for index, each in enumerate(fields):
        for key, most in (("name", FIELD_NAME), ("value", FIELD_VALUE)):
            if not each.get(key):
                problems.required((*path, "fields", index, key))
            texts.append((("fields", index, key), each.get(key), most))
    _links(problems, path, embed)
    if not 0 <= (embed.get("color") or 0) <= COLOR:
        problems.add((*path, "color"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {COLOR}.")
    total = 0
    for where, text, most in texts:
        if text:
            problems.length((*path, *where), text, 0, most)
            total += len(str(text))
    return total


def _links(problems: Problems, path: Path, embed: Json) -> None:
    """Check the addresses of an embed; pictures may also be files of the message. docs: Message, Embed Object."""
    pictures = [("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url")]
    for outer, inner in [("", "url"), ("author", "url"), *pictures]:
        link = ((embed.get(outer) or {}) if outer else embed).get(inner)
        where = (*path, *([outer] if outer else []), inner)
        schemes = ("http", "https", *(("attachment",) if (outer, inner) in pictures else ()))
        if link:
            components.link(problems, where, str(link), schemes)


def something(body: Json, files: int, flags: int) -> None:
    """Insist that a new message has something in it.

    Raises:
        ApiError: 50006.
    """
    if flags & COMPONENTS_V2 and body.get("components"):
        return
    shown = [each for each in body.get("embeds") or [] if set(each) - {"type", "color"}]
    if not files and not shown and not any(body.get(key) for key in ("content", "components")):
        raise ApiError(50006)


def keeps_v2(old_flags: int, new_flags: int) -> None:
    """Insist that a message with V2 components stays one. docs: Message, Edit Message: the flag cannot be removed.

    Raises:
        ApiError: 50035.
    """
    if old_flags & COMPONENTS_V2 and not new_flags & COMPONENTS_V2:
        raise wrong(
            ("flags",), "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed"
        )
