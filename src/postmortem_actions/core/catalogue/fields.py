"""Reading plain data (what YAML gives) into typed values, collecting every fault with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from ..text.phrases import Phrase, PhraseError, compile_phrase

KeyPath = tuple[str | int, ...]
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a data file. ``at`` leads to the key; ``path`` and ``line`` are filled in by
    the reader of the file, which alone knows them."""

    message: str
    at: KeyPath = ()
    path: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        key = ".".join(map(str, self.at))
        return f"{where}: {key + ': ' if key else ''}{self.message}"


def nearest(word: str, allowed: Sequence[str]) -> str:
    """``" (did you mean 'x'?)"`` for the closest allowed word, or nothing."""
    close = difflib.get_close_matches(word, allowed, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


@dataclass(slots=True)
class Fields:
    """One mapping of a data file. Every getter notes a fault instead of raising, and returns a usable
    value; ``finish`` reports the keys nobody asked for."""

    data: Mapping[str, Any]
    faults: list[Fault]
    at: KeyPath = ()
    _asked: set[str] = field(default_factory=set)

    def fault(self, message: str, *key: str | int) -> None:
        """Note a fault at a key below this mapping."""
        self.faults.append(Fault(message, (*self.at, *key)))

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.data

    def text(self, key: str, default: str | None = None) -> str:
        """A string; a fault where it is missing or empty and no default is given."""
        self._asked.add(key)
        value = self.data.get(key, default)
        if value is None:
            self.fault(f"{key!r} is missing")
            return ""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            self.fault("must be text", key)
            return ""
        if default is None and not value.strip():
            self.fault("is empty", key)
        return value.strip("\n") if "\n" in value.strip("\n") else value.strip()

    def phrases(self, key: str) -> tuple[Phrase, ...]:
        """A list of phrases, compiled; one that cannot be understood is a fault at its place."""
        result = []
        for n, source in enumerate(self.texts(key)):
            try:
                result.append(compile_phrase(source))
            except PhraseError as error:
                self.fault(f"phrase {source!r}: {error}", key, n)
        return tuple(result)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; a single string counts as a list of one; missing is empty."""
        self._asked.add(key)
        value = self.data.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value.strip(),)
        if not isinstance(value, (list, tuple)):
            self.fault("must be a list of texts", key)
            return ()
        result = []
        for n, item in enumerate(value):
            if isinstance(item, str) and item.strip():
                result.append(item.strip())
            elif isinstance(item, (int, float)) and not isinstance(item, bool):
                result.append(str(item))
            else:
                self.fault("must be text (quote it where it holds a colon or begins with a bracket)", key, n)
        return tuple(result)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        self._asked.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.fault("must be true or false", key)
            return default
        return value

    def choice(self, key: str, enum: type[E], default: E | None = None) -> E:
        """One of an enum's values; the fault names the allowed ones and the nearest."""
        self._asked.add(key)
        fallback = default if default is not None else next(iter(enum))
        value = self.data.get(key)
        allowed = [member.value for member in enum]
        if value is None:
            if default is None:
                self.fault(f"{key!r} is missing; one of {', '.join(allowed)}")
            return fallback
        try:
            return enum(value)
        except ValueError:
            self.fault(f"{value!r} is not one of {', '.join(allowed)}{nearest(str(value), allowed)}", key)
            return fallback

    def choices(self, key: str, enum: type[E]) -> tuple[E, ...]:
        """A list of an enum's values."""
        result = []
        for n, value in enumerate(self.texts(key)):
            allowed = [member.value for member in enum]
            if value in allowed:
                result.append(enum(value))
            else:
                self.fault(f"{value!r} is not one of {', '.join(allowed)}{nearest(value, allowed)}", key, n)
        return tuple(result)

    def child(self, key: str) -> Fields | None:
        """A mapping below this one, or None where it is missing."""
        self._asked.add(key)
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault("must be a mapping of keys and values", key)
            return None
        return Fields(value, self.faults, (*self.at, key))

    def children(self, key: str) -> Iterator[Fields]:
        """The mappings of a list below this one."""
        self._asked.add(key)
        value = self.data.get(key)
        if value is None:
            return
        if not isinstance(value, (list, tuple)):
            self.fault("must be a list", key)
            return
        for n, item in enumerate(value):
            if isinstance(item, Mapping):
                yield Fields(item, self.faults, (*self.at, key, n))
            else:
                self.fault("must be a mapping of keys and values", key, n)

    def named_children(self, key: str) -> Iterator[tuple[str, Fields]]:
        """The mappings below a mapping, with their names."""
        below = self.child(key)
        if below is None:
            return
        for name, value in below.data.items():
            if isinstance(value, Mapping):
                yield str(name), Fields(value, self.faults, (*below.at, str(name)))
            else:
                below.fault("must be a mapping of keys and values", str(name))

    def finish(self) -> None:
        """Report every key that is not known here."""
        for key in self.data:
            if key not in self._asked:
                self.fault(f"unknown key{nearest(str(key), sorted(self._asked))}", str(key))
