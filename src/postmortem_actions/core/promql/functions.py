"""Functions over samples, as Prometheus computes them.

Source: Prometheus' promql/functions.go and quantile.go, version 2.42; extrapolation of ``rate`` as described there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

Times = Sequence[float]
Values = Sequence[float]


def extrapolated(
    times: Times, values: Values, start: float, end: float, *, counter: bool, rate: bool
) -> float | None:
    """``rate``, ``increase`` and ``delta`` over the window from start to end."""
    if len(values) < 2:
        return None
    result = values[-1] - values[0]
    if counter:
        last = 0.0
        for value in values:
            if value < last:
                result += last
            last = value
    to_start, to_end = times[0] - start, end - times[-1]
    sampled = times[-1] - times[0]
    between = sampled / (len(values) - 1)
    if counter and result > 0 and values[0] >= 0:
        to_zero = sampled * (values[0] / result)
        to_start = min(to_start, to_zero)
    threshold = between * 1.1
    whole = sampled
    whole += to_start if to_start < threshold else between / 2
    whole += to_end if to_end < threshold else between / 2
    factor = whole / sampled
    return result * factor / ((end - start) if rate else 1.0)


def regression(times: Times, values: Values, at: float) -> tuple[float, float] | None:
    """Slope per second and value at an instant of the line through the samples."""
    if len(values) < 2:
        return None
    if all(value == values[0] for value in values):
        return 0.0, values[0]
    n = float(len(values))
    xs = [time - at for time in times]
    sum_x, sum_y = math.fsum(xs), math.fsum(values)
    sum_xy = math.fsum(x * y for x, y in zip(xs, values, strict=True))
    sum_xx = math.fsum(x * x for x in xs)
    cov, var = sum_xy - sum_x * sum_y / n, sum_xx - sum_x * sum_x / n
    slope = cov / var
    return slope, sum_y / n - slope * sum_x / n


def _changes(values: Values) -> float:
    return float(sum(1 for one, other in zip(values, values[1:], strict=False) if one != other))


def _stddev(values: Values) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def _mean(values: Values) -> float:
    """As Prometheus does it, to the last bit: the mean so far, with what rounding lost kept beside it."""
    mean, lost = 0.0, 0.0
    for count, value in enumerate(values, 1):
        step = value / count - mean / count
        total = mean + step
        lost += (mean - total) + step if abs(mean) >= abs(step) else (step - total) + mean
        mean = total
    return mean + lost


OVER_TIME: Mapping[str, Callable[[Values], float]] = {
    "avg_over_time": _mean,
    "sum_over_time": math.fsum,
    "min_over_time": min,
    "max_over_time": max,
    "count_over_time": lambda values: float(len(values)),
    "last_over_time": lambda values: values[-1],
    "present_over_time": lambda values: 1.0,
    "stddev_over_time": _stddev,
    "changes": _changes,
    "resets": lambda values: float(sum(1 for a, b in zip(values, values[1:], strict=False) if b < a)),
}

ON_VALUE: Mapping[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": lambda value: float(math.ceil(value)) if math.isfinite(value) else value,
    "floor": lambda value: float(math.floor(value)) if math.isfinite(value) else value,
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else math.nan,
    "exp": math.exp,
    "ln": lambda value: math.log(value) if value > 0 else (-math.inf if value == 0 else math.nan),
}


def quantile(share: float, values: Values) -> float:
    """The quantile of values, between two of them in proportion."""
    if not values or math.isnan(share):
        return math.nan
    if share < 0 or share > 1:
        return -math.inf if share < 0 else math.inf
    ordered = sorted(values)
    rank = share * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    weight = rank - low
    return ordered[low] * (1 - weight) + ordered[high] * weight


def bucket_quantile(share: float, buckets: Sequence[tuple[float, float]]) -> float:
    """The quantile of a histogram of (upper bound, cumulative count); NaN where it cannot be told."""
    if math.isnan(share):
        return math.nan
    if share < 0 or share > 1:
        return -math.inf if share < 0 else math.inf
    ordered = sorted(buckets)
    if not ordered or not math.isinf(ordered[-1][0]):
        return math.nan
    merged: list[tuple[float, float]] = []
    for bound, count in ordered:
        if merged and merged[-1][0] == bound:
            merged[-1] = (bound, merged[-1][1] + count)
        else:
            merged.append((bound, count))
    highest = merged[0][1]
    for n, (bound, count) in enumerate(merged):  # float arithmetic may break the order
        highest = max(highest, count)
        merged[n] = (bound, highest)
    if len(merged) < 2:
        return math.nan
    observations = merged[-1][1]
    if observations == 0:
        return math.nan
    rank = share * observations
    n = next((i for i, (_, count) in enumerate(merged[:-1]) if count >= rank), len(merged) - 1)
    if n == len(merged) - 1:
        return merged[-2][0]
    if n == 0 and merged[0][0] <= 0:
        return merged[0][0]
    start, end, count = 0.0, merged[n][0], merged[n][1]
    if n > 0:
        start = merged[n - 1][0]
        count -= merged[n - 1][1]
        rank -= merged[n - 1][1]
    return start + (end - start) * (rank / count)
