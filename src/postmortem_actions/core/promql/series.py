"""Series of samples, and what a selector sees of them at an instant."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .ast import Matcher, Selector

LOOKBACK = 300.0  # seconds that an instant selector looks back (Prometheus' default)
Labels = tuple[tuple[str, str], ...]  # sorted, without the name


@dataclass(slots=True)
class Series:
    """One series: samples at rising times, in seconds."""

    name: str
    labels: Labels
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, time: float, value: float) -> None:
        """Add a sample after the last."""
        self.times.append(time)
        self.values.append(value)

    def at(self, time: float) -> float | None:
        """The newest sample within the lookback."""
        n = bisect_right(self.times, time)
        if n == 0 or self.times[n - 1] < time - LOOKBACK:
            return None
        return self.values[n - 1]

    def window(self, start: float, end: float) -> tuple[Sequence[float], Sequence[float]]:
        """The samples from ``start`` to ``end``, both included."""
        first, last = bisect_left(self.times, start), bisect_right(self.times, end)
        return self.times[first:last], self.values[first:last]


def labels(values: Mapping[str, str]) -> Labels:
    """Labels in their order; empty ones are none."""
    return tuple(sorted((name, value) for name, value in values.items() if value))


@lru_cache(maxsize=1024)
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern})\\Z")


def fits(matchers: Sequence[Matcher], found: Mapping[str, str]) -> bool:
    """Whether labels meet the matchers; a label that is missing is empty."""
    for name, op, wished in matchers:
        value = found.get(name, "")
        if op in ("=", "!="):
            if (value == wished) is (op == "!="):
                return False
        elif (_whole(wished).match(value) is not None) is (op == "!~"):
            return False
    return True


class Data:
    """Series by name; which of them a selector means is looked up once."""

    def __init__(self, series: Sequence[Series]) -> None:
        self._by_name: dict[str, list[Series]] = {}
        for one in series:
            self._by_name.setdefault(one.name, []).append(one)
        self._known: dict[Selector, list[Series]] = {}

    def of(self, selector: Selector) -> list[Series]:
        """The series that a selector means."""
        found = self._known.get(selector)
        if found is None:
            found = [
                s for s in self._by_name.get(selector.name, ()) if fits(selector.matchers, dict(s.labels))
            ]
            self._known[selector] = found
        return found
