"""What holds for every plan, whatever the candidates, dates, holidays, policies and dependencies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.core.context import Calendar, Team
from postmortem_actions.core.model import (
    Candidate,
    Evidence,
    Incident,
    Origin,
    Person,
    Plan,
    Rca,
    Request,
    Span,
    Verification,
)
from postmortem_actions.core.planning.assemble import plan_from_candidates
from postmortem_actions.core.planning.capacity import LIMITS
from postmortem_actions.core.policy import (
    ActionState,
    Capacity,
    Category,
    DueDatePolicy,
    Effort,
    FailureRole,
    Form,
    Impact,
    OriginKind,
    OwnershipModel,
    Prioritization,
    Priority,
    Scope,
    Strength,
)  # fmt: skip

DAYS = st.dates(date(1995, 1, 1), date(2105, 12, 31))
PEOPLE = ("ana", "ben", "cho", "dev")


@st.composite
def candidates(draw: st.DrawFn) -> tuple[Candidate, ...]:
    """Up to 24 candidates with any dependencies, cycles and unknown keys among them."""
    count = draw(st.integers(0, 24))
    made = []
    for n in range(count):
        stated = draw(st.booleans())
        made.append(
            Candidate(
                key=f"k{n}",
                category=draw(st.sampled_from(Category)),
                form=draw(st.sampled_from(Form)),
                title=f"Do thing {n}",
                statement=f"Harden the thing by doing {n}",
                impact=draw(st.sampled_from(Impact)),
                effort=draw(st.sampled_from(Effort)),
                strength=draw(st.sampled_from(Strength)),
                blocks_recurrence=draw(st.booleans()),
                rationale="Because.",
                done_when=("It is seen",),
                verification=Verification("Test", "It works"),
                evidence=(Evidence("It broke.", Span(n + 1, n + 1)),),
                origin=Origin(OriginKind.STATED if stated else OriginKind.RULE, f"a.b/{n}"),
                role=draw(st.sampled_from(FailureRole)),
                depends_on=tuple(draw(st.lists(st.sampled_from([f"k{m}" for m in range(count)]), max_size=2)))
                + draw(st.sampled_from(((), ("nowhere",), ("form:timeout",)))),
                weight=draw(st.sampled_from((0.5, 1.0, 3.0))),
                state=draw(
                    st.sampled_from(
                        (*[ActionState.PROPOSED] * 6, ActionState.CLAIMED_DONE, ActionState.DECLINED)
                    )
                ),
                owner_hint=draw(st.sampled_from((None, *PEOPLE, "the database team"))) if stated else None,
                due_hint=draw(st.none() | DAYS) if stated else None,
                priority_hint=draw(st.sampled_from((None, *Priority))) if stated else None,
            )
        )
    return tuple(made)


@st.composite
def requests(draw: st.DrawFn, today: st.SearchStrategy[date] = DAYS) -> Request:
    return Request(
        "rca.md",
        draw(today),
        draw(st.sampled_from(Scope)),
        draw(st.sampled_from(Prioritization)),
        draw(st.sampled_from(Capacity)),
        draw(st.sampled_from(OwnershipModel)),
        due_date_policy=draw(st.sampled_from(DueDatePolicy)),
    )


@st.composite
def calendars(draw: st.DrawFn, around: date) -> Calendar:
    off = draw(st.sets(st.integers(-40, 200), max_size=60))
    weekend = draw(st.sampled_from(({5, 6}, {4, 5}, set(), {6})))
    return Calendar(frozenset(around + timedelta(days=n) for n in off), frozenset(weekend))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, tuple[Candidate, ...], Calendar]:
    request = draw(requests())
    proposed = draw(candidates())
    calendar = draw(calendars(request.today))
    happened = draw(st.none() | st.integers(-400, 3).map(lambda n: request.today + timedelta(days=n)))
    named = tuple(Person(name=name, handle=name) for name in draw(st.sets(st.sampled_from(PEOPLE))))
    incident = Incident(title="It broke", date=happened, people=tuple(sorted(named, key=lambda p: p.name)))
    rca = Rca(source="rca.md", text="", incident=incident, sentences=())
    team = Team(rotation=draw(st.sampled_from(((), PEOPLE))))
    return plan_from_candidates(rca, request, (), proposed, team, calendar, (), ()), proposed, calendar


@settings(max_examples=250, deadline=None)
@given(plans())
def test_nothing_vanishes(made: tuple[Plan, tuple[Candidate, ...], Calendar]) -> None:
    plan, proposed, _ = made
    after = sorted([a.title for a in plan.actions] + [d.action.title for d in plan.deferred])
    assert after == sorted(c.title for c in proposed)
    assert all(entry.reason for entry in plan.deferred)
    assert [action.id for action in plan.actions] == [f"A{n}" for n in range(1, len(plan.actions) + 1)]


@settings(max_examples=250, deadline=None)
@given(plans())
def test_dates_are_possible_or_told(made: tuple[Plan, tuple[Candidate, ...], Calendar]) -> None:
    plan, proposed, calendar = made
    hinted = {c.title for c in proposed if c.due_hint is not None}
    told = " ".join(problem.message for problem in plan.problems)
    for action in plan.actions:
        due = action.due.on
        if action.title in hinted:
            continue
        if plan.request.due_date_policy is DueDatePolicy.NONE or action.priority is Priority.P3:
            assert due is None
            continue
        assert due is not None
        assert due >= plan.request.today, "due before the day of planning"
        assert calendar.is_working_day(due)
        assert action.due.window_end is not None
        if due > action.due.window_end:
            assert action.due.late
            assert f"{action.id} “{action.title}”" in told, "late without being told"
        assert action.due.why


@settings(max_examples=250, deadline=None)
@given(plans())
def test_order_follows_dependencies_except_in_a_told_cycle(
    made: tuple[Plan, tuple[Candidate, ...], Calendar],
) -> None:
    plan, proposed, _ = made
    key_of = {c.title: c.key for c in proposed}
    place = {key_of[action.title]: n for n, action in enumerate(plan.actions)}
    by_key = {c.key: c for c in proposed}
    cycles = any(problem.code.startswith("dependency-cycle") for problem in plan.problems)
    for action in plan.actions:
        for name in by_key[key_of[action.title]].depends_on:
            if name in place and name != key_of[action.title] and not cycles:
                assert place[name] < place[key_of[action.title]]
        ids = {a.id: n for n, a in enumerate(plan.actions)}
        for before in action.depends_on:
            assert ids[before] < ids[action.id]
            first, second = plan.actions[ids[before]].due.on, action.due.on
            stated = {c.title for c in proposed if c.due_hint}
            if first and second and not {action.title, plan.actions[ids[before]].title} & stated:
                assert first < second


@settings(max_examples=250, deadline=None)
@given(plans())
def test_capacity_holds(made: tuple[Plan, tuple[Candidate, ...], Calendar]) -> None:
    plan, proposed, _ = made
    capacity = plan.request.capacity
    assert len(plan.actions) <= LIMITS[capacity]
    if capacity is Capacity.LOW:
        assert all(a.priority is Priority.P0 for a in plan.actions)
    open_ones = [c for c in proposed if c.state not in (ActionState.CLAIMED_DONE, ActionState.DECLINED)]
    if any(c.role is FailureRole.PRIMARY for c in open_ones) and not any(
        a.role is FailureRole.PRIMARY for a in plan.actions
    ):
        assert capacity is Capacity.LOW, "the root cause has no action"
        assert "root-cause-deferred" in {problem.code for problem in plan.problems}
    if capacity is not Capacity.LOW:
        for category in (Category.DETECTION, Category.RESPONSE):
            if any(c.category is category for c in open_ones):
                assert any(a.category is category for a in plan.actions), (
                    f"no {category.value} action is kept"
                )


@settings(max_examples=250, deadline=None)
@given(plans())
def test_no_owner_is_invented(made: tuple[Plan, tuple[Candidate, ...], Calendar]) -> None:
    plan, _, _ = made
    known = {name for person in plan.incident.people for name in (person.name, f"@{person.handle}")} | set(
        PEOPLE
    )
    known |= {f"@{name}" for name in PEOPLE}
    for action in plan.actions:
        for owner in (action.owner, action.backup, action.coordinator, action.sponsor):
            if owner is None:
                continue
            assert owner.why
            assert owner.person is None or owner.person in known
            assert not owner.accepted
        if action.backup and action.backup.person:
            assert action.backup.person != action.owner.person


@settings(max_examples=60, deadline=None)
@given(plans())
def test_the_order_of_the_candidates_does_not_matter_to_what_is_kept_by_rank(
    made: tuple[Plan, tuple[Candidate, ...], Calendar],
) -> None:
    plan, proposed, calendar = made
    rca = Rca(source="rca.md", text="", incident=plan.incident, sentences=())
    again = plan_from_candidates(rca, plan.request, (), proposed[::-1], Team(), calendar, (), ())
    twice = plan_from_candidates(rca, plan.request, (), proposed, Team(), calendar, (), ())
    assert [a.title for a in again.actions] == [a.title for a in twice.actions]
    assert replace(twice) == plan_from_candidates(rca, plan.request, (), proposed, Team(), calendar, (), ())
