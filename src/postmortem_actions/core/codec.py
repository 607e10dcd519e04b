"""Dataclasses to plain data and back, by their type hints alone: what is written can be read again."""

from __future__ import annotations

import dataclasses
import difflib
import types
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..errors import PlanFormatError


def encode(value: Any) -> Any:
    """Plain data (dict, list, str, number, bool, None) of a dataclass, enum, date or tuple."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    return value


def decode(kind: Any, value: Any, at: str = "") -> Any:
    """The value of a type hint from plain data. Raises PlanFormatError naming the key that is wrong."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else decode(options[0], value, at)
    if value is None:
        raise _wrong(at, "must not be null")
    if origin is tuple:
        return _decode_tuple(get_args(kind), value, at)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, value, at)
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(str(member.value) for member in kind)
            raise _wrong(at, f"{value!r} is not one of {allowed}") from None
    if kind in (date, datetime):
        try:
            return kind.fromisoformat(value)
        except (ValueError, TypeError):
            raise _wrong(at, f"{value!r} is no ISO {'date' if kind is date else 'date and time'}") from None
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _wrong(at, f"must be {_WORDS.get(kind, str(kind))}, not {type(value).__name__}")
    return value


_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


@lru_cache(maxsize=128)
def hints(kind: type) -> dict[str, Any]:
    """The type hints of a dataclass."""
    return get_type_hints(kind)


@lru_cache(maxsize=128)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _decode_tuple(args: tuple[Any, ...], value: Any, at: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _wrong(at, "must be a list")
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(decode(args[0], item, f"{at}[{n}]") for n, item in enumerate(value))
    if len(value) != len(args):
        raise _wrong(at, f"must have {len(args)} entries, not {len(value)}")
    return tuple(
        decode(kind, item, f"{at}[{n}]") for n, (kind, item) in enumerate(zip(args, value, strict=True))
    )


def _decode_dataclass(kind: type, value: Any, at: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(at, "must be an object")
    known = hints(kind)
    for key in value:
        if key not in known:
            close = difflib.get_close_matches(key, list(known), n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise _wrong(f"{at}.{key}".lstrip("."), f"unknown key{hint}")
    given = {}
    for field in dataclasses.fields(kind):
        place = f"{at}.{field.name}".lstrip(".")
        if field.name in value:
            given[field.name] = decode(known[field.name], value[field.name], place)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _wrong(place, "is missing")
    return kind(**given)


def _wrong(at: str, message: str) -> PlanFormatError:
    return PlanFormatError(
        f"{at or 'the plan'}: {message}", fix="Use a plan.json that 'pma plan --json' wrote, unchanged."
    )
