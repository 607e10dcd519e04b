"""An expression's value at an instant.

Source: Prometheus' documentation of operators and functions; the behaviour is that of version 2.42.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from .ast import Aggregate, Binary, Call, Expr, Negative, NotSupported, Number, Selector
from .functions import ON_VALUE, OVER_TIME, bucket_quantile, extrapolated, quantile, regression
from .series import Data, Labels

Vector = dict[Labels, float]
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b,
}  # fmt: skip


def _divided(a: float, b: float) -> float:
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": _divided,
    "%": lambda a, b: math.fmod(a, b) if b else math.nan, "^": lambda a, b: float(a**b),
}  # fmt: skip


def evaluate(expr: Expr, data: Data, at: float) -> Vector | float:
    """A vector by labels, or a plain number. Raises NotSupported."""
    if isinstance(expr, Number):
        return expr.value
    if isinstance(expr, Selector):
        return _instant(expr, data, at)
    if isinstance(expr, Negative):
        inner = evaluate(expr.expr, data, at)
        return -inner if isinstance(inner, float) else {labels: -value for labels, value in inner.items()}
    if isinstance(expr, Aggregate):
        return _aggregate(expr, data, at)
    if isinstance(expr, Call):
        return _call(expr, data, at)
    return _binary(expr, data, at)


def fires(expr: Expr, data: Data, at: float) -> list[Labels]:
    """The labels under which an alert of this expression is active at that instant, in order."""
    found = evaluate(expr, data, at)
    if isinstance(found, float):
        raise NotSupported("an alert needs a vector, not a number")
    return sorted(found)


def _instant(selector: Selector, data: Data, at: float) -> Vector:
    if selector.range is not None:
        raise NotSupported("a range needs a function around it")
    found: Vector = {}
    for series in data.of(selector):
        value = series.at(at - selector.offset)
        if value is not None:
            found[(("__name__", series.name), *series.labels)] = value
    return found


def _nameless(labels: Labels) -> Labels:
    return labels[1:] if labels and labels[0][0] == "__name__" else labels


def _vector(expr: Expr, data: Data, at: float) -> Vector:
    found = evaluate(expr, data, at)
    if isinstance(found, float):
        raise NotSupported("a vector is needed here")
    return found


def _scalar(expr: Expr, data: Data, at: float) -> float:
    found = evaluate(expr, data, at)
    if not isinstance(found, float):
        raise NotSupported("a number is needed here")
    return found


def _call(call: Call, data: Data, at: float) -> Vector | float:
    name, args = call.name, call.args
    if name == "time":
        return at
    if name == "vector":
        return {(): _scalar(args[0], data, at)}
    if name == "scalar":
        inner = list(_vector(args[0], data, at).values())
        return inner[0] if len(inner) == 1 else math.nan
    if name in ("absent", "absent_over_time"):
        return _absent(call, data, at)
    if name == "histogram_quantile":
        return _histogram(_scalar(args[0], data, at), _vector(args[1], data, at))
    if name in ("clamp_min", "clamp_max"):
        bound, pick = _scalar(args[1], data, at), max if name == "clamp_min" else min
        return {_nameless(ls): pick(value, bound) for ls, value in _vector(args[0], data, at).items()}
    if name in ON_VALUE:
        return {_nameless(ls): ON_VALUE[name](value) for ls, value in _vector(args[0], data, at).items()}
    return _over_range(call, data, at)


def _over_range(call: Call, data: Data, at: float) -> Vector:
    name, args = call.name, call.args
    place = 1 if name == "quantile_over_time" else 0
    selector = args[place] if len(args) > place else None
    if not isinstance(selector, Selector) or selector.range is None:
        raise NotSupported(f"the function {name} is not known here")
    end = at - selector.offset
    start = end - selector.range
    found: Vector = {}
    for series in data.of(selector):
        times, values = series.window(start, end)
        value = _of_window(name, args, times, values, start, end, data, at) if values else None
        if value is not None:
            found[series.labels] = value
    return found


def _of_window(
    name: str, args: tuple[Expr, ...], times: Sequence[float], values: Sequence[float], start: float, end: float, data: Data,
    at: float,
) -> float | None:  # fmt: skip
    if name in ("rate", "increase", "delta"):
        return extrapolated(times, values, start, end, counter=name != "delta", rate=name == "rate")
    if name in ("irate", "idelta"):
        if len(values) < 2:
            return None
        step = values[-1] - values[-2] if name == "idelta" or values[-1] >= values[-2] else values[-1]
        return step if name == "idelta" else step / (times[-1] - times[-2])
    if name == "deriv":
        line = regression(times, values, times[0]) if len(values) > 1 else None
        return None if line is None else line[0]
    if name == "predict_linear":
        line = regression(times, values, end)
        return None if line is None else line[0] * _scalar(args[1], data, at) + line[1]
    if name == "quantile_over_time":
        return quantile(_scalar(args[0], data, at), values)
    if name in OVER_TIME:
        return float(OVER_TIME[name](values))
    raise NotSupported(f"the function {name} is not known here")


def _absent(call: Call, data: Data, at: float) -> Vector:
    inner = call.args[0]
    if call.name == "absent":
        if _vector(inner, data, at):
            return {}
    elif isinstance(inner, Selector) and inner.range is not None:
        end = at - inner.offset
        if any(series.window(end - inner.range, end)[1] for series in data.of(inner)):
            return {}
    if not isinstance(inner, Selector):
        return {(): 1.0}
    named = [name for name, _, _ in inner.matchers]
    kept = {
        name: value for name, op, value in inner.matchers if op == "=" and named.count(name) == 1 and value
    }
    return {tuple(sorted(kept.items())): 1.0}


def _histogram(share: float, vector: Vector) -> Vector:
    groups: dict[Labels, list[tuple[float, float]]] = {}
    for labels, value in vector.items():
        bound = dict(labels).get("le")
        try:
            upper = float(bound) if bound is not None else None
        except ValueError:
            upper = None
        if upper is not None:
            rest = tuple(pair for pair in _nameless(labels) if pair[0] != "le")
            groups.setdefault(rest, []).append((upper, value))
    return {labels: bucket_quantile(share, buckets) for labels, buckets in groups.items()}


def _aggregate(expr: Aggregate, data: Data, at: float) -> Vector:
    groups: dict[Labels, list[float]] = {}
    for labels, value in _vector(expr.expr, data, at).items():
        if expr.without:
            key = tuple(pair for pair in _nameless(labels) if pair[0] not in expr.labels)
        else:
            key = tuple(pair for pair in labels if pair[0] in expr.labels)
        groups.setdefault(key, []).append(value)
    if expr.op == "quantile" and expr.param is not None:
        share = _scalar(expr.param, data, at)
        return {key: quantile(share, values) for key, values in groups.items()}
    merge = _MERGE.get(expr.op)
    if merge is None:
        raise NotSupported(f"the aggregation {expr.op} is not known here")
    return {key: float(merge(values)) for key, values in groups.items()}


_MERGE: Mapping[str, Callable[[list[float]], float]] = {
    "sum": sum, "min": min, "max": max, "count": len, "group": lambda _: 1.0, "avg": lambda values: sum(values) / len(values),
    "stddev": OVER_TIME["stddev_over_time"],
}  # fmt: skip


def _binary(expr: Binary, data: Data, at: float) -> Vector | float:
    left, right = evaluate(expr.left, data, at), evaluate(expr.right, data, at)
    if isinstance(left, float) and isinstance(right, float):
        if expr.op in COMPARE:
            return float(COMPARE[expr.op](left, right))
        return _ARITHMETIC[expr.op](left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _sets(expr, left, right) if expr.op in ("and", "or", "unless") else _matched(expr, left, right)
    made: Vector = {}
    vector = left if isinstance(left, dict) else right
    assert isinstance(vector, dict)
    for labels, value in vector.items():
        a, b = (value, right) if isinstance(left, dict) else (left, value)
        assert isinstance(a, float)
        assert isinstance(b, float)
        _put(expr, made, labels, a, b, value)
    return made


def _put(expr: Binary, made: Vector, labels: Labels, a: float, b: float, kept: float) -> None:
    if expr.op not in COMPARE:
        made[_nameless(labels)] = _ARITHMETIC[expr.op](a, b)
    elif expr.returns_bool:
        made[_nameless(labels)] = float(COMPARE[expr.op](a, b))
    elif COMPARE[expr.op](a, b):
        made[labels] = kept


def _key(expr: Binary, labels: Labels) -> Labels:
    plain = _nameless(labels)
    if expr.on is not None:
        return tuple(pair for pair in plain if pair[0] in expr.on)
    return tuple(pair for pair in plain if pair[0] not in expr.ignoring)


def _sets(expr: Binary, left: Vector, right: Vector) -> Vector:
    right_keys = {_key(expr, labels) for labels in right}
    if expr.op == "and":
        return {labels: value for labels, value in left.items() if _key(expr, labels) in right_keys}
    if expr.op == "unless":
        return {labels: value for labels, value in left.items() if _key(expr, labels) not in right_keys}
    left_keys = {_key(expr, labels) for labels in left}
    return left | {labels: value for labels, value in right.items() if _key(expr, labels) not in left_keys}


def _matched(expr: Binary, left: Vector, right: Vector) -> Vector:
    many, one = (left, right) if expr.group != "right" else (right, left)
    ones: dict[Labels, tuple[Labels, float]] = {}
    for labels, value in one.items():
        key = _key(expr, labels)
        if key in ones:
            raise NotSupported("several series match one; Prometheus refuses that as well")
        ones[key] = (labels, value)
    made: Vector = {}
    seen: set[Labels] = set()
    for labels, value in many.items():
        key = _key(expr, labels)
        if key not in ones:
            continue
        other_labels, other = ones[key]
        a, b = (value, other) if expr.group != "right" else (other, value)
        if expr.group:
            given = dict(other_labels)
            extra = {name: given[name] for name in expr.include if name in given}
            result = tuple(sorted({**dict(labels), **extra}.items()))
            _put(expr, made, result, a, b, a)
            continue
        if key in seen:
            raise NotSupported("several series match one; Prometheus refuses that as well")
        seen.add(key)
        if expr.op in COMPARE and not expr.returns_bool:
            result = labels if expr.on is None else key
            if expr.ignoring:
                result = tuple(pair for pair in labels if pair[0] not in expr.ignoring)
        else:
            result = key
        _put(expr, made, result, a, b, a)
    return made
