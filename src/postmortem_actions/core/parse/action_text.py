"""What stands beside an action's words: owner, due date, status, ticket, and where the words end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ..policy import ActionState, Priority
from .due_dates import due_date
from .inline import links
from .sections import is_placeholder

_NAME = r"@?[A-Z][\w.'-]{1,30}(?: [A-Z][\w.'-]{1,30}){0,2}|@[\w.-]{1,40}"
_DATE = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}年\d{1,2}月\d{1,2}日|"
    r"[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|\d{1,2}(?:st|"
    r"nd|rd|th)? [A-Z][a-z]{2,8}\.?(?: \d{4})?|(?:end of )?(?:Q[1-4](?: \d{4})?|[A-Z][a-z]{2,8} \d{4})|"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"(?:next|this) \w+|end of \w+(?: \w+)?|EO[DWMQY])"
)
_OWNER_BY_DATE = re.compile(
    rf"\s*(?:[-–—|,:]|\()\s*(?P<owner>{_NAME})(?:\s*,)?\s+(?:by|before|until|due)\s*:?\s*(?P<due>{_DATE})\s*\)?\s*$"
)
_BY_DATE = re.compile(
    rf"\s*[-–—,(|]?\s*\(?\b(?:by|due|until|before|deadline|eta|target)\s*:?\s*(?P<due>{_DATE})\s*\)?\s*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(\[（【](?P<inside>[^()\[\]（）【】]{2,120})[)\]）】]\s*$")
_DASHED = re.compile(r"\s+[-–—|]+\s+(?P<inside>[^()–—|]{2,100})$")
_KEYED = re.compile(
    (
        r"(?<!\w)(?P<key>owner|assignee|assigned to|dri|who|responsible|due|due date|deadline|eta|by|priority|"
        r"prio|status|ticket|issue|estimated completion|completed|"
        r"verantwortlich(?:e[rs]?)?|zuständig(?:e[rs]?)?|responsable|pilote|responsável|responsabile|担当者?|責任者|负责人|责任人|"
        r"bis(?: zum)?|fällig(?: am)?|frist|termin|échéance|d['’]ici(?: le)?|avant le|plazo|antes del?|fecha límite|prazo|"
        r"até|scadenza|entro(?: il)?|"
        r"期限|完了予定|締切|截止(?:日期)?|完成时间)\s*[:=：]?\s*(?P<value>[^,;|、，；]{1,60})"
    ),
    re.IGNORECASE,
)
_OWNER_KEY = re.compile(r"owner|assign|dri$|who$|respons|verantwortlich|zuständig|pilote|担当|責任|负责|责任")
_DUE_KEY = re.compile(
    r"bis|fällig|frist|termin|échéance|d['’]ici|avant|plazo|antes|fecha|prazo|até|scadenza|entro|期限|完了|締切|截止|完成"
)
_KEY_BEHIND = (
    r"(?:owner|assignee|assigned to|dri|responsible|due|due date|deadline|eta|target date|"
    r"verantwortlich|frist|responsable|échéance|plazo)"
)
_KEYS_BEHIND = re.compile(
    rf"(?:[.;,]|\s[-–—|])\s*{_KEY_BEHIND}\s*:\s*[^.;|]{{1,60}}(?:[.;,|]\s*{_KEY_BEHIND}\s*:\s*[^;|]{{1,60}})?\s*$",
    re.IGNORECASE,
)
_ONE_KEY = re.compile(rf"(?P<key>{_KEY_BEHIND})\s*:\s*(?P<value>(?:(?!{_KEY_BEHIND}\s*:)[^;|]){{1,60}})", re.IGNORECASE)
_STATE_BEHIND = re.compile(r"[.\s–—:-]+(?P<state>DONE|COMPLETED|WIP|IN PROGRESS|TODO)[.!]?\s*$")
_TAIL_OWNER = re.compile(rf"\s*(?:[-–—|]|\()\s*(?P<owner>{_NAME})\s*\)?\s*$")
# "Require a second person for zone changes @kim", but not "write to @kim"
_TAIL_HANDLE = re.compile(
    r"(?<!\bto)(?<!\bfor)(?<!\bby)(?<!\bwith)(?<!\bfrom)(?<!\bof)(?<!\bin)(?<!\bon)(?<!\band)(?<!\bvia)(?<!\bask)(?<!\bping)(?<!\bnotify)"
    r"\s+(?P<owner>@[A-Za-z][\w.-]{1,38})\s*$",
    re.IGNORECASE,
)
_LEAD_OWNER = re.compile(r"^(?P<owner>@[\w.-]{1,40})\s*[:–—-]?\s+(?P<rest>(?:to |will |should )?\S.*)$")
_TICKET = re.compile(r"(?<![\w/])(?P<ref>[A-Z][A-Z0-9]{1,9}-\d{1,6}|(?:[\w.-]+/[\w.-]+)?#\d{1,6})\b")
_LINK_ONLY = re.compile(r"https?://\S{4,300}")
_DONE = re.compile(
    (
        r"✅|☑|✔|^\s*\[?(?:done|completed?|closed|fixed|merged|resolved|finished|shipped|deployed|"
        r"erledigt|fait|hecho|完了)\b|\((?:done|completed?|closed|fixed|merged|already done)\)|"
        r"\bstatus:\s*(?:done|complete)"
    ),
    re.IGNORECASE,
)
_DOING = re.compile(
    r"⏳|🔄|🚧|\bin[ -]progress\b|\bwip\b|\bongoing\b|\bstarted\b|\bunder way\b|\bin review\b", re.IGNORECASE
)
_NOT_DOING = re.compile(
    r"🚫|❌\s*won|\bwon'?t (?:fix|do)\b|\bdismissed\b|\brejected\b|\bdeclined\b|\bnot doing\b|\bwill not\b",
    re.IGNORECASE,
)
_STATUS_WORD = re.compile(
    (
        r"\s*(?:✅|☑|✔|⏳|📋|🔄|🚧|🚫|❌)\s*(?:complete[d]?|done|in[ -]progress|not started|todo)?\s*|"
        r"\s*\((?:done|completed?|merged|fixed|in[ -]progress|todo|not started|already done)\)\s*|"
        r"^\s*(?:\[?(?:TODO|DONE|WIP)\]?)\s*[:–—-]?\s+"
    ),
    re.IGNORECASE,
)
_PRIORITY = re.compile(r"\bP([0-3])\b|\b(critical|urgent|high|medium|low)(?: priority)?\b", re.IGNORECASE)
_PRIORITIES = {
    "critical": Priority.P0,
    "urgent": Priority.P0,
    "high": Priority.P1,
    "medium": Priority.P2,
    "low": Priority.P3,
}
# Parts of the names of teams, which alone name nobody.
_TEAM_WORDS = frozenset("Team Engineering Dev Ops SRE Security Platform Backend Frontend Infra Infrastructure".split())
_NOT_A_NAME = _TEAM_WORDS | frozenset(
    "TBD TODO N/A None Everyone All Unassigned Immediate Done Complete Completed Yes No High Medium Low Production Staging Slack Jira "
    "GitHub GitLab Datadog Prometheus Grafana Alertmanager Loki Sentry PagerDuty Opsgenie Kubernetes Docker Helm Redis Kafka Postgres "
    "PostgreSQL MySQL MongoDB Elasticsearch Nginx HAProxy AWS Azure GCP Terraform Ansible Jenkins CI CD API Optional Stretch".split()
)


_NUMBERED = re.compile(r"^(?:AI|AP|A|Action(?: item)?|Item|Task)[- ]?#?\d{1,2}\s*[:.)–—]\s+(?=\S)", re.IGNORECASE)  # "AI-1: …"
_TEAM = re.compile(r"(?:the )?[A-Z][\w-]*(?: [\w-]+){0,2} [Tt]eam|[Tt]eam [A-Z][\w-]*")
_BARE_NAME = re.compile(r"\s*\((?P<owner>[A-Z][a-z\u00df-\u024f][\w.'-]{0,30}(?: (?:of )?[A-Z][\w.'-]{1,30}){0,2})\)\s*$")


@dataclass(slots=True)
class Beside:
    """An action's words with what stood beside them taken apart."""

    text: str
    owner: str | None = None
    due: date | None = None
    due_text: str | None = None
    priority: Priority | None = None
    state: ActionState | None = None
    ticket: str | None = None
    ticket_url: str | None = None


