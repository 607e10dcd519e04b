"""The use cases over ports: planning here, what becomes of a plan in the modules beside it (imported when used)."""

from .planning import (
    Planned,
    PlanOrder,
    Ports,
    check_rules,
    decide,
    explain,
    explain_rules,
    lint,
    plan,
    plan_document,
    plan_or_read,
    read_plan,
    rule,
    rules,
)

__all__ = [
    "PlanOrder", "Planned", "Ports", "check_rules", "decide", "explain", "explain_rules", "lint", "plan", "plan_document",
    "plan_or_read", "read_plan", "rule", "rules",
]  # fmt: skip
