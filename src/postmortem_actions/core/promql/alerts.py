"""An alert rule over time: when it is pending, and when it fires."""

from __future__ import annotations

from dataclasses import dataclass

from .ast import Expr
from .evaluate import fires
from .series import Data, Labels


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A rule. ``hold`` is its ``for``, in seconds; ``severity`` and ``summary`` are what it says of itself, if anything."""

    name: str
    expr: Expr
    hold: float = 0.0
    text: str = ""  # the expression as written
    severity: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that an alert fired, for one set of labels: from and until, in seconds; ``until`` None: still at the end."""

    labels: Labels
    start: float
    until: float | None


def run(rule: AlertRule, data: Data, start: float, end: float, step: float = 60.0) -> list[Firing]:
    """Evaluate a rule from start to end, every ``step`` seconds. Raises NotSupported.

    As Prometheus does: an alert is pending from the evaluation at which its expression first gave something, and fires
    at the first one that is ``hold`` seconds or more later; it ends when the expression gives nothing."""
    active: dict[Labels, float] = {}
    firing: dict[Labels, float] = {}
    found: list[Firing] = []
    at = start
    while at <= end:
        now = {_identity(labels) for labels in fires(rule.expr, data, at)}
        for labels in [known for known in active if known not in now]:
            del active[labels]
            if labels in firing:
                found.append(Firing(labels, firing.pop(labels), at))
        for labels in now:
            since = active.setdefault(labels, at)
            if at - since >= rule.hold and labels not in firing:
                firing[labels] = at
        at += step
    found += [Firing(labels, since, None) for labels, since in firing.items()]
    return sorted(found, key=lambda one: (one.start, one.labels))


def _identity(labels: Labels) -> Labels:
    return tuple(pair for pair in labels if pair[0] != "__name__")
