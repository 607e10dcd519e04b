"""Calendars: repeated, moved, cancelled, floating and whole-day events, in zones of all kinds."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from postmortem_actions.adapters.owners.calendar_source import LIMIT, https_link
from postmortem_actions.adapters.owners.oncall_http import Retry
from postmortem_actions.adapters.owners.rotation_ical import read_absences, read_rotation
from postmortem_actions.core.owners.rotation import Absence, Rotation, next_on_call, settle
from postmortem_actions.errors import ConfigError, SourceError

AFTER = datetime(2026, 10, 19, 12, tzinfo=UTC)
HOME_ZONE = """BEGIN:VTIMEZONE
TZID:Our office
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def event(lines: str, uid: str) -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n"


def calendar(*events: str, head: str = "") -> bytes:
    body = "".join(event(lines, f"e{number}") for number, lines in enumerate(events))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def saved(tmp_path: Path, *events: str, head: str = "", name: str = "oncall.ics") -> str:
    path = tmp_path / name
    path.write_bytes(calendar(*events, head=head))
    return str(path)


def shifts(rotation: Rotation) -> list[tuple[str, str]]:
    return [(s.person, s.start.astimezone(UTC).strftime("%m-%d %H:%M")) for s in settle(rotation.shifts)]


WEEKS = "DTSTART;TZID=Europe/Berlin:20261005T090000\nDTEND;TZID=Europe/Berlin:20261012T090000\n"


def test_a_repeated_shift_keeps_its_local_time_over_the_change_of_clocks(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        f"{WEEKS}RRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:On call: Alice",
        "DTSTART;TZID=Europe/Berlin:20261012T090000\nDTEND;TZID=Europe/Berlin:20261019T090000\n"
        "RRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:Bob (primary)",
    )
    rotation, problems = read_rotation(path, AFTER, ahead=timedelta(days=20))
    assert not problems
    assert shifts(rotation) == [("Alice", "10-19 07:00"), ("Bob", "10-26 08:00"), ("Alice", "11-02 08:00")]
    found, _ = next_on_call(rotation, AFTER, 1)
    assert found[0].claim.why == "on call from 2026-10-26 08:00 UTC per calendar oncall.ics"


def test_a_zone_of_the_calendar_s_own_and_one_of_windows_are_known(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "DTSTART;TZID=Our office:20261023T090000\nDTEND;TZID=Our office:20261024T090000\nSUMMARY:Alice",
        "DTSTART;TZID=W. Europe Standard Time:20261026T090000\nDURATION:P1D\nSUMMARY:Bob",
        head=HOME_ZONE,
    )
    rotation, problems = read_rotation(path, AFTER)
    assert shifts(rotation) == [("Alice", "10-23 07:00"), ("Bob", "10-26 08:00")]
    assert not problems


def test_left_out_moved_and_cancelled_dates_of_a_series(tmp_path: Path) -> None:
    series = "DTSTART:20261019T090000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE:20261020T090000Z\nSUMMARY:Alice"
    swapped = "RECURRENCE-ID:20261021T090000Z\nDTSTART:20261021T120000Z\nDTEND:20261022T090000Z\nSUMMARY:Bob"
    cancelled = "RECURRENCE-ID:20261022T090000Z\nDTSTART:20261022T090000Z\nDTEND:20261023T090000Z\nSTATUS:CANCELLED\nSUMMARY:Alice"
    path = tmp_path / "oncall.ics"
    body = event(series, "one") + event(swapped, "one") + event(cancelled, "one")
    body += event("DTSTART:20261024T090000Z\nDTEND:20261025T090000Z\nSTATUS:CANCELLED\nSUMMARY:Carol", "two")
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n")
    rotation, _ = read_rotation(str(path), AFTER)
    assert shifts(rotation) == [("Alice", "10-19 09:00"), ("Bob", "10-21 12:00"), ("Alice", "10-23 09:00")]


