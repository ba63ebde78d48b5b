"""Pictures and texts that members give: read from Discord alone, and known by what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import aiohttp
import discord
import yarl
from discord import asset

from raidbot.core.errors import Refusal

LARGEST = 10 * 1024 * 1024
"""Bytes of a picture. docs: API Reference, Uploading Files: a bot uploads 10 MiB"""

PATIENCE_S = 20.0

KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
"""How a picture begins."""


LARGEST_TEXT = 400 * 1024
"""Bytes of a file of text, unless its reader says otherwise: it travels in one request."""


class PictureRefused(Refusal):
    """The file is not a picture that can be kept; the sentence says what to do instead."""


class TextRefused(Refusal):
    """The file is not a text that can be read; the sentence says what to do instead."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a member gave, where Discord keeps it for now."""

    filename: str
    size: int
    url: str

    @classmethod
    def of(cls, attachment: discord.Attachment) -> Self:
        """Return an attachment of a message or command."""
        return cls(attachment.filename, attachment.size, attachment.url)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in memory."""

    data: bytes
    suffix: str
    """How the name of its file ends: `png`."""


def given_picture(files: Sequence[Upload]) -> Upload:
    """Return the file that was given as a picture.

    Raises:
        PictureRefused: there is none.
    """
    if not files:
        raise PictureRefused("There is no picture with it. Choose the file, then send the form again.")
    return files[0]


async def fetch_picture(upload: Upload) -> Picture:
    """Read a picture from Discord's own servers.

    Raises:
        PictureRefused: it is too large, no picture, kept elsewhere, or cannot be read now.
    """
    if upload.size > LARGEST:
        raise _too_large(upload.size)
    if not _is_discords(upload.url):
        raise PictureRefused("I read pictures from Discord alone. Upload the picture itself, not a link to it.")
    try:
        data = await _read(upload.url, LARGEST)
    except (aiohttp.ClientError, TimeoutError):
        raise PictureRefused("Discord does not hand out that picture right now. Give it again in a moment.") from None
    if len(data) > LARGEST:
        raise _too_large(len(data))
    suffix = picture_suffix(data)
    if suffix is None:
        raise PictureRefused("That file is no PNG, JPEG or WEBP picture. Take a screenshot and give that.")
    return Picture(data, suffix)


async def fetch_text(upload: Upload, largest: int = LARGEST_TEXT) -> str:
    """Read a text file from Discord's own servers.

    Raises:
        TextRefused: it is too large, no text, kept elsewhere, or cannot be read now.
    """
    too_large = TextRefused(
        f"That file is larger than {largest // 1024} KiB, so it is not the right one.", limit=largest
    )
    if upload.size > largest:
        raise too_large
    if not _is_discords(upload.url):
        raise TextRefused("I read files from Discord alone. Upload the file itself, not a link to it.")
    try:
        data = await _read(upload.url, largest)
        if len(data) > largest:
            raise too_large
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        raise TextRefused("That file is no text in UTF-8. Save it so, and give it again.") from None
    except (aiohttp.ClientError, TimeoutError):
        raise TextRefused("Discord does not hand out that file right now. Give it again in a moment.") from None


def picture_suffix(data: bytes) -> str | None:
    """Tell what picture some bytes are, whatever their name says; None: none that we take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((suffix for head, suffix in KINDS.items() if data.startswith(head)), None)


def _is_discords(url: str) -> bool:
    """Tell whether an address lies where Discord keeps uploads."""
    base, asked = yarl.URL(asset.Asset.BASE), yarl.URL(url)
    return asked.origin() == base.origin() and asked.path.startswith(f"{base.path.rstrip('/')}/")


async def _read(url: str, most: int) -> bytes:
    """Return what is there, and of what is larger only so much that one sees that it is."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        data = bytearray()
        async for chunk in answer.content.iter_chunked(64 * 1024):
            data += chunk
            if len(data) > most:
                break
        return bytes(data)


def _too_large(size: int) -> PictureRefused:
    return PictureRefused(
        f"That file has {size / 1024 / 1024:.1f} MiB, and 10 MiB is the most. Cut it, or save it as JPEG.",
        limit=LARGEST,
    )
