"""Actions of one row, item or paragraph of an RCA: their words, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ..model import Evidence, StatedAction
from ..policy import ActionState, Category, Effort
from .action_text import Beside, owner_of, priority_of, state_of, take_apart
from .action_words import begins_as_action, committed, is_short, ought, parts, promised
from .blocks import BlockKind
from .due_dates import due_date
from .inline import links
from .sections import Unit, is_placeholder
from .sentences import split_group

# Column names of action tables. Source: column names met in real postmortems and templates.
_COLUMNS = {
    "action": "action|action item|action items|item|description|task|summary|todo|follow-up|follow up|what|remediation|recommendation|"
    "measure|improvement|step|work item|what to do|corrective action|preventive action|fix|maßnahme|maßnahmen|massnahme|aufgabe|mesure|"
    "tâche|acción|medida|tarea|azione|misura|attività|ação|tarefa|対策|対応|対応内容|項目|アクション|内容|措施|改进措施|行动项|事项|任务",
    "owner": "owner|who|assignee|assigned to|assigned|dri|responsible|responsibility|person|team|owners|lead|by whom|point of contact|poc|"
    "verantwortlich|verantwortliche|verantwortlicher|zuständig|wer|responsable|pilote|qui|responsável|quem|responsabile|chi|担当|担当者|"
    "責任者|负责人|责任人",
    "due": "due|due date|deadline|target date|target|eta|by|when|estimated completion|by when|date|due by|"
    "until|till|done by|finished by|finish by|"
    "bis|bis wann|frist|termin|"
    "fällig|fällig am|échéance|date limite|délai|plazo|fecha|fecha límite|prazo|scadenza|entro|期限|完了予定|完了予定日|截止日期|完成时间",
    "priority": "priority|pri|prio|sev|urgency|priorität|priorité|prioridad|prioridade|priorità|優先度|优先级",
    "category": "type|category|class|kind|typ|art|kategorie|catégorie|categoría|tipo|categoria|種別|分類|类型|类别",
    "effort": "effort|size|estimate|aufwand|effort estimé|esfuerzo|esforço|工数|工作量",
    "state": "status|state|done|progress|done?|stand|statut|état|estado|stato|状態|状況|ステータス|状态|进度",
    "ticket": "bug|bug #|tracking bug|issue|ticket|jira|link|tracking|ticket id|reference|pr|チケット|工单",
    "done_when": "done when|verification|acceptance criteria|success criteria|definition of done|"
    "how verified|measure of success|erledigt wenn",
    "id": "#|id|ref|no|no.|nr|nr.|n°|番号|序号|编号",
}
_BY_NAME = {name: field for field, names in _COLUMNS.items() for name in names.split("|")}
_LONGEST_LINE = 45  # words of a sentence that is one action, or a few
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
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
# Says how things are or were, not what to do.
# What only says which thing is meant, or what shall be.
_ASIDE = re.compile(
    r"\b(?:that|which|who|whose|where|if|while|when|because|until|so that)\b[^,;.()]*|\([^()]*\)|\b(?:is|"
    r"are) (?:now )?(?:mandatory|required|to be|to become)\b",
    re.IGNORECASE,
)
# "Slow disks are reported to the hardware team": in a list of actions, how it is to be from then on.
_FROM_NOW = re.compile(
    r"\b(?:is|are) (?:(?:now|then|also|always|never|only|no longer) )?"
    r"(?:[a-z-]+ed|sent|kept|shown|written|read|taken|put|run|built|told)\b"
)
# "A mailing list instead of personal addresses (Office)": in a list of actions, who does it stands behind.
_GIVEN_TO = re.compile(r"\((?:@[\w-]+|[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,2})(?:, [^()]{2,30})?\)\W*$")
# "The alert goes to the pager from tomorrow on."
_FROM_THEN_ON = re.compile(
    r"\b(?:from (?:tomorrow|now|today|then|next \w+|monday|tuesday|wednesday|thursday|friday)(?: on)?|as of (?:today|tomorrow|now))\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^(?:why|what|how|who|when|where|which|is|are|was|were|do|does|did|has|have|had|would|will)\b", re.IGNORECASE)
_DESCRIBES = re.compile(
    r"\b(?:is|are|was|were|has|had|have|did(?:n't| not)|does(?:n't| not))\b", re.IGNORECASE
)
_NOT_ACTIONS = re.compile(
    r"^(?:none|n/a|tbd|see |all (?:action|items)|tracking|tracked|the following|as above|-+$)", re.IGNORECASE
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


def from_row(unit: Unit, incident: date | None) -> StatedAction | None:
    """The action of a table's row, by the names of its columns; None where it holds none."""
    header = [re.sub(r"[:*]", "", name).strip().lower() for name in unit.block.header]
    fields = {_BY_NAME[name]: n for n, name in reversed(list(enumerate(header))) if name in _BY_NAME}
    cells, raw = unit.block.cells, unit.block.raw_cells
    if "action" not in fields and {"owner", "due"} & set(fields) and "" in header:
        fields["action"] = header.index("")  # the only column that goes without saying
    if "action" not in fields:
        longest = max(range(len(cells)), key=lambda n: len(cells[n]), default=None)
        if longest is None or header or not begins_as_action(cells[longest]):
            return None
        fields = {"action": longest}

    def get(field: str) -> str:
        return cells[fields[field]].strip() if field in fields and fields[field] < len(cells) else ""

    text = get("action")
    if is_placeholder(text) or is_short(text) or _NOT_ACTIONS.match(text):
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