def test_times_without_a_zone_are_taken_in_the_given_one_and_told(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "DTSTART:20261026T090000\nDTEND:20261027T090000\nSUMMARY:Alice",
        "DTSTART;TZID=Mars/Phobos:20261027T090000\nDTEND;TZID=Mars/Phobos:20261028T090000\nSUMMARY:Bob",
    )
    rotation, (problem,) = read_rotation(path, AFTER, zone="America/New_York")
    assert shifts(rotation) == [("Alice", "10-26 13:00"), ("Bob", "10-27 13:00")]
    assert problem.code == "calendar-floating"
    assert "2 events" in problem.message
    assert "America/New_York" in problem.message
    with pytest.raises(ConfigError, match="Nowhere"):
        read_rotation(path, AFTER, zone="Nowhere/Land")


def test_the_calendar_s_own_zone_is_used_where_none_is_given(tmp_path: Path) -> None:
    day = "DTSTART;VALUE=DATE:20261026\nDTEND;VALUE=DATE:20261028\nSUMMARY:Alice"
    path = saved(tmp_path, day, head="X-WR-TIMEZONE:Asia/Tokyo\nX-WR-CALNAME:Payments on call\n")
    rotation, problems = read_rotation(path, AFTER)
    assert shifts(rotation) == [("Alice", "10-25 15:00")]
    assert rotation.shifts[0].end - rotation.shifts[0].start == timedelta(days=2)
    assert rotation.where == "calendar Payments on call"
    assert not problems
    path = saved(tmp_path, day, head="X-WR-TIMEZONE:Nowhere/Land\n")
    assert shifts(read_rotation(path, AFTER)[0]) == [("Alice", "10-26 00:00")]


def test_an_overrides_calendar_wins(tmp_path: Path) -> None:
    base = saved(tmp_path, "DTSTART:20261026T090000Z\nDTEND:20261102T090000Z\nSUMMARY:Alice")
    over = saved(tmp_path, "DTSTART:20261028T090000Z\nDTEND:20261029T090000Z\nSUMMARY:Bob", name="over.ics")
    rotation, _ = read_rotation(base, AFTER, overrides=over)
    assert shifts(rotation) == [("Alice", "10-26 09:00"), ("Bob", "10-28 09:00"), ("Alice", "10-29 09:00")]


def test_the_attendee_tells_who_where_the_title_does_not(tmp_path: Path) -> None:
    time = "DTSTART:202610{0}T090000Z\nDTEND:202610{1}T090000Z\n"
    alice = 'ATTENDEE;CN="Alice Meyer":mailto:alice@example.com'
    path = saved(
        tmp_path,
        time.format(20, 21) + f"SUMMARY:On Call - Daily Engineering Rotation\n{alice}",
        time.format(21, 22)
        + f"SUMMARY:Alice (primary)\n{alice}\nATTENDEE;CUTYPE=ROOM;CN=Room 1:mailto:r@example.com",
        time.format(22, 23)
        + "SUMMARY:On call\nATTENDEE:mailto:bob@example.com\nATTENDEE;PARTSTAT=DECLINED;CN=No:mailto:n@example.com",
        time.format(23, 24) + f"SUMMARY:On call\n{alice}\nATTENDEE;CN=Bob:mailto:bob@example.com",
        time.format(24, 25) + f"SUMMARY:Bob\n{alice}",
    )
    rotation, problems = read_rotation(path, AFTER)
    assert [shift.person for shift in rotation.shifts] == ["Alice Meyer", "Alice Meyer", "bob", "Alice Meyer"]
    assert [problem.code for problem in problems] == ["rotation-nameless", "rotation-two-names"]
    assert "2026-10-23" in problems[0].message
    assert "example.com" not in repr((rotation, problems))
    rotation, _ = read_rotation(path, AFTER, known=["Bob"])
    assert rotation.shifts[-1].person == "Bob", "a title that names somebody known counts"


