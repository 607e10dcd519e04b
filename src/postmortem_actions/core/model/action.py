"""Failure modes, signals, candidates and actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ..policy import (
    ActionState,
    Category,
    CheckType,
    CoverageMeans,
    Effort,
    FailureRole,
    Form,
    Impact,
    OriginKind,
    Priority,
    RuleNature,
    Strength,
)
from .evidence import Assumption, Evidence


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One thing that failed. ``kind`` is a rule id or ``unclassified``; evidence is never empty. ``by_words`` where no
    phrase knows it and its kind was taken by the words it shares with a rule; ``like`` are the titles of (other) rules
    that it may belong to, where no phrase knows it."""

    id: str  # F1, F2 … in order of weight
    kind: str
    title: str
    role: FailureRole
    evidence: tuple[Evidence, ...]
    score: float = 0.0
    by_words: bool = False
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action came from: ``ref`` is ``rule-id/action-id``, a gap kind, or the stated line.
    ``also`` lists what was merged into it."""

    kind: OriginKind
    ref: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something ready to use. ``language`` is the fence's info word; ``path`` is where it could be saved; ``pattern`` has
    variants of it for other stacks, and ``also`` are patterns whose files go with it."""

    language: str
    body: str
    title: str = ""
    path: str | None = None
    pattern: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """How one will know that the action worked: a method, its steps, and what must be seen. ``type`` tells who or what can
    show it; None only until the plan is put together."""

    method: str
    success: str
    steps: tuple[str, ...] = ()
    artifact: Artifact | None = None
    type: CheckType | None = None


@dataclass(frozen=True, slots=True)
class Covers:
    """The signal an action covers, by what means. ``partial`` where it helps but does not suffice."""

    signal: str
    means: CoverageMeans
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed action before it has priority, owner or date.

    ``key`` is unique in a plan and stable for the same input. ``form`` and ``target`` tell whether two
    candidates mean the same. ``depends_on`` are keys. ``addresses`` are failure mode ids.
    ``quote`` evidence first; ``owner_hint``, ``due_hint``, ``priority_hint`` come only from the RCA.
    ``nature`` is its rule's: a general one yields to one that knows the failure. ``named``: the RCA names what it acts on."""

    key: str
    category: Category
    form: Form
    title: str
    statement: str
    impact: Impact
    effort: Effort
    strength: Strength
    blocks_recurrence: bool
    rationale: str
    done_when: tuple[str, ...]
    verification: Verification
    evidence: tuple[Evidence, ...]
    origin: Origin
    role: FailureRole
    target: str = ""
    steps: tuple[str, ...] = ()
    artifact: Artifact | None = None
    covers: tuple[Covers, ...] = ()
    depends_on: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    weight: float = 0.0
    components: tuple[str, ...] = ()
    state: ActionState = ActionState.PROPOSED
    owner_hint: str | None = None
    due_hint: date | None = None
    priority_hint: Priority | None = None
    ticket: str | None = None
    remarks: tuple[str, ...] = ()
    nature: RuleNature = RuleNature.FAILURE
    named: bool = True


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is to do it. ``person`` is a name or handle with evidence, or None where unresolved: then
    ``known`` says what is known (a team, a component). Never invented. ``why`` is for people to check."""

    person: str | None
    why: str
    known: str | None = None
    evidence: Evidence | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When it is due and why. ``on`` is None where the policy sets none. ``window_end`` is the last day
    of the priority's window; ``late`` says that no working day inside the window is possible."""

    on: date | None
    why: str
    window_end: date | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A planned action: a candidate with priority, owner and date, and the reasons of each choice."""

    id: str
    category: Category
    form: Form
    title: str
    statement: str
    priority: Priority
    impact: Impact
    effort: Effort
    strength: Strength
    blocks_recurrence: bool
    rationale: str
    done_when: tuple[str, ...]
    verification: Verification
    evidence: tuple[Evidence, ...]
    origin: Origin
    role: FailureRole
    owner: Owner
    due: Due
    priority_why: str
    chosen_why: str
    steps: tuple[str, ...] = ()
    artifact: Artifact | None = None
    covers: tuple[Covers, ...] = ()
    depends_on: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    backup: Owner | None = None
    coordinator: Owner | None = None
    collaborators: tuple[str, ...] = ()
    sponsor: Owner | None = None
    ticket: str | None = None
    state: ActionState = ActionState.PROPOSED
    remarks: tuple[str, ...] = field(default=())
