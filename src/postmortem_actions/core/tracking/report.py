"""The roll-up: what a director reads in two minutes. Planned, claimed done and verified are never mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..policy import ActionState, Category, Priority, Strength
from .counts import Group, Key, Measure
from .record import TrackedAction

AGES = ((7, "up to a week"), (30, "up to a month"), (90, "up to a quarter"), (100_000, "longer"))  # days


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about; empty does not narrow."""

    plan: str = ""
    team: str = ""
    service: str = ""
    quarter: str = ""

    def __str__(self) -> str:
        parts = [
            f"{name} {value}"
            for name, value in (
                ("plan", self.plan),
                ("team", self.team),
                ("service", self.service),
                ("quarter", self.quarter),
            )
            if value
        ]
        return ", ".join(parts) or "everything"


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident whose actions are unfinished."""

    plan: str
    title: str
    date: date | None
    unfinished: int
    total: int


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """Detection in a quarter: of ``signals`` of its incidents, how many were covered before them, are covered by *verified*
    actions now, and would be with everything planned."""

    quarter: str
    signals: int
    before: int
    verified: int
    planned: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store counts for a report. ``opened`` counts open actions by the days since they were planned, up to each
    bound of ``AGES``."""

    counts: Counter[Key]
    late: Mapping[Priority, int]
    incidents: int
    unfinished_incidents: int
    worst: Sequence[IncidentLine]
    coverage: Sequence[CoverageLine]
    overdue: Sequence[TrackedAction]
    opened: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is rendered. Counts of actions; ``on_time`` (kept, missed) of what was claimed done with a due date;
    ``days`` (median, 90th percentile) from planned to verified, None where nothing was verified; ``words`` say it."""

    scope: Scope
    on: date
    total: int
    incidents: int
    unfinished_incidents: int
    by_state: tuple[tuple[ActionState, tuple[tuple[Priority, int], ...]], ...]
    by_group: tuple[tuple[Group, int], ...]
    late: tuple[tuple[Priority, int], ...]
    categories: tuple[tuple[str, tuple[tuple[Group, int], ...]], ...]
    strengths: tuple[tuple[str, tuple[tuple[Group, int], ...]], ...]
    ages: tuple[tuple[str, int], ...]
    on_time: tuple[int, int]
    days: tuple[int, int] | None
    coverage: tuple[CoverageLine, ...]
    worst: tuple[IncidentLine, ...]
    overdue: tuple[TrackedAction, ...]
    words: tuple[str, ...] = ()


def report(scope: Scope, on: date, facts: Facts) -> Report:
    """The report that the counts make."""
    counts = facts.counts
    by_state = tuple(
        (state, tuple((p, counts[(Measure.STATE.value, p.value, state.value)]) for p in Priority))
        for state in ActionState
    )
    by_state = tuple((state, row) for state, row in by_state if any(n for _, n in row))
    groups: Counter[Group] = Counter()
    for (measure, _, word), n in counts.items():
        if measure == Measure.CATEGORY.value:
            groups[Group(word.rpartition("|")[2])] += n
    made = Report(
        scope=scope, on=on, total=sum(groups.values()), incidents=facts.incidents,
        unfinished_incidents=facts.unfinished_incidents, by_state=by_state,
        by_group=tuple((group, groups[group]) for group in Group),
        late=tuple((p, facts.late.get(p, 0)) for p in Priority),
        categories=_table(counts, Measure.CATEGORY, [c.value for c in Category]),
        strengths=_table(counts, Measure.STRENGTH, [s.value for s in Strength]),
        ages=tuple(zip((name for _, name in AGES), facts.opened, strict=False)), on_time=_on_time(counts),
        days=_days(counts), coverage=tuple(facts.coverage),
        worst=tuple(facts.worst), overdue=tuple(facts.overdue),
    )  # fmt: skip
    return _with_words(made)


def _table(
    counts: Counter[Key], measure: Measure, words: Sequence[str]
) -> tuple[tuple[str, tuple[tuple[Group, int], ...]], ...]:
    return tuple(
        (word, tuple((group, counts[(measure.value, "", f"{word}|{group.value}")]) for group in Group))
        for word in words
    )


def _on_time(counts: Counter[Key]) -> tuple[int, int]:
    kept, missed = 0, 0
    for (measure, _, word), n in counts.items():
        if measure == Measure.ON_TIME.value:
            kept, missed = (kept + n, missed) if word == "yes" else (kept, missed + n)
    return kept, missed


def _days(counts: Counter[Key]) -> tuple[int, int] | None:
    """Median and 90th percentile, each the least number of days within which that share was verified."""
    days: Counter[int] = Counter()
    for (measure, _, word), n in counts.items():
        if measure == Measure.DAYS_TO_VERIFIED.value:
            days[int(word)] += n
    total = sum(days.values())
    if not total:
        return None

    def within(share: float) -> int:
        seen = 0
        for day in sorted(days):
            seen += days[day]
            if seen >= share * total:
                return day
        return max(days)

    return within(0.5), within(0.9)


def _with_words(made: Report) -> Report:
    from dataclasses import replace

    groups = dict(made.by_group)
    late = sum(n for _, n in made.late)
    words = [
        f"{_n(made.incidents, 'incident')}, {_n(made.total, 'action')}: {groups[Group.VERIFIED]} verified, "
        f"{groups[Group.CLAIMED]} claimed done but not verified, {groups[Group.OPEN]} open, "
        f"{groups[Group.ENDED]} ended without (declined, or the risk accepted)."
    ]
    urgent = [(p, n) for p, n in made.late if n and p in (Priority.P0, Priority.P1)]
    if late:
        told = ", ".join(f"{n} {p.value}" for p, n in urgent)
        words.append(
            f"{_n(late, 'open action')} {'is' if late == 1 else 'are'} past the due date"
            + (f", {told} among them." if told else ".")
        )
    elif groups[Group.OPEN]:
        words.append("No open action is past its due date.")
    kept, missed = made.on_time
    if kept + missed:
        words.append(
            f"{kept} of {kept + missed} that were claimed done were so by their due date ({_share(kept, kept + missed)})."
        )
    if made.days is not None:
        words.append(
            f"Half of the verified ones were verified within {_n(made.days[0], 'day')} of being planned, nine in ten within {made.days[1]}."
        )
    if made.unfinished_incidents:
        words.append(
            f"{_n(made.unfinished_incidents, 'incident')} still {'has' if made.unfinished_incidents == 1 else 'have'} unfinished actions."
        )
    weak = dict(made.strengths).get(Strength.WEAK.value, ())
    unended = [(g, n) for g, n in weak if g is not Group.ENDED]
    if sum(n for _, n in unended) * 2 > made.total - groups[Group.ENDED] > 0:
        words.append(
            "More than half of the actions are weak ones: they ask people to be careful rather than change the system."
        )
    return replace(made, words=tuple(words))


def _n(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"