def test_odd_events_are_left_out_and_the_others_read(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "DTSTART:20261026T090000Z\nDTEND:20261027T090000Z\nSUMMARY:Alice",
        "DTSTART:banana\nSUMMARY:Bob",
        "SUMMARY:no time at all",
        "DTSTART:20261027T090000Z\nDTEND:20261026T090000Z\nSUMMARY:Bob",
        "DTSTART:20261027T090000Z\nDTEND;VALUE=DATE:20261028\nSUMMARY:Bob",
        "DTSTART:20261027T090000Z\nSUMMARY:Bob",
        "DTSTART:20261027T090000Z\nDTEND:20261027T100000Z\nRRULE:FREQ=NEVER\nSUMMARY:Bob",
    )
    rotation, problems = read_rotation(path, AFTER)
    assert "Alice" in {shift.person for shift in rotation.shifts}
    assert [problem.code for problem in problems] == ["calendar-unread"]
    assert all(problem.fix for problem in problems)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=0,6,12;BYMINUTE=0,5,10,15,20,25,30,35,40",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_repetition_that_would_take_for_ever_is_not_tried(tmp_path: Path, rule: str) -> None:
    path = saved(
        tmp_path,
        f"DTSTART:20261001T090000Z\nDTEND:20261001T090100Z\nRRULE:{rule}\nSUMMARY:Bob",
        "DTSTART:20261026T090000Z\nDTEND:20261027T090000Z\nSUMMARY:Alice",
    )
    rotation, problems = read_rotation(path, AFTER, ahead=timedelta(days=365))
    assert [shift.person for shift in rotation.shifts] == ["Alice"]
    assert [problem.code for problem in problems] == ["calendar-unread"]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECON\n DLY", "FREQ=YEARLY;INTERVAL=0", "FREQ=YEARLY\n\n ;BYSECOND=1,2", "X=1"]
)
def test_a_zone_that_would_take_for_ever_is_refused(tmp_path: Path, rule: str) -> None:
    zone = HOME_ZONE.replace("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", rule)
    day = "DTSTART;TZID=Our office:20261023T090000\nDTEND;TZID=Our office:20261024T090000\nSUMMARY:Alice"
    with pytest.raises(SourceError, match="time zone") as caught:
        read_rotation(saved(tmp_path, day, head=zone), AFTER)
    assert caught.value.fix


def test_no_more_than_a_year_is_read(tmp_path: Path) -> None:
    path = saved(
        tmp_path, "DTSTART:20261001T090000Z\nDTEND:20261001T210000Z\nRRULE:FREQ=DAILY\nSUMMARY:Alice"
    )
    rotation, _ = read_rotation(path, AFTER, ahead=timedelta(days=100_000))
    assert 364 <= len(rotation.shifts) <= 367


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"\xff\x00\xfe",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    ],
)
def test_what_is_no_calendar_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.ics"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="not a calendar") as caught:
        read_rotation(str(path), AFTER)
    assert caught.value.fix
    assert caught.value.where == str(path)


def test_marks_and_line_ends_of_other_programs_are_no_reason_to_refuse(tmp_path: Path) -> None:
    path = tmp_path / "oncall.ics"
    text = calendar("DTSTART:20261026T090000Z\nDTEND:20261027T090000Z\nSUMMARY:Ali\n ce").replace(
        b"\r\n", b"\n"
    )
    path.write_bytes(b"\xef\xbb\xbf" + b"\n" * 200_000 + text)
    assert shifts(read_rotation(str(path), AFTER)[0]) == [("Alice", "10-26 09:00")]


def test_without_the_libraries_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(SourceError, match="missing") as caught:
        read_rotation(saved(tmp_path), AFTER)
    assert "pip install" in (caught.value.fix or "")


def test_files_that_are_missing_too_large_or_no_files_are_told(tmp_path: Path) -> None:
    large = tmp_path / "large.ics"
    large.write_bytes(b" " * (LIMIT + 1))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, message in (
        (tmp_path / "none.ics", "cannot be read"),
        (tmp_path, "not a file"),
        (pipe, "not a file"),
        (large, "larger"),
    ):
        with pytest.raises(SourceError, match=message) as caught:
            read_rotation(str(path), AFTER)
        assert caught.value.fix


