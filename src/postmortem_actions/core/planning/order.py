"""The order in which things can be done, and the ids: a thing comes after what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model import Incident, Problem, Request
from ..policy import Form, Priority
from .prioritise import Ranked, raised

# (first, then): the second needs the first where both answer the same failure mode or watch the same signal.
_BEFORE: tuple[tuple[Form, Form], ...] = (
    (Form.CI_CHECK, Form.GATE),  # a gate enforces a check that must exist
    (Form.TEST, Form.GATE),  # likewise for a test
    (Form.REDACTION, Form.RETENTION),  # first stop writing it, then shorten what is kept
    (Form.REDACTION, Form.PURGE),  # purged data would otherwise be written again
    (Form.TIMEOUT, Form.BREAKER),  # a breaker counts timeouts as failures
    (Form.BREAKER, Form.FALLBACK),  # the fallback is what an open breaker does
    (Form.TIMEOUT, Form.FALLBACK),  # and what a timeout does
    (Form.RUNBOOK, Form.DRILL),  # a drill follows the runbook
    (Form.BACKUP, Form.DRILL),  # a restore drill needs a backup
    (Form.ALERT, Form.DASHBOARD),  # both use one metric; the alert needs it sooner
    (Form.STAGED_ROLLOUT, Form.ROLLBACK),  # automatic rollback acts on the canary
)


@dataclass(slots=True)
class Ordered:
    """The kept entries in their final order with ids; ``needs`` maps a key to the keys it comes after."""

    entries: list[Ranked] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    remarks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def order(
    kept: Sequence[Ranked], all_entries: Sequence[Ranked], request: Request, incident: Incident
) -> Ordered:
    """Order the kept actions: by band, then rank, dependencies first. A dependency takes over the band of
    what waits for it. Cycles are broken at the lowest-ranked link and reported by name."""
    result = Ordered()
    by_key = {entry.candidate.key: entry for entry in kept}
    needs = {key: _needs(entry, kept, by_key, all_entries, result) for key, entry in by_key.items()}
    _break_cycles(needs, by_key, result)
    _raise_needed(by_key, needs, request, incident)
    result.needs = {key: tuple(sorted(found, key=lambda k: by_key[k].order)) for key, found in needs.items()}
    placed: list[str] = []
    waiting = sorted(by_key, key=lambda key: by_key[key].order)
    while waiting:
        ready = next(key for key in waiting if all(need in placed for need in needs[key]))
        placed.append(ready)
        waiting.remove(ready)
    result.entries = [by_key[key] for key in placed]
    result.ids = {key: f"A{n}" for n, key in enumerate(placed, 1)}
    return result


def _needs(
    entry: Ranked,
    kept: Sequence[Ranked],
    by_key: Mapping[str, Ranked],
    all_entries: Sequence[Ranked],
    result: Ordered,
) -> set[str]:
    own = entry.candidate
    found: set[str] = set()
    for name in own.depends_on:
        if name.startswith("form:"):
            found |= {
                o.candidate.key for o in kept if o.candidate.form.value == name[5:] and _related(entry, o)
            }
        elif name in by_key:
            found.add(name)
        else:
            other = next((o for o in all_entries if o.candidate.key == name), None)
            if other is not None:
                note = f"would come after “{other.candidate.title}”, which is deferred"
                result.remarks[own.key] = (*result.remarks.get(own.key, ()), note)
    for first, then in _BEFORE:
        if own.form is then:
            found |= {o.candidate.key for o in kept if o.candidate.form is first and _related(entry, o)}
    found.discard(own.key)
    return found


def _related(first: Ranked, second: Ranked) -> bool:
    a, b = first.candidate, second.candidate
    signals = {cover.signal for cover in a.covers} & {cover.signal for cover in b.covers}
    return bool(set(a.addresses) & set(b.addresses) or signals)


def _break_cycles(needs: dict[str, set[str]], by_key: Mapping[str, Ranked], result: Ordered) -> None:
    while (cycle := _cycle(needs)) is not None:
        # Drop the link of the best-ranked action in the cycle: it is the one to start with.
        start = min(cycle, key=lambda key: by_key[key].order)
        dropped = next(need for need in sorted(needs[start]) if need in cycle)
        needs[start].discard(dropped)
        names = " → ".join(f"“{by_key[key].candidate.title}”" for key in cycle)
        result.problems.append(
            Problem(
                "dependency-cycle",
                f"these actions wait for each other: {names}; the plan starts with “{by_key[start].candidate.title}”",
                fix="Remove one of the dependencies.",
            )
        )


def _cycle(needs: Mapping[str, set[str]]) -> list[str] | None:
    done: set[str] = set()
    for start in sorted(needs):
        path: list[str] = []
        stack: list[tuple[str, list[str]]] = [(start, sorted(needs[start]))] if start not in done else []
        while stack:
            key, rest = stack[-1]
            if not path or path[-1] != key:
                path.append(key)
            if rest:
                following = rest.pop(0)
                if following in path:
                    return path[path.index(following) :]
                if following not in done:
                    stack.append((following, sorted(needs[following])))
            else:
                done.add(key)
                path.pop()
                stack.pop()
    return None


def _raise_needed(
    by_key: dict[str, Ranked], needs: Mapping[str, set[str]], request: Request, incident: Incident
) -> None:
    bands = list(Priority)
    changed = True
    while changed:
        changed = False
        for key in sorted(by_key):
            for need in sorted(needs[key]):
                if bands.index(by_key[need].priority) > bands.index(by_key[key].priority):
                    why = f"raised to {by_key[key].priority.value} because “{by_key[key].candidate.title}” waits for it"
                    by_key[need] = raised(by_key[need], by_key[key].priority, why, request, incident)
                    changed = True
