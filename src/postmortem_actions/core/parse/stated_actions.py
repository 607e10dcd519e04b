"""The actions an RCA itself states, wherever they stand, each exactly once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..model import Evidence, Problem, Sentence, StatedAction
from ..policy import ActionState, Category, Effort
from ..text.words import content_stems, similarity
from .action_text import Beside, owner_of, priority_of, state_of, take_apart
from .blocks import BlockKind
from .due_dates import due_date
from .inline import links
from .sections import Unit, is_placeholder

# Column names of action tables. Source: column names met in real postmortems and templates.
_COLUMNS = {
    "action": (
        "action|action item|action items|item|description|task|summary|todo|follow-up|follow "
        "up|what|remediation|recommendation|maßnahme|acción|azione|ação"
    ),
    "owner": "owner|who|assignee|assigned to|dri|responsible|person|team|owners",
    "due": "due|due date|deadline|target date|target|eta|by|when|estimated completion",
    "priority": "priority|pri|prio|sev",
    "category": "type|category|class",
    "effort": "effort|size|estimate",
    "state": "status|state|done|progress",
    "ticket": "bug|bug #|tracking bug|issue|ticket|jira|link|tracking",
    "done_when": "done when|verification|acceptance criteria|success criteria|definition of done",
    "id": "#|id|ref|no|no.|nr",
}
_BY_NAME = {name: field for field, names in _COLUMNS.items() for name in names.split("|")}
_VERB = re.compile(
    (
        r"^(?:please |to |also |we (?:will|should|need to|must|plan to|are going to|"
        r"want to) )?(?P<verb>add|adjust|adopt|agree|alert|allow|analy[sz]e|apply|ask|audit|automate|"
        r"avoid|back up|backup|block|build|bump|cache|change|check|clarify|clean|configure|consider|"
        r"consolidate|contact|convert|create|cut|decide|decouple|define|delete|deploy|deprecate|design|"
        r"detect|develop|disable|discuss|document|drop|educate|email|enable|encrypt|enforce|ensure|"
        r"establish|evaluate|expand|explore|expose|extend|figure out|file|find|fix|follow up|force|get|"
        r"give|harden|have|hire|identify|implement|improve|include|increase|inform|install|instrument|"
        r"integrate|introduce|investigate|isolate|keep|limit|link|log|look|lower|make|measure|merge|"
        r"migrate|monitor|move|notify|open|optimi[sz]e|page|patch|perform|pin|plan|prepare|prevent|"
        r"prioriti[sz]e|provide|publish|purge|put|raise|re-?enable|reach out|rebuild|redact|reduce|"
        r"refactor|reject|remove|rename|replace|report|request|require|research|restart|restore|restrict|"
        r"retire|review|revise|revisit|rework|roll|rotate|run|scale|schedule|script|send|separate|set|"
        r"set up|setup|share|shard|simplify|simulate|speed|split|standardi[sz]e|start|stop|store|"
        r"streamline|switch|sync|tag|talk|teach|test|throttle|track|train|tune|turn|update|upgrade|use|"
        r"validate|verify|wire|work|wrap|write|assign|store|clear|implement)\b"
    ),
    re.IGNORECASE,
)
_COMMITMENT = re.compile(
    r"^(?:action(?: point| item)?|todo|to-do|follow[- ]?up|next step|ai)\s*[:–—-]\s*(?P<rest>.{6,400})$|"
    r"\b(?:going forward|in (?:the )?future|as a (?:follow[- ]?up|next step)),?\s+(?:we (?:will|"
    r"are going to|plan to|intend to|should)|we'll)\s+(?P<rest2>\w.{6,300})$|"
    r"^(?:we|the team) (?:will|are going to|plan to|intend to|have decided to|need to|"
    r"should) (?P<rest3>\w.{6,300})$|^we'll (?P<rest4>\w.{6,300})$",
    re.IGNORECASE,
)
# "[10:25] Ben: action item: add an index": said in a chat. Who said it need not be who does it.
_SAID = re.compile(
    r"^\W{0,3}(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?\W{0,3}.{0,60}?\b(?:action(?: item| point)?|todo|follow[- ]?up)\s*:\s*"
    r"(?P<rest>\S.{5,300})$",
    re.IGNORECASE,
)
_COMMITTING_ROLES = {
    "summary",
    "lessons",
    "resolution",
    "went_poorly",
    "risk",
    "detection_gap",
    "root_cause",
    "detection",
    "response",
    "narrative",
}
_QUESTION = re.compile(r"^(?:can|could|should|shall) (?:we|i|the team) (?P<rest>.{6,300})\?$", re.IGNORECASE)
_HORIZON = re.compile(
    (
        r"\b(?:immediate|short|medium|mid|long)(?:er)?(?:[- ]term)?\b|\bcomplete within\b|\bcompleted\b|"
        r"\bin progress\b|\bnot started\b|\bp[0-3]\b"
    ),
    re.IGNORECASE,
)
_CATEGORIES = {
    "prevent": Category.PREVENTION, "detect": Category.DETECTION, "monitor": Category.DETECTION, "observab": Category.DETECTION,
    "alert": Category.DETECTION, "respon": Category.RESPONSE, "mitigat": Category.RESPONSE, "runbook": Category.RESPONSE,
    "process": Category.PROCESS, "review": Category.PROCESS, "document": Category.PROCESS, "train": Category.PROCESS,
    "reliab": Category.RELIABILITY, "resilien": Category.RELIABILITY, "harden": Category.RELIABILITY,
    "securit": Category.SECURITY, "privac": Category.SECURITY,
}  # fmt: skip
_SAME = 0.6
# One person with one date for two like texts is one action told twice.
_SAME_FOR_SAME_OWNER = 0.35
_PREVIEW = 2
# Says how things are or were, not what to do.
_DESCRIBES = re.compile(
    r"\b(?:is|are|was|were|has|had|have|did(?:n't| not)|does(?:n't| not))\b", re.IGNORECASE
)
_FEWEST_WORDS = 2
_NOT_ACTIONS = re.compile(
    r"^(?:none|n/a|tbd|see |all (?:action|items)|tracking|tracked|the following|as above|-+$)", re.IGNORECASE
)


@dataclass(slots=True)
class _Found:
    action: StatedAction
    rank: int  # 0 in an action section, 1 in a list of actions elsewhere, 2 preview, 3 prose
    group: tuple[tuple[str, ...], BlockKind] | None = None  # the list or table it stands in


def stated_actions(
    found: Sequence[Unit], sentences: Sequence[Sentence], incident: date | None
) -> tuple[list[StatedAction], list[Problem]]:
    """The stated actions in order of their fullest place, and what was odd about them."""
    collected = [*_from_units(found, incident), *_from_prose(sentences, incident)]
    collected.sort(key=lambda entry: entry.rank)
    merged: list[_Found] = []
    stems: list[frozenset[str]] = []
    for entry in collected:
        own = content_stems(entry.action.text)
        alike = [n for n, other in enumerate(stems) if _same(own, other, entry, merged[n])]
        place = max(alike, key=lambda n: (similarity(own, stems[n]), -n), default=None)
        if place is None:
            if entry.rank == _PREVIEW and any(e.rank < _PREVIEW for e in merged):
                continue  # the list of actions says what was decided; a "Fix:" above it only leads there
            merged.append(entry)
            stems.append(own)
        else:
            merged[place].action = _complete(merged[place].action, entry.action)
    actions = [entry.action for entry in merged]
    actions.sort(key=lambda action: action.evidence[0].span)
    return actions, _problems(actions)


def _same(own: frozenset[str], other: frozenset[str], entry: _Found, kept: _Found) -> bool:
    if entry.action.evidence[0].span == kept.action.evidence[0].span:
        return own == other
    alike = similarity(own, other)
    first, second = entry.action, kept.action
    if entry.group is not None and entry.group == kept.group:
        return (
            first.text.casefold() == second.text.casefold()
        )  # whoever wrote one list told its entries apart
    if first.owner and first.due and (first.owner, first.due) == (second.owner, second.due):
        return alike >= _SAME_FOR_SAME_OWNER
    return own == other or (len(own) >= _FEWEST_WORDS and alike >= _SAME)


def _complete(kept: StatedAction, other: StatedAction) -> StatedAction:
    return replace(
        kept,
        evidence=tuple(dict.fromkeys([*kept.evidence, *other.evidence])),
        owner=kept.owner or other.owner, due=kept.due or other.due, due_text=kept.due_text or other.due_text,
        priority=kept.priority or other.priority, ticket=kept.ticket or other.ticket,
        ticket_url=kept.ticket_url or other.ticket_url, category=kept.category or other.category,
        effort=kept.effort or other.effort, done_when=kept.done_when or other.done_when,
        horizon=kept.horizon or other.horizon,
        state=other.state if kept.state is ActionState.PROPOSED else kept.state,
    )  # fmt: skip


def _rank(unit: Unit) -> int | None:
    roles = unit.roles
    if "went_well" in roles or ("related" in roles and "action_item" not in roles) or "evidence" in roles:
        return None
    if "action_preview" in roles:
        return 2
    if "action_item" in roles or "action_class" in roles:
        outer = set(roles) & {"detection_gap", "contributing_factor", "went_poorly", "summary"}
        return 1 if outer else 0
    return None


def _from_units(found: Sequence[Unit], incident: date | None) -> Iterator[_Found]:
    for place, unit in enumerate(found):
        rank = _rank(unit)
        label = (unit.label or "").lower()
        if (
            rank is None
            and re.search(r"\baction item$|^todo$|^action point$|^meta action item$", label)
            and unit.value
        ):
            rank = 1
        if rank is None and (said := _SAID.search(unit.block.text)) and not unit.residue:
            action = _made(take_apart(said["rest"], unit.block.raw, incident), unit, None)
            if action is not None:
                yield _Found(action, 1, (unit.headings, unit.block.kind))
            continue
        if (
            rank is None
            or unit.residue
            or unit.block.kind in (BlockKind.HEADING, BlockKind.CODE, BlockKind.FRONT_MATTER)
        ):
            continue
        if unit.block.kind is BlockKind.ROW:
            action = _from_row(unit, incident)
        elif unit.block.kind is BlockKind.ITEM:
            if _only_groups(found, place):
                continue
            action = _from_item(unit, incident, strict=rank == 2)
        else:
            action = _from_line(unit, incident)
        if action is not None:
            yield _Found(action, rank, (unit.headings, unit.block.kind))


def _only_groups(found: Sequence[Unit], place: int) -> bool:
    """An item that ends in a colon only heads the items below it."""
    unit = found[place]
    following = found[place + 1] if place + 1 < len(found) else None
    return (
        unit.text.rstrip().endswith(":")
        and following is not None
        and following.block.depth > unit.block.depth
    )


def _context(unit: Unit) -> tuple[str | None, Category | None, Effort | None]:
    horizon = next((h for h in unit.headings[:2] if _HORIZON.search(h)), None)
    category = next(
        (_category(h) for h in unit.headings[:1] if "action" not in h.lower() and _category(h)), None
    )
    return horizon, category, None


def _category(text: str) -> Category | None:
    lowered = text.lower()
    return next(
        (category for start, category in _CATEGORIES.items() if re.search(rf"\b{start}", lowered)), None
    )


def _from_row(unit: Unit, incident: date | None) -> StatedAction | None:
    header = [re.sub(r"[:*]", "", name).strip().lower() for name in unit.block.header]
    fields = {_BY_NAME[name]: n for n, name in reversed(list(enumerate(header))) if name in _BY_NAME}
    cells, raw = unit.block.cells, unit.block.raw_cells
    if "action" not in fields:
        longest = max(range(len(cells)), key=lambda n: len(cells[n]), default=None)
        if longest is None or header or not _VERB.match(cells[longest]):
            return None
        fields = {"action": longest}

    def get(field: str) -> str:
        return cells[fields[field]].strip() if field in fields and fields[field] < len(cells) else ""

    text = get("action")
    if is_placeholder(text) or len(text.split()) < _FEWEST_WORDS or _NOT_ACTIONS.match(text):
        return None
    beside = take_apart(text, raw[fields["action"]] if fields["action"] < len(raw) else text, incident)
    horizon, category, _ = _context(unit)
    due_text = get("due") if not is_placeholder(get("due")) else ""
    ticket_raw = raw[fields["ticket"]] if "ticket" in fields and fields["ticket"] < len(raw) else ""
    effort = get("effort").upper()[:1]
    return StatedAction(
        text=beside.text,
        evidence=(Evidence(unit.block.text, unit.block.span),),
        owner=owner_of(get("owner")) or beside.owner,
        due=due_date(due_text, incident) if due_text else beside.due,
        due_text=due_text or beside.due_text,
        priority=priority_of(get("priority")) or beside.priority,
        state=state_of(get("state")) or beside.state or ActionState.PROPOSED,
        ticket=(get("ticket") or None) if not is_placeholder(get("ticket")) else beside.ticket,
        ticket_url=next((address for _, address in links(ticket_raw)), None) or beside.ticket_url,
        category=_category(get("category")) or category,
        effort=Effort(effort) if effort in ("S", "M", "L") else None,
        done_when=None if is_placeholder(get("done_when")) else get("done_when"),
        horizon=horizon,
    )


def _made(beside: Beside, unit: Unit, checked: bool | None) -> StatedAction | None:
    text = beside.text
    if is_placeholder(text) or len(text.split()) < _FEWEST_WORDS or _NOT_ACTIONS.match(text):
        return None
    horizon, category, _ = _context(unit)
    state = beside.state or (ActionState.CLAIMED_DONE if checked else ActionState.PROPOSED)
    if (
        state is ActionState.PROPOSED
        and horizon
        and re.fullmatch(r"\W*completed?\W*", horizon, re.IGNORECASE)
    ):
        state = ActionState.CLAIMED_DONE
    return StatedAction(
        text=text, evidence=(Evidence(unit.block.text, unit.block.span),), owner=beside.owner, due=beside.due,
        due_text=beside.due_text, priority=beside.priority, state=state, ticket=beside.ticket,
        ticket_url=beside.ticket_url, category=category, horizon=horizon,
    )  # fmt: skip


def _from_item(unit: Unit, incident: date | None, *, strict: bool) -> StatedAction | None:
    text = unit.block.text
    if match := _QUESTION.match(text):
        text = match["rest"]
    elif text.endswith("?") and "open_question" not in unit.roles:
        return None
    if strict and not _VERB.match(text):
        return None
    if not _VERB.match(text) and (unit.block.depth > 1 or _DESCRIBES.search(text)):
        return None
    return _made(take_apart(text, unit.block.raw, incident), unit, unit.block.checked)


def _from_line(unit: Unit, incident: date | None) -> StatedAction | None:
    """A paragraph line is an action only where it begins like one or is labelled as one."""
    text = unit.value or unit.text
    commitment = _COMMITMENT.search(text)
    if commitment:
        text = next(value for value in commitment.groupdict().values() if value)
    elif not _VERB.match(text) or text.endswith(":") or len(text.split()) > 40:
        return None
    return _made(take_apart(text.rstrip("."), unit.block.raw, incident), unit, None)


def _from_prose(sentences: Sequence[Sentence], incident: date | None) -> Iterator[_Found]:
    for sentence in sentences:
        roles = set(sentence.roles)
        inside = roles & {
            "action_item",
            "action_class",
            "action_preview",
            "went_well",
            "related",
            "evidence",
            "customer_advice",
            "timeline",
            "impact",
        }
        if inside or (roles and not roles & _COMMITTING_ROLES):
            continue
        match = _COMMITMENT.search(sentence.text)
        if match is None:
            continue
        text = next(value for value in match.groupdict().values() if value).rstrip(" .")
        if not _VERB.match(text) or len(text.split()) > 35:
            continue
        beside = take_apart(text, text, incident)
        yield _Found(
            StatedAction(
                beside.text, (sentence.evidence,), beside.owner, beside.due, beside.due_text, beside.priority
            ),
            3,
        )


def _problems(actions: Sequence[StatedAction]) -> list[Problem]:
    return [
        Problem(
            "due-date-unclear", f"the due date {action.due_text!r} of {action.text!r} names no day",
            action.evidence[0].span.start, fix="Write it as YYYY-MM-DD.",
        )
        for action in actions
        if action.due_text and action.due is None
    ]  # fmt: skip
