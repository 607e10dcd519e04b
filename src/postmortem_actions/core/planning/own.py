"""Owners from evidence. A name is never invented: where nobody is known, the owner is unresolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from ..context import Team
from ..model import Owner, Person, Problem, Request
from ..policy import Category, Form, OwnershipModel, Priority, Scope
from .order import Ordered
from .people import Directory, Found
from .prioritise import Ranked
from .workload_model import Task
from .workload_owners import Able, Limits, spread

# What such an action is about, for finding its owner by words such as "monitoring and alerts".
_ABOUT = {
    Category.DETECTION: ("monitoring alerts observability detection",),
    Category.RESPONSE: ("runbooks incident response operations",),
    Category.PROCESS: ("review process",),
    Category.SECURITY: ("security",),
    Category.PREVENTION: (),
    Category.RELIABILITY: ("resilience reliability",),
}
_FORM_ABOUT = {
    Form.CHECKLIST: "review process checklist", Form.CI_CHECK: "ci pipeline tests platform", Form.TEST: "tests quality",
    Form.ALERT: "monitoring alerts", Form.DASHBOARD: "monitoring dashboards alerts", Form.BREAKER: "circuit breaker resilience client",
    Form.TIMEOUT: "client timeouts service", Form.RETRY: "resilience client retries", Form.FALLBACK: "resilience queue fallback",
    Form.SCHEMA_CHANGE: "database schema migrations", Form.REDACTION: "logging library platform", Form.PURGE: "log store security data",
    Form.RETENTION: "log store retention platform", Form.ROTATION: "security keys access", Form.SECRET_STORAGE: "security secrets",
    Form.TRAINING: "training security", Form.RUNBOOK: "operations runbooks",
    Form.DRILL: "resilience operations", Form.SCAN: "security logging",
    Form.AUDIT: "security audit platform", Form.ACCESS: "security access",
    Form.STAGED_ROLLOUT: "deploys release", Form.ROLLBACK: "deploys release",
}  # fmt: skip
_LEGAL_WORDS = ("compliance", "gdpr", "breach", "regulator", "data protection", "legal")
_PRIVACY_FORMS = {Form.PURGE, Form.REDACTION, Form.RETENTION}
_AUTHORS = ("author of change", "maintainer")


@dataclass(slots=True)
class Owned:
    """Owners by the candidate's key, and questions that stay open."""

    owners: dict[str, Owner] = field(default_factory=dict)
    backups: dict[str, Owner] = field(default_factory=dict)
    coordinators: dict[str, Owner] = field(default_factory=dict)
    collaborators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sponsors: dict[str, Owner] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def assign(ordered: Ordered, request: Request, team: Team, people: Sequence[Person]) -> Owned:
    """Owner, backup, coordinator, collaborators and sponsor of every kept action, in order."""
    directory = Directory(team, people)
    result = Owned()
    choices: dict[str, list[Found]] = {}
    settled: set[str] = set()
    turn = 0
    for entry in ordered.entries:
        key = entry.candidate.key
        if request.ownership_model is OwnershipModel.TEAM_ROTATION and entry.candidate.owner_hint is None:
            rotation = directory.rotation()
            found = [rotation[turn % len(rotation)]] if rotation else []
            settled.add(key)  # turns are dealt out evenly already
            turn += 1
        else:
            found, firm = _choices(entry, request.ownership_model, directory)
            if firm:
                settled.add(key)
        choices[key] = found or [_fallback(entry, directory, _MISSING[request.ownership_model])]
    spread_out, result.problems = _spread(ordered, choices, settled, _limits(team))
    result.owners = {key: _as_owner(found) for key, found in spread_out.items()}
    names = [owner.person for owner in result.owners.values() if owner.person]
    for entry in ordered.entries:
        key, owner = entry.candidate.key, result.owners[entry.candidate.key].person
        if entry.priority in (Priority.P0, Priority.P1):
            result.backups[key] = _backup(entry, owner, directory, names)
        _scope(entry, owner, request.scope, directory, result, names)
    return result