def state_of(text: str) -> ActionState | None:
    """The state a status cell or mark tells, or None."""
    if _NOT_DOING.search(text):
        return ActionState.DECLINED
    if re.search(r"\bnot (?:yet )?(?:done|started|complete)", text, re.IGNORECASE):
        return ActionState.PROPOSED
    if _DOING.search(text):
        return ActionState.IN_PROGRESS
    if _DONE.search(text):
        return ActionState.CLAIMED_DONE
    return (
        ActionState.PROPOSED
        if re.search(r"📋|\b(?:todo|open|planned|proposed|backlog)\b", text, re.IGNORECASE)
        else None
    )


def priority_of(text: str) -> Priority | None:
    """The priority a cell tells, or None."""
    match = _PRIORITY.search(text)
    if match is None:
        return None
    return Priority(f"P{match[1]}") if match[1] else _PRIORITIES[match[2].lower()]


def owner_of(text: str) -> str | None:
    """The person a cell names as owner, or None for placeholders and empty cells; teams pass through."""
    # Of an e-mail address only the name is kept: no address enters a plan.
    text = re.sub(r"<[^<>@]{0,200}@[^<>]{0,200}>", "", text).strip(" .,;")
    text = re.sub(
        r"(?<![\w.+-])([\w.+-]+)@[\w-]+(?:\.[\w-]+)+", r"\1" if "@" in text and " " not in text else "", text
    ).strip(" .,;")
    if text[:1] == "(" and text[-1:] == ")":
        text = text[1:-1].strip()
    if not re.search(r"\w", text):
        return None
    if is_placeholder(text) or not text or text.lower() in {"tbd", "unassigned", "everyone", "all", "nobody"}:
        return None
    return text.lstrip("@") if len(text) <= 60 else None


