"""Expressions of PromQL as plain objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Matcher = tuple[str, str, str]  # label, one of = != =~ !~, value


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Selector:
    """Series by name and labels. ``range`` in seconds, None for an instant vector; ``offset`` in seconds."""

    name: str
    matchers: tuple[Matcher, ...] = ()
    range: float | None = None
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """A function."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``sum by (…)`` and its kin. ``labels`` are those kept, or with ``without`` those left out."""

    op: str
    expr: Expr
    labels: tuple[str, ...] = ()
    without: bool = False
    param: Expr | None = None


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two. ``on`` None matches all labels but ``ignoring``; ``group`` is left, right or empty."""

    op: str
    left: Expr
    right: Expr
    on: tuple[str, ...] | None = None
    ignoring: tuple[str, ...] = ()
    group: str = ""
    include: tuple[str, ...] = ()
    returns_bool: bool = False


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    expr: Expr


Expr = Number | Selector | Call | Aggregate | Binary | Negative


class NotSupported(ValueError):
    """An expression, or a part of one, that this evaluator does not know."""


def walk(expr: Expr) -> Iterator[Expr]:
    """An expression and everything inside it, from the left."""
    yield expr
    if isinstance(expr, Call):
        for arg in expr.args:
            yield from walk(arg)
    elif isinstance(expr, Aggregate):
        if expr.param is not None:
            yield from walk(expr.param)
        yield from walk(expr.expr)
    elif isinstance(expr, Binary):
        yield from walk(expr.left)
        yield from walk(expr.right)
    elif isinstance(expr, Negative):
        yield from walk(expr.expr)


def reach(expr: Expr) -> float:
    """How far back, in seconds, an expression looks."""
    return max(
        (one.offset + (one.range or 0.0) for one in walk(expr) if isinstance(one, Selector)), default=0.0
    )
