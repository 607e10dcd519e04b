"""The request's choices: the values a person can ask for, and the order and words of the plan.

Every enum is a ``StrEnum`` whose value is the word used in options, request blocks, config files and
JSON. Source: the specification's parameter guide.
"""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """How far the actions reach."""

    SERVICE = "service"
    TEAM = "team"
    ORG = "org"


class Prioritization(StrEnum):
    """Which strategy ranks the actions."""

    IMPACT_FIRST = "impact-first"
    EFFORT_FIRST = "effort-first"
    BALANCED = "balanced"


class Capacity(StrEnum):
    """How much engineering time there is: low 20 %, medium 40 %, high a dedicated sprint."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class OwnershipModel(StrEnum):
    """Which evidence names an owner first."""

    DIRECT_OWNER = "direct-owner"
    MODULE_OWNERS = "module-owners"
    TEAM_ROTATION = "team-rotation"


class TrackingSystem(StrEnum):
    """Where tickets are to be created."""

    JIRA = "jira"
    LINEAR = "linear"
    GITHUB = "github"
    NONE = "none"


class DueDatePolicy(StrEnum):
    """How long the windows of P0, P1 and P2 are."""

    AGGRESSIVE = "aggressive"
    REALISTIC = "realistic"
    NONE = "none"


class Category(StrEnum):
    """The six kinds of action, in the order in which ties are shown."""

    PREVENTION = "prevention"
    DETECTION = "detection"
    RESPONSE = "response"
    PROCESS = "process"
    RELIABILITY = "reliability"
    SECURITY = "security"


class Priority(StrEnum):
    """P0 critical to P3 low."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Impact(StrEnum):
    """How much of the incident (or of its like) an action takes away."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Effort(StrEnum):
    """S: under 1 day, one person. M: 1 to 5 days. L: over 5 days, coordination needed."""

    S = "S"
    M = "M"
    L = "L"


class Strength(StrEnum):
    """Action hierarchy of RCA2: strong changes the system, intermediate helps people, weak asks people."""

    STRONG = "strong"
    INTERMEDIATE = "intermediate"
    WEAK = "weak"


class FailureRole(StrEnum):
    """What part a failure mode played, weightiest first."""

    PRIMARY = "primary root cause"
    CONTRIBUTING = "contributing factor"
    DETECTION_GAP = "detection gap"
    RESPONSE_GAP = "response gap"
    NEAR_MISS = "near miss"


class CoverageLevel(StrEnum):
    """How well a signal is watched."""

    NONE = "none"
    PARTIAL = "partial"
    COVERED = "covered"


class CoverageMeans(StrEnum):
    """By what an action covers its signal."""

    ALERT = "alert"
    DASHBOARD = "dashboard"
    LOG = "log"
    CHECK = "check"


OWN_WORDS = "contributing factor, "  # how the origin begins of an action that answers a factor in the document's own words


class OriginKind(StrEnum):
    """Where an action came from."""

    RULE = "rule"
    GAP = "gap"
    STATED = "stated"
    MODEL = "model"


class ActionState(StrEnum):
    """What is known of an action's progress. Planned, claimed done and verified are never mixed."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in progress"
    CLAIMED_DONE = "claimed done"
    VERIFIED = "verified"
    FAILED = "failed"
    INEFFECTIVE = "ineffective"
    DECLINED = "declined"
    RISK_ACCEPTED = "risk accepted"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has work to do before it can be claimed done."""
        return self in _OPEN

    @property
    def is_unfinished(self) -> bool:
        """Whether it is neither verified nor ended by a decision."""
        return self in _OPEN or self is ActionState.CLAIMED_DONE


_OPEN = frozenset(
    {
        ActionState.PROPOSED,
        ActionState.ACCEPTED,
        ActionState.IN_PROGRESS,
        ActionState.FAILED,
        ActionState.INEFFECTIVE,
    }
)


class Form(StrEnum):
    """What an action delivers. Two actions of one form on one subject are the same action."""

    CODE_FIX = "code-fix"
    SCHEMA_CHANGE = "schema-change"
    CONFIG = "config"
    VALIDATION = "validation"
    LIMIT = "limit"
    TIMEOUT = "timeout"
    RETRY = "retry"
    BREAKER = "breaker"
    FALLBACK = "fallback"
    IDEMPOTENCY = "idempotency"
    REDUNDANCY = "redundancy"
    SCALING = "scaling"
    ISOLATION = "isolation"
    BACKUP = "backup"
    DRILL = "drill"
    ALERT = "alert"
    DASHBOARD = "dashboard"
    LOGGING = "logging"
    PROBE = "probe"
    AUDIT = "audit"
    SCAN = "scan"
    RUNBOOK = "runbook"
    ROLLBACK = "rollback"
    AUTOMATION = "automation"
    ACCESS = "access"
    COMMUNICATION = "communication"
    CHECKLIST = "checklist"
    CI_CHECK = "ci-check"
    TEST = "test"
    GATE = "gate"
    STAGED_ROLLOUT = "staged-rollout"
    ONCALL = "oncall"
    TRAINING = "training"
    DOCUMENTATION = "documentation"
    REVIEW = "review"
    PINNING = "pinning"
    UPGRADE = "upgrade"
    CLEANUP = "cleanup"
    ROTATION = "rotation"
    PURGE = "purge"
    REDACTION = "redaction"
    RETENTION = "retention"
    SECRET_STORAGE = "secret-storage"
    INVENTORY = "inventory"
    INVESTIGATION = "investigation"
    OTHER = "other"


class RuleNature(StrEnum):
    """What a rule of the catalogue knows.

    ``failure``: something of ours that failed. ``general``: a habit that any incident may show (no alert,
    no test); its actions yield to those of a rule that knows the failure. ``outside``: a cause nobody of
    ours can remove (a provider's outage); primary only where no weakness of ours stands on its lines."""

    FAILURE = "failure"
    GENERAL = "general"
    OUTSIDE = "outside"


class CheckType(StrEnum):
    """How it is shown that an action works."""

    FILE = "file"
    COMMAND = "command"
    HTTP = "http"
    PROMQL = "promql"
    SQL = "sql"
    WORKFLOW = "workflow"
    ALERT = "alert"
    LOAD = "load"
    DRILL = "drill"
    REVIEW = "review"

    @property
    def words(self) -> str:
        """In words."""
        return _CHECK_WORDS[self]


_CHECK_WORDS = {
    CheckType.FILE: "file in the repository", CheckType.COMMAND: "command", CheckType.HTTP: "HTTP request",
    CheckType.PROMQL: "PromQL query", CheckType.SQL: "SQL query", CheckType.WORKFLOW: "run of a workflow",
    CheckType.ALERT: "alert that fires", CheckType.LOAD: "load test", CheckType.DRILL: "drill with people",
    CheckType.REVIEW: "review by people",
}  # fmt: skip
