"""What an alert rule asks, taken apart: a value, a limit, how long; several of them joined by *and* or *or*."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..promql.alerts import AlertRule
from ..promql.ast import Binary, Call, Expr, Negative, NotSupported, Number, Selector, walk

_COMPARISONS = frozenset({">", ">=", "<", "<=", "==", "!="})
_ARITHMETIC = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
_PLAIN = re.compile(r"[\w ./:@-]*\Z")


@dataclass(frozen=True, slots=True)
class Condition:
    """A value beyond a limit: ``op`` is one of > >= < <=. ``absent`` where it is asked whether data come at all."""

    value: Expr
    op: str
    limit: float
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule asks: conditions, all of which must hold, or one of which where ``any_of``."""

    rule: AlertRule
    conditions: tuple[Condition, ...]
    any_of: bool = False


def asked(rule: AlertRule) -> Asked:
    """A rule taken apart. Raises NotSupported where it asks in a way that only Prometheus knows."""
    expr = rule.expr
    for op, any_of in (("and", False), ("or", True)):
        if isinstance(expr, Binary) and expr.op == op:
            parts = _parts(expr, op)
            if op == "or" and not all(isinstance(part, Binary) and part.op in _COMPARISONS for part in parts):
                break
            return Asked(rule, tuple(_condition(part) for part in parts), any_of)
    return Asked(rule, (_condition(expr),))


def _parts(expr: Expr, op: str) -> list[Expr]:
    if isinstance(expr, Binary) and expr.op == op:
        return [*_parts(expr.left, op), *_parts(expr.right, op)]
    return [expr]


def _condition(expr: Expr) -> Condition:
    if isinstance(expr, Call) and expr.name == "absent":
        return Condition(expr.args[0], ">", 0.0, absent=True)
    if not isinstance(expr, Binary) or expr.op not in _COMPARISONS:
        raise NotSupported("it compares nothing with a limit")
    if expr.group:
        raise NotSupported("it compares series of many with one")
    left, right, op = expr.left, folded(expr.right), expr.op
    if isinstance(right, Number):
        return _whole(left, op, right.value)
    # Two values are compared by their difference.
    return _whole(Binary("-", left, right), op, 0.0)


def _whole(value: Expr, op: str, limit: float) -> Condition:
    """Being equal to a whole number is told by the nearest comparison: what is 0 or 1 is at most 0, or at least 1."""
    if op in ("==", "!="):
        if limit not in (0.0, 1.0):
            raise NotSupported(f"it asks for exactly {limit:g}")
        up = (op == "==") is (limit == 1.0)
        return Condition(value, ">=" if up else "<=", 1.0 if up else 0.0)
    return Condition(value, op, limit)


def folded(expr: Expr) -> Expr:
    """An expression with what is nothing but numbers worked out."""
    if isinstance(expr, Binary):
        left, right = folded(expr.left), folded(expr.right)
        if isinstance(left, Number) and isinstance(right, Number) and expr.op in (*_ARITHMETIC, "/"):
            if expr.op == "/":
                return Number(left.value / right.value) if right.value else expr
            return Number(_ARITHMETIC[expr.op](left.value, right.value))
    return expr


def kept_apart(expr: Expr, apart: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The labels by which an expression keeps series apart without saying so: those it matches on, else those of its first
    metric by data/monitors.yaml; none where it aggregates all of them."""
    bare = _bare(expr)
    if not bare:
        return ()
    matched = [label for one in walk(expr) if isinstance(one, Binary) for label in one.on or ()]
    if matched:
        return tuple(dict.fromkeys(matched))
    fits = [prefix for prefix in apart if bare[0].name.startswith(prefix)]
    return tuple(apart[max(fits, key=len)] if fits else apart["default"])


def _bare(expr: Expr) -> list[Selector]:
    """The series that nothing aggregates."""
    if isinstance(expr, Selector):
        return [expr]
    if isinstance(expr, Binary):
        return [*_bare(expr.left), *_bare(expr.right)]
    if isinstance(expr, Negative):
        return _bare(expr.expr)
    if isinstance(expr, Call) and expr.name != "histogram_quantile":
        return [one for arg in expr.args for one in _bare(arg)]
    return []


def alternatives(pattern: str) -> list[str]:
    """The words that a regular expression means, where it is nothing but words between bars. Raises NotSupported."""
    words = pattern.split("|")
    if all(_PLAIN.match(word) and "." not in word for word in words):
        return words
    raise NotSupported(f"it asks for the pattern {pattern!r}")


def status_class(pattern: str) -> str:
    """``5xx`` of ``5..``, as classes of status codes are asked for; empty for any other pattern."""
    return f"{pattern[0]}xx" if re.fullmatch(r"[1-5](?:\.\.|\[0-9\]\{2\}|\\d\\d)", pattern) else ""


def without_ending(name: str, *endings: str) -> str:
    """A metric's name without the first of these endings that it has."""
    return next((name.removesuffix(end) for end in endings if name.endswith(end)), name)


def selector_of(expr: Expr, function: str) -> Selector:
    """The series inside a function such as rate(…[5m]). Raises NotSupported where it is something else."""
    if isinstance(expr, Selector):
        return expr
    raise NotSupported(f"{function} of something else than a series")


def minutes(seconds: float, least: int = 1) -> int:
    """Whole minutes, at least so many."""
    return max(least, round(seconds / 60))