def test_a_link_is_read_and_its_secret_is_not_told(httpserver: HTTPServer) -> None:
    secret = "/ical/private-7f3a/basic.ics"
    httpserver.expect_ordered_request(secret).respond_with_data(status=503)
    httpserver.expect_ordered_request(secret).respond_with_data(
        calendar("DTSTART:20261026T090000Z\nDTEND:20261027T090000Z\nSUMMARY:Alice"),
        content_type="text/calendar",
    )
    waits: list[float] = []
    rotation, _ = read_rotation(httpserver.url_for(secret), AFTER, retry=Retry(sleep=waits.append))
    assert shifts(rotation) == [("Alice", "10-26 09:00")]
    assert waits == [1]
    assert rotation.where == "calendar localhost"
    assert "7f3a" not in repr(rotation)


def test_failures_of_a_link_do_not_tell_its_secret(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/private-7f3a/gone.ics").respond_with_data(status=404)
    httpserver.expect_request("/private-7f3a/page.ics").respond_with_data("<html>", content_type="text/html")
    for name in ("gone.ics", "page.ics"):
        with pytest.raises(SourceError) as caught:
            read_rotation(httpserver.url_for(f"/private-7f3a/{name}"), AFTER)
        assert "7f3a" not in str(caught.value)
        assert caught.value.fix
    with pytest.raises(SourceError, match="only https"):
        read_rotation("http://calendar.example.com/private-7f3a/x.ics", AFTER)


def test_webcal_is_https_and_a_path_is_no_link() -> None:
    assert https_link("webcal://calendar.example.com/a?b=c") == "https://calendar.example.com/a?b=c"
    assert https_link("HTTPS://calendar.example.com/a") == "https://calendar.example.com/a"
    assert https_link("team/oncall.ics") is None
    assert https_link("C:\\oncall.ics") is None


def test_absences_tell_who_and_when_but_not_why(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "DTSTART;VALUE=DATE:20261026\nDTEND;VALUE=DATE:20261031\nSUMMARY:Alice – vacation",
        "DTSTART;VALUE=DATE:20261027\nSUMMARY:Sick leave\nATTENDEE;CN=Bob Ray:mailto:bob@example.com",
        "DTSTART:20261028T080000Z\nDTEND:20261028T170000Z\nSUMMARY:OOO\nORGANIZER;CN=Carol:mailto:c@example.com",
        "DTSTART:20261028T140000Z\nDTEND:20261028T150000Z\nSUMMARY:Dan away (dentist)",
        "DTSTART;VALUE=DATE:20261029\nSUMMARY:Release party",
        "DTSTART;VALUE=DATE:20261030\nSUMMARY:Vacation",
        name="away.ics",
    )
    absences, problems = read_absences(path, AFTER, zone="Europe/Berlin")
    assert absences == (
        Absence("Alice", date(2026, 10, 26), date(2026, 10, 30), "per calendar away.ics"),
        Absence("Bob Ray", date(2026, 10, 27), date(2026, 10, 27), "per calendar away.ics"),
        Absence("Carol", date(2026, 10, 28), date(2026, 10, 28), "per calendar away.ics"),
    )
    assert [problem.code for problem in problems] == ["absence-nameless"]
    assert not any(word in repr((absences, problems)) for word in ("ick", "acation –", "example.com"))


def test_a_yearly_absence_passes_the_next_on_call_over(tmp_path: Path) -> None:
    oncall = saved(
        tmp_path,
        "DTSTART:20261026T090000Z\nDTEND:20261102T090000Z\nSUMMARY:Alice",
        "DTSTART:20261102T090000Z\nDTEND:20261109T090000Z\nSUMMARY:Bob",
    )
    away = saved(
        tmp_path,
        "DTSTART;VALUE=DATE:20201025\nDTEND;VALUE=DATE:20201028\nRRULE:FREQ=YEARLY\nSUMMARY:Alice PTO",
        name="away.ics",
    )
    absences, _ = read_absences(away, AFTER)
    found, problems = next_on_call(read_rotation(oncall, AFTER)[0], AFTER, 1, absences)
    assert found[0].person == "Bob"
    assert "Alice is passed over: absent on 2026-10-26 per calendar away.ics" in found[0].claim.why
    assert "rotation-absent" in {problem.code for problem in problems}
