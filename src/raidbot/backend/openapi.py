"""The endpoints as an OpenAPI 3.1 document."""

from collections.abc import Iterable
from typing import Any

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.events import read_events
from raidbot.core.health import health
from raidbot.core.wire import schema_hook

ERRORS = {
    "400": "The request is not what the endpoint takes.",
    "401": "The API key is missing or wrong.",
    "403": "The caller's rank is too low.",
    "404": "There is no such thing in this guild.",
    "409": "A rule said no; the message says what to do.",
    "413": "The body is over 1 MiB.",
    "429": "The caller asked for too much; Retry-After tells the seconds to wait.",
    "503": "The database is away or busy; nothing was changed.",
}


class Error(msgspec.Struct, frozen=True):
    """What went wrong."""

    code: str
    message: str
    reference: str
    details: dict[str, Any]


class ErrorBody(msgspec.Struct, frozen=True):
    """The body of every answer that is no success."""

    error: Error


class Schemas:
    """The schemas of all types that travel, by one set of names: types of one name are told apart by their modules."""

    def __init__(self, types: Iterable[Any]) -> None:
        every = list(dict.fromkeys(types))
        found, self.components = msgspec.json.schema_components(
            every, schema_hook=schema_hook, ref_template="#/components/schemas/{name}"
        )
        self._schemas = dict(zip(every, found, strict=True))

    def of(self, kind: Any) -> dict[str, Any]:
        """Return the schema of a type, mostly a reference."""
        return self._schemas[kind]

    def fields(self, one: Endpoint[Any, Any]) -> tuple[dict[str, Any], set[str]]:
        """Return the schema of each field of an ask, and which of them are required."""
        own = self.components[self.of(one.ask)["$ref"].rpartition("/")[2]]
        return own.get("properties", {}), set(own.get("required", []))


def document(served: Iterable[Endpoint[Any, Any]], version: str) -> dict[str, Any]:
    """Describe the endpoints; they stand in the order of their paths."""
    endpoints = sorted([*served, read_events, health], key=lambda one: (one.path, one.method))
    schemas = Schemas([ErrorBody, *(kind for one in endpoints for kind in (one.ask, one.reply))])
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(f"/v1{one.path}", {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "RotMG Raid Bot backend", "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
    }


def _operation(one: Endpoint[Any, Any], schemas: Schemas) -> dict[str, Any]:
    summary = (one.ask.__doc__ or one.ask.__name__).strip().splitlines()[0]
    operation: dict[str, Any] = {
        "operationId": one.ask.__name__,
        "summary": summary,
        "description": _who(one),
        "parameters": _parameters(one, schemas),
        "responses": {"200": _content("Done.", schemas.of(one.reply)), **_errors(one, schemas)},
    }
    if one is not health:
        operation["security"] = [{"key": []}]
    if body := _body(one, schemas):
        operation["requestBody"] = body
    return operation


def _who(one: Endpoint[Any, Any]) -> str:
    if one.needs is None:
        return "Called by the bot itself."
    return f"Called for a member with the rank {one.needs.label} or higher." if one.needs else "Called for any member."


def _errors(one: Endpoint[Any, Any], schemas: Schemas) -> dict[str, Any]:
    if one is health:
        return {"429": _overrun(schemas), "503": _content("There is no database.", schemas.of(one.reply))}
    told = {status: _content(text, schemas.of(ErrorBody)) for status, text in ERRORS.items()}
    return {**told, "429": _overrun(schemas)}


def _overrun(schemas: Schemas) -> dict[str, Any]:
    retry_after = {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 1}}
    return {**_content(ERRORS["429"], schemas.of(ErrorBody)), "headers": {"Retry-After": retry_after}}


def _content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _parameters(one: Endpoint[Any, Any], schemas: Schemas) -> list[dict[str, Any]]:
    properties, required = schemas.fields(one)
    parameters: list[dict[str, Any]] = []
    if one.needs is not None:
        actor = {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"}
        parameters.append({"name": "x-actor", "in": "header", "required": True, "schema": actor})
    for name, schema in properties.items():
        if name in one.path_fields:
            bounded = {"minimum": 0, "maximum": 10**18 - 1, **schema} if schema.get("type") == "integer" else schema
            parameters.append({"name": name, "in": "path", "required": True, "schema": bounded})
        elif one.method == "GET":
            parameters.append({"name": name, "in": "query", "required": name in required, "schema": schema})
    return parameters


def _body(one: Endpoint[Any, Any], schemas: Schemas) -> dict[str, Any] | None:
    properties, required = schemas.fields(one)
    sent = {name: schema for name, schema in properties.items() if name not in one.path_fields}
    if one.method == "GET" or not sent:
        return None
    needed = sorted(required - one.path_fields)
    schema: dict[str, Any] = {"type": "object", "properties": sent, "additionalProperties": False}
    if needed:
        schema["required"] = needed
    return {"required": bool(needed), "content": {"application/json": {"schema": schema}}}
