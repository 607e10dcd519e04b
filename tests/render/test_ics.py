"""The calendar file as a calendar reads it: every date once, texts unharmed, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from postmortem_actions.core.model import Due, Meeting, Owner, Plan
from postmortem_actions.render.ics import RENDERER

icalendar = pytest.importorskip("icalendar", reason="icalendar is not installed")


def _calendar(plan: Plan) -> Any:
    return icalendar.Calendar.from_ical(RENDERER.render(plan).encode())


def _events(plan: Plan) -> list[Any]:
    return list(_calendar(plan).walk("VEVENT"))


def test_every_due_date_and_dated_meeting_is_an_all_day_event(rich_plan: Plan) -> None:
    found = [(str(event["SUMMARY"]).split(":")[0], event.decoded("DTSTART")) for event in _events(rich_plan)]
    assert found == [
        ("A1 due (P0)", date(2025, 3, 7)),
        ("A2 due (P1)", date(2025, 3, 28)),
        ("A3 due (P1)", date(2025, 3, 14)),
        ("P0 review", date(2025, 3, 7)),
    ]
    for event in _events(rich_plan):
        assert not isinstance(event.decoded("DTSTART"), datetime)
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)
        assert event["TRANSP"] == "TRANSPARENT"
        assert event.errors == []


def test_any_text_reads_back_as_it_was(rich_plan: Plan) -> None:
    first = rich_plan.actions[0]
    nasty = "a,b;c\\d\\n \"q\" 'r' : é日本🚒\r\nBEGIN:VALARM\rEND:VCALENDAR\n" + "🚒é" * 60
    action = replace(first, title=nasty, statement=nasty + "\x00\x07\x1b\u2028end")
    (event, *_) = _events(replace(rich_plan, actions=(action,)))
    plain = nasty.replace("\r\n", "\n").replace("\r", "\n")
    assert str(event["SUMMARY"]) == f"A1 due (P0): {plain}"
    assert str(event["DESCRIPTION"]).startswith(plain + "\nend\n")
    assert len(_events(replace(rich_plan, actions=(action,)))) == 2
    assert not _calendar(rich_plan).walk("VALARM")


def test_the_owner_criteria_and_reasons_are_told(rich_plan: Plan) -> None:
    first, second, third, _ = (str(event["DESCRIPTION"]) for event in _events(rich_plan))
    assert "Owner: @ana, proposed (maintains the importer (L30))" in first
    assert "Backup: @ben" in first
    assert first.count("Done when: ") == len(rich_plan.actions[0].done_when)
    assert "Due: 2025-03-28, no working day is left (beyond its window)" in second
    assert "After: A1, A2" in third
    assert "Owner: unresolved (team “blue | green”)" in third


def test_an_accepted_action_is_confirmed_and_a_proposed_one_tentative(rich_plan: Plan) -> None:
    first, *rest = rich_plan.actions
    accepted = replace(first, owner=Owner("@ana", "said so", accepted=True))
    events = _events(replace(rich_plan, actions=(accepted, *rest)))
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "TENTATIVE", "TENTATIVE", "TENTATIVE"]
    assert "proposed" not in str(events[0]["DESCRIPTION"])


def test_lines_are_folded_at_75_octets_and_end_as_the_rfc_says(any_plan: Plan) -> None:
    raw = RENDERER.render(any_plan).encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    head = [line.split(b":")[0] for line in lines[:4]]
    assert head == [b"BEGIN", b"VERSION", b"PRODID", b"CALSCALE"]


def test_long_lines_use_all_of_the_75_octets(rich_plan: Plan) -> None:
    plan = replace(rich_plan, incident=replace(rich_plan.incident, title="x" * 300))
    sizes = [len(line) for line in RENDERER.render(plan).encode().split(b"\r\n")]
    assert sizes.count(75) >= 3


def test_the_stamp_is_the_planning_day_and_the_bytes_are_the_same_twice(rich_plan: Plan) -> None:
    assert RENDERER.render(rich_plan) == RENDERER.render(replace(rich_plan))
    for event in _events(rich_plan):
        assert event.decoded("DTSTAMP") == datetime(2025, 3, 4, tzinfo=UTC)


def test_identifiers_are_unique_and_outlive_new_dates_and_numbers(rich_plan: Plan) -> None:
    before = [str(event["UID"]) for event in _events(rich_plan)]
    assert len(set(before)) == len(before)
    moved = tuple(
        replace(action, id=f"A{n}", due=Due(date(2025, 5, n), "moved"))
        for n, action in enumerate(reversed(rich_plan.actions[:3]), 1)
    )
    again = replace(rich_plan, actions=moved, request=replace(rich_plan.request, today=date(2025, 4, 1)))
    assert {str(event["UID"]) for event in _events(again)} == set(before)
    other = replace(rich_plan, incident=replace(rich_plan.incident, title="Another incident"))
    assert not {str(event["UID"]) for event in _events(other)} & set(before)


def test_two_actions_that_are_alike_have_two_identifiers(rich_plan: Plan) -> None:
    first = rich_plan.actions[0]
    events = _events(replace(rich_plan, actions=(first, replace(first, id="A2"))))
    assert len({str(event["UID"]) for event in events}) == len(events) == 3


def test_a_plan_without_dates_is_still_a_valid_calendar(minimal_plan: Plan) -> None:
    calendar = _calendar(minimal_plan)
    assert [part.name for part in calendar.subcomponents] == ["VJOURNAL"]
    assert str(calendar.subcomponents[0]["SUMMARY"]) == "Nothing in this plan has a date."


def test_the_last_day_there_is_does_no_harm(rich_plan: Plan) -> None:
    tracking = replace(rich_plan.tracking, meetings=(Meeting("Close", date.max, "?"),))
    (event,) = _events(replace(rich_plan, actions=(), tracking=tracking))
    assert event.decoded("DTSTART") == date.max


def test_no_address_is_in_it_and_nobody_is_invited(rich_plan: Plan) -> None:
    for event in _events(rich_plan):
        assert not {"ATTENDEE", "ORGANIZER"} & set(event)
