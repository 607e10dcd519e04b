"""Planning: plan, explain, lint, and asking the catalogue. Use cases know ports, never adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ..core.context import Room
from ..core.model import Plan, Problem, Rca
from ..core.ports import (
    Clock,
    ConfigReader,
    Document,
    HolidayReader,
    KnowledgeReader,
    Output,
    OwnerFinder,
    Similarity,
    SourceReader,
)
from ..core.request_block import parse_request_block
from ..core.settings import Config, GivenBy, GivenValue, resolve_request
from ..errors import PlanFormatError, RequestError, SourceError
from .earlier import Earlier

if TYPE_CHECKING:
    from ..core.catalogue import Catalogue, Fault, Rule
    from ..core.context import Team
    from ..core.explain import Explanation
    from ..core.lint import Finding, LintKnowledge
    from ..core.match_report import MatchReport
    from ..core.planning.decide import Decisions
    from ..core.ports import CheckRunner, Repository, RuleChecker
    from ..core.privacy.mask import Masked
    from ..core.promql.alerts import AlertRule
    from ..core.simulate.unit_tests import UnitTest
    from ..core.tracking.store import Store
    from ..core.tracking.tickets import Channel, Tracker

_RECENT_DAYS = 60
_PLAN_TITLE = "# Postmortem Action Plan"


@dataclass(frozen=True, slots=True)
class Ports:
    """What the use cases are given. ``plan_from_json`` raises PlanFormatError; ``trackers`` gives the tracker of that
    name, as the config and the environment have it; ``new_id`` is a UUID v4; ``alert_rules`` reads a rule file: the
    alerts, and (name, why) of those that are not understood; ``unit_test_file`` writes promtool's tests of one;
    ``monitors`` tells a rule file for Datadog or CloudWatch, with a remark at its head, and (name, why) of alerts that cannot
    be told there; ``gitlab_ci`` tells a workflow of GitHub for GitLab, by the stem of its file."""

    sources: SourceReader
    config: ConfigReader
    knowledge: KnowledgeReader
    holidays: HolidayReader
    clock: Clock
    output: Output
    plan_from_json: Callable[[str], Plan]
    lint_knowledge: Callable[[], LintKnowledge]
    similarity: Callable[[], Similarity]
    owners: Callable[[], OwnerFinder]
    store: Callable[[], Store]
    trackers: Callable[[str], Tracker]
    channel: Callable[[str], Channel]
    mask: Callable[[], Callable[[str], Masked]]
    new_id: Callable[[], str]
    alert_rules: Callable[[str], tuple[list[AlertRule], list[tuple[str, str]]]]
    promtool: Callable[[], RuleChecker]
    unit_test_file: Callable[[str, str, Sequence[UnitTest]], str]
    monitors: Callable[[str, str, str], tuple[str, list[tuple[str, str]]] | None]
    gitlab_ci: Callable[[str, str], str | None]
    artifact_forms: Callable[[], Mapping[str, object]]
    repository: Callable[[str], Repository]
    check_runner: Callable[[str | None], CheckRunner]


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What a caller asks to be planned. ``source`` is a path, ``-``, a link or pasted text; ``options``
    are the settings given; ``today`` is the planning date (None: the clock's); ``rules`` are folders;
    ``stated_only`` plans the actions that the document itself states and nothing else; ``semantic`` asks
    which rules are most like a cause that no phrase knows (it needs the extra of that name);
    ``repository`` is a folder under git that tells who works on what; ``compare`` looks among the kept plans for
    the same failure, which makes what answers it more urgent."""

    source: str
    options: tuple[GivenValue, ...] = ()
    today: date | None = None
    rules: tuple[str, ...] = ()
    stated_only: bool = False
    semantic: bool = False
    repository: str | None = None
    compare: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the text it was made from, and the earlier incidents (``id (title)``) of which it is a repeat."""

    plan: Plan
    text: str
    repeats: tuple[str, ...] = ()


def plan(ports: Ports, order: PlanOrder) -> Plan:
    """The plan of an RCA. Raises PostmortemActionsError; problems in the document are in the plan."""
    return plan_document(ports, order).plan


def plan_document(ports: Ports, order: PlanOrder) -> Planned:
    """The plan of an RCA, with its text. Raises PostmortemActionsError."""
    document = ports.sources.read(order.source)
    before = Earlier(ports, document) if order.compare else None
    made = _plan_document(ports, order, document, before)
    return Planned(made, document.text, before.named if before else ())


def plan_or_read(ports: Ports, order: PlanOrder) -> Plan:
    """The plan that a JSON file holds; for any other document, its plan made now."""
    document = ports.sources.read(order.source)
    if _is_json_plan(document.text):
        return ports.plan_from_json(document.text)
    if document.name.lower().endswith(".json"):
        raise PlanFormatError(
            "is not a plan", where=document.name, fix="Give the plan.json that 'pma plan RCA -o DIR' writes."
        )
    return _plan_document(ports, order, document)


def explain(ports: Ports, order: PlanOrder, action: str) -> Explanation:
    """Why an action of the plan is as it is. Raises RequestError where the plan has no such action."""
    from ..core.explain import explain as explain_action

    made = plan_or_read(ports, order)
    ids = [entry.id for entry in made.actions] + [entry.action.id for entry in made.deferred]
    wanted = next((known for known in ids if known.lower() == action.strip().lower()), action)
    found = explain_action(made, wanted)
    if found is None:
        raise RequestError(
            f"the plan has no action {action!r}",
            fix=f"It has {', '.join(ids)}." if ids else "It has no actions at all.",
        )
    return found


def read_plan(ports: Ports, source: str) -> Plan:
    """The plan that a JSON file holds. Raises SourceError, PlanFormatError."""
    document = ports.sources.read(source)
    if not _is_json_plan(document.text):
        raise PlanFormatError(
            "is not a plan", where=document.name, fix="Give the plan.json that 'pma plan RCA -o DIR' writes."
        )
    return ports.plan_from_json(document.text)


def decide(ports: Ports, made: Plan, decisions: Decisions, by: str, today: date | None) -> Plan:
    """The plan as decided by somebody on that day (None: the clock's). Raises RequestError."""
    from ..core.planning.decide import decide as decided

    return decided(made, decisions, by, today or ports.clock.today())


def lint(ports: Ports, names: Sequence[str], today: date | None) -> tuple[Finding, ...]:
    """What is wrong with plans or lists of actions, file by file. ``today`` None: the clock's."""
    from ..core.lint import lint as lint_text

    knowledge = ports.lint_knowledge()
    day = today or ports.clock.today()
    findings: list[Finding] = []
    for name in names:
        document = ports.sources.read(name)
        findings.extend(lint_text(document.text, document.name, knowledge, day))
    return tuple(findings)


def rules(ports: Ports, folders: Sequence[str]) -> tuple[Rule, ...]:
    """All rules: ours, the config's and those of the folders."""
    return ports.knowledge.load(_folders(ports.config.read(), folders)).catalogue.rules


def rule(ports: Ports, folders: Sequence[str], rule_id: str) -> Rule:
    """One rule. Raises RequestError with the nearest ids where there is none."""
    import difflib

    known = rules(ports, folders)
    found = next((entry for entry in known if entry.id == rule_id), None)
    if found is None:
        ids = [entry.id for entry in known]
        ends = [name for name in ids if name.partition(".")[2] == rule_id]
        close = ends or difflib.get_close_matches(rule_id, ids, n=3)
        raise RequestError(
            f"there is no rule {rule_id!r}",
            fix=f"Did you mean {', '.join(close)}?" if close else "'pma catalogue list' shows all.",
        )
    return found


def check_rules(ports: Ports, folders: Sequence[str]) -> tuple[Catalogue, Sequence[Fault]]:
    """Every fault of the folders; without folders, of the built-in rules and the config's."""
    return ports.knowledge.check(folders or ports.config.read().rules)


def explain_rules(ports: Ports, order: PlanOrder) -> MatchReport:
    """Which rules an RCA matched and why, and which it nearly did."""
    from ..core.match_report import match_report

    document = ports.sources.read(order.source)
    config = ports.config.read()
    knowledge = ports.knowledge.load(_folders(config, order.rules))
    text, source, _, _ = _unpack(ports, document)
    from ..core.pipeline import read_rca

    return match_report(read_rca(text, source, knowledge.reading), knowledge.catalogue)


def _plan_document(
    ports: Ports, order: PlanOrder, document: Document, before: Earlier | None = None
) -> Plan:
    _refuse_plan(document)
    config = ports.config.read()
    text, source, given, problems = _unpack(ports, document)
    today = order.today or ports.clock.today()
    request = resolve_request(source, today, (*order.options, *given, *config.given))
    knowledge = ports.knowledge.load(_folders(config, order.rules))
    from ..core.pipeline import build_plan, read_rca

    rca = read_rca(text, source, knowledge.reading)
    rca = replace(rca, problems=(*problems, *config.problems, *rca.problems))
    calendar = ports.holidays.calendar(config.calendar, _years(rca, today))
    team, told = _with_evidence(ports, order, _with_holidays(ports, config, _years(rca, today)), rca, today)
    rca = replace(rca, problems=(*rca.problems, *told))
    made = build_plan(
        rca, request, knowledge, team, calendar,
        stated_only=order.stated_only,
        similarity=ports.similarity() if order.semantic or config.semantic else None, repeats=before,
    )  # fmt: skip
    made = replace(made, problems=(*_no_incident(made, rca), *made.problems))
    from .stacking import fitted, stack_if_readable

    return fitted(ports, made, stack_if_readable(ports, text, order.repository))[0]


def _with_holidays(ports: Ports, config: Config, years: Sequence[int]) -> Config:
    """The config with the calendars of those who work by another country's holidays."""
    if not config.countries:
        return config
    known = {room.person: room for room in config.team.rooms}
    for person, settings in config.countries:
        own = replace(settings, weekend=config.calendar.weekend)
        calendar = ports.holidays.calendar(own, years)
        known[person] = replace(known.get(person, Room(person)), calendar=calendar)
    return replace(config, team=replace(config.team, rooms=tuple(known.values())))


def _with_evidence(
    ports: Ports, order: PlanOrder, config: Config, rca: Rca, today: date
) -> tuple[Team, tuple[Problem, ...]]:
    """The team with what git, ownership files and feeds say of what the RCA names."""
    settings = config.ownership
    team, problems = _with_queues(ports, replace(config.team, limit=settings.limit), settings.plans)
    if order.repository is not None:
        settings = replace(settings, repository=order.repository)
    if not settings.any:
        return team, problems
    from ..core.owners.code_names import names_of_code
    from ..core.owners.evidence import OwnershipQuestion

    # Who comes on call after the incident; of one that is long past, who comes on call now.
    day = rca.incident.date
    after = day if day is not None and 0 <= (today - day).days <= _RECENT_DAYS else today
    people = [name for p in config.team.people for name in (p.name, p.handle) if name]
    question = OwnershipQuestion(
        names_of_code(rca),
        tuple(dict.fromkeys(fact.text for fact in rca.incident.services)),
        today,
        datetime(after.year, after.month, after.day, tzinfo=UTC) + timedelta(days=1),
        tuple(dict.fromkeys([*people, *config.team.rotation])),
    )
    from ..core.planning.queue import with_absences

    evidence, told = ports.owners().ask(settings, question)
    return with_absences(replace(team, evidence=evidence), evidence.absences), (*problems, *told)


def _with_queues(ports: Ports, team: Team, files: Sequence[str]) -> tuple[Team, tuple[Problem, ...]]:
    """The team with the work of earlier plans; a plan that cannot be read is told and left out."""
    if not files:
        return team, ()
    from ..core.planning.queue import with_queues

    earlier, problems = [], []
    for name in files:
        try:
            earlier.append(read_plan(ports, name))
        except (SourceError, PlanFormatError) as error:
            message = f"the earlier plan {name} is not counted: {error.message}"
            problems.append(Problem("earlier-plan-unread", message, fix=error.fix))
    return with_queues(team, earlier), tuple(problems)


def _no_incident(made: Plan, rca: Rca) -> tuple[Problem, ...]:
    """A word of warning where the plan rests on nothing but the fact that there is a document."""
    code = "no-incident-found"
    known = any(problem.code == code for problem in made.problems)
    if made.failure_modes or rca.gaps or rca.stated_actions or known:
        return ()
    message = "nothing in this document looks like a failure that the catalogue knows"
    fix = "Check that it is an RCA; 'pma catalogue explain' shows what was looked for."
    return (Problem(code, message, fix=fix),)


def _unpack(ports: Ports, document: Document) -> tuple[str, str, tuple[GivenValue, ...], tuple[Problem, ...]]:
    """The RCA's text and name, the settings its request block gives, and what was odd on the way."""
    block = parse_request_block(document.text, document.name)
    if block is None:
        return document.text, document.name, (), document.problems
    given = tuple(
        GivenValue(value.name, value.text, GivenBy.BLOCK, f"{document.name}:{value.line}")
        for value in block.values
    )
    problems = (*document.problems, *block.problems)
    if block.rca is not None:
        return block.rca, document.name, given, problems
    where = f"{document.name}:{block.rca_line}"
    if block.reference is None:
        raise RequestError(
            "the request block holds no RCA", where=where, fix="Put its text, a path or a link after 'RCA:'."
        )
    is_link = "://" in document.name
    if is_link and "://" not in block.reference:
        raise SourceError(
            f"a page from the internet may not name the local file {block.reference!r}",
            where=where,
            fix="Give that file yourself, if you trust it.",
        )
    is_file = document.name not in ("-", "pasted text") and not is_link
    try:
        inner = ports.sources.read(block.reference, beside=document.name if is_file else None)
    except SourceError as error:
        raise SourceError(
            f"the RCA {error.where or block.reference} {error.message}", where=where, fix=error.fix
        ) from error
    return inner.text, inner.name, given, (*problems, *inner.problems)


def _folders(config: Config, own: Sequence[str]) -> tuple[str, ...]:
    """The config's folders of rules, then the caller's, which override them."""
    return (*config.rules, *own)


def _years(rca: Rca, today: date) -> tuple[int, ...]:
    """The years in which something can be due: windows are counted from either date, and none is longer
    than a quarter."""
    days = [today, *([rca.incident.date] if rca.incident.date else [])]
    return tuple(sorted({year for day in days for year in (day.year, day.year + 1)}))


def _is_json_plan(text: str) -> bool:
    return text.lstrip().startswith("{") and '"actions"' in text


def _refuse_plan(document: Document) -> None:
    """Planning a plan makes nonsense that looks like sense, so it is refused."""
    if _is_json_plan(document.text) or document.text.lstrip().startswith(_PLAN_TITLE):
        raise SourceError(
            "is a plan already, not an RCA",
            where=document.name,
            fix="Give the RCA it was made from; 'pma explain' and 'pma lint' read plans.",
        )
