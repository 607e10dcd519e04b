"""The JSON Schema of a plan, made from the very dataclasses that are written."""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin

from ..core.codec import hints
from ..core.model import Plan
from .json_plan import SCHEMA_VERSION

_LOCAL_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What a name alone does not say: units, ranges, meaning.
_DESCRIPTIONS = {
    "minutes": "length in minutes", "user_count": "users, customers or accounts counted in the RCA",
    "user_percent": "share of users or requests, 0 to 100", "score": "how strongly the RCA speaks of it; only the order matters",
    "start": "first line, 1-based", "end": "last line, included", "line": "line of the RCA, 1-based",
    "at": "local time in the zone as written", "zone": "time zone as written in the RCA; null where it names none",
    "given": "where each value came from: option, block, file or default", "today": "planning date",
    "covered": "signals covered before, and once P0, P1 and P2 actions are verified",
    "blocks_recurrence": "without it the same incident can happen again or go unseen again",
    "late": "true where no working day inside the window is possible", "on": "due date; null where the policy sets none",
    "person": "owner with evidence; null where unresolved, never invented", "computed": "worked out from times, not stated",
    "qualifier": "words such as about, estimated or potential that belong to the value", "quote": "verbatim words of the RCA",
    "code": "stable, kebab-case", "used_by": "action ids",
}  # fmt: skip


def plan_schema() -> dict[str, Any]:
    """The schema as plain data (JSON Schema 2020-12)."""
    definitions: dict[str, Any] = {}
    plan = _object(Plan, definitions)
    plan["properties"] = {"schema_version": {"const": SCHEMA_VERSION}, **plan["properties"]}
    plan["required"] = ["schema_version", *plan["required"]]
    return {
        "$schema": _DRAFT,
        "title": "Postmortem action plan",
        **plan,
        "$defs": dict(sorted(definitions.items())),
    }


def plan_schema_text() -> str:
    """The schema as published: indented, with a final newline."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {}
    for field in dataclasses.fields(kind):
        described = _of(hints(kind)[field.name], definitions)
        if field.name in _DESCRIPTIONS:
            described = {"description": _DESCRIPTIONS[field.name], **described}
        properties[field.name] = described
    return {
        "type": "object",
        "description": " ".join(inspect.cleandoc(kind.__doc__ or "").split()),
        "properties": properties,
        "required": [field.name for field in dataclasses.fields(kind)],
        "additionalProperties": False,
    }


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(option for option in get_args(kind) if option is not type(None))
        return {"anyOf": [_of(inner, definitions), {"type": "null"}]}
    if origin is tuple:
        args = get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return {"type": "array", "items": _of(args[0], definitions)}
        return {
            "type": "array",
            "prefixItems": [_of(arg, definitions) for arg in args],
            "items": False,
            "minItems": len(args),
        }
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    simple: dict[Any, dict[str, Any]] = {
        str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
        date: {"type": "string", "format": "date"},
        # Local time without a zone, which the format "date-time" (RFC 3339) does not allow.
        datetime: {"type": "string", "pattern": _LOCAL_TIME},
    }  # fmt: skip
    return simple[kind]
