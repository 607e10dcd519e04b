"""The three scenarios and the samples: what each plan must hold, whatever its wording."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions import Plan, plan
from postmortem_actions.core.policy import Category, Effort, OriginKind, Priority


@dataclass(frozen=True)
class Wanted:
    """An action that must be among the kept ones."""

    words: str  # a pattern over title and statement
    category: Category
    effort: Effort
    owner: str | None = None
    priority: Priority | None = None
    due: date | None = None


def _plan(path: str, today: date, **settings: str) -> Plan:
    return plan(str(REPOSITORY / path), today=today, **settings)


def _check(made: Plan, wanted: list[Wanted]) -> None:
    for want in wanted:
        found = [
            action
            for action in made.actions
            if re.search(want.words, f"{action.title}. {action.statement}", re.IGNORECASE)
            and action.category is want.category
        ]
        assert found, f"no action says {want.words!r}: {[a.title for a in made.actions]}"
        action = found[0]
        assert action.effort is want.effort, action.title
        if want.owner is not None:
            assert action.owner.person == want.owner, action.title
        if want.priority is not None:
            assert action.priority is want.priority, action.title
        if want.due is not None:
            assert action.due.on == want.due, action.title
        assert action.done_when
        assert action.verification.method
        assert action.evidence


ORDERS = [
    Wanted(r"index on users\.email", Category.PREVENTION, Effort.S, "@alice", Priority.P0, date(2025, 1, 22)),
    Wanted(r"p95 query", Category.DETECTION, Effort.S, "@bob", Priority.P0, date(2025, 1, 22)),
    Wanted(
        r"migration review checklist", Category.PROCESS, Effort.M, "@charlie", Priority.P0, date(2025, 1, 29)
    ),
    Wanted(r"runbook.*slow quer", Category.RESPONSE, Effort.M, "@alice", Priority.P1, date(2025, 2, 14)),
    Wanted(r"statement timeout", Category.RELIABILITY, Effort.S, "@alice", Priority.P1, date(2025, 1, 31)),
    Wanted(r"slow query dashboard", Category.DETECTION, Effort.L, "@bob", Priority.P2, date(2025, 4, 15)),
]
PAYMENT = [
    Wanted(r"timeout of \S+ on calls to Stripe", Category.RELIABILITY, Effort.S, priority=Priority.P0),
    Wanted(r"circuit breaker", Category.RELIABILITY, Effort.M, priority=Priority.P0),
    Wanted(r"alert when .* of calls to Stripe fail", Category.DETECTION, Effort.S, priority=Priority.P0),
    Wanted(r"runbook", Category.RESPONSE, Effort.M, priority=Priority.P1),
    Wanted(r"backoff", Category.RELIABILITY, Effort.S, priority=Priority.P1),
    Wanted(r"queue", Category.RELIABILITY, Effort.L),
    Wanted(r"chaos test", Category.RELIABILITY, Effort.M, priority=Priority.P1),
]
PII = [
    Wanted(r"rotate", Category.SECURITY, Effort.S, priority=Priority.P0),
    Wanted(r"purge", Category.SECURITY, Effort.M, priority=Priority.P0),
    Wanted(r"redact", Category.PREVENTION, Effort.M, priority=Priority.P0),
    Wanted(r"audit all services", Category.DETECTION, Effort.L, priority=Priority.P0),
    Wanted(r"change that logs personal data", Category.PROCESS, Effort.M),
    Wanted(r"compliance", Category.PROCESS, Effort.L),
    Wanted(r"data protection officer", Category.PROCESS, Effort.S),
    Wanted(r"retention", Category.PROCESS, Effort.S),
    Wanted(r"scan stored logs", Category.DETECTION, Effort.M),
    Wanted(r"train", Category.PROCESS, Effort.M),
]


def test_slow_orders_query() -> None:
    made = _plan("examples/orders-api-timeout/rca.md", date(2025, 1, 16))
    _check(made, ORDERS)
    assert 5 <= len(made.actions) <= 7


def test_slow_orders_query_from_four_bullets() -> None:
    made = _plan("examples/orders-api-timeout/summary.md", date(2025, 1, 16))
    _check(made, [Wanted(w.words, w.category, w.effort, priority=w.priority) for w in ORDERS])
    assert all(action.owner.person is None for action in made.actions), (
        "nobody is named, so nobody is an owner"
    )


@pytest.mark.parametrize("document", ["request.md", "rca.md", "summary.md"])
def test_payment_timeouts(document: str) -> None:
    made = _plan(f"examples/payment-api-timeout/{document}", date(2025, 1, 13), prioritization="impact-first")
    _check(made, PAYMENT)
    assert 5 <= len(made.actions) <= 7


@pytest.mark.parametrize("document", ["request.md", "rca.md", "summary.md"])
def test_personal_data_in_logs(document: str) -> None:
    made = _plan(
        f"examples/pii-in-logs/{document}",
        date(2025, 1, 13),
        prioritization="impact-first",
        capacity="high",
        scope="org",
    )
    _check(made, PII)
    assert 10 <= len(made.actions) <= 15


def test_an_alert_comes_after_no_runbook_it_links_to_and_nothing_before_what_it_needs() -> None:
    for case in ("orders-api-timeout", "payment-api-timeout", "pii-in-logs"):
        made = _plan(f"examples/{case}/rca.md", date(2025, 1, 16), capacity="high")
        due = {action.id: action.due.on for action in made.actions}
        for action in made.actions:
            for before in action.depends_on:
                assert due[before] is None or action.due.on is None or due[before] <= action.due.on


def test_sample_with_its_own_actions_keeps_each_once() -> None:
    made = _plan("tests/golden/double-charge/rca.md", date(2024, 1, 21))
    everything = [*made.actions, *(entry.action for entry in made.deferred)]
    stated = [action for action in everything if action.origin.kind is OriginKind.STATED]
    text = (REPOSITORY / "tests/golden/double-charge/rca.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\|\s*\d+\s*\|\s*([^|]+?)\s*\|", text)
    assert len(stated) == len({action.title for action in stated})
    for row in rows:
        assert sum(row.strip("* ") in action.statement for action in stated) <= 1


def test_unknown_root_cause_is_looked_for_first() -> None:
    text = (
        "# Search was down\n\nDate: 2025-03-03\n\n## Summary\n\nSearch returned errors for 20 minutes and then recovered.\n\n"
        "## Root cause\n\nUnknown. We could not reproduce it.\n\n## Detection\n\nThere was no alert on search errors.\n"
    )
    made = plan(text, today=date(2025, 3, 4))
    assert re.search(r"find the root cause", made.actions[0].title, re.IGNORECASE)
    assert any("root cause" in question.lower() for question in made.open_questions)


def test_no_tick_stands_in_any_committed_plan() -> None:
    for path in [*REPOSITORY.glob("examples/*/output/*"), *REPOSITORY.glob("tests/golden/*/plan.md")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search("[✅✔☑]", text), path
        assert not re.search(r"(?i)\bverified\b(?! yet)(?=\s*[:|]\s*(yes|true|[1-9]))", text), path


def test_published_schema_holds_for_committed_plans() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(
        (REPOSITORY / "src/postmortem_actions/data/schema/plan.schema.json").read_text(encoding="utf-8")
    )
    for path in sorted(Path(REPOSITORY).glob("examples/*/output/plan.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(document, schema)
        wanted = {
            "request",
            "incident",
            "failure_modes",
            "actions",
            "deferred",
            "coverage",
            "validation",
            "tracking",
            "problems",
        }
        assert wanted <= set(document)
