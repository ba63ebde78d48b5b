"""What clients say to the gateway. docs: Gateway Events, Send Events."""

from typing import TypeAlias

import msgspec

Id: TypeAlias = str | int


class Packet(msgspec.Struct):
    """Any packet."""

    op: int
    d: msgspec.Raw = msgspec.Raw(b"null")


class Identify(msgspec.Struct):
    """Op 2: who the client is and what it wants to hear."""

    token: str
    intents: int = -1
    shard: tuple[int, int] = (0, 1)
    compress: bool = False
    large_threshold: int = 50


class Resume(msgspec.Struct):
    """Op 6: where the client lost the thread."""

    token: str
    session_id: str | None = None
    seq: int | None = None


class RequestMembers(msgspec.Struct):
    """Op 8: members of a guild, all of them, by name or by id."""

    guild_id: Id | list[Id]
    query: str | None = None
    limit: int = 0
    presences: bool = False
    user_ids: Id | list[Id] | None = None
    nonce: Id | None = None
