"""Uploads: from the request to the address they are read at. docs: API Reference, Uploading Files."""

import mimetypes
from dataclasses import dataclass
from typing import Any

from discord_loopback import links
from discord_loopback.errors import ApiError, wrong
from discord_loopback.model import Json
from discord_loopback.world import World

LARGEST = 10 * 1024 * 1024
"""Bytes of one file. docs: API Reference, Uploading Files: 10 MiB, or 20 in its newest version; to confirm."""
LARGEST_REQUEST = 25 * 1024 * 1024
"""Bytes of all files of a request. docs: Message, Create Message: "maximum request size … is 25 MiB"."""
MOST = 10
"""Files of a message. docs: Opcodes and Status Codes, 30015."""


@dataclass(slots=True)
class Upload:
    """A file that came with a request."""

    index: str
    filename: str
    data: bytes
    content_type: str | None = None


def few_enough(count: int) -> None:
    """Insist that a message carries no more files than it may.

    Raises:
        ApiError: 30015.
    """
    if count > MOST:
        raise ApiError(30015)


def small_enough(uploads: list[Upload]) -> None:
    """Insist that files are not too large, each and together.

    Raises:
        ApiError: 40005.
    """
    if any(len(each.data) > LARGEST for each in uploads) or sum(len(each.data) for each in uploads) > LARGEST_REQUEST:
        raise ApiError(40005)


def keep(
    world: World, channel_id: int, upload: Upload, description: str | None = None, folder: str = "attachments"
) -> Json:
    """Store a file and return it as an attachment, with an address that is not signed yet."""
    kind = upload.content_type or mimetypes.guess_type(upload.filename)[0] or "application/octet-stream"
    attachment_id = world.ids.new()
    path = f"{folder}/{channel_id}/{attachment_id}/{upload.filename}"
    world.files[path] = (kind, upload.data)
    url = links.address(world, path)
    attachment: Json = {
        "id": str(attachment_id),
        "filename": upload.filename,
        "size": len(upload.data),
        "url": url,
        "proxy_url": url,
        "content_type": kind,
    }
    if description:
        attachment["description"] = description
    return attachment


def attach(world: World, channel_id: int, body: Json, uploads: list[Upload], old: list[Json]) -> list[Json]:
    """Return the attachments of a message: old ones that the body keeps, and the files that came.

    Raises:
        ApiError: 40005, or 50035 where the body names a file that did not come.
    """
    small_enough(uploads)
    listed: list[Json] | None = body.get("attachments")
    kept = old if listed is None else [each for each in old if any(str(named["id"]) == each["id"] for named in listed)]
    described = {str(each.get("id")): each for each in listed or []}
    by_index = {upload.index: upload for upload in uploads}
    known = {each["id"] for each in old}
    for index in described:
        if index not in by_index and index not in known:
            raise wrong(("attachments",), "ATTACHMENT_NOT_FOUND", f"Unable to find attachment with ID '{index}'")
    new: list[Json] = []
    for upload in uploads:
        about = described.get(upload.index, {})
        upload.filename = about.get("filename") or upload.filename
        new.append(keep(world, channel_id, upload, about.get("description")))
    return kept + new


def resolved(value: Any, urls: dict[str, str]) -> Any:
    """Return a body with `attachment://` addresses made real, and with what Discord adds to media."""
    if isinstance(value, list):
        return [resolved(each, urls) for each in value]
    if not isinstance(value, dict):
        return value
    result = {key: resolved(each, urls) for key, each in value.items()}
    url = result.get("url")
    if isinstance(url, str) and url.startswith("attachment://"):
        result["url"] = result["proxy_url"] = urls.get(url.removeprefix("attachment://"), url)
    return result
