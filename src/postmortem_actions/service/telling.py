"""What is told of kept actions: reports, reminders, agendas, related incidents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ..core.model import Meeting, Plan
from ..core.policy import ActionState
from ..core.tracking.keep import plan_of
from ..core.tracking.record import PlanRecord, TrackedAction
from ..core.tracking.related import Related, relate
from ..core.tracking.remind import Digest, digest_text, digests, is_quiet
from ..core.tracking.report import Report, Scope, report
from ..core.tracking.standing import Standing, standing
from ..core.tracking.store import Query
from ..errors import PostmortemActionsError, RequestError, TrackerUncertain
from .keeping import Row, find_plan, team_calendar
from .planning import Ports

_UNFINISHED = tuple(state for state in ActionState if state.is_unfinished)
_TOLD_ON = (*_UNFINISHED, ActionState.RISK_ACCEPTED)
_MOST_TO_TELL = 20_000  # actions looked at for reminders


def make_report(ports: Ports, scope: Scope, today: date) -> Report:
    """A report as of a day. Raises StoreError where the plan is not kept."""
    with ports.store().read() as reading:
        if scope.plan:
            scope = replace(scope, plan=find_plan(reading, scope.plan).id)
        return report(scope, today, reading.facts(scope, today))


@dataclass(slots=True)
class Reminded:
    """What became of a day's digests: ``sent`` and ``failed`` are (person, channel, what); ``quiet`` where nobody was to
    be disturbed; ``again`` counts those that had been sent before; ``withheld`` actions of sensitive incidents."""

    digests: tuple[Digest, ...] = ()
    sent: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    again: int = 0
    withheld: int = 0
    quiet: bool = False


def remind(
    ports: Ports,
    today: date,
    send: bool,
    plan: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reminded:
    """The digests of a day, and their sending where ``send`` says so: to everybody once a day and channel, however often
    this runs. Raises StoreError, ConfigError."""
    settings = ports.config.read().tracking.reminders
    rows, plans = _standings(ports, today, plan)
    titles = {record.id: record.title for record in plans.values()}
    sensitive = {record.id for record in plans.values() if record.sensitive}
    told = Reminded(digests(rows, titles, today, settings))
    if not send:
        return told
    if not settings.channels:
        raise RequestError(
            "no channel is set up", fix='Set channels = ["slack"] in [reminders], or leave out --send.'
        )
    if is_quiet(ports.clock.now(), settings):
        told.quiet = True
        return told
    for digest in told.digests:
        items = (
            digest.items
            if settings.sensitive
            else tuple(i for i in digest.items if i.action.plan not in sensitive)
        )
        told.withheld += len(digest.items) - len(items)
        if not items:
            continue
        text = ports.mask()(digest_text(replace(digest, items=items), today)).text
        for channel in settings.channels:
            if progress:
                progress(f"{channel} to {digest.person or 'nobody in particular'}")
            _send(ports, channel, digest.person, text, today, told)
    if progress:
        progress("")
    return told


def _send(ports: Ports, channel: str, person: str, text: str, today: date, told: Reminded) -> None:
    key = f"{today}:{channel}:{person.lstrip('@').lower()}"
    # Marked before it is sent: a reminder that comes twice is worse than one that comes a day late.
    with ports.store().write() as writing:
        first = writing.first_time("reminder", key, ports.clock.now())
    if not first:
        told.again += 1
        return
    try:
        ports.channel(channel).tell(person, f"Postmortem actions on {today}", text, key)
        told.sent.append((person, channel))
    except TrackerUncertain as error:
        told.failed.append(
            (person, channel, f"{error.message}; it may have arrived, and is not sent again today")
        )
    except PostmortemActionsError as error:
        told.failed.append((person, channel, error.message))
        with ports.store().write() as writing:
            writing.forget("reminder", key)


def _standings(
    ports: Ports, today: date, plan: str | None
) -> tuple[list[tuple[TrackedAction, Standing]], dict[str, PlanRecord]]:
    calendar, gone = team_calendar(ports, today)
    left = frozenset(name.lower() for name in gone)
    with ports.store().read() as reading:
        only = find_plan(reading, plan).id if plan else ""
        actions = reading.find(Query(plan=only, states=_TOLD_ON, limit=_MOST_TO_TELL))
        plans = {}
        states: dict[str, dict[str, ActionState]] = {}
        for action in actions:
            if action.plan not in plans:
                record = reading.plan(action.plan)
                if record is not None:
                    plans[action.plan] = record
                states[action.plan] = {other.id: other.state for other in reading.actions(action.plan)}
    return [(a, standing(a, today, calendar, states[a.plan], left)) for a in actions], plans


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a follow-up meeting looks at."""

    plan: Plan
    record: PlanRecord
    meeting: Meeting
    rows: tuple[Row, ...]


def agenda(ports: Ports, word: str, name: str | None, today: date) -> Agenda:
    """The agenda of a plan's next follow-up meeting, or of the one named so. Raises RequestError, StoreError."""
    calendar, gone = team_calendar(ports, today)
    left = frozenset(person.lower() for person in gone)
    with ports.store().read() as reading:
        record = find_plan(reading, word)
        actions = reading.actions(record.id)
    plan = plan_of(record)
    meetings = plan.tracking.meetings
    if not meetings:
        raise RequestError(f"{record.id} has no follow-up meeting", fix="It has no actions.")
    if name:
        found = [m for m in meetings if m.name.lower().startswith(name.lower())]
        if not found:
            raise RequestError(
                f"{record.id} has no meeting {name!r}", fix=f"It has {', '.join(m.name for m in meetings)}."
            )
        meeting = found[0]
    else:
        meeting = next((m for m in meetings if m.on is not None and m.on >= today), meetings[-1])
    states = {action.id: action.state for action in actions}
    rows = tuple(
        Row(a, standing(a, today, calendar, states, left)) for a in actions if a.id in meeting.actions
    )
    return Agenda(plan, record, meeting, rows)


def related(ports: Ports, made: Plan, but: str = "") -> tuple[Related, ...]:
    """Earlier incidents like that of a plan. Raises StoreError."""
    kinds = [mode.kind for mode in made.failure_modes if mode.kind != "unclassified"]
    services = [fact.text for fact in made.incident.services]
    with ports.store().read() as reading:
        own = but or _own(reading.plan_from(source=made.request.rca), made)
        earlier = reading.alike(services, kinds, own)
        actions = {record.id: reading.actions(record.id) for record in earlier}
        kinds_of: dict[str, Sequence[str]] = {}
        for record in earlier:
            full = reading.plan(record.id)
            if full is None:
                continue
            plan = plan_of(full)
            modes = {mode.id: mode.kind for mode in plan.failure_modes}
            for action in plan.actions:
                kinds_of[f"{record.id}/{action.id}"] = [
                    modes[mode] for mode in action.addresses if mode in modes
                ]
    return relate(made.incident, made.failure_modes, earlier, actions, kinds_of)


def _own(record: PlanRecord | None, made: Plan) -> str:
    return record.id if record is not None else ""
