"""How our own types travel in JSON and come out of the database."""

from typing import Any

from raidbot.core.ids import Snowflake, snowflake


def encode_hook(value: object) -> object:
    """Turn a value that msgspec does not know into one that it does."""
    if isinstance(value, Snowflake):
        return str(int(value))
    raise NotImplementedError(f"no wire form for {type(value).__name__}")


def decode_hook(kind: type[Any], value: object) -> Any:
    """Read `value` as a `kind` that msgspec does not know.

    Raises:
        ValueError: it is no id.
    """
    if issubclass(kind, Snowflake):
        return snowflake(kind, value)
    raise NotImplementedError(f"no wire form for {kind.__name__}")


def schema_hook(kind: type[Any]) -> dict[str, Any]:
    """Describe a `kind` that msgspec does not know as JSON Schema."""
    if issubclass(kind, Snowflake):
        return {"type": "string", "pattern": "^[1-9][0-9]{0,18}$", "examples": ["1180000000000000001"]}
    raise NotImplementedError(f"no schema for {kind.__name__}")