def take_apart(text: str, raw: str, incident: date | None) -> Beside:
    """Separate "Add alert - Alice by Jan 22 (TEAM-12)" into its parts. ``raw`` still has its links."""
    result = Beside(_NUMBERED.sub("", text.strip()), state=state_of(text))
    result.text = _STATUS_WORD.sub(" ", result.text).strip()
    for label, address in links(raw):
        if re.search(r"/(?:issues|pull|merge_requests|browse|issue)/", address):
            result.ticket_url = address
            if found := _TICKET.search(label):
                result.ticket = found["ref"]
    _read_keys_behind(result, incident)
    for _ in range(4):
        before = result.text
        _strip_tail(result, incident)
        if result.text == before:
            break
    lead = _LEAD_OWNER.match(result.text)
    if lead and result.owner is None:
        result.owner = lead["owner"].lstrip("@")
        result.text = re.sub(r"^(?:to|will|should) ", "", lead["rest"])
    result.text = result.text.strip(" -–—|,;:")
    return result


def _read_keys_behind(result: Beside, incident: date | None) -> None:
    """ "Add tests. Owner: Ravi. Due: 30 June": keys with values after the words, and a state in capitals."""
    if match := _STATE_BEHIND.search(result.text):
        result.state = result.state or state_of(match["state"])
        result.text = result.text[: match.start()]
    match = _KEYS_BEHIND.search(result.text)
    if match is None or is_placeholder(result.text[: match.start()]):
        return
    if match[0].count(")") > match[0].count("("):
        return  # the end of a bracket, which is read as one
    for pair in _ONE_KEY.finditer(match[0]):
        value = pair["value"].strip(" .;,")
        if _OWNER_KEY.match(pair["key"].lower()):
            result.owner = result.owner or owner_of(value)
        else:
            _set_due(result, value, incident)
    result.text = result.text[: match.start()]


def _strip_tail(result: Beside, incident: date | None) -> None:
    text = result.text
    bracket = _BRACKET.search(text)
    if bracket and _read_bracket(result, bracket["inside"], incident):
        result.text = text[: bracket.start()]
    elif match := _OWNER_BY_DATE.search(text):
        result.owner = result.owner or match["owner"].lstrip("@")
        _set_due(result, match["due"], incident)
        result.text = text[: match.start()]
    elif bracket:
        pass
    elif (match := _DASHED.search(text)) and _read_parts(result, match["inside"], incident):
        result.text = text[: match.start()]
    elif match := _BY_DATE.search(text):
        _set_due(result, match["due"], incident)
        result.text = text[: match.start()]
    elif (match := _TICKET.search(text)) and match.end() >= len(text.rstrip(" .)]")):
        result.ticket = result.ticket or match["ref"]
        result.text = text[: match.start()].rstrip(" -–—([:")
    elif (match := _LINK_ONLY.search(text)) and match.end() >= len(text.rstrip(" .)]")):
        result.ticket_url = result.ticket_url or match.group(0)
        result.text = text[: match.start()].rstrip(" -–—([:")
    elif result.owner is None and (match := _TAIL_OWNER.search(text)):
        name = match["owner"]
        known = name.startswith("@") or not set(name.split()) & _NOT_A_NAME
        if (
            known
            and len(text[: match.start()].split()) >= 2
            and (name.startswith("@") or text[match.start() :].lstrip()[:1] in "-–—|")
        ):
            result.owner = name.lstrip("@")
            result.text = text[: match.start()]
    elif result.owner is None and (match := _TAIL_HANDLE.search(text)) and len(text[: match.start()].split()) > 2:
        result.owner = match["owner"].lstrip("@")
        result.text = text[: match.start()]


