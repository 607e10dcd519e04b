"""Plans made by hand for the renderers: a rich one with text that breaks careless output, and the least."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from postmortem_actions.core.model import (
    Action,
    ActionValidation,
    Artifact,
    Assumption,
    BlastRadius,
    Coverage,
    CoverageCell,
    CoverageRow,
    Covers,
    Deferred,
    Due,
    Evidence,
    Fact,
    FailureMode,
    Incident,
    Length,
    Meeting,
    Moment,
    Origin,
    Owner,
    Person,
    Plan,
    Problem,
    Request,
    Rollup,
    Severity,
    Span,
    Summary,
    Ticket,
    TimelineEvent,
    Tracking,
    Validation,
    Verification,
)
from postmortem_actions.core.policy import (
    Category,
    CoverageLevel,
    CoverageMeans,
    Effort,
    FailureRole,
    Form,
    Impact,
    OriginKind,
    Priority,
    Strength,
    TrackingSystem,
)

PIPES = "Cap the pool | at 40 || with `a|b` and a trailing |"
BACKTICKS = "Quote `user_id`, ``two ` ticks`` and one lone ` tick"
HTML = "Escape <script>alert('x')</script>, <img src=x onerror=alert(1)>, </style>, </code></pre> & &lt;b&gt;"
LINKS = "Follow [here](javascript:alert(1)), ![pic](http://evil.example/p.png) or <http://evil.example/auto>"
MARKS = "*stars* _unders_ __both__ ~~gone~~ snake_case 2 * 3 \\* escaped \\| pipe # no heading"
UNICODE = "Überprüfe 日本語 — العربية — 🚒 e\u0301 “quotes” …"
LONG = "Make the importer refuse documents that are larger than the limit " * 8 + "(end)"
TEMPLATE = "{{ 7 * 7 }} {% raw %} ${HOME}"
NASTY = (PIPES, BACKTICKS, HTML, LINKS, MARKS, UNICODE, TEMPLATE)

RUNBOOK = (
    "# Queue is full\n\n1. Look:\n\n   ```sh\n   pmctl queue depth | sort -n\n   ```\n\n"
    "````markdown\n```sql\nSELECT '|' FROM a;\n```\n````\n\n~~~\ntilde\n~~~\n\n"
    "| a | b |\n| --- | --- |\n\n\tTab, trailing blanks   \n\n</textarea></code></pre><script>alert(2)</script>\n## 3) Not a section\n"
)
QUERY = "SELECT id\n  FROM a\n WHERE note LIKE '%`%' AND x < 3 && y > 1\n\n\n"
NO_NEWLINE = "groups:\n  - name: 'queue'  # ``` in a comment"


def _evidence(quote: str, start: int, end: int | None = None) -> Evidence:
    return Evidence(quote, Span(start, end or start))


def an_action(id_: str, priority: Priority, title: str, **changes: object) -> Action:
    """An action with every required field, changed as told."""
    action = Action(
        id=id_, category=Category.PREVENTION, form=Form.LIMIT, title=title,
        statement=f"Prevent a full queue by this: {title}", priority=priority, impact=Impact.HIGH,
        effort=Effort.S, strength=Strength.STRONG, blocks_recurrence=True, rationale="The queue had no limit.",
        done_when=("A test with 41 workers is refused",),
        verification=Verification("Load test in staging", "The 41st worker is refused within 1s"),
        evidence=(_evidence("the queue had no limit", 12),),
        origin=Origin(OriginKind.RULE, "queues.backlog/limit"), role=FailureRole.PRIMARY,
        owner=Owner("@ana", "maintains the importer (L30)", evidence=_evidence("Ana maintains it", 30)),
        due=Due(date(2025, 3, 7), "P0 within 3 working days", window_end=date(2025, 3, 7)),
        priority_why="high impact, small effort", chosen_why="it blocks recurrence",
    )  # fmt: skip
    return replace(action, **changes)  # type: ignore[arg-type]


def _actions() -> tuple[Action, ...]:
    return (
        an_action(
            "A1", Priority.P0, PIPES, statement=HTML, rationale=MARKS, steps=NASTY, done_when=NASTY,
            artifact=Artifact("markdown", RUNBOOK, title=PIPES, path="docs/run|book.md"),
            verification=Verification(LINKS, BACKTICKS, NASTY, Artifact("sql", QUERY, "Query")),
            evidence=tuple(_evidence(text, n, n + 2) for n, text in enumerate(NASTY, 40)),
            covers=(Covers("queue | depth", CoverageMeans.ALERT, partial=True),), addresses=("F1", "F2"),
            assumptions=(Assumption("queue_limit", "40 | 50", "slot", HTML, ("A1",)),),
            backup=Owner("@ben", "second <maintainer>"), coordinator=Owner(None, "cross-team", known="platform | SRE"),
            collaborators=("@cho", "*dora*", "<b>eve</b>"), sponsor=Owner(None, "nobody is named"), ticket="OPS-1|2",
            remarks=(HTML, PIPES), origin=Origin(OriginKind.STATED, "L12 | L13", ("queues.backlog/limit",)),
        ),
        an_action("A2", Priority.P1, LONG, effort=Effort.L, category=Category.DETECTION, form=Form.ALERT,
                  artifact=Artifact("yaml", NO_NEWLINE), depends_on=("A1",), ticket=None,
                  due=Due(date(2025, 3, 28), "no working day is left", date(2025, 3, 21), late=True)),
        an_action("A3", Priority.P1, UNICODE, effort=Effort.M, category=Category.RESPONSE, form=Form.RUNBOOK,
                  owner=Owner(None, "no evidence names anybody", known="team \u201cblue | green\u201d"),
                  due=Due(date(2025, 3, 14), "P1 within 10 working days"), depends_on=("A1", "A2")),
        an_action("A4", Priority.P2, HTML, effort=Effort.S, category=Category.PROCESS, strength=Strength.WEAK,
                  addresses=(), owner=Owner("=cmd|'/c calc'!A1", "as written"), due=Due(None, "the policy sets none"),
                  evidence=(_evidence("L" * 400, 7),)),
        an_action("A5", Priority.P3, MARKS, effort=Effort.M, category=Category.SECURITY, done_when=(),
                  due=Due(None, "P3 has no date")),
    )  # fmt: skip


def _incident() -> Incident:
    seen = _evidence("Alerts | began at 10:05", 4)
    start = Moment("10:05", seen, datetime(2025, 3, 3, 10, 5), "CET")
    return Incident(
        title=f"Search down: {PIPES} {HTML}", title_evidence=_evidence("Search down", 1),
        id=Fact("INC-7|<8>", seen), date=date(2025, 3, 3), date_evidence=seen, severity=Fact("SEV1", seen),
        services=(Fact("search | api", seen),), started=start, resolved=replace(start, zone=None, at=None),
        time_to_detect=Length(12.5, "12.5 minutes", computed=True),
        blast_radius=BlastRadius(
            users=(Fact(HTML, seen, "about"), Fact("42 % of | requests")), duration=Length(90.0, "90 minutes", seen, True),
            business=(Fact(MARKS, seen, "estimated"),), user_count=1200.0, user_percent=42.5,
        ),
        detected_by=Fact("a customer"), root_causes=(Fact("no limit | on the queue", seen),), root_cause_known=True,
        timeline=(TimelineEvent(start, PIPES, seen, "started"),),
        people=(Person("Ana Álvarez", "ana", ("author",), ("importer",), (seen,)),), summary=Fact(UNICODE, seen),
    )  # fmt: skip


def _rich() -> Plan:
    actions = _actions()
    none = CoverageCell(CoverageLevel.NONE)
    part = CoverageCell(CoverageLevel.PARTIAL, (CoverageMeans.LOG,), ("A1",))
    full = CoverageCell(CoverageLevel.COVERED, (CoverageMeans.ALERT, CoverageMeans.DASHBOARD), ("A1", "A2"))
    before = CoverageCell(CoverageLevel.PARTIAL, (CoverageMeans.LOG,), evidence=(_evidence("a log line", 9),))
    deferred = an_action("D1", Priority.P2, f"Later | {HTML}")
    return Plan(
        request=Request("docs/rca | <1>.md", date(2025, 3, 4), tracking_system=TrackingSystem.JIRA, given=(("scope", "option"),)),
        incident=_incident(),
        summary=Summary(PIPES, HTML, BACKTICKS, "A1"),
        failure_modes=(FailureMode("F1", "queues.backlog", PIPES, FailureRole.PRIMARY, (_evidence(HTML, 12),), 3.5),
                       FailureMode("F2", "unclassified", HTML, FailureRole.DETECTION_GAP, (_evidence("x", 13, 15),))),
        actions=actions,
        deferred=(Deferred(deferred, "capacity", f"beyond capacity | {LINKS}"),),
        coverage=Coverage((CoverageRow("queue | depth", before, part, full, full),
                           CoverageRow(HTML, none, none, none, full)), (0, 0, 1, 2)),
        validation=Validation(UNICODE, tuple(ActionValidation(a.id, a.verification) for a in actions),
                              Verification(PIPES, HTML, NASTY, Artifact("sh", "pmctl replay --all\n"))),
        tracking=Tracking(
            TrackingSystem.JIRA, f"Epic: {PIPES}", (Ticket("A1", PIPES, "OPS-1|2"), Ticket("A2", HTML)),
            (Meeting("P0 review", date(2025, 3, 7), HTML, ("A1",)), Meeting("Close", None, MARKS)),
            Rollup(PIPES, HTML, MARKS, ((Priority.P0, 1), (Priority.P1, 2)), (("2025-03-07", HTML),), "planned"),
        ),
        assumptions=(Assumption("queue_limit", "40 | 50", "slot", HTML, ("A1",)),),
        open_questions=NASTY,
        problems=(Problem("odd-time", PIPES, 4, Severity.WARNING, HTML), Problem("no-owner", HTML)),
    )  # fmt: skip


def _minimal() -> Plan:
    return Plan(
        request=Request("-", date(2025, 3, 4)), incident=Incident("Untitled"), summary=Summary("unknown", "unknown", "none"),
        failure_modes=(), actions=(), deferred=(), coverage=Coverage((), (0, 0, 0, 0)),
        validation=Validation("nothing to show", (), Verification("none", "none")),
        tracking=Tracking(TrackingSystem.NONE, "none", (), (), Rollup("Untitled", "unknown", "unknown", (), (), "planned")),
    )  # fmt: skip


@pytest.fixture(scope="session")
def rich_plan() -> Plan:
    """A plan that uses every part of the model, with nasty text in each."""
    return _rich()


@pytest.fixture(scope="session")
def minimal_plan() -> Plan:
    """A plan with nothing in it but what must be there."""
    return _minimal()


@pytest.fixture(scope="session", params=["rich", "minimal"])
def any_plan(request: pytest.FixtureRequest) -> Plan:
    """Each of the two."""
    return _rich() if request.param == "rich" else _minimal()