def _as_owner(found: Found) -> Owner:
    return Owner(found.name, found.why, found.known, found.evidence)


def _about(entry: Ranked) -> list[str]:
    candidate = entry.candidate
    own = [
        word for word in candidate.components if word not in (candidate.category.value, candidate.form.value)
    ]
    form = _FORM_ABOUT.get(candidate.form)
    return [candidate.title, *([form] if form else []), *_ABOUT[candidate.category], *own]


def _told(entry: Ranked) -> str:
    """The RCA's lines behind the action."""
    return " ".join(evidence.quote for evidence in entry.candidate.evidence)


_MISSING = {
    OwnershipModel.MODULE_OWNERS: "no module owner matches",
    OwnershipModel.DIRECT_OWNER: "neither an author of the code nor a module owner is named",
    OwnershipModel.TEAM_ROTATION: "no rotation is known",
}


def _choices(entry: Ranked, model: OwnershipModel, directory: Directory) -> tuple[list[Found], bool]:
    """Who could own it, best first, and whether that is settled (the RCA or a named role says so)."""
    candidate = entry.candidate
    if candidate.owner_hint:
        line = candidate.evidence[0]
        why = f"named in the RCA as owner of this action ({line.span})"
        return [directory.one(candidate.owner_hint, why, line)], True
    special = _special(entry, directory)
    if special is not None and special.name:
        return [special], True
    match model:
        case OwnershipModel.MODULE_OWNERS:
            groups = [
                ("", directory.module_owners(_about(entry), _told(entry))),
                ("no module owner is named; ", directory.workers(_about(entry), _told(entry))),
            ]
        case OwnershipModel.DIRECT_OWNER:
            groups = [
                ("", _touching(entry, directory)),
                ("no author of the code is named; ", directory.module_owners(_about(entry), _told(entry))),
            ]
        case OwnershipModel.TEAM_ROTATION:
            groups = [("", directory.rotation())]
        case _:
            assert_never(model)
    for prefix, found in groups:
        named = [Found(one.name, prefix + one.why, one.evidence) for one in found if one.name]
        if named:
            return named, False
        if any(one.known for one in found):
            break  # a team is named: it has to say who, and nobody else is put in its place
    return [one for _, found in groups for one in found if one.known][:1], False


def _limits(team: Team) -> Limits:
    """What people hold by earlier plans, under every name they go by."""
    held: dict[str, int] = {}
    p0s: dict[str, int] = {}
    for room in team.rooms:
        names = {room.person, f"@{room.person.lstrip('@')}"}
        names |= {p.name for p in team.people if room.person.lstrip("@") in (p.name, p.handle)}
        for name in names:
            held[name], p0s[name] = room.queue_actions, room.queue_p0s
    return Limits(team.limit, held=held, held_p0s=p0s)


def _spread(
    ordered: Ordered, choices: Mapping[str, Sequence[Found]], settled: Collection[str],
    limits: Limits,
) -> tuple[dict[str, Found], tuple[Problem, ...]]:
    """The best choice for each action, but nobody more than their share of the P0s where another could do it."""
    tasks = [
        Task(ordered.ids[e.candidate.key], e.priority, e.candidate.effort, title=e.candidate.title)
        for e in ordered.entries
    ]
    by_id = {ordered.ids[key]: key for key in choices}
    able = {
        name: [
            Able(one.name, one.why, -n, firm=key in settled)
            for n, one in enumerate(choices[key])
            if one.name
        ]
        for name, key in by_id.items()
    }
    chosen = spread(tasks, able, limits)
    result = {}
    for name, key in by_id.items():
        mine = chosen.owners[name]
        first = choices[key][0]
        found = next((one for one in choices[key] if one.name and one.name == mine.name), None)
        if found is not None:
            result[key] = replace(found, why=mine.why)
        elif first.name and limits.actions is not None:
            result[key] = Found(None, mine.why, first.evidence, f"{first.name} would know it")
        else:
            result[key] = first
    # Without a limit somebody who alone can do it keeps it beyond their share: that beats having no owner.
    kept = {name for name, key in by_id.items() if result[key].name and not chosen.owners[name].name}
    problems = [p for p in chosen.problems if not any(p.message.startswith(f"{name} ") for name in kept)]
    problems += [
        Problem(
            "more-than-share",
            f"{name} goes to {result[by_id[name]].name} beyond a share of {chosen.p0_share} P0s, because nobody else is "
            "known who could do it",
            fix="Agree with them what somebody else takes over.",
        )
        for name in by_id
        if name in kept
    ]
    return result, tuple(problems)


