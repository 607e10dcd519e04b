"""Which series an alert rule looks at, and of what nature each is, read from its expression alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ..promql.ast import Aggregate, Binary, Call, Expr, Matcher, Selector, walk
from ..promql.series import Labels, fits, labels
from .truths import truths

_COUNTING = frozenset({"rate", "increase", "irate"})
_INSTANTS = re.compile(r"(_timestamp|_since|_expiry|_expires|_cert_expiry|_created)(_seconds)?$")


class Nature(StrEnum):
    """What a series is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    BUCKETS = "histogram"
    INSTANT = "instant"  # a gauge that holds a time


@dataclass(frozen=True, slots=True)
class Need:
    """A series that a rule looks at. ``special`` where a selector asks for its very labels (the errors among all
    requests); of buckets, one for all bounds. ``truth`` for a gauge that is 1 or 0."""

    name: str
    labels: Labels
    nature: Nature
    special: bool = False
    truth: bool = False

    @property
    def words(self) -> str:
        """How people write it."""
        inside = ", ".join(f'{name}="{value}"' for name, value in self.labels)
        return f"{self.name}{{{inside}}}" if inside else self.name


def needs(expr: Expr) -> tuple[Need, ...]:
    """The series, the special ones first."""
    natures = _natures(expr)
    selectors = [one for one in walk(expr) if isinstance(one, Selector)]
    shared = {name: f"{name}-1" for name in _grouped(expr) if name != "le"}
    found: list[Need] = []
    for selector in selectors:
        own = _meeting(selector.matchers, shared)
        narrower = [s for s in selectors if s.name == selector.name and s.matchers != selector.matchers]
        rests = [rest for other in narrower if (rest := _besides(selector, other)) is not None]
        # What a wider selector sees is the special series and the rest, not a third one.
        found += [Need(selector.name, labels({**shared, **rest}), natures[selector.name]) for rest in rests]
        if own is not None and not rests:
            special = _is_part(selector, selectors)
            found.append(Need(selector.name, labels({**shared, **own}), natures[selector.name], special))
    found.sort(key=lambda need: not need.special)
    yes_or_no = truths(expr)
    return tuple(
        replace(need, truth=need.nature is Nature.GAUGE and need.name in yes_or_no)
        for need in dict.fromkeys(found)
    )


def _natures(expr: Expr) -> dict[str, Nature]:
    found: dict[str, Nature] = {}
    histograms = {
        inner.name
        for call in walk(expr)
        if isinstance(call, Call) and call.name == "histogram_quantile"
        for inner in walk(call)
        if isinstance(inner, Selector)
    }
    counted = {
        inner.name
        for call in walk(expr)
        if isinstance(call, Call) and call.name in _COUNTING
        for inner in walk(call)
        if isinstance(inner, Selector)
    }
    for one in walk(expr):
        if not isinstance(one, Selector):
            continue
        if one.name in histograms:
            found[one.name] = Nature.BUCKETS
        elif one.name in counted or one.name.endswith("_total"):
            found[one.name] = Nature.COUNTER
        elif _INSTANTS.search(one.name):
            found[one.name] = Nature.INSTANT
        else:
            found[one.name] = Nature.GAUGE
    return found


def _grouped(expr: Expr) -> list[str]:
    names: list[str] = []
    for one in walk(expr):
        if isinstance(one, Aggregate) and not one.without:
            names += one.labels
        elif isinstance(one, Binary):
            names += [*(one.on or ()), *one.include]
    return list(dict.fromkeys(names))


def _meeting(matchers: tuple[Matcher, ...], shared: Mapping[str, str]) -> dict[str, str] | None:
    """Labels that meet the matchers, those that other series share where they do; None where none was found."""
    named = {name for name, _, _ in matchers}
    found = {
        name: value for name, value in shared.items() if name in named and fits(_of(matchers, name), shared)
    }
    found |= {name: value for name, op, value in matchers if op == "="}
    for name, op, value in matchers:
        if op == "=~" and name not in found:
            found[name] = next(
                (word for word in _words(value) if fits([(name, op, value)], {name: word})), ""
            )
        elif op in ("!=", "!~") and name not in found:
            found[name] = "other"
    return found if fits(matchers, found) else None


def _of(matchers: tuple[Matcher, ...], name: str) -> list[Matcher]:
    return [one for one in matchers if one[0] == name]


def _words(pattern: str) -> list[str]:
    """Words that a simple pattern may mean: its alternatives, the first of a class, a dot as 0, an end that repeats left out."""
    pattern = re.sub(r"\[([^\]^])[^\]]*\]", r"\1", pattern)
    return [re.sub(r"[.][*+]?|\\d[*+]?", "0", part).strip("^$()") for part in pattern.split("|")] + ["x"]


def _is_part(selector: Selector, others: list[Selector]) -> bool:
    """Whether another selector of that name asks for more."""
    same = [other for other in others if other.name == selector.name and other.matchers != selector.matchers]
    return any(set(other.matchers) < set(selector.matchers) for other in same)


def _besides(wide: Selector, narrow: Selector) -> dict[str, str] | None:
    """Labels that the wide selector sees and the narrow one does not."""
    if not set(wide.matchers) < set(narrow.matchers):
        return None
    base = _meeting(wide.matchers, {})
    if base is None:
        return None
    for name, op, value in narrow.matchers:
        if (name, op, value) in wide.matchers:
            continue
        for word in (value, "success", "200", "ok"):
            rest = {**base, name: word}
            if fits(wide.matchers, rest) and not fits(narrow.matchers, rest):
                return rest
    return None
