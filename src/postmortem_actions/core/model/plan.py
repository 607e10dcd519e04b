"""The plan: what is rendered, kept, tracked and read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..policy import (
    Capacity,
    CoverageLevel,
    CoverageMeans,
    DueDatePolicy,
    OwnershipModel,
    Prioritization,
    Priority,
    Scope,
    TrackingSystem,
)
from ..stack import StackFind
from .action import Action, FailureMode, Verification
from .evidence import Assumption, Evidence, Problem
from .incident import Incident


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. ``rca`` is the source as the user named it; ``given`` tells where each value
    came from: option, request block, config file or default."""

    rca: str
    today: date
    scope: Scope = Scope.SERVICE
    prioritization: Prioritization = Prioritization.BALANCED
    capacity: Capacity = Capacity.MEDIUM
    ownership_model: OwnershipModel = OwnershipModel.MODULE_OWNERS
    tracking_system: TrackingSystem = TrackingSystem.NONE
    due_date_policy: DueDatePolicy = DueDatePolicy.REALISTIC
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Section 0. ``leverage_action`` is the id of the action that is the top prevention leverage point."""

    theme: str
    primary_failure_mode: str
    leverage_point: str
    leverage_action: str | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """An action that did not make the plan, with the reason. ``code`` is one of capacity, priority,
    stated-done, declined, not-selected. Its id is D1, D2 …; owner and due are as far as known."""

    action: Action
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """How a signal stands at one stage. ``by`` are the action ids that give it; before the plan,
    ``evidence`` are the lines that tell (none where the RCA says nothing of this signal)."""

    level: CoverageLevel
    means: tuple[CoverageMeans, ...] = ()
    by: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectionProof:
    """That alerts of the plan fire in the incident played again and stay quiet in an ordinary week: the actions that bring
    them, minutes until people noticed (None where the RCA does not tell), and until the first of them fires."""

    by: tuple[str, ...]
    minutes_before: float | None
    minutes_after: float


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One signal before the plan and after P0, P1 and P2 actions are done *and verified*; ``proof`` where it was simulated."""

    signal: str
    before: CoverageCell
    after_p0: CoverageCell
    after_p1: CoverageCell
    after_p2: CoverageCell
    proof: DetectionProof | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Section 5. ``covered`` counts the rows at level covered: before, after P0, after P1, after P2."""

    rows: tuple[CoverageRow, ...]
    covered: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ActionValidation:
    """How one action is shown to work."""

    action: str
    verification: Verification


@dataclass(frozen=True, slots=True)
class Validation:
    """Section 6: per action, and the whole incident played again."""

    objective: str
    actions: tuple[ActionValidation, ...]
    system: Verification


@dataclass(frozen=True, slots=True)
class Meeting:
    """A follow-up: what is looked at, when (None under the policy none), and the actions concerned."""

    name: str
    on: date | None
    agenda: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket to be made, or stated in the RCA (then ``ref`` is set)."""

    action: str
    title: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Rollup:
    """What leadership reads. Planned counts only: nothing here says done or verified without evidence."""

    incident: str
    impact: str
    root_cause: str
    counts: tuple[tuple[Priority, int], ...]
    milestones: tuple[tuple[str, str], ...]
    status: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """Section 7."""

    system: TrackingSystem
    epic: str
    tickets: tuple[Ticket, ...]
    meetings: tuple[Meeting, ...]
    rollup: Rollup


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """What an owner holds, in working days of effort and in P0s, before this plan and with it. ``share`` is the
    part of a working day for follow-up work, 0 to 1; ``busy_until`` the last day with such work."""

    person: str
    share: float
    days_before: float
    days_after: float
    p0s_before: int
    p0s_after: int
    busy_until: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole. Reading its JSON gives an equal plan. ``stack`` is what the team was taken to build and run with."""

    request: Request
    incident: Incident
    summary: Summary
    failure_modes: tuple[FailureMode, ...]
    actions: tuple[Action, ...]
    deferred: tuple[Deferred, ...]
    coverage: Coverage
    validation: Validation
    tracking: Tracking
    assumptions: tuple[Assumption, ...] = ()
    open_questions: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    loads: tuple[PersonLoad, ...] = ()
    stack: tuple[StackFind, ...] = ()