def _read_bracket(result: Beside, inside: str, incident: date | None) -> bool:
    """Whether a closing bracket held keys, a ticket, a handle or a status; read what it held."""
    if _read_parts(result, inside, incident):
        return True
    found = False
    for match in _KEYED.finditer(inside):
        key, value = match["key"].lower(), match["value"].strip()
        if _OWNER_KEY.match(key):
            result.owner = result.owner or owner_of(value)
            found = True
        elif key in ("due", "due date", "deadline", "eta", "by", "estimated completion") or _DUE_KEY.match(key):
            if due_date(value, incident) or re.search(r"\d|week|month|quarter", value):
                _set_due(result, value, incident)
                found = True
        elif key in ("ticket", "issue") and (ticket := _TICKET.search(value)):
            result.ticket = ticket["ref"]
            found = True
        elif key in ("priority", "prio"):
            result.priority = priority_of(value)
            found = True
        elif key == "status":
            result.state = state_of(value) or result.state
            found = True
    if found:
        return True
    if re.fullmatch(r"@[\w.-]{1,40}", inside.strip()):
        result.owner = result.owner or inside.strip().lstrip("@")
        return True
    if ticket := re.fullmatch(_TICKET, inside.strip()):
        result.ticket = result.ticket or ticket["ref"]
        return True
    if state_of(inside) is not None and len(inside.split()) <= 3:
        result.state = state_of(inside)
        return True
    return False


def _read_parts(result: Beside, inside: str, incident: date | None) -> bool:
    """Read "@ana, P1, 2025-03-10, TEAM-7": every part must be of a known kind, and one of them for certain; a
    bare name alone is not certain (it may as well be the name of a thing)."""
    parts = [part.strip() for part in re.split(r"[,;|·]", inside) if part.strip()]
    read = Beside("")
    certain = False
    for part in parts:
        if re.fullmatch(r"@[\w.-]{1,40}", part):
            read.owner, certain = read.owner or part.lstrip("@"), True
        elif dated := re.fullmatch(
            rf"(?:(?:by|due|until|before|eta)\s*:?\s*)?(?P<due>{_DATE})", part, re.IGNORECASE
        ):
            _set_due(read, dated["due"], incident)
            certain = True
        elif ticket := _TICKET.fullmatch(part):
            read.ticket, certain = ticket["ref"], True
        elif re.fullmatch(r"P[0-3]", part):
            read.priority, certain = Priority(part), True
        elif _TEAM.fullmatch(part):
            read.owner, certain = read.owner or part, True
        elif re.fullmatch(_NAME, part) and not set(part.split()) & (_NOT_A_NAME - _TEAM_WORDS) and not set(part.split()) <= _TEAM_WORDS:
            read.owner = read.owner or part
        elif state_of(part) is not None and len(part.split()) <= 2:
            read.state, certain = state_of(part), True
        else:
            return False
    if not certain:
        return False
    result.owner = result.owner or read.owner
    result.ticket = result.ticket or read.ticket
    result.priority = result.priority or read.priority
    result.state = read.state or result.state
    if read.due_text is not None and result.due_text is None:
        result.due, result.due_text = read.due, read.due_text
    return True


def bare_name(text: str) -> tuple[str, str] | None:
    """("Check the oldest store", "Jonas") of "Check the oldest store (Jonas)": what may be an owner, if its neighbours say so."""
    match = _BARE_NAME.search(text)
    if match is None or set(match["owner"].split()) & _NOT_A_NAME or is_placeholder(text[: match.start()]):
        return None
    return text[: match.start()].rstrip(" ,;:–—-"), match["owner"]


def _set_due(result: Beside, text: str, incident: date | None) -> None:
    if result.due_text is None:
        result.due_text = text.strip()
        result.due = due_date(text, incident)