def with_head(found: Sequence[Unit]) -> list[Unit]:
    """The units, where the rows of a table without a ruler take their head from its first row, if that only names columns."""
    result: list[Unit] = []
    head: tuple[str, ...] = ()
    for before, unit in zip([None, *found], found, strict=False):
        if unit.block.kind is not BlockKind.ROW or unit.block.header:
            head = ()
        elif before is None or before.block.kind is not BlockKind.ROW:
            names = [cell.strip(" :*").lower() for cell in unit.block.cells if cell.strip()]
            head = unit.block.cells if len(names) > 1 and all(name in _BY_NAME for name in names) else ()
        elif head:
            result.append(replace(unit, block=replace(unit.block, header=head)))
            continue
        result.append(unit)
    return result


def made(beside: Beside, unit: Unit, checked: bool | None) -> StatedAction | None:
    """The action of words taken apart, or None where they are too short or none."""
    text = beside.text
    if is_placeholder(text) or is_short(text) or _NOT_ACTIONS.match(text):
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


def from_item(unit: Unit, incident: date | None, *, strict: bool) -> StatedAction | None:
    """The action of a list's item; with ``strict`` only where it begins like one."""
    text = unit.block.text
    if match := _QUESTION.match(text):
        text = match["rest"]
    elif text.endswith("?") and "open_question" not in unit.roles:
        if _ASKS.match(text) or strict:
            return None
        text = text.rstrip("? ")  # "A kill switch for features?" is an idea
    if strict and not begins_as_action(text):
        return None
    described = _DESCRIBES.search(_FROM_NOW.sub("", _ASIDE.sub("", text))) is not None
    if not begins_as_action(text) and not ought(text) and (unit.block.depth > 1 or described):
        return None
    return made(take_apart(text, unit.block.raw, incident), unit, unit.block.checked)


def from_lines(group: Sequence[Unit], incident: date | None) -> Iterator[StatedAction]:
    """Of a paragraph: each line where all begin like actions, else each sentence that does or that commits its writers."""
    first = group[0]
    listed = len(group) > 1 and all(begins_as_action(unit.text) for unit in group)
    texts = (
        [(unit.text, unit.block.raw, unit.block.span) for unit in group]
        if listed or first.label is not None
        else [(s.text, group[0].block.raw if len(group) == 1 else s.text, s.span) for s in split_group(group)]
    )
    if first.label is not None and first.value:
        said = [piece for piece in _SENTENCES.split(first.value) if piece.strip()]
        texts = [(piece, first.block.raw if len(said) == 1 else piece, first.block.span) for piece in said]
    for text, raw, span in texts:
        meant = committed(text) or text
        if text.rstrip().endswith(":") or len(text.split()) > _LONGEST_LINE:
            continue
        listed_behind = first.label is not None and (";" in meant or len(texts) > 1)  # "To do: …; …" or "To do: …. …."
        asked = _FROM_THEN_ON.search(text) is not None or begins_as_action(meant) or ought(meant) is not None or promised(meant)
        whole = asked or listed_behind or _GIVEN_TO.search(text) is not None
        for part in parts(meant.rstrip(" .")) if whole else ():
            action = made(take_apart(part, raw if part == meant.rstrip(" .") else part, incident), first, None)
            if action is not None:
                yield replace(action, evidence=(Evidence(text if first.label is None else first.block.text, span),))


