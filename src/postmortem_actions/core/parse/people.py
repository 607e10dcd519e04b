"""The people an RCA names, with what makes them more than a capitalised word: a role, a handle, a table's
owner column, or a deed in the timeline together with one of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..model import Evidence, Person, Sentence, StatedAction
from .blocks import BlockKind
from .sections import Unit, is_placeholder

_ROLE_LABELS = {
    "author": "author", "authors": "author", "author(s)": "author", "written by": "author", "reviewer": "reviewer",
    "reviewers": "reviewer", "reviewed by": "reviewer", "incident commander": "incident commander", "ic": "incident commander",
    "commander": "incident commander", "responder": "responder", "responders": "responder", "on-call": "responder",
    "oncall": "responder", "on-call engineer": "responder", "scribe": "scribe", "participants": "participant",
    "attendees": "participant", "coordinator": "coordinator", "dri": "maintainer", "owner": "maintainer", "service owner": "maintainer",
    "maintainer": "maintainer", "maintainers": "maintainer", "on-call rotation": "rotation", "rotation": "rotation",
    "oncall rotation": "rotation", "executive sponsor": "sponsor", "sponsor": "sponsor", "privacy owner": "privacy",
    "data protection officer": "privacy", "dpo": "privacy", "security owner": "security", "legal": "legal",
}  # fmt: skip
_NAME = (
    r"(?:[A-Z][a-zà-ÿ]+(?:[-'][A-Z]?[a-zà-ÿ]+)?)(?: (?:[A-Z]\.|(?:van |de |von |den |"
    r"der )?[A-Z][a-zà-ÿ]+(?:[-'][A-Z]?[a-zà-ÿ]+)?)){0,3}"
)
_PERSON = rf"(?:@[A-Za-z][\w-]{{0,38}}(?![\w.]*@)|{_NAME})"
_HANDLE_BEHIND = re.compile(rf"(?P<name>{_NAME})\s*\(@(?P<handle>[A-Za-z][\w-]{{0,38}})\)")
_MAINTAINS = re.compile(
    rf"(?P<who>{_PERSON})\s+(?:maintains|owns|is the (?:owner|maintainer) of|looks after|"
    rf"is responsible for|runs the)\s+(?:the\s+)?(?P<what>[^.;,|]{{3,60}})"
)
_OWNED_BY = re.compile(
    rf"(?P<what>`?[a-z][\w./-]{{2,40}}`?(?: \w+){{0,2}}) (?:is|are) (?:owned|maintained) by (?P<who>{_PERSON})"
)
_WROTE = re.compile(
    rf"(?:PR|MR|pull request|merge request|change|commit|patch|migration|release)\b[^.;|"
    rf"]{{0,40}}?\b(?:by|from|written by|authored by)\s+(?P<who>{_PERSON})"
)
_TEAM = re.compile(
    r"\b(?:team|teams|engineering|engineers|sre|sres|ops|operations|devops|squad|group|department|support|security|platform|legal|staff|users?|customers?|everyone|all|management|leadership|on-?call)\b",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    "The This That We Our They It After Before During When While As At In On No Not None Yes All Some Team Incident Alert "
    "Root Cause Service Database Server Production Staging Monday Tuesday Wednesday Thursday Friday Saturday Sunday January "
    "February March April May June July August September October November December Slack Jira GitHub GitLab Datadog Prometheus "
    "Grafana PagerDuty Kubernetes Redis Postgres PostgreSQL MySQL AWS Terraform Jenkins CircleCI Docker Google Amazon Azure "
    "Cloudflare Stripe Status Error Deploy Deployment Rollback Customer Support User Users Final Draft Pending TBD Internal Public "
    "Name Date Owner Author Action Item Hotfix Query Canary First Engineering API SRE".split()
)  # fmt: skip
_ACTS = re.compile(
    rf"(?<![\w@])(?P<who>{_NAME})\s+(?:acknowledge|check|identif|investigat|restart|roll|deploy|revert|notice|report|page|join|escalat|fix|resolve|start|confirm|find|found|merge|respond|discover|run|ran|declare|post|announce|disable|enable)\w*\b"
)
_LONGEST_NAMED = 200  # characters of a name with its address
_MOST_SPLIT = re.compile(r"\s*(?:,|;|/|\band\b|&|\bund\b|\by\b)\s*")


@dataclass(slots=True)
class _Entry:
    name: str
    handle: str | None = None
    roles: list[str] = field(default_factory=list)
    owns: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


class _Register:
    def __init__(self) -> None:
        self.entries: list[_Entry] = []

    def find(self, name: str) -> _Entry | None:
        """The person of that name or handle; a first name finds a full one where only one fits."""
        bare = name.lstrip("@")
        low = bare.lower()
        exact = [e for e in self.entries if low in (e.name.lower(), (e.handle or "").lower())]
        if exact:
            return exact[0]
        if " " not in bare:
            near = [e for e in self.entries if e.name.lower().split()[0] == low]
            return near[0] if len(near) == 1 else None
        first = low.split()[0]
        near = [e for e in self.entries if e.name.lower() == first]
        if len(near) == 1:
            near[0].name = bare
            return near[0]
        return None

    def note(self, name: str, role: str, evidence: Evidence, owns: str | None = None) -> None:
        """Add a role (and what is owned) to a person, making the entry where there is none."""
        if len(name) > _LONGEST_NAMED:
            return
        name = re.sub(r"\s*<[^>]*>|\s*\([^)]*@[^)]*\)|\S+@\S+\.\w+", "", name).strip(" .,;:()[]*`")
        if not _is_name(name):
            return
        entry = self.find(name)
        if entry is None:
            entry = _Entry(name.lstrip("@"), name[1:] if name.startswith("@") else None)
            self.entries.append(entry)
        if name.startswith("@"):
            entry.handle = entry.handle or name[1:]
        if role not in entry.roles:
            entry.roles.append(role)
        if owns and owns not in entry.owns:
            entry.owns.append(owns)
        if evidence not in entry.evidence:
            entry.evidence.append(evidence)


def _is_name(text: str) -> bool:
    if not text or is_placeholder(text) or len(text) > 50 or _TEAM.search(text):
        return False
    if re.fullmatch(r"@[A-Za-z][\w-]{0,38}", text):
        return True
    return bool(re.fullmatch(_NAME, text)) and not set(text.split()) & _NOT_NAMES


def people(
    found: Sequence[Unit], sentences: Sequence[Sentence], actions: Sequence[StatedAction]
) -> list[Person]:
    """The people named, in order of appearance. Teams are not people, and e-mail addresses are never kept."""
    register = _Register()
    for name, role, evidence, owns in (*_labelled(found), *_tabled(found)):
        register.note(name, role, evidence, owns)
    for sentence in sentences:
        for match in _HANDLE_BEHIND.finditer(sentence.text) if "(@" in sentence.text else ():
            if _is_name(match["name"]):
                register.note(match["name"], "named", sentence.evidence)
                entry = register.find(match["name"])
                if entry is not None:
                    entry.handle = match["handle"]
        for pattern, role in ((_MAINTAINS, "maintainer"), (_OWNED_BY, "maintainer")):
            for match in pattern.finditer(sentence.text):
                register.note(match["who"], role, sentence.evidence, match["what"].strip(" `"))
        for match in _WROTE.finditer(sentence.text):
            register.note(match["who"], "author of change", sentence.evidence)
    for action in actions:
        if action.owner:
            name = action.owner if " " in action.owner or action.owner[:1].isupper() else f"@{action.owner}"
            register.note(name, "action owner", action.evidence[0])
    for sentence in sentences if register.entries else ():
        for match in _ACTS.finditer(sentence.text):
            if register.find(match["who"]) is not None:  # a deed alone makes no person of a capitalised word
                register.note(match["who"], "responder", sentence.evidence)
    return [
        Person(e.name, e.handle, tuple(e.roles), tuple(e.owns), tuple(e.evidence[:3]))
        for e in register.entries
    ]


def _labelled(found: Sequence[Unit]) -> Iterator[tuple[str, str, Evidence, str | None]]:
    for unit in found:
        plain = re.match(
            r"^(?P<label>[A-Za-z][A-Za-z ()/-]{1,40}?):\s+(?P<value>\S.{1,120})$", unit.block.text
        )
        if unit.label is None and plain and plain["label"].lower() in _ROLE_LABELS and not unit.residue:
            evidence = Evidence(unit.block.text, unit.block.span)
            yield from _each(plain["value"], _ROLE_LABELS[plain["label"].lower()], evidence, None)
            continue
        if unit.residue or unit.label is None or not unit.value:
            if unit.block.kind is BlockKind.FRONT_MATTER and (
                match := re.match(r"(?i)(authors?)\s*[:=]\s*(.{3,120})$", unit.block.text)
            ):
                yield from _each(
                    match[2].strip("\"'[] "), "author", Evidence(unit.block.text, unit.block.span), None
                )
            continue
        label = unit.label.lower().strip(" :*")
        role = _ROLE_LABELS.get(label)
        owns = None
        if role is None and (
            match := re.match(r"(?:owner|maintainer)s? (?:of|for) (?:the )?(.{2,50})$", label)
        ):
            role, owns = "maintainer", match[1]
        if role is None and (match := re.match(r"(.{2,50}?) (?:owner|maintainer)s?$", label)):
            role, owns = "maintainer", match[1]
        if role is not None:
            yield from _each(unit.value, role, Evidence(unit.block.text, unit.block.span), owns)


def _each(
    text: str, role: str, evidence: Evidence, owns: str | None
) -> Iterator[tuple[str, str, Evidence, str | None]]:
    for part in _MOST_SPLIT.split(re.sub(r"\s*\([^)]*\)", "", text)):
        yield part, role, evidence, owns


def _tabled(found: Sequence[Unit]) -> Iterator[tuple[str, str, Evidence, str | None]]:
    """Tables of components and their owners: "| Component | Owner |"."""
    for unit in found:
        header = [name.lower().strip() for name in unit.block.header]
        if unit.block.kind is not BlockKind.ROW or len(header) < 2 or "action" in " ".join(header):
            continue
        owner = next(
            (n for n, name in enumerate(header) if re.search(r"\b(?:owner|maintainer|dri)\b", name)), None
        )
        thing = next(
            (
                n
                for n, name in enumerate(header)
                if re.search(r"\b(?:component|service|module|system|area|part|repository|team)s?\b", name)
            ),
            None,
        )
        if owner is None or thing is None or max(owner, thing) >= len(unit.block.cells):
            continue
        what = unit.block.cells[thing].strip()
        for part in _MOST_SPLIT.split(unit.block.cells[owner]):
            yield part, "maintainer", Evidence(unit.block.text, unit.block.span), what or None
