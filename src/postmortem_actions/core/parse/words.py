"""The words by which facts are read (data/reading.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..catalogue.fields import Fault, Fields
from ..text.phrases import Phrase


@dataclass(frozen=True, slots=True)
class ReadingWords:
    """``keys`` maps a metadata key to its field; ``markers`` hold the phrases of each timeline marker in
    the order in which they are tried; ``detection`` are phrases that say how it was noticed; ``phases`` are pieces of
    words of other languages by which a phase is told."""

    keys: Mapping[str, str]
    markers: tuple[tuple[str, tuple[Phrase, ...]], ...]
    detection: tuple[Phrase, ...]
    not_incident_dates: frozenset[str]
    phases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> tuple[ReadingWords, list[Fault]]:
        """Build from plain data; the faults name the keys that are wrong."""
        faults: list[Fault] = []
        fields = Fields(data, faults)
        keys: dict[str, str] = {}
        below = fields.child("metadata")
        for name in below.data if below else ():
            for key in below.texts(name) if below else ():
                keys.setdefault(key.lower(), name)
        markers = []
        below = fields.child("markers")
        for name in below.data if below else ():
            markers.append((name, below.phrases(name) if below else ()))
        below = fields.child("phases")
        phases = {name: tuple(word.lower() for word in below.texts(name)) for name in below.data} if below else {}
        return cls(
            keys, tuple(markers), fields.phrases("detection"), frozenset(fields.texts("not_incident_dates")), phases
        ), faults
