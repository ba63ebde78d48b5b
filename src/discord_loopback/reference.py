"""Writes the reference page of the control API from its calls."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from discord_loopback import asks, controls
from discord_loopback.controls import Control

HEAD = """\
# The hands of the loopback

What members, moderators and nobody in particular can do on [the loopback Discord](loopback.md), and what one can ask
about it. Written from `src/discord_loopback/controls.py` by `just docs`.

Paths begin with `/control`. What is asked stands in the path, in the query or in a JSON body; ids are texts or numbers
there and texts in answers. 403 comes with a reason: what Discord's app would not let that member do. 400 names the key
that is wrong, 408 says what was seen instead of what was waited for. `key?` may be left out.
`discord_loopback.client.Hands` has a method for each call and raises `HandsError`.

| call | method | asks | does |
| --- | --- | --- | --- |
"""
TAIL = """\
| `GET /control/stream?as=` | | `as` id | WebSocket: what a member sees happen, as the page shows it. |

- A call that opens an interaction also takes `wait?` and `timeout?`, and answers the interaction: `state` (`pending`,
  `deferred`, `answered`, `unanswered`), `first_ms` until the first answer, `final_ms` until the member can read it,
  `message`, `followups`, `modal`, `choices`. With `wait` it comes at once (`none`), with any answer (`first`) or with
  the final one (`answered`), at the latest after `timeout` seconds (10, up to 60).
- Messages have Discord's keys and, beside them, `ephemeral_for`, `pinged`, `pinged_roles`, `pinged_everyone`,
  `interaction_user` and `reacted`.
- A file is `{"filename": ..., "content_type": ..., "base64": ...}`, in messages, options of commands and fields of
  forms.

## Parts
"""


def markdown() -> str:
    """Return the whole page."""
    rows = "".join(_row(control) for control in controls.ALL)
    parts = "".join(f"\n- **{one.__name__}**: {_fields(one)}. {one.__doc__}" for one in PARTS)
    return HEAD + rows + TAIL + parts + "\n"


PARTS: tuple[type[msgspec.Struct], ...] = (asks.File, asks.Slow, asks.Fail, asks.Limit)


def _row(control: Control[Any]) -> str:
    return f"| `{control.method} {control.path}` | `{control.name}` | {_fields(control.ask)} | {control.does} |\n"


def _fields(struct: type[msgspec.Struct]) -> str:
    hints = get_type_hints(struct, include_extras=True)
    named = [
        f"`{field.encode_name}{'' if field.required else '?'}` {_worded(hints[field.name])}"
        for field in msgspec.structs.fields(struct)
        if not (issubclass(struct, asks.Opening) and field.name in ("wait", "timeout"))
    ]
    return "; ".join(named)


def _worded(hint: Any) -> str:
    """Return a type in words, with its limits."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return inner[1].title or _worded(inner[0]) + _limits(inner[1])
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin in (Union, types.UnionType):
        return _worded(next(each for each in inner if each is not type(None)))
    if origin is list:
        return f"list of {_worded(inner[0])}"
    names: dict[Any, str] = {str: "text", int: "number", float: "number", bool: "true or false", dict: "object"}
    return names.get(origin or hint) or hint.__name__


def _limits(meta: msgspec.Meta) -> str:
    least, most = (meta.ge, meta.le) if meta.le is not None else (meta.min_length, meta.max_length)
    if most is None:
        return ""
    return f" ({least or 0:,} to {most:,}{' characters' if meta.max_length is not None else ''})"