def _touching(entry: Ranked, directory: Directory) -> list[Found]:
    """Who works on the code by git; authors of the change and maintainers whose part the action touches."""
    workers = directory.workers(_about(entry), _told(entry))
    if workers:
        return workers
    owners = {found.name for found in directory.module_owners(_about(entry), _told(entry))}
    authors = directory.with_role("author of change")
    maintainers = [found for found in directory.with_role("maintainer") if found.name in owners]
    return [*authors, *maintainers]


def _special(entry: Ranked, directory: Directory) -> Found | None:
    """Sensitive actions go first to the named roles, where there are any."""
    candidate = entry.candidate
    text = f"{candidate.title} {candidate.statement}".lower()
    if any(word in text for word in _LEGAL_WORDS) and candidate.category is Category.PROCESS:
        return directory.named_role("legal", "privacy")
    if candidate.form in _PRIVACY_FORMS:
        found = directory.named_role("privacy") if "privacy" in dict(directory.team.roles) else None
        return found or (
            directory.named_role("security") if candidate.category is Category.SECURITY else None
        )
    if candidate.category is Category.SECURITY:
        return directory.named_role("security")
    return None


def _fallback(entry: Ranked, directory: Directory, missing: str) -> Found:
    known = next(
        (
            word
            for word in entry.candidate.components
            if word and word not in (entry.candidate.category.value, entry.candidate.form.value)
        ),
        None,
    )
    return Found(None, f"{missing}; nobody is invented", None, f"it touches {known}" if known else None)


def _backup(entry: Ranked, owner: str | None, directory: Directory, names: Sequence[str]) -> Owner:
    """Another person than the owner: the next module owner, the rotation, then whoever owns another action."""
    choices = [
        *directory.module_owners(_about(entry), _told(entry)),
        *directory.workers(_about(entry), _told(entry)),
        *directory.rotation(),
        *directory.with_role("maintainer", "responder", "author of change"),
    ]
    for found in choices:
        if found.name and found.name != owner:
            return _as_owner(found)
    other = next((name for name in names if name != owner), None)
    if other is not None:
        return Owner(other, "owner of another action of this plan")
    return Owner(None, "no second person is named; nobody is invented")


def _scope(
    entry: Ranked, owner: str | None, scope: Scope, directory: Directory, result: Owned, names: Sequence[str]
) -> None:
    """Coordinator and collaborators where several teams are concerned; a sponsor where the whole firm is."""
    if scope is Scope.SERVICE:
        return
    key = entry.candidate.key
    coordinator = directory.named_role("coordinator", "incident commander")
    result.coordinators[key] = (
        _as_owner(coordinator)
        if coordinator
        else Owner(None, "no coordinator is named; set [roles] coordinator")
    )
    others = [found.name for found in directory.module_owners(_about(entry), _told(entry)) if found.name]
    backup = result.backups.get(key)
    pool = [*others, *([backup.person] if backup and backup.person else []), *names]
    taken = {owner, result.coordinators[key].person}
    result.collaborators[key] = tuple(dict.fromkeys(name for name in pool if name and name not in taken))[:3]
    if scope is Scope.ORG:
        sponsor = directory.named_role("sponsor")
        result.sponsors[key] = (
            _as_owner(sponsor)
            if sponsor
            else Owner(None, "no executive sponsor is named; set [roles] sponsor")
        )
