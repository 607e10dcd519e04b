"""Which gauges of a rule are truth values: 1 where something holds, 0 where it does not, and nothing between.

Such a gauge has no ordinary level of a third, no noise and no daily swing: it holds one of its two values and flips.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..promql.ast import Aggregate, Binary, Call, Expr, Number, Selector, walk
from ..promql.evaluate import COMPARE

# Ways of asking whether something holds; "> 0" and the like are asked of numbers of things as well.
_ASKED = frozenset({("==", 0.0), ("==", 1.0), ("!=", 0.0), ("!=", 1.0), ("<", 1.0)})
# Names as exporters give them; after a plural (replicas_ready, messages_ready) it is a number of things.
_NAMED = re.compile(r"(?:^|(?<!s)_)(?:up|success|healthy|ready)$")
_KEEPING = frozenset({"min", "max", "avg", "sum"})  # aggregations that give a truth value of one series back
_KEEPING_OVER_TIME = frozenset({"min_over_time", "max_over_time", "avg_over_time", "last_over_time"})


def truths(expr: Expr) -> frozenset[str]:
    """The names of the metrics that are truth values, by how the rule asks for them or by how they are called. One that is
    compared with a figure above 1 is none."""
    selectors = [one for one in walk(expr) if isinstance(one, Selector)]
    compared = list(_compared(expr))
    asked = {name for name, op, value in compared if (op, value) in _ASKED}
    named = {one.name for one in selectors if _NAMED.search(one.name)}
    return frozenset(asked | named) - {name for name, _, value in compared if value > 1}


def _compared(expr: Expr) -> Iterator[tuple[str, str, float]]:
    """Every (metric, operator, figure) where the metric itself is compared with a figure."""
    for one in walk(expr):
        if isinstance(one, Binary) and one.op in COMPARE and isinstance(one.right, Number):
            name = _plain(one.left)
            if name is not None:
                yield name, one.op, one.right.value


def _plain(expr: Expr) -> str | None:
    """The metric whose value an expression gives, whether of one series or joined from several; None for others."""
    if isinstance(expr, Selector):
        return expr.name
    if isinstance(expr, Aggregate) and expr.op in _KEEPING:
        return _plain(expr.expr)
    if isinstance(expr, Call) and expr.name in _KEEPING_OVER_TIME and len(expr.args) == 1:
        return _plain(expr.args[0])
    return None
